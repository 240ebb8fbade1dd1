"""What people choose for posts that wait, read from the forms, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from unisono.kernel.refusals import Invalid
from unisono.rooms.publishing.decisions import WAYS, Choice, Outcome, spread
from unisono.rooms.publishing.models import Publication
from unisono.screens.doors import ActorRequest

REFUSALS_SHOWN = 5


FOR_ALL = (
    ("", gettext_lazy("Leave them held")),
    ("retime", gettext_lazy("One after another, from")),
    ("send", gettext_lazy("Send all now")),
    ("drop", gettext_lazy("Cancel all")),
)


class TimesForm(forms.Form):
    """One time, or times for many: from `day` and `time` on, one every so many minutes."""

    day = forms.DateField(label=gettext_lazy("Day"), required=False)
    time = forms.TimeField(label=gettext_lazy("Time"), required=False)
    every = forms.IntegerField(
        label=gettext_lazy("Minutes between two"), required=False, min_value=0, max_value=10_080
    )


def bulk(request: ActorRequest, way: str, rows: Sequence[Publication]) -> list[Choice]:
    """One way for all of them; raises Invalid when times are wanted and none is given."""
    if way != "retime":
        return [Choice(row.pk, way) for row in rows]
    form = TimesForm(request.POST)
    if not form.is_valid() or not form.cleaned_data["day"] or not form.cleaned_data["time"]:
        raise Invalid(_("Choose a day and a time."), field="day")
    return spread(
        [row.pk for row in rows],
        start=datetime.combine(form.cleaned_data["day"], form.cleaned_data["time"]),
        zone=request.actor.zone,
        every=timedelta(minutes=form.cleaned_data["every"] or 0),
    )


def each(request: ActorRequest, rows: Sequence[Publication]) -> list[Choice]:
    """The choice beside every row; where there is none, the one for all that are late."""
    chosen, left = [], []
    for row in rows:
        way = request.POST.get(f"way-{row.pk}", "")
        if way == "retime":
            chosen.append(Choice(row.pk, way, _wall(request, row.pk), row.zone))
        elif way in WAYS:
            chosen.append(Choice(row.pk, way))
        else:
            left.append(row)
    way = request.POST.get("for_all", "")
    if way in WAYS and left:
        chosen += bulk(request, way, left)
    return chosen


def tell(request: ActorRequest, outcomes: Sequence[Outcome], rows: Sequence[Publication]) -> None:
    """Say how many were carried out, and of each refused one why."""
    titles = {row.pk: (row.variant.post.title, row.channel.name) for row in rows}
    refused = [one for one in outcomes if one.refusal]
    carried = len(outcomes) - len(refused)
    if carried:
        said = ngettext(
            "%(n)s decision was carried out.", "%(n)s decisions were carried out.", carried
        )
        messages.success(request, said % {"n": carried})
    for one in refused[:REFUSALS_SHOWN]:
        title, channel = titles.get(one.choice.publication_id, ("", ""))
        messages.error(
            request,
            _("“%(title)s” on %(channel)s: %(reason)s")
            % {"title": title, "channel": channel, "reason": one.refusal and one.refusal.sentence},
        )
    more = len(refused) - REFUSALS_SHOWN
    if more > 0:
        said = ngettext("%(n)s more was refused.", "%(n)s more were refused.", more)
        messages.error(request, said % {"n": more})


def _wall(request: ActorRequest, pk: UUID) -> datetime | None:
    day, time = request.POST.get(f"day-{pk}", ""), request.POST.get(f"time-{pk}", "")
    try:
        return datetime.fromisoformat(f"{day}T{time}") if day and time else None
    except ValueError:
        return None
