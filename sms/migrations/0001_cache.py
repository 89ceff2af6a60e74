"""The table of the shared cache, so that `migrate` is all that it takes."""

from django.core.management import call_command
from django.db import migrations

TABLE = "cache"  # as in CACHES


def make(apps, editor):
    call_command("createcachetable", TABLE, database=editor.connection.alias, verbosity=0)


def drop(apps, editor):
    editor.execute(f"DROP TABLE {editor.quote_name(TABLE)}")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunPython(make, drop)]
