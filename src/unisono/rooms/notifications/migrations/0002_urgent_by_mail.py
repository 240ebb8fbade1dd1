from typing import Any

from django.db import migrations, models
from django.db.models import F


def settle_what_was_told_before(apps: Any, _editor: Any) -> None:
    """What members were told before mail existed is not mailed now, all at once."""
    notice = apps.get_model("notifications", "Notice")
    notice._base_manager.filter(mailed_at=None).update(mailed_at=F("at"))


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="mailed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(settle_what_was_told_before, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("mailed_at", None), ("urgent", True)),
                fields=["at"],
                name="notice_unmailed",
            ),
        ),
    ]
