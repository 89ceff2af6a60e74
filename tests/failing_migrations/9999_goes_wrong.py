import os
import signal

from django.db import migrations, models

from tests.failing_migrations import LAST


def go_wrong(apps, schema_editor):
    how = os.environ.get("GO_WRONG", "fail")
    if how == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "fail":
        raise RuntimeError("This migration goes wrong")


class Migration(migrations.Migration):
    dependencies = [("licences", LAST)]
    operations = [
        migrations.AlterField("licence", "name", models.CharField(max_length=199)),
        migrations.AddField("event", "colour", models.CharField(max_length=9, default="red")),
        migrations.RunPython(go_wrong, migrations.RunPython.noop),
    ]
