from typing import Any

from django.db import migrations
from django.db.models import Case, F, When
from django.db.models.functions import Least, Now


def fill(apps: Any, _editor: Any) -> None:
    """Take when each is due; one that was tried before could be read already, whenever it is tried next."""
    rows = apps.get_model("tips", "TipDelivery").objects.filter(planned_at=None)
    tried = When(attempts__gt=0, then=Least(F("due_at"), Now()))
    rows.update(planned_at=Case(tried, default=F("due_at")))


class Migration(migrations.Migration):
    dependencies = [
        ("tips", "0005_add_planned_moment"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
