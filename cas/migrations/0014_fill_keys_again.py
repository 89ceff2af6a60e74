from django.db import migrations
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from cas import keys

AT_ONCE = 1000  # rows

KEYS = {
    'family_key': ('family_name', keys.name_key),
    'given_key': ('given_names', keys.name_key),
    'applicant_key': ('applicant_id', keys.passport_key),
    'course_key': ('course_id', keys.passport_key),
    'passport_key': ('passport_number', keys.passport_key),
}


def fill_keys(apps, schema_editor):
    """Fill the keys of the CAS that exist, as `cas.models.values.keys_of` makes them."""
    CAS = apps.get_model('cas', 'CAS')
    last = 0
    while rows := list(CAS.objects.filter(pk__gt=last).order_by('pk').only(*_columns())[:AT_ONCE]):
        changed = [cas for cas in rows if _is_changed(cas)]
        CAS.objects.bulk_update(changed, list(KEYS))
        last = rows[-1].pk


def _columns():
    return [*KEYS, *(column for column, _ in KEYS.values())]


def _is_changed(cas):
    """Set the keys. Return whether one of them is another now."""
    before = [getattr(cas, key) for key in KEYS]
    for key, (column, make) in KEYS.items():
        setattr(cas, key, make(getattr(cas, column)))
    return before != [getattr(cas, key) for key in KEYS]


def fill_keys_of_names(apps, schema_editor):
    """Fill the keys of batches and study addresses, which are unique for a sponsor.

    Two names that differed can have one key now: the later one keeps a key of its own until it is renamed.
    """
    for name in ('Batch', 'StudyAddress'):
        rows = apps.get_model('cas', name).objects
        # No key may be in the way of another one while they change.
        rows.update(name_key=Concat(Value('#'), Cast(F('pk'), CharField())))
        taken = set()
        for row in list(rows.order_by('pk').only('licence_id', 'name')):
            key = keys.text_key(row.name)
            if (row.licence_id, key) in taken:
                key = f'{key[:180]}#{row.pk}'
            taken.add((row.licence_id, key))
            rows.filter(pk=row.pk).update(name_key=key)


class Migration(migrations.Migration):

    dependencies = [
        ('cas', '0013_printouts_are_jobs'),
    ]

    operations = [
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
        migrations.RunPython(fill_keys_of_names, migrations.RunPython.noop),
    ]
