"""Exercises as authors write them, and the frozen versions that attempts were made under."""

import uuid
from typing import Any, ClassVar

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.fields import RichTextField, StreamField
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from sandbox.blocks import CHECK_BLOCKS, CriterionBlock, FactBlock, GoalBlock, MaterialBlock, PitfallBlock
from sandbox.exercise_definition import definition_of, describe_checks, problems_with
from sandbox.planted import MarkupError
from sandbox.querysets import ExerciseQuerySet


class Level(models.TextChoices):
    """How much a lesson, a path or an exercise takes for granted."""

    BASIC = "basic", _("basic")
    INTERMEDIATE = "intermediate", _("intermediate")
    ADVANCED = "advanced", _("advanced")


class Exercise(
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    ClusterableModel,
):
    """A task of one's role to try a prompt on, with what it needs and how an attempt is looked at."""

    uuid = models.UUIDField(_("identity"), default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(
        _("title"), max_length=255, help_text=_("What the learner does, in their words.")
    )
    slug = models.SlugField(_("address"), max_length=100, unique=True)
    roles = ParentalManyToManyField(
        "people.JobRole",
        verbose_name=_("roles"),
        blank=True,
        related_name="+",
        help_text=_("None means everybody."),
    )
    task = models.CharField(
        _("task at work"), max_length=100, help_text=_("Such as: Write a job description")
    )
    summary = models.CharField(_("summary"), max_length=200)
    level = models.CharField(_("level"), max_length=20, choices=Level, default=Level.BASIC)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=8)
    language = models.CharField(_("language of the task"), max_length=10, default="en")
    brief = RichTextField(
        _("brief"),
        features=["bold", "italic", "code"],
        help_text=_("The situation, what is at stake, who reads the result. A minute to read."),
    )
    may_i = models.CharField(
        _("may I?"), max_length=300, help_text=_("Is this allowed at work, and with what data? One line.")
    )
    goals = StreamField([("goal", GoalBlock())], verbose_name=_("goals"))
    materials = StreamField([("material", MaterialBlock())], verbose_name=_("material"), blank=True)
    criteria = StreamField([("criterion", CriterionBlock())], verbose_name=_("what a prompt should show"))
    facts = StreamField([("fact", FactBlock())], verbose_name=_("facts that a good prompt says"), blank=True)
    checks = StreamField(CHECK_BLOCKS, verbose_name=_("checks on the answer"), blank=True)
    pitfalls = StreamField([("pitfall", PitfallBlock())], verbose_name=_("mistakes to expect"), blank=True)
    planted_answer = models.TextField(
        _("answer with planted mistakes"),
        blank=True,
        help_text=_(
            "Reviewed when no model answers. Mark each mistake: [[the wrong words||what is wrong and how one notices]]."
        ),
    )
    reference_prompt = models.TextField(
        _("a good prompt"), blank=True, help_text=_("Shown after two attempts, not before.")
    )
    sources = models.TextField(_("sources"), blank=True)
    review_by = models.DateField(_("review by"))
    owner = models.ForeignKey(
        "people.User",
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    loaded_digest = models.CharField(max_length=64, blank=True, editable=False)
    loaded_revision = models.PositiveBigIntegerField(null=True, editable=False)

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="exercise")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="exercise",
        for_concrete_model=False,
    )

    objects = ExerciseQuerySet.as_manager()

    panels: ClassVar[list[Any]] = [
        FieldPanel("title"),
        FieldPanel("summary"),
        FieldPanel("task"),
        FieldPanel("brief"),
        FieldPanel("may_i"),
        FieldPanel("goals"),
        FieldPanel("materials"),
    ]
    feedback_panels: ClassVar[list[Any]] = [
        FieldPanel("criteria"),
        FieldPanel("facts"),
        FieldPanel("checks"),
        FieldPanel("pitfalls"),
        FieldPanel("planted_answer"),
        FieldPanel("reference_prompt"),
    ]
    settings_panels: ClassVar[list[Any]] = [
        FieldPanel("slug"),
        MultiFieldPanel(
            [FieldPanel("roles"), FieldPanel("level"), FieldPanel("minutes"), FieldPanel("language")],
            heading=_("For whom"),
        ),
        MultiFieldPanel(
            [FieldPanel("review_by"), FieldPanel("owner"), FieldPanel("sources")],
            heading=_("Keeping it true"),
        ),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(panels, heading=_("Task")),
            ObjectList(feedback_panels, heading=_("Feedback")),
            ObjectList(settings_panels, heading=_("Settings")),
        ]
    )

    class Meta:
        verbose_name = _("exercise")
        verbose_name_plural = _("exercises")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    @property
    def revisions(self) -> Any:
        """Every draft and published state."""
        return self._revisions

    def get_preview_template(self, request: Any, mode_name: str) -> str:  # noqa: ARG002
        """Return what an author sees: the exercise as its learner meets it."""
        return "sandbox/exercise_preview.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        """Return the exercise with its checks in words, and its planted answer or what is wrong with it."""
        context: dict[str, Any] = super().get_preview_context(request, mode_name)
        try:
            definition = definition_of(self)
        except MarkupError as error:
            return {**context, "problem": str(error)}
        return {**context, "planted": definition.planted_answer, "checks": describe_checks(definition)}

    def clean(self) -> None:
        """Refuse what would leave a learner without feedback.

        Raises:
            ValidationError: No criterion has points, a check is set up wrongly, or a planted mistake is not marked
                as it should be.
        """
        super().clean()
        if problems := problems_with(self):
            raise ValidationError(problems)

    def get_absolute_url(self) -> str:
        """Return the learner's address."""
        return f"/practice/{self.slug}/"


class RubricVersion(models.Model):
    """What feedback was worked out from, frozen: the same attempt gets the same feedback years later."""

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="rubric_versions")
    number = models.PositiveIntegerField(_("number"))
    digest = models.CharField(_("digest"), max_length=64)
    definition = models.JSONField(_("definition"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("rubric version")
        verbose_name_plural = _("rubric versions")
        constraints = [
            models.UniqueConstraint(fields=["exercise", "number"], name="rubric_version_number"),
            models.UniqueConstraint(fields=["exercise", "digest"], name="rubric_version_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.exercise}, version {self.number}"

    def save(self, **kwargs: Any) -> None:
        """Insert the row; a version that exists is never changed.

        Raises:
            IntegrityError: The row exists already.
        """
        super().save(**{**kwargs, "force_insert": True})
