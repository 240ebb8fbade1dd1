"""The one access table, gathered from the families."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from django.urls import ResolverMatch

from unisono.screens.access import PUBLIC, Access, needs

FAMILIES = (
    "entrance",
    "desk",
    "proposals",
    "experiments",
    "plans",
    "work",
    "strategy",
    "ideas",
    "requests",
    "campaigns",
    "audiences",
    "kits",
    "calendar",
    "collisions",
    "timeline",
    "key_dates",
    "posts",
    "series",
    "approvals",
    "publications",
    "queue",
    "conversations",
    "automations",
    "library",
    "channels",
    "people",
    "imports",
    "settings",
)

OTHERS: dict[str, Access] = {
    "healthz": needs(GET=PUBLIC),
    "readyz": needs(GET=PUBLIC),
}
"""Doors that are nobody's family. The accounts library asks for itself who is signed in; the API
checks its tokens; the kit page is not there in production."""


@cache
def table() -> dict[str, Access]:
    """Every declared URL name with its access."""
    rows = dict(OTHERS)
    for family in FAMILIES:
        rows |= import_module(f"unisono.screens.{family}.urls").ACCESS
    return rows


def access_to(match: ResolverMatch) -> Access | None:
    """The access of a resolved URL, or None when nobody declared any."""
    known = table().get(match.view_name)
    if known is not None:
        return known
    from_elsewhere = match.route.startswith(("account/", "api/", "ui"))
    return needs(GET=PUBLIC, POST=PUBLIC) if from_elsewhere else None
