"""The watcher of approvals that were asked for and, as decisions go, come too late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import DurationField, ExpressionWrapper, F

from unisono.rooms.orchestration.evidence import FEWEST, RECENT, spread
from unisono.rooms.orchestration.models import Noticed
from unisono.rooms.orchestration.sights import Sight
from unisono.rooms.people.actors import Actor
from unisono.rooms.workflow.models import ApprovalRequest

LIKELY = 0.5
NEAR = timedelta(days=7)
HOUR = timedelta(hours=1)


def waiting(_by: Actor, now: datetime) -> Iterator[Sight]:
    """Open requests for posts whose time comes before a decision is likely."""
    rows = (
        ApprovalRequest.objects.filter(
            state="open", variant__planned_at__gt=now, variant__planned_at__lte=now + NEAR,
            variant__dropped_at=None, post__removed_at=None,
        )
        .order_by("variant__planned_at", "pk")
        .values_list("post_id", "post__title", "department_id", "asked_at", "variant__planned_at")
    )  # fmt: skip
    took = hours_taken(now) if rows else {}
    every = [case for cases in took.values() for case in cases]
    seen = set()
    for post, title, department, asked, at in rows:
        own = took.get(department, [])
        basis, cases = ("department", own) if len(own) >= FEWEST else ("organization", every)
        if post in seen or at is None or len(cases) < FEWEST:
            continue
        if late(cases, (now - asked) / HOUR, (at - asked) / HOUR) < LIKELY:
            continue
        seen.add(post)
        expected, low, high = spread(cases)
        told = {
            "title": title, "at": at.isoformat(), "asked": asked.isoformat(),
            "expected": expected, "low": low, "high": high, "posts": len(cases), "basis": basis,
        }  # fmt: skip
        yield Sight(Noticed.WAITING, str(post), department, ("post", post), told)


def late(cases: list[float], waited: float, until: float) -> float:
    """The chance that a decision that took `waited` hours already takes longer than `until`."""
    longer = [case for case in cases if case > waited]
    return (sum(case > until for case in longer) + 0.5) / (len(longer) + 1)


def hours_taken(now: datetime) -> dict[UUID, list[float]]:
    """By department how many hours the decisions of the last half year took."""
    took = ExpressionWrapper(F("decisions__at") - F("asked_at"), output_field=DurationField())
    rows = ApprovalRequest.objects.filter(
        asked_at__gte=now - RECENT, decisions__at__lte=now,
        decisions__outcome__in=("approved", "changes_asked"),
    ).order_by()  # fmt: skip
    found: dict[UUID, list[float]] = {}
    for department, one in rows.annotate(took=took).values_list("department_id", "took"):
        found.setdefault(department, []).append(one / HOUR)
    return found
