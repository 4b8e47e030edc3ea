import uuid

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import badges.models.achievements


class Migration(migrations.Migration):
    dependencies = [
        ("badges", "0002_protect_award_events"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="achievementversion",
            name="reviewers_needed",
            field=models.PositiveSmallIntegerField(
                default=1,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(5),
                ],
                verbose_name="reviewers who have to agree",
            ),
        ),
        migrations.AddField(
            model_name="achievementversion",
            name="rubric",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="what reviewers look for in the evidence, criterion by criterion",
                validators=[badges.models.achievements.validate_rubric],
                verbose_name="rubric",
            ),
        ),
        migrations.AddField(
            model_name="achievementversion",
            name="takes_nominations",
            field=models.BooleanField(
                default=False,
                help_text="with evidence that others review",
                verbose_name="people can be put forward for it",
            ),
        ),
        migrations.CreateModel(
            name="Nomination",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="public id"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("self", "by themselves"),
                            ("peer", "by a colleague"),
                            ("manager", "by somebody they report to"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("why", models.TextField(max_length=1000, verbose_name="why")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "not submitted yet"),
                            ("submitted", "with the reviewers"),
                            ("returned", "returned with a comment"),
                            ("accepted", "accepted"),
                            ("declined", "declined"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "round",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="counts up whenever it is submitted", verbose_name="round"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="put forward at")),
                (
                    "submitted_at",
                    models.DateTimeField(help_text="the last time", null=True, verbose_name="submitted at"),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                ("appealed_at", models.DateTimeField(null=True, verbose_name="appealed at")),
                ("appeal", models.TextField(blank=True, max_length=1000, verbose_name="appeal")),
                (
                    "appeal_round",
                    models.PositiveSmallIntegerField(
                        help_text="whoever decided before does not decide again",
                        null=True,
                        verbose_name="round of the appeal",
                    ),
                ),
                (
                    "achievement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="nominations",
                        to="badges.achievement",
                        verbose_name="achievement",
                    ),
                ),
                (
                    "award",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="badges.award",
                        verbose_name="award",
                    ),
                ),
                (
                    "nominated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="put forward by",
                    ),
                ),
                (
                    "nominee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="nominations",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="nominee",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        help_text="whose words and rubric the reviewers go by",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="badges.achievementversion",
                        verbose_name="version",
                    ),
                ),
            ],
            options={
                "verbose_name": "nomination",
                "verbose_name_plural": "nominations",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="public id"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("file", "a file"),
                            ("link", "a link"),
                            ("practice", "a shared copy of a practice attempt"),
                            ("result", "a measured result"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="what it shows")),
                ("url", models.URLField(blank=True, max_length=1000, verbose_name="address")),
                ("file", models.FileField(blank=True, upload_to="evidence/", verbose_name="file")),
                ("media_type", models.CharField(blank=True, max_length=40, verbose_name="type of the file")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="digest of the file")),
                (
                    "shared_copy",
                    models.UUIDField(
                        blank=True, help_text="its public id", null=True, verbose_name="shared copy"
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("private", "only you, for now"),
                            ("reviewers", "the reviewers, while they decide"),
                            ("public", "the reviewers, and then everyone who sees your credential"),
                        ],
                        default="reviewers",
                        max_length=10,
                        verbose_name="who sees it",
                    ),
                ),
                ("added_at", models.DateTimeField(verbose_name="added at")),
                (
                    "nomination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="badges.nomination",
                        verbose_name="nomination",
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(verbose_name="round")),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("accept", "accept"),
                            ("return", "return with a comment"),
                            ("decline", "decline"),
                        ],
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                (
                    "levels",
                    models.JSONField(
                        default=dict,
                        help_text="level by criterion: 0 not shown, 1 partly, 2 shown",
                        verbose_name="rubric",
                    ),
                ),
                ("comment", models.TextField(blank=True, max_length=2000, verbose_name="comment")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "nomination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reviews",
                        to="badges.nomination",
                        verbose_name="nomination",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reviewer",
                    ),
                ),
            ],
            options={
                "verbose_name": "review",
                "verbose_name_plural": "reviews",
                "ordering": ["round", "pk"],
            },
        ),
        migrations.AddIndex(
            model_name="nomination",
            index=models.Index(
                condition=models.Q(("state", "submitted")), fields=["submitted_at"], name="badges_to_review"
            ),
        ),
        migrations.AddConstraint(
            model_name="nomination",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "submitted", "returned"])),
                fields=("achievement", "nominee"),
                name="badges_one_open_nomination",
            ),
        ),
        migrations.AddConstraint(
            model_name="nomination",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "submitted"), _negated=True),
                    models.Q(("round__gte", 1), ("submitted_at__isnull", False)),
                    _connector="OR",
                ),
                name="badges_submitted_has_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                fields=("nomination", "round", "reviewer"), name="badges_one_review_each"
            ),
        ),
    ]
