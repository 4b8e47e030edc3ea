import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sandbox", "0003_policy_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="accepted",
            field=models.JSONField(
                default=list,
                help_text="digests of values in it that the learner called made up",
                verbose_name="accepted",
            ),
        ),
        migrations.CreateModel(
            name="SecondOpinion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "model_name",
                    models.CharField(
                        help_text="as the learner read it", max_length=200, verbose_name="model"
                    ),
                ),
                ("judge_version", models.CharField(max_length=10, verbose_name="version of the question")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waits for its turn"),
                            ("asked", "is being given"),
                            ("given", "given"),
                            ("failed", "failed"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("criteria", models.JSONField(default=list, verbose_name="criteria")),
                (
                    "failure_sentence",
                    models.CharField(blank=True, max_length=400, verbose_name="what happened"),
                ),
                (
                    "reserved",
                    models.JSONField(
                        default=dict, help_text="tokens, and the uses they stand in", verbose_name="reserved"
                    ),
                ),
                ("is_settled", models.BooleanField(default=False, verbose_name="settled")),
                ("asked_for_at", models.DateTimeField(verbose_name="asked for at")),
                ("leased_until", models.DateTimeField(null=True, verbose_name="leased until")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                (
                    "attempt",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opinion",
                        to="sandbox.attempt",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="sandbox.provider",
                    ),
                ),
            ],
            options={
                "verbose_name": "second opinion",
                "verbose_name_plural": "second opinions",
            },
        ),
        # Nothing ever wrote a row of it.
        migrations.DeleteModel(
            name="Calibration",
        ),
        migrations.CreateModel(
            name="Calibration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gold_digest", models.CharField(max_length=64, verbose_name="gold set")),
                ("judge_version", models.CharField(max_length=10, verbose_name="version of the question")),
                ("total", models.PositiveIntegerField(verbose_name="prompts of the gold set")),
                (
                    "levels",
                    models.JSONField(
                        default=dict,
                        help_text="by prompt and criterion; empty where its answer was unreadable",
                        verbose_name="levels",
                    ),
                ),
                (
                    "tries",
                    models.JSONField(
                        default=dict, help_text="how often each prompt was asked about", verbose_name="tries"
                    ),
                ),
                (
                    "kappa",
                    models.FloatField(
                        help_text="-1.0 to 1.0: mean of the criteria, with the rater it agrees with less; empty until it is known",
                        null=True,
                        verbose_name="weighted kappa",
                    ),
                ),
                ("by_criterion", models.JSONField(default=dict, verbose_name="by criterion")),
                ("problem", models.CharField(blank=True, max_length=400, verbose_name="why it ended early")),
                ("began_at", models.DateTimeField(verbose_name="began at")),
                ("leased_until", models.DateTimeField(null=True, verbose_name="leased until")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calibrations",
                        to="sandbox.provider",
                    ),
                ),
            ],
            options={
                "verbose_name": "calibration",
                "verbose_name_plural": "calibrations",
                "ordering": ["-began_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("provider",),
                        name="calibration_one_at_a_time",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="secondopinion",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "asked"])),
                fields=["asked_for_at"],
                name="opinion_under_way",
            ),
        ),
    ]
