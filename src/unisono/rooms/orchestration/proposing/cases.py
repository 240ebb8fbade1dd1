"""The cases that a proposal's evidence is learnt from."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import DurationField, ExpressionWrapper, F, Max

from unisono.rooms.content.models import Variant
from unisono.rooms.metrics.models import Figure, Sample
from unisono.rooms.orchestration import hearing, likely
from unisono.rooms.orchestration.evidence import FEWEST, RECENT, Evidence, spread
from unisono.rooms.orchestration.likely import Hour
from unisono.rooms.people.actors import Actor
from unisono.rooms.workflow.models import ApprovalRequest

SETTLED = timedelta(days=3)


def ratio(by: Actor, variant: Variant, at: datetime, now: datetime) -> Evidence | None:
    """What the other hour brings against this one, as far as the channel's own posts tell."""
    known, channel = hearing.learned(by, now=now), str(variant.channel_id)
    if channel not in known.places or variant.planned_at is None:
        return None
    belief = known.belief(channel)
    if belief.posts < FEWEST:
        return None
    hour, was = (Hour(when, hearing.hour_at(by, when)) for when in (at, variant.planned_at))
    told = likely.against(belief, hour, was, ())
    return Evidence("ratio", told.ratio, told.low, told.high, belief.posts, "channel")


def brought(channel: UUID, now: datetime) -> Evidence | None:
    """What posts of the channel brought."""
    rows = (
        Sample.objects.filter(
            figure=Figure.VIEWS,
            publication__channel=channel,
            publication__part=0,
            publication__published_at__gte=now - RECENT,
            publication__published_at__lte=now - SETTLED,
        )
        .order_by()
        .values("publication")
        .annotate(most=Max("value"))
    )
    cases = [float(value) for value in rows.values_list("most", flat=True)]
    if len(cases) < FEWEST:
        return None
    middle, low, high = spread(cases)
    return Evidence(str(Figure.VIEWS), middle, low, high, len(cases), "channel")


def decided_within(department: UUID, now: datetime) -> Evidence | None:
    """Hours until somebody decided, in the department, else in the organization."""
    took = ExpressionWrapper(F("decisions__at") - F("asked_at"), output_field=DurationField())
    rows = ApprovalRequest.objects.filter(
        asked_at__gte=now - RECENT, decisions__outcome__in=("approved", "changes_asked")
    )
    for basis, scope in (
        ("department", rows.filter(department=department)),
        ("organization", rows),
    ):
        cases = [
            one.total_seconds() / 3600
            for one in scope.annotate(took=took).values_list("took", flat=True)
        ]
        if len(cases) >= FEWEST:
            middle, low, high = spread(cases)
            return Evidence("hours", middle, low, high, len(cases), basis)
    return None
