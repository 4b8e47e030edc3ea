"""Says of enrollments that are there already which ones people chose themselves."""

from typing import Any

from django.db import migrations


def fill(apps: Any, _schema_editor: Any) -> None:
    apps.get_model("paths", "Enrollment").objects.filter(source="self").update(is_own_choice=True)


class Migration(migrations.Migration):
    dependencies = [("paths", "0007_tell_own_choices_and_rounds")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
