from django.db import migrations


class Migration(migrations.Migration):
    """The notes of campaigns are tasks by now: workflow has asked to be asked before."""

    dependencies = [("plan", "0004_audiences")]

    operations = [migrations.RemoveField(model_name="campaign", name="notes")]
