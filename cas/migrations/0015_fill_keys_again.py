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
WRITE = f"UPDATE cas_cas SET {', '.join(f'{key} = %s' for key in KEYS)} WHERE id = %s"


def fill_keys(apps, schema_editor):
    """Fill the keys of the CAS that exist, as `cas.models.values.keys_of` makes them."""
    names = [name for name, _ in KEYS.values()]
    rows = apps.get_model('cas', 'CAS').objects.order_by('pk').values_list('pk', *names, *KEYS)
    last = 0
    # Plain statements: Django's bulk_update takes several times as long.
    while batch := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        made = [(pk, *values[: len(KEYS)], *_keys_of(values)) for pk, *values in batch]
        changed = [(*new[len(KEYS) + 1 :], new[0]) for new, old in zip(made, batch, strict=True) if new != old]
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(WRITE, changed)
        last = batch[-1][0]


def _keys_of(values):
    return [make(value) for (_, make), value in zip(KEYS.values(), values, strict=False)]


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
        ('cas', '0014_plain_words'),
    ]

    operations = [
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
        migrations.RunPython(fill_keys_of_names, migrations.RunPython.noop),
    ]
