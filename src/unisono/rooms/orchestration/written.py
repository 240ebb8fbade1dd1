"""Figures as they are written in the language active now."""

from __future__ import annotations

from babel.numbers import format_decimal
from django.utils.translation import get_language


def times(value: float) -> str:
    """`1.0`: how many times as much, which is never less exact than that."""
    return format_decimal(value, format="#,##0.0" if value < 10 else "#,##0", locale=language())


def language() -> str:
    """`fr`, without what a region adds."""
    return (get_language() or "en").split("-")[0]
