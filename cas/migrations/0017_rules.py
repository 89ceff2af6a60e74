from typing import Any

from django.db import migrations, models

NAMES = [
    'fee_pence',
    'placement_most_at_track_record',
    'placement_most_elsewhere',
    'remote_warned',
    'remote_most',
    'visa_brake',
    'student_least_age',
    'child_least_age',
    'child_most_age',
]


def move_fees(apps: Any, schema_editor: Any) -> None:
    """Make each fee a value of the rule `fee_pence`."""
    alias = schema_editor.connection.alias
    fees = apps.get_model('cas', 'Fee').objects.using(alias).order_by('pk')
    rules = apps.get_model('cas', 'Rule').objects.using(alias)
    rules.bulk_create(rules.model(name='fee_pence', from_on=fee.from_on, value=fee.pence) for fee in fees)


def move_fees_back(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    fees = apps.get_model('cas', 'Fee').objects.using(alias)
    rules = apps.get_model('cas', 'Rule').objects.using(alias).filter(name='fee_pence').order_by('from_on')
    fees.bulk_create(fees.model(from_on=rule.from_on, pence=rule.value) for rule in rules)


class Migration(migrations.Migration):

    dependencies = [
        ('cas', '0016_partial_date_of_birth'),
    ]

    operations = [
        migrations.CreateModel(
            name='Rule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('from_on', models.DateField(verbose_name='from')),
                ('value', models.JSONField()),
            ],
            options={
                'ordering': ['name', '-from_on'],
                'constraints': [
                    models.UniqueConstraint(fields=('name', 'from_on'), name='rule_once_a_day'),
                    models.CheckConstraint(condition=models.Q(('name__in', NAMES)), name='rule_name_known'),
                ],
            },
        ),
        migrations.RunPython(move_fees, move_fees_back),
        migrations.DeleteModel(name='Fee'),
    ]
