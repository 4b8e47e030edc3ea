from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tips", "0004_note_when_a_plan_let_people_go"),
    ]

    operations = [
        migrations.AddField(
            model_name="tipdelivery",
            name="planned_at",
            field=models.DateTimeField(
                null=True,
                verbose_name="planned for",
                help_text="from then on its recipient can read it, whenever its message is due next",
            ),
        ),
    ]
