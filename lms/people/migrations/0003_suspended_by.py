"""Remembers who suspended a person; suspensions made before count as local ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_persona_groups"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="suspended_by",
            field=models.CharField(
                blank=True,
                choices=[("hr", "the HR system"), ("local", "an administrator")],
                editable=False,
                help_text="the HR system lifts only what it did itself",
                max_length=10,
                verbose_name="suspended by",
            ),
        ),
    ]
