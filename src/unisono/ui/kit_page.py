"""The kit on show: every component, and the screens' compositions, with invented content."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from unisono.ui import kit_sample as sample

PARTS = {
    "components": "Components",
    "desk": "Desk",
    "calendar": "Month",
    "week": "Week",
    "list": "List",
    "composer": "Composer",
    "approvals": "Approvals",
    "strategy": "Strategy",
    "channels": "Channels",
    "import": "Import",
    "auth": "Sign-in",
}
_SPRITE = Path(__file__).parent / "dist" / "icons.svg"


def kit_page(request: HttpRequest, part: str = "components") -> HttpResponse:
    """One part of the kit; only where somebody develops or looks at the demo."""
    if not (settings.DEBUG or getattr(settings, "UNISONO_DEMO", False)) or part not in PARTS:
        raise Http404
    now = timezone.localtime()
    context = {
        "now": now,
        "parts": parts(part),
        "shell": sample.SHELL,
        "networks": sample.NETWORKS,
        "tones": ("ok", "warn", "bad", "info", "brass", "accent"),
        "hues": ("violet", "teal", "rose", "blue", "amber", "green", "slate", "plum"),
        "states": sample.STATES,
        "icons": icon_names(),
        "lengths": sample.LENGTHS,
        "steps": sample.STEPS,
        "hours": sample.HOURS,
        "weeks": weeks(now.date()),
        "week": week(now.date()),
        "agenda": agenda(now),
    }
    return render(request, f"ui/kit/{part}.html", context)


def icon_names() -> list[str]:
    return re.findall(r'symbol id="([\w-]+)"', _SPRITE.read_text()) if _SPRITE.exists() else []


def parts(current: str) -> list[dict[str, object]]:
    return [
        {"label": label, "url": reverse("kit-part", args=[name]), "current": name == current}
        for name, label in PARTS.items()
    ]


def weeks(today: date) -> list[dict[str, object]]:
    """Five weeks of cells around today, with notes."""
    first = today.replace(day=1) - timedelta(days=today.replace(day=1).weekday())
    days = [first + timedelta(days=offset) for offset in range(35)]
    return [
        {
            "date": day,
            "weekend": day.weekday() > 4,
            "outside": day.month != today.month,
            "today": day == today,
            "notes": sample.notes(day, (day - today).days),
        }
        for day in days
    ]


def week(today: date) -> dict[str, object]:
    monday = today - timedelta(days=today.weekday())
    days = [monday + timedelta(days=offset) for offset in range(7)]
    rows = [
        {"hour": f"{hour:02}", "cells": [cell(day, hour, today) for day in days]}
        for hour in range(7, 21)
    ]
    heads = [{"date": d, "today": d == today, "weekend": d.weekday() > 4} for d in days]
    return {"days": heads, "rows": rows}


def cell(day: date, hour: int, today: date) -> dict[str, object]:
    notes = [n for n in sample.notes(day, (day - today).days) if n["at"].hour == hour]
    return {"date": day, "hour": f"{hour:02}", "weekend": day.weekday() > 4, "notes": notes}


def agenda(now: datetime) -> list[dict[str, object]]:
    days = [now.date() + timedelta(days=offset) for offset in range(4)]
    return [
        {"date": day, "today": offset == 0, "notes": sample.notes(day, offset)}
        for offset, day in enumerate(days)
    ]
