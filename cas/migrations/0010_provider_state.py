from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cas", "0009_sponsor_notes_and_students_to_check")]
    operations = [
        migrations.RenameField("order", "heard", "provider_state"),
        migrations.RenameField("order", "heard_at", "provider_state_at"),
        migrations.RenameField("order", "is_final_word", "is_provider_state_final"),
        migrations.RenameField("order", "other_money", "other_amount"),
    ]
