"""Drops what `right_at` says now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("paths", "0004_fill_assignment_fields"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="answer",
            name="was_right",
        ),
    ]
