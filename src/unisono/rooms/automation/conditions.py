"""Conditions on the facts of a subject: which there are, whether they make sense, and hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import Invalid
from unisono.rooms.automation.subjects import Told
from unisono.rooms.automation.triggers import Trigger

MOST = 10
TYPES: dict[str, str] = {
    "department": "choice", "campaign": "choice", "objective": "choice", "channel": "choice",
    "network": "choice", "title": "text", "text": "text", "author": "text", "count": "number",
    "weekday": "weekday", "hour": "hour",
}  # fmt: skip
OPERATORS: dict[str, tuple[str, ...]] = {
    "choice": ("is", "is_not"),
    "text": ("contains", "contains_not", "is"),
    "number": ("more", "less"),
    "weekday": ("is", "is_not"),
    "hour": ("between",),
}
FIELDS = ("fact", "is", "value", "to")


def checked(
    raw: Sequence[dict[str, Any]], trigger: Trigger, *, every: bool
) -> list[dict[str, str]]:
    """The conditions as they are kept; raises Invalid for what can never be asked or hold."""
    if len(raw) > MOST:
        raise Invalid(_("A rule has %(n)s conditions at most.") % {"n": MOST}, field="conditions")
    found = [_checked({k: str(one.get(k, "")).strip() for k in FIELDS}, trigger) for one in raw]
    if every:
        _must_be_possible(found)
    return found


def hold(conditions: Sequence[dict[str, str]], values: Told, *, every: bool) -> bool:
    """Whether all of them hold, or any; none at all always do."""
    if not conditions:
        return True
    return (all if every else any)(_holds(one, values) for one in conditions)


def _checked(one: dict[str, str], trigger: Trigger) -> dict[str, str]:
    if one["fact"] not in trigger.facts:
        raise Invalid(
            _("“%(when)s” does not tell this. Choose another condition.") % {"when": trigger.label},
            field="conditions",
        )
    kind = TYPES[one["fact"]]
    if one["is"] not in OPERATORS[kind]:
        raise Invalid(_("Choose one of the comparisons offered."), field="conditions")
    if not one["value"] or len(one["value"]) > 200:
        raise Invalid(_("Say what each condition compares with."), field="conditions")
    if kind in ("number", "weekday", "hour"):
        _must_be_number(one, kind)
    return one


def _must_be_number(one: dict[str, str], kind: str) -> None:
    try:
        given = [float(one["value"]), *([float(one["to"])] if kind == "hour" else [])]
    except ValueError:
        raise Invalid(_("Give a number here."), field="conditions") from None
    if kind == "weekday" and given[0] not in range(7):
        raise Invalid(_("Choose a day of the week."), field="conditions")
    if kind == "hour" and not (given[0] in range(24) and given[1] in range(25)):
        raise Invalid(_("Choose hours from 0 to 24."), field="conditions")
    if kind == "hour" and given[0] == given[1]:
        raise Invalid(_("Between these hours there is no time."), field="conditions")


def _must_be_possible(found: Sequence[dict[str, str]]) -> None:
    """What is one thing cannot be another; nothing is above and below at once."""
    told: dict[tuple[str, str], set[str]] = {}
    for one in found:
        if one["is"] == "is" or one["is"] in ("more", "less", "is_not"):
            told.setdefault((one["fact"], one["is"]), set()).add(one["value"].casefold())
    for (fact, how), values in told.items():
        other = told.get((fact, "is_not"), set())
        if how == "is" and (len(values) > 1 or values & other):
            raise Invalid(_("Two of these conditions can never hold at once."), field="conditions")
        below = told.get((fact, "less"))
        if how == "more" and below and max(map(float, values)) >= min(map(float, below)):
            raise Invalid(_("Two of these conditions can never hold at once."), field="conditions")


def _holds(one: dict[str, str], values: Told) -> bool:
    value = values.get(one["fact"])
    return False if value is None else _WAYS[one["is"]](one, value)


def _same(one: dict[str, str], value: Any) -> bool:
    if isinstance(value, float):
        return bool(value == float(one["value"]))
    return str(value).casefold() == one["value"].casefold()


def _contains(one: dict[str, str], value: Any) -> bool:
    """As whole words, whatever their case."""
    return bool(re.search(rf"(?<!\w){re.escape(one['value'])}(?!\w)", str(value), re.IGNORECASE))


def _between(one: dict[str, str], value: Any) -> bool:
    """From the first hour up to the second, over midnight where that is the earlier one."""
    first, last = float(one["value"]), float(one["to"])
    return bool(first <= value < last if first < last else value >= first or value < last)


_WAYS: dict[str, Callable[[dict[str, str], Any], bool]] = {
    "is": _same,
    "is_not": lambda one, value: not _same(one, value),
    "contains": _contains,
    "contains_not": lambda one, value: not _contains(one, value),
    "more": lambda one, value: float(value) > float(one["value"]),
    "less": lambda one, value: float(value) < float(one["value"]),
    "between": _between,
}
