from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("content", "0005_audiences")]

    operations = [
        migrations.AddField(
            model_name="series",
            name="follow_ups",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="serieschannel",
            name="follow_ups",
            field=models.JSONField(blank=True, null=True),
        ),
    ]
