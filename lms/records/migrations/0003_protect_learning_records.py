"""Lets PostgreSQL itself refuse to change what the ledger says."""

from django.db import migrations

from lms.core.append_only import ProtectAppendOnlyTable


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0002_consumers_wait_before_retrying"),
        ("core", "0003_protect_audit_entries"),
    ]

    operations = [ProtectAppendOnlyTable("LearningRecord")]
