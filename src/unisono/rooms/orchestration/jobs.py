"""The worker's door: what is noticed, proposed and judged by the clock."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from unisono.kernel import tenancy
from unisono.rooms.people.actors import system
from unisono.rooms.people.models import Organization

log = logging.getLogger(__name__)


def look_around() -> int:
    """Look at every organization once; how many proposals were made."""
    now = timezone.now()
    with tenancy.everywhere("every organization is looked at"):
        found = list(Organization.objects.values_list("pk", flat=True))
    made = 0
    for organization_id in found:
        try:
            made += look(organization_id, now=now)
        except Exception:
            # What is wrong with one organization's figures must not blind the others.
            log.exception("Organization %s could not be looked at.", organization_id)
    return made


def look(organization_id: UUID, *, now: datetime) -> int:
    """The same for one organization."""
    # What reckons is heavy: it is loaded when it is needed, in the jobs' process alone.
    from unisono.rooms.orchestration import autopilot, judging, noticing

    with tenancy.within(organization_id):
        by = system(organization_id)
        noticing.notice(by=by, now=now)
        made = noticing.propose(by=by, now=now)
        autopilot.act(by=by, now=now)
        judging.judge(by=by, now=now)
        return len(made)
