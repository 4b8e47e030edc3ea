"""The steps in the life of an award are written once."""

from django.db import migrations

from lms.core.append_only import ProtectAppendOnlyTable


class Migration(migrations.Migration):
    dependencies = [("badges", "0001_initial")]

    operations = [ProtectAppendOnlyTable("AwardEvent")]
