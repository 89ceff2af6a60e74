"""Drop the table of the shared cache: sign-ins are counted in rows of their own, and nothing else used it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sms", "0001_cache")]
    operations = [migrations.RunSQL("DROP TABLE cache", migrations.RunSQL.noop)]
