"""Who hears of experiments."""

from __future__ import annotations

from unisono.kernel.models import Event
from unisono.rooms.experiments.models import Experiment
from unisono.rooms.notifications import actions as notifications
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.queries import holders


def experiment_over(event: Event) -> None:
    """Whoever planned it, and those who plan for its department, learn how it ended."""
    row = Experiment.objects.select_related("planned_by").get(pk=event.subject_id)
    people = holders(Capability.PLAN, row.department_id)
    if row.planned_by and row.planned_by.state == "active":
        people.append(row.planned_by)
    notifications.tell(
        [member for member in people if member.pk != event.by_id],
        "experiment.none" if event.data.get("shown") == "none" else event.kind,
        {"title": row.question, "who": event.by_name, "reason": row.reason},
        link=f"/experiments/{row.pk}/",
        now=event.at,
    )
