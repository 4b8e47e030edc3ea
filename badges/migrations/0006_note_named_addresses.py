"""Credentials that were signed before named the address that their holders have now."""

from typing import Any

from django.db import migrations
from django.utils import timezone

BATCH = 500


def note_addresses(apps: Any, _editor: Any) -> None:
    holders = apps.get_model("badges", "SignedCredential").objects.exclude(award__recipient=None)
    named = holders.order_by("award__recipient").values_list("award__recipient", "award__recipient__email")
    work_address = apps.get_model("badges", "WorkAddress")
    now = timezone.now()
    rows = [
        work_address(person_id=person, address=address, since=now) for person, address in named.distinct()
    ]
    work_address.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("badges", "0005_addresses_of_holders")]

    operations = [migrations.RunPython(note_addresses, migrations.RunPython.noop)]
