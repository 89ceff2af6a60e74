from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cas', '0006_refunds_and_live_nationalities'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='cas',
            index=models.Index(fields=['licence', 'given_key', 'family_key', 'id'], name='cas_by_given'),
        ),
    ]
