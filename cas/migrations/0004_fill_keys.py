from django.db import migrations

from cas import keys


def fill_keys(apps, schema_editor):
    """The keys of the CAS that are there already, as `cas.models.values.keys_of` makes them."""
    CAS = apps.get_model('cas', 'CAS')
    rows = []
    for cas in CAS.objects.only('family_name', 'given_names', 'applicant_id', 'course_id').iterator(1000):
        cas.family_key, cas.given_key = keys.name_key(cas.family_name), keys.name_key(cas.given_names)
        cas.applicant_key, cas.course_key = keys.passport_key(cas.applicant_id), keys.name_key(cas.course_id)
        rows.append(cas)
    CAS.objects.bulk_update(rows, ['family_key', 'given_key', 'applicant_key', 'course_key'], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('cas', '0003_batches_and_keys'),
    ]

    operations = [
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
    ]
