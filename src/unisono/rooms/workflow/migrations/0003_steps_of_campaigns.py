from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import migrations, models
from django.utils import timezone

from unisono.kernel.ids import uuid7


def make_tasks_of_notes(apps: Any, editor: Any) -> None:
    """What stood as a note on a campaign is a task of it from now on."""
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.org', '*', true)")
    campaign, task = apps.get_model("plan", "Campaign"), apps.get_model("workflow", "Task")
    zones = dict(apps.get_model("people", "Organization")._base_manager.values_list("pk", "zone"))
    known = set(apps.get_model("people", "Department")._base_manager.values_list("pk", flat=True))
    names = {str(pk): pk for pk in known}
    now = timezone.now()
    for row in campaign._base_manager.exclude(notes=[]):
        zone = zones[row.organization_id]
        task._base_manager.bulk_create(
            task(
                id=uuid7(),
                organization_id=row.organization_id,
                campaign_id=row.pk,
                title=note["title"],
                note=note.get("text", ""),
                department_id=names.get(note.get("department", ""), row.department_id),
                step=f"{number}:{row.pk}",
                made_at=now,
                **_due(note.get("on", ""), zone),
            )
            for number, note in enumerate(row.notes)
        )


def _due(said: str, zone: str) -> dict[str, Any]:
    if not said:
        return {}
    on = date.fromisoformat(said)
    # When the day is over; one on which clocks change at midnight begins with the later time.
    at = datetime.combine(on + timedelta(1), time(), ZoneInfo(zone))
    return {"due_on": on, "zone": zone, "due_at": at, "by_hand": True}


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("plan", "0004_audiences"),
        ("workflow", "0002_tasks_and_work_plans"),
    ]
    run_before = [("plan", "0005_steps_are_tasks")]

    operations = [
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                condition=models.Q(("step", ""), _negated=True),
                fields=("campaign", "step"),
                name="task_of_campaign_once",
            ),
        ),
        migrations.RunPython(make_tasks_of_notes, migrations.RunPython.noop),
    ]
