import django.db.models.deletion
from django.db import migrations, models

MOST_ATTEMPTS = 3  # of a piece, until now
IN_ONE_PIECE = 100  # CAS


def make_jobs(apps, schema_editor):
    """Make the job of each printout that is there: it ended, or goes on with the first piece that is not printed."""
    Printout = apps.get_model('cas', 'Printout')
    Job = apps.get_model('licences', 'Job')
    for printout in Printout.objects.order_by('pk').iterator(100):
        failed = printout.finished_at is not None and printout.attempts >= MOST_ATTEMPTS
        state = 'FAILED' if failed else 'DONE' if printout.finished_at else 'WAITING'
        printout.job = Job.objects.create(
            kind='print',
            arguments={'printout': printout.key},
            by_id=printout.asked_by_id,
            asked_at=printout.asked_at,
            due_at=printout.asked_at,
            state=state,
            progress=printout.pieces.count(),
            total=-(-len(printout.cas_ids) // IN_ONE_PIECE),
            finished_at=printout.finished_at,
        )
        printout.save(update_fields=['job'])


class Migration(migrations.Migration):

    dependencies = [
        ('cas', '0011_no_stored_search'),
        ('licences', '0006_jobs'),
    ]

    operations = [
        migrations.AddField(
            model_name='printout',
            name='job',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='printout', to='licences.job'),
        ),
        migrations.RunPython(make_jobs, migrations.RunPython.noop),
    ]
