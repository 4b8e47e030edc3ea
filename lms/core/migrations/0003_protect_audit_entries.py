"""Lets PostgreSQL itself refuse to change what the audit trail says."""

from django.db import migrations

from lms.core.append_only import ProtectAppendOnlyTable


class Migration(migrations.Migration):
    dependencies = [("core", "0002_audit_values_as_json")]

    operations = [ProtectAppendOnlyTable("AuditEntry")]
