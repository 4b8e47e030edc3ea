from django.db import migrations, models


class Migration(migrations.Migration):
    """A step can be an exercise now: what it leads to is called content, and it can be done in practice."""

    dependencies = [("paths", "0008_fill_own_choices"), ("sandbox", "0001_practice_area")]

    operations = [
        migrations.RenameField("stepcompletion", "lesson_uuid", "content_uuid"),
        migrations.AlterField(
            "stepcompletion",
            "content_uuid",
            models.UUIDField(db_index=True, verbose_name="lesson or exercise"),
        ),
        migrations.AlterField(
            "stepcompletion",
            "how",
            models.CharField(
                choices=[
                    ("learned", "learned on this path"),
                    ("credited", "learned on another path"),
                    ("practiced", "done in the practice area"),
                ],
                default="learned",
                max_length=10,
                verbose_name="how",
            ),
        ),
    ]
