from django.db import migrations, models

# The reasons that portals have had so far, and what they count as in the compliance figures.
FIRST = {
    'Student delayed': {
        'Visa application delayed': 'LEFT_OUT',
        'Travel delayed': 'LEFT_OUT',
        'Enrolment deferred within the enrolment period': 'LEFT_OUT',
        'Other': 'LEFT_OUT',
    },
    'Stop sponsoring student': {
        'Failed to enrol': 'NOT_ENROLLED',
        'Withdrew from the course': 'NOT_COMPLETED',
        'Excluded': 'NOT_COMPLETED',
        'Suspended or deferred for more than 60 days': 'NOT_COMPLETED',
        'Stopped engaging with studies': 'NOT_COMPLETED',
        'Completed the course early': 'COMPLETED',
        'Moved to another sponsor': 'NOT_COMPLETED',
        'Obtained other immigration permission': 'NOT_COMPLETED',
        'Visa application refused': 'NOT_ENROLLED',
        'Other': 'NOT_COMPLETED',
    },
}


def say_what_they_count_as(apps, schema_editor):
    """Give the reasons of the first activity types their values. Reasons that caseworkers added count as nothing."""
    reasons = apps.get_model('sponsorship_duties', 'ActivityReason').objects.using(schema_editor.connection.alias)
    for type_name, counted in FIRST.items():
        for name, counts_as in counted.items():
            reasons.filter(type__name=type_name, name=name).update(counts_as=counts_as)


class Migration(migrations.Migration):

    dependencies = [
        ('sponsorship_duties', '0002_graduate_notifications'),
    ]

    operations = [
        migrations.AddField(
            model_name='activityreason',
            name='counts_as',
            field=models.CharField(choices=[('NOTHING', 'Nothing'), ('NOT_ENROLLED', 'Not enrolled'), ('NOT_COMPLETED', 'Not completed'), ('COMPLETED', 'Completed'), ('LEFT_OUT', 'Left out until its date')], default='NOTHING', max_length=15),
        ),
        migrations.RunPython(say_what_they_count_as, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='activityreason',
            constraint=models.CheckConstraint(condition=models.Q(('counts_as__in', ['NOTHING', 'NOT_ENROLLED', 'NOT_COMPLETED', 'COMPLETED', 'LEFT_OUT'])), name='activity_reason_counts_as_known'),
        ),
    ]
