from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tips", "0006_fill_planned_moment"),
    ]

    operations = [
        migrations.AlterField(
            model_name="tipdelivery",
            name="planned_at",
            field=models.DateTimeField(
                verbose_name="planned for",
                help_text="from then on its recipient can read it, whenever its message is due next",
            ),
        ),
    ]
