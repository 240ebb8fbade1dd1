"""What the house rules have against a time, as sentences for the reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unisono.kernel import clock
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.publishing.pacing.lane import Finding, Kind, Place


@dataclass(frozen=True)
class Reader:
    """Whose eyes: names of departments, those whose posts they may see (None: all), their zone."""

    departments: Mapping[UUID, str]
    allowed: set[UUID] | None
    zone: str

    def sees(self, place: Place) -> bool:
        return self.allowed is None or place.department in self.allowed


def reader(actor: Actor) -> Reader:
    """The actor as a reader."""
    names = {row.pk: row.name for row in actor.departments.rows}
    return Reader(names, actor.departments_with(Capability.SEE), actor.zone)


def said(finding: Finding, wish: Place, reader: Reader) -> str:
    """One finding about a post, in the language active now. What the reader may not see is named
    by its department alone."""
    told: dict[str, Any] = {"limit": finding.limit, "found": finding.found, "name": finding.name}
    other = finding.other
    if other:
        told |= {"title": other.title, "department": reader.departments.get(other.department, "")}
    if finding.kind == Kind.GAP and other:
        if reader.sees(other):
            template = _(
                "%(found)s min from “%(title)s” (%(department)s). "
                "Posts here are at least %(limit)s min apart."
            )
        else:
            template = _(
                "%(found)s min from a post of %(department)s. "
                "Posts here are at least %(limit)s min apart."
            )
    elif finding.kind == Kind.TOPIC and other:
        if reader.sees(other):
            template = _("“%(title)s” (%(department)s) is on the same topic that day: %(name)s.")
        else:
            template = _("A post of %(department)s is on the same topic that day: %(name)s.")
    elif finding.kind == Kind.DAY:
        template = ngettext(
            "That day has its post. At most %(limit)s goes out here a day.",
            "That day is full. At most %(limit)s posts go out here a day.",
            finding.limit,
        )
    elif finding.kind == Kind.SHARE:
        told["department"] = reader.departments.get(wish.department, "")
        template = ngettext(
            "%(department)s has %(found)s post that month, and may have %(limit)s %% of them.",
            "%(department)s has %(found)s posts that month, and may have %(limit)s %% of them.",
            finding.found,
        )
    elif finding.kind == Kind.QUIET:
        told["until"] = f"{clock.to_wall(finding.after, reader.zone):%H:%M}"
        told["zone"] = reader.zone
        template = _("These are quiet hours: nothing goes out here until %(until)s (%(zone)s).")
    else:
        template = _("Nothing goes out here that day: %(name)s.")
    return template % told
