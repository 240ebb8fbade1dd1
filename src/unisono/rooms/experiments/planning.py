"""What is said when an experiment is planned, held against what makes sense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import Invalid
from unisono.rooms.experiments.models import Kind
from unisono.rooms.experiments.statistics.sample import LEAST, MOST
from unisono.rooms.metrics.models import Figure

UPLIFTS = (0.05, 5.0)
HOURS = (1, 720)
DAYS = tuple(range(7))


@dataclass(frozen=True)
class ArmSaid:
    """One of the two arms as it is planned; `weekdays` 0 is Monday."""

    label: str
    weekdays: Sequence[int] = ()
    from_hour: int = 0
    to_hour: int = 24


def must_be_sound(
    *, kind: str, question: str, figure: str, hours: int, uplift: float, arms: Sequence[ArmSaid]
) -> None:
    """Raise Invalid for what cannot be asked so."""
    if kind not in Kind.values:
        raise Invalid(_("Choose one of the values offered."), field="kind")
    if not question or len(question) > 160:
        raise Invalid(_("Ask one question, in at most %(n)s characters.") % {"n": 160},
                      field="question")  # fmt: skip
    must_be_countable(figure=figure, hours=hours, uplift=uplift)
    _must_differ(kind, arms)


def must_be_countable(*, figure: str, hours: int, uplift: float) -> None:
    """The same for what decides how many posts are needed."""
    if figure not in Figure.values:
        raise Invalid(_("Choose one of the values offered."), field="figure")
    if not HOURS[0] <= hours <= HOURS[1]:
        said = _("Choose an age between %(low)s and %(high)s hours.")
        raise Invalid(said % {"low": HOURS[0], "high": HOURS[1]}, field="hours")
    if not UPLIFTS[0] <= uplift <= UPLIFTS[1]:
        said = _("Choose a difference between %(low)s and %(high)s percent.")
        told = {"low": round(UPLIFTS[0] * 100), "high": round(UPLIFTS[1] * 100)}
        raise Invalid(said % told, field="uplift")


def must_be_enough(planned: int) -> None:
    if not LEAST <= planned <= MOST:
        said = _("Choose between %(low)s and %(high)s posts each way.")
        raise Invalid(said % {"low": LEAST, "high": MOST}, field="planned")


def columns(kind: str, arm: ArmSaid) -> dict[str, Any]:
    """An arm as it is kept."""
    if kind != Kind.TIMES:
        return {"label": arm.label}
    days = sorted(set(arm.weekdays))
    return {
        "label": arm.label, "weekdays": days, "from_hour": arm.from_hour, "to_hour": arm.to_hour
    }  # fmt: skip


def _must_differ(kind: str, arms: Sequence[ArmSaid]) -> None:
    if len(arms) != 2:
        raise Invalid(_("An experiment holds two things against each other."), field="arms")
    first, second = arms
    for number, arm in enumerate(arms):
        if not arm.label or len(arm.label) > 60:
            raise Invalid(_("Give it a name of at most %(n)s characters.") % {"n": 60},
                          field=f"label_{number}")  # fmt: skip
    if first.label.casefold() == second.label.casefold():
        raise Invalid(_("Give the two different names."), field="label_1")
    if kind != Kind.TIMES:
        return
    for number, arm in enumerate(arms):
        if not arm.weekdays or not set(arm.weekdays) <= set(DAYS):
            raise Invalid(_("Choose at least one weekday."), field=f"weekdays_{number}")
        if not 0 <= arm.from_hour < arm.to_hour <= 24:
            raise Invalid(_("Choose hours of one day, the first before the last."),
                          field=f"from_hour_{number}")  # fmt: skip
    shared = set(first.weekdays) & set(second.weekdays)
    if shared and first.from_hour < second.to_hour and second.from_hour < first.to_hour:
        raise Invalid(_("These hours overlap: no post may count for both."), field="from_hour_1")
