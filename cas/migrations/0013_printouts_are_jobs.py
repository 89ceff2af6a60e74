import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cas', '0012_jobs_of_printouts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='printout',
            name='job',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='printout', to='licences.job'),
        ),
        migrations.RemoveIndex(
            model_name='printout',
            name='printout_waiting',
        ),
        migrations.RemoveField(
            model_name='printout',
            name='attempts',
        ),
        migrations.RemoveField(
            model_name='printout',
            name='finished_at',
        ),
    ]
