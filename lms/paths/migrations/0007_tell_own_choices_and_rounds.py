"""Adds what tells a choice from a rule, and one preview from the next."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("paths", "0006_index_enrollments_on_a_path"),
    ]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="round",
            field=models.PositiveIntegerField(
                default=0,
                help_text="how often it was put into force or ended; tells one preview from the next",
                verbose_name="round",
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="is_own_choice",
            field=models.BooleanField(
                default=False,
                help_text="at any time; then no rule takes it away",
                verbose_name="chosen by themselves",
            ),
        ),
    ]
