"""A page's filters as a row: those used most and those chosen, the rest behind a button."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from unisono.rooms.channels import queries as channels
from unisono.rooms.people import queries as people
from unisono.rooms.people.actors import Actor
from unisono.rooms.plan import queries as plan
from unisono.screens.doors import named
from unisono.ui.states import badge

Options = Iterable[tuple[str, Any]]

STATES = (
    "draft",
    "in_review",
    "changes_asked",
    "approved",
    "scheduled",
    "published",
    "failed",
    "incomplete",
    "gone",
    "changed",
    "held",
    "doubtful",
)

KNOWN: Mapping[str, tuple[Any, Callable[[Actor], Options]]] = {
    "department": (
        _("Department"),
        lambda actor: [(str(d.pk), d.name) for d in people.departments_seen(actor)],
    ),
    "owner": (_("Owner"), lambda actor: named(people.members(actor).filter(state="active"))),
    "channel": (_("Channel"), lambda actor: named(channels.usable(actor))),
    "campaign": (_("Campaign"), lambda actor: named(plan.campaigns(actor))),
    "objective": (_("Objective"), lambda actor: named(plan.objectives(actor))),
    "audience": (_("Audience"), lambda actor: named(plan.audiences(actor))),
    "state": (_("State"), lambda _actor: [(state, badge(state)[1]) for state in STATES]),
}
"""What a filter is called, and what it offers."""


@dataclass(frozen=True)
class Filter:
    """One filter: the name it has in the address, and what is chosen ("": anything)."""

    name: str
    label: str
    options: list[tuple[str, Any]]
    value: str


def row(
    actor: Actor,
    names: Sequence[str],
    chosen: Mapping[str, str],
    *,
    first: Sequence[str] | None = None,
    **read: Options,
) -> dict[str, list[Filter]]:
    """For `screens/filters.html`. Those that are neither `first` (None: all are) nor chosen stand
    behind the button. `read` are options the page has read already; what offers none is left out.
    """
    every = [_filter(actor, name, chosen.get(name, ""), read.get(name)) for name in names]
    there = [one for one in every if one.options]
    folded = [one for one in there if first is not None and not one.value and one.name not in first]
    # A button for one filter alone would only be in its way.
    folded = folded if len(folded) > 1 else []
    return {"filters": [one for one in there if one not in folded], "more_filters": folded}


def _filter(actor: Actor, name: str, value: str, options: Options | None) -> Filter:
    label, offers = KNOWN[name]
    return Filter(name, str(label), list(offers(actor) if options is None else options), value)
