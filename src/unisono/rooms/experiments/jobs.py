"""The worker's door: experiments are judged by the clock."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from unisono.kernel import tenancy
from unisono.rooms.experiments.models import Experiment
from unisono.rooms.people.actors import system

log = logging.getLogger(__name__)


def judge_due() -> int:
    """Judge the running experiments of every organization; how many posts were judged."""
    now = timezone.now()
    with tenancy.everywhere("every organization's experiments are judged"):
        running = Experiment.objects.filter(state="running").order_by()
        found = list(running.values_list("organization_id", flat=True).distinct())
    judged = 0
    for organization_id in found:
        try:
            judged += judge(organization_id, now=now)
        except Exception:
            # What is wrong with one organization's figures must not keep the others waiting.
            log.exception("Experiments of organization %s could not be judged.", organization_id)
    return judged


def judge(organization_id: UUID, *, now: datetime) -> int:
    """The same for one organization."""
    # What reckons is heavy: it is loaded when it is needed, in the jobs' process alone.
    from unisono.rooms.experiments import judging

    with tenancy.within(organization_id):
        return judging.judge(by=system(organization_id), now=now)
