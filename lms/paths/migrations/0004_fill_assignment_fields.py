"""Says of what is there already what the new columns ask: who chose a path themselves, and since when an answer is right."""

from typing import Any

from django.db import migrations
from django.db.models import F


def fill(apps: Any, _schema_editor: Any) -> None:
    answer = apps.get_model("paths", "Answer")
    answer.objects.filter(was_right=True).update(right_at=F("answered_at"))
    apps.get_model("paths", "Enrollment").objects.filter(source="self").update(is_required=False)


def empty(apps: Any, _schema_editor: Any) -> None:
    answer = apps.get_model("paths", "Answer")
    answer.objects.filter(right_at__isnull=False).update(was_right=True)


class Migration(migrations.Migration):
    dependencies = [("paths", "0003_add_assignment_rules")]

    operations = [migrations.RunPython(fill, empty)]
