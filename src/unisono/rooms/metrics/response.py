"""Response times: how long people wait until a conversation is first settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import Aggregate, DurationField, ExpressionWrapper, F, Q

from unisono.kernel.clock import start_of_day
from unisono.rooms.engagement.models import Conversation
from unisono.rooms.plan.models import KeyResult, Objective


class Median(Aggregate):
    """The value in the middle; half are at or below it."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def medians(rows: Sequence[Objective | KeyResult], zone: str) -> dict[UUID, int]:
    """The median in whole minutes by measure; without a settled conversation nothing. One query.

    Conversations count by the day they were opened, and for the department whose post they are
    about; for an objective of the organization all of them.
    """
    if not rows:
        return {}
    waited = ExpressionWrapper(F("answered_at") - F("opened_at"), output_field=DurationField())
    asked = {f"of_{n}": Median(waited, filter=_about(row, zone)) for n, row in enumerate(rows)}
    found = Conversation.objects.filter(answered_at__isnull=False).aggregate(**asked)
    return {
        row.pk: round(median / timedelta(minutes=1))
        for n, row in enumerate(rows)
        if (median := found[f"of_{n}"]) is not None
    }


def _about(row: Objective | KeyResult, zone: str) -> Q:
    goal = row.goal
    first = start_of_day(goal.starts_on, zone)
    opened = Q(opened_at__gte=first, opened_at__lt=start_of_day(goal.ends_on + timedelta(1), zone))
    if goal.department_id is None:
        return opened
    return opened & Q(publication__variant__post__department=goal.department_id)
