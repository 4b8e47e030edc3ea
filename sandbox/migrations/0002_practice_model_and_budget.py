from typing import Any

from django.db import migrations


def add_defaults(apps: Any, _schema_editor: Any) -> None:
    apps.get_model("sandbox", "Provider").objects.get_or_create(
        kind="embedded",
        defaults={
            "name": "Practice model",
            "data_region": "on this machine",
            "weakness": "It is small and makes mistakes with facts, numbers and tone: finding them is part of the exercise.",
            "policy": "warn",
            "is_enabled": True,
            "position": 1,
        },
    )
    apps.get_model("sandbox", "Budget").objects.get_or_create(
        scope="person", period="day", unit=None, defaults={"runs": 20}
    )


class Migration(migrations.Migration):
    """Every installation can practice: the model on this machine, and twenty runs a day for each person."""

    dependencies = [("sandbox", "0001_practice_area")]

    operations = [migrations.RunPython(add_defaults, migrations.RunPython.noop)]
