"""How late something is, in words."""

from __future__ import annotations

from datetime import timedelta

from babel.dates import format_timedelta
from django import template

from unisono.ui import wording

register = template.Library()


@register.filter
def lasting(value: timedelta) -> str:
    """`3 hours`; what is shorter than a minute counts as one."""
    least = max(value, timedelta(minutes=1))
    return format_timedelta(least, granularity="minute", threshold=1.2, locale=wording.locale())
