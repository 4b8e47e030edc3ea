import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sandbox", "0004_second_opinions"),
    ]

    operations = [
        migrations.CreateModel(
            name="PracticeMonth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("begins_on", models.DateField(help_text="its first day", verbose_name="month")),
                ("learners", models.PositiveIntegerField(verbose_name="people")),
                ("attempts", models.PositiveIntegerField(verbose_name="attempts")),
                (
                    "reviewed",
                    models.PositiveIntegerField(null=True, verbose_name="people who reviewed an answer"),
                ),
                (
                    "first_score",
                    models.FloatField(
                        help_text="0 to 100, of those who tried at least twice; empty where they are fewer than ten",
                        null=True,
                        verbose_name="mean prompt score, first attempt of the month",
                    ),
                ),
                (
                    "latest_score",
                    models.FloatField(
                        null=True, verbose_name="mean prompt score, latest attempt of the month"
                    ),
                ),
                (
                    "tried_again",
                    models.PositiveIntegerField(null=True, verbose_name="people who tried at least twice"),
                ),
                (
                    "exercise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sandbox.exercise"
                    ),
                ),
            ],
            options={
                "verbose_name": "month of practice",
                "verbose_name_plural": "months of practice",
                "ordering": ["-begins_on", "-learners"],
                "constraints": [
                    models.UniqueConstraint(fields=("exercise", "begins_on"), name="practice_month_once"),
                    models.CheckConstraint(
                        condition=models.Q(("learners__gte", 10)), name="practice_month_of_ten_people_or_more"
                    ),
                ],
            },
        ),
    ]
