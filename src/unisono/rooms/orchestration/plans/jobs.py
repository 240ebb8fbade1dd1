"""The worker's door: a plan is worked on in steps, so that it can be followed and stopped."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import OperationalError
from django.utils import timezone

from unisono.kernel import jobs, tenancy

log = logging.getLogger(__name__)


@jobs.job(queue="plans", retries=2)
def work_on(*, organization: str, plan: str) -> None:
    """Find the plan's moves."""
    # What reckons is heavy: it is loaded when it is needed, in the jobs' process alone.
    from unisono.rooms.orchestration.plans import working

    try:
        working.work(UUID(organization), UUID(plan), now=timezone.now())
    except OperationalError:
        raise
    except Exception:
        log.exception("Plan %s could not be drawn.", plan)
        with tenancy.within(UUID(organization)):
            working.fail(UUID(plan), now=timezone.now())
