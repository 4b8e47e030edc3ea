"""Adds rules that assign paths, cycles, dates, and what happened to an enrollment."""

import uuid

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lms.paths.models.assignments


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0006_lesson_question_ids"),
        ("jobs", "0001_initial"),
        ("paths", "0002_answers_by_lesson_that_stay_right"),
        ("wagtailcore", "0098_apitoken"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Assignment",
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
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("active", "active"),
                            ("paused", "paused"),
                            ("archived", "archived"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "problem",
                    models.TextField(
                        blank=True,
                        help_text="why it is not applied although active; empty when it is",
                        verbose_name="problem",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
            ],
            options={
                "verbose_name": "assignment rule",
                "verbose_name_plural": "assignment rules",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="AssignmentVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "audience",
                    models.JSONField(
                        default=lms.paths.models.assignments._nobody,
                        help_text="see lms.people.audience_rules",
                        verbose_name="audience",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="shown to the learner", max_length=300, verbose_name="reason"
                    ),
                ),
                ("is_required", models.BooleanField(default=True, verbose_name="required")),
                (
                    "due_basis",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "no such day"),
                            ("assigned", "days after a person gets it"),
                            ("hired", "days after a person was hired"),
                            ("day", "on one day for everyone"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="due",
                    ),
                ),
                (
                    "due_days",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="days until due"),
                ),
                ("due_day", models.DateField(blank=True, null=True, verbose_name="day it is due")),
                (
                    "closes_basis",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "no such day"),
                            ("assigned", "days after a person gets it"),
                            ("hired", "days after a person was hired"),
                            ("day", "on one day for everyone"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="closes",
                    ),
                ),
                (
                    "closes_days",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="days until it closes"),
                ),
                ("closes_day", models.DateField(blank=True, null=True, verbose_name="day it closes")),
                (
                    "on_leaving",
                    models.CharField(
                        choices=[
                            ("keep", "they keep it, with its dates"),
                            ("optional", "it becomes optional for them"),
                            (
                                "withdraw",
                                "it is withdrawn if they have not started, else it becomes optional",
                            ),
                        ],
                        default="withdraw",
                        max_length=10,
                        verbose_name="when someone leaves the audience",
                    ),
                ),
                (
                    "repeat_months",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="empty: once is enough",
                        null=True,
                        verbose_name="months until it is taken again",
                    ),
                ),
                (
                    "opens_days_before",
                    models.PositiveSmallIntegerField(
                        default=30, verbose_name="days before the end at which the next round opens"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="confirmed at")),
            ],
            options={
                "verbose_name": "version of an assignment rule",
                "verbose_name_plural": "versions of assignment rules",
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="Encouragement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("nudge", "reminder"), ("recognition", "recognition")],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                (
                    "week",
                    models.DateField(help_text="its Monday, where the recipient lives", verbose_name="week"),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                ("seen_at", models.DateTimeField(null=True, verbose_name="seen at")),
            ],
            options={
                "verbose_name": "encouragement",
                "verbose_name_plural": "encouragements",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="EnrollmentChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("assigned", "a rule took it over"),
                            ("dates", "the rule changed its dates"),
                            ("optional", "it became optional"),
                            ("withdrawn", "it was withdrawn"),
                            ("returned", "it came back"),
                            ("extended", "its dates were extended"),
                            ("paused", "it was paused for leave"),
                            ("resumed", "it went on after leave"),
                            ("undone", "a job was taken back"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                (
                    "before",
                    models.JSONField(
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="before",
                    ),
                ),
                (
                    "after",
                    models.JSONField(
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="after",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
            ],
            options={
                "verbose_name": "change of an enrollment",
                "verbose_name_plural": "changes of enrollments",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Exclusion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("excluded_at", models.DateTimeField(verbose_name="excluded at")),
                ("cleared_at", models.DateTimeField(null=True, verbose_name="cleared at")),
            ],
            options={
                "verbose_name": "exclusion",
                "verbose_name_plural": "exclusions",
            },
        ),
        migrations.RemoveConstraint(
            model_name="enrollment",
            name="enrollment_once_per_path",
        ),
        migrations.AddField(
            model_name="answer",
            name="right_at",
            field=models.DateTimeField(
                help_text="trying on takes nothing away; empty if it never was",
                null=True,
                verbose_name="last right at",
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="assigned_at",
            field=models.DateTimeField(
                help_text="since when the rule holds it; days are counted from here",
                null=True,
                verbose_name="assigned at",
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="closes_on",
            field=models.DateField(
                blank=True,
                help_text="last day on which it can be completed",
                null=True,
                verbose_name="closes on",
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="cycle",
            field=models.PositiveSmallIntegerField(
                default=1, help_text="1, or the how-manieth time", verbose_name="cycle"
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="dates_by_hand",
            field=models.BooleanField(
                default=False, help_text="no rule changes them", verbose_name="dates set by a person"
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="days_away",
            field=models.PositiveIntegerField(
                default=0,
                help_text="by which the dates of the rule have moved on",
                verbose_name="days of leave",
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="enrolled_by",
            field=models.ForeignKey(
                help_text="who enrolled them, or confirmed the rule; empty when they did it themselves",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="enrolled by",
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="expires_on",
            field=models.DateField(
                editable=False,
                help_text="last day on which the completion counts",
                null=True,
                verbose_name="expires on",
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="is_latest",
            field=models.BooleanField(default=True, verbose_name="latest cycle"),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="is_required",
            field=models.BooleanField(default=True, verbose_name="required"),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="job",
            field=models.ForeignKey(
                help_text="the job that made it, which may be taken back",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="jobs.job",
                verbose_name="job",
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="paused_on",
            field=models.DateField(
                editable=False,
                help_text="first day of leave; dates move on by its length",
                null=True,
                verbose_name="paused on",
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="withdrawn_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="withdrawn at"),
        ),
        migrations.AlterField(
            model_name="enrollment",
            name="source",
            field=models.CharField(
                choices=[
                    ("self", "you chose it"),
                    ("manual", "an administrator enrolled you"),
                    ("manager", "your manager enrolled you"),
                    ("rule", "it was assigned to your role"),
                    ("api", "another system enrolled you"),
                ],
                max_length=20,
                verbose_name="source",
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="created_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="path",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="courses.learningpathpage",
                verbose_name="path",
            ),
        ),
        migrations.AddField(
            model_name="assignmentversion",
            name="assignment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="paths.assignment"
            ),
        ),
        migrations.AddField(
            model_name="assignmentversion",
            name="confirmed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="assignmentversion",
            name="created_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="live",
            field=models.ForeignKey(
                editable=False,
                help_text="empty until it is confirmed for the first time",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="paths.assignmentversion",
                verbose_name="version in force",
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="version",
            field=models.ForeignKey(
                help_text="version of the rule that holds it; empty when no rule does",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enrollments",
                to="paths.assignmentversion",
                verbose_name="rule",
            ),
        ),
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(
                condition=models.Q(
                    ("completed_at", None), ("is_latest", True), ("is_required", True), ("withdrawn_at", None)
                ),
                fields=["due_on"],
                name="enrollment_open_required",
            ),
        ),
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(
                condition=models.Q(("expires_on__isnull", False), ("is_latest", True)),
                fields=["expires_on"],
                name="enrollment_expiring",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_latest", True)),
                fields=("learner", "path"),
                name="enrollment_one_latest",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollment",
            constraint=models.UniqueConstraint(
                fields=("learner", "path", "cycle"), name="enrollment_once_per_cycle"
            ),
        ),
        migrations.AddField(
            model_name="encouragement",
            name="enrollment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="encouragements",
                to="paths.enrollment",
            ),
        ),
        migrations.AddField(
            model_name="encouragement",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="encouragements",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="encouragement",
            name="sender",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="enrollmentchange",
            name="actor",
            field=models.ForeignKey(
                help_text="empty when a rule or the calendar did it",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="enrollmentchange",
            name="enrollment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="paths.enrollment"
            ),
        ),
        migrations.AddField(
            model_name="enrollmentchange",
            name="job",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="jobs.job",
                verbose_name="job",
            ),
        ),
        migrations.AddField(
            model_name="enrollmentchange",
            name="version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="paths.assignmentversion",
                verbose_name="rule",
            ),
        ),
        migrations.AddField(
            model_name="exclusion",
            name="cleared_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="exclusion",
            name="excluded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="exclusion",
            name="learner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="exclusions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="exclusion",
            name="path",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="exclusions",
                to="courses.learningpathpage",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignmentversion",
            constraint=models.UniqueConstraint(
                fields=("assignment", "number"), name="assignment_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignmentversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("confirmed_at", None)),
                fields=("assignment",),
                name="assignment_one_draft",
            ),
        ),
        migrations.AddConstraint(
            model_name="encouragement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "nudge")), fields=("recipient", "week"), name="nudge_once_a_week"
            ),
        ),
        migrations.AddConstraint(
            model_name="encouragement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "recognition")),
                fields=("enrollment", "sender"),
                name="recognition_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="exclusion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cleared_at", None)),
                fields=("learner", "path"),
                name="exclusion_one_in_force",
            ),
        ),
    ]
