"""Pages that authors write.

Learning records point at `uuid`, which survives renaming, moving and republishing.
"""

import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import AbstractPage, PageLogEntry, Revision
from wagtail.models.pages import AbstractPageMeta
from wagtail.search import index
from wagtail.snippets.models import register_snippet

from courses.blocks import lesson_blocks
from courses.blocks.base import INLINE_FEATURES
from courses.blocks.steps import ExerciseStepBlock, LessonStepBlock
from courses.copy_form import CopyWithoutAliasForm
from courses.draft_form import DraftForm
from courses.reading import count_words, estimated_minutes, heading_without_parent, texts_of
from courses.rendering import render_content
from sandbox.models import Level


class ContentPage(AbstractPage):
    """The base of every page; stands for Wagtail's own page model (WAGTAIL_PAGE_MODEL)."""

    copy_form_class = CopyWithoutAliasForm

    class Meta(AbstractPageMeta):
        verbose_name = _("page")
        verbose_name_plural = _("pages")


@register_snippet
class Skill(models.Model):
    """Something a lesson makes people better at."""

    slug = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=100)

    panels: ClassVar[list[Any]] = [FieldPanel("name"), FieldPanel("slug")]

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@register_snippet
class Tool(models.Model):
    """An AI tool that a lesson depends on."""

    name = models.CharField(_("name"), max_length=100, unique=True)

    panels: ClassVar[list[Any]] = [FieldPanel("name")]

    class Meta:
        verbose_name = _("tool")
        verbose_name_plural = _("tools")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class LearningContent(models.Model):
    """What lessons and paths have in common."""

    uuid = models.UUIDField(_("identity"), default=uuid.uuid4, unique=True, editable=False)
    summary = models.CharField(
        _("summary"), max_length=200, help_text=_("What the learner will do, in a sentence or two.")
    )
    level = models.CharField(_("level"), max_length=20, choices=Level, default=Level.BASIC)
    review_by = models.DateField(
        _("review by"), help_text=_("Read it again by this day: six months on, three where a tool is named.")
    )
    loaded_digest = models.CharField(max_length=64, blank=True, editable=False)
    loaded_revision = models.PositiveBigIntegerField(null=True, editable=False)

    has_gaps = False
    """Whether a draft is being saved that need not be complete yet."""

    base_form_class = DraftForm

    class Meta:
        abstract = True

    def save_revision(
        self, *args: Any, overwrite_revision: Revision | None = None, **kwargs: Any
    ) -> Revision:
        """Save a revision; one that learners have seen is never written over.

        The editor saves by itself and writes over its own last draft. When that draft has been published
        meanwhile (from a listing, by a reviewer, on schedule), people learn from it: a new draft begins.
        """
        if overwrite_revision is not None and was_published(overwrite_revision):
            overwrite_revision = None
        revision: Revision = super().save_revision(  # type: ignore[misc]
            *args, overwrite_revision=overwrite_revision, **kwargs
        )
        return revision


def was_published(revision: Revision) -> bool:
    """Return whether a revision is, or ever was, what learners see."""
    published = PageLogEntry.objects.filter(revision=revision, action__startswith="wagtail.publish")
    return bool(revision.pk == revision.content_object.live_revision_id or published.exists())


class LessonIndexPage(ContentPage):
    """The folder of all lessons; there is one, so a lesson's slug is unique."""

    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["courses.ContentPage"]
    subpage_types: ClassVar[list[str]] = ["courses.MicroLessonPage"]

    class Meta:
        verbose_name = _("lessons")


class PathIndexPage(ContentPage):
    """The folder of all learning paths."""

    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["courses.ContentPage"]
    subpage_types: ClassVar[list[str]] = ["courses.LearningPathPage"]

    class Meta:
        verbose_name = _("learning paths")


WITH_FEEDBACK = "feedback"


class MicroLessonPage(LearningContent, ContentPage):  # noqa: DJ008 - a page is its title
    """One idea, at most seven minutes, a question that tests judgement, an action for today."""

    roles = ParentalManyToManyField(
        "people.JobRole",
        verbose_name=_("roles"),
        blank=True,
        related_name="+",
        help_text=_("None means everybody."),
    )
    skills = ParentalManyToManyField(Skill, verbose_name=_("skills"), blank=True, related_name="lessons")
    tools = ParentalManyToManyField(Tool, verbose_name=_("tools"), blank=True, related_name="lessons")
    body = StreamField(lesson_blocks(), verbose_name=_("body"))
    sources = models.TextField(
        _("sources"), blank=True, help_text=_("Where the facts come from, one line each.")
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=1, editable=False)
    question_ids = models.JSONField(default=list, editable=False)

    template = "courses/lesson_preview.html"
    parent_page_types: ClassVar[list[str]] = ["courses.LessonIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    exclude_fields_in_copy: ClassVar[list[str]] = ["uuid", "loaded_digest", "loaded_revision"]
    search_fields: ClassVar[list[Any]] = [
        *ContentPage.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
    ]
    content_panels: ClassVar[list[Any]] = [
        *ContentPage.content_panels,
        FieldPanel("summary"),
        FieldPanel("body"),
        FieldPanel("sources"),
    ]
    settings_panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [FieldPanel("roles"), FieldPanel("level"), FieldPanel("skills"), FieldPanel("tools")],
            heading=_("For whom"),
        ),
        MultiFieldPanel([FieldPanel("review_by"), FieldPanel("owner")], heading=_("Keeping it true")),
        *ContentPage.settings_panels,
    ]

    class Meta:
        verbose_name = _("micro-lesson")
        verbose_name_plural = _("micro-lessons")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the minutes and the questions read from the body."""
        self.minutes = self.computed_minutes()
        self.question_ids = [str(block.id) for block in self.body if block.block_type == "question"]
        super().save(*args, **kwargs)

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        """How an author can look at a draft."""
        return [("", _("As a learner sees it")), (WITH_FEEDBACK, _("With every feedback"))]

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return what a preview shows: the body rendered from the draft, and whether its questions are answered."""
        return {
            **super().get_context(request, *args, **kwargs),
            "content": render_content(self),
            "is_unanswered": request.preview_mode != WITH_FEEDBACK,
        }

    def clean(self) -> None:
        """Refuse a lesson that cannot be completed, or that a screen reader cannot outline.

        Raises:
            ValidationError: It has no check question, or a subheading without a heading.
        """
        super().clean()
        if self.has_gaps:
            return
        if not any(block.block_type == "question" for block in self.body):
            raise ValidationError(
                {"body": _("Add a check question: answering it is how a learner completes this lesson.")}
            )
        rich_text = [block.value.source for block in self.body if block.block_type == "text"]
        if heading := heading_without_parent(rich_text):
            message = _(
                "“%(heading)s” is a subheading (H3) with no heading above it. Make it a heading (H2)."
            )
            raise ValidationError({"body": ValidationError(message, params={"heading": heading})})

    def computed_minutes(self) -> int:
        """Return how long the lesson takes, in whole minutes."""
        words = count_words(self.title) + sum(count_words(text) for text in texts_of(self.body))
        questions = sum(1 for block in self.body if block.block_type == "question")
        return estimated_minutes(words=words, questions=questions)

    def get_url_parts(self, request: Any = None) -> tuple[int, str, str] | None:
        """Return the learner's address of the lesson; pages are not served by their place in the tree."""
        return own_address(super().get_url_parts(request), f"/lessons/{self.slug}/")


@dataclass(frozen=True)
class PathStep:
    """One step of a path as its author set it.

    Attributes:
        id: Stable identity of the step.
        lesson_page_id: Page of its lesson; a page that no longer exists leaves the step unavailable. None for a step
            that is an exercise.
        exercise_id: Primary key of its exercise; None for a step that is a lesson.
        is_required: Whether the path can be complete without it.
        opens: ``after-previous``, ``after-all`` or ``any-time``.
        delay_days: Whole days between its prerequisite and its opening.
    """

    id: uuid.UUID
    lesson_page_id: int | None
    exercise_id: int | None
    is_required: bool
    opens: str
    delay_days: int


class LearningPathPage(LearningContent, ContentPage):  # noqa: DJ008 - a page is its title
    """An ordered way through lessons and exercises for one role."""

    role = models.ForeignKey(
        "people.JobRole",
        verbose_name=_("role"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("None means everybody."),
    )
    introduction = RichTextField(_("introduction"), features=INLINE_FEATURES, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=300, help_text=_("What the learner can do at the end.")
    )
    steps = StreamField(
        [("lesson", LessonStepBlock()), ("exercise", ExerciseStepBlock())], verbose_name=_("steps")
    )

    template = "courses/path_preview.html"
    parent_page_types: ClassVar[list[str]] = ["courses.PathIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    exclude_fields_in_copy: ClassVar[list[str]] = ["uuid", "loaded_digest", "loaded_revision"]
    content_panels: ClassVar[list[Any]] = [
        *ContentPage.content_panels,
        FieldPanel("summary"),
        FieldPanel("introduction"),
        FieldPanel("outcome"),
        FieldPanel("steps"),
    ]
    settings_panels: ClassVar[list[Any]] = [
        MultiFieldPanel([FieldPanel("role"), FieldPanel("level")], heading=_("For whom")),
        MultiFieldPanel([FieldPanel("review_by"), FieldPanel("owner")], heading=_("Keeping it true")),
        *ContentPage.settings_panels,
    ]

    class Meta:
        verbose_name = _("learning path")
        verbose_name_plural = _("learning paths")

    def clean(self) -> None:
        """Refuse a path that cannot be completed as it reads.

        Raises:
            ValidationError: It has a lesson twice, or no required step.
        """
        super().clean()
        if self.has_gaps:
            return
        chosen = [block.value[block.block_type] for block in self.steps if block.value[block.block_type]]
        times = Counter((type(each), each.pk) for each in chosen)
        if repeated := {each: each.title for each in chosen if times[type(each), each.pk] > 1}:
            names = get_text_list([f"“{title}”" for title in repeated.values()], gettext("and"))
            message = _("On this path more than once: %(lessons)s. Remove the steps that repeat.")
            raise ValidationError({"steps": ValidationError(message, params={"lessons": names})})
        if not any(block.value["is_required"] for block in self.steps):
            raise ValidationError(
                {"steps": _("Make at least one step required: a path without one is never complete.")}
            )

    def path_steps(self) -> list[PathStep]:
        """Return the steps in order, read from the stored data without loading a single lesson."""
        return [
            PathStep(
                id=uuid.UUID(item["id"]),
                lesson_page_id=item["value"].get("lesson"),
                exercise_id=item["value"].get("exercise"),
                is_required=item["value"].get("is_required", True),
                opens=item["value"].get("opens", "after-previous"),
                delay_days=item["value"].get("delay_days") or 0,
            )
            for item in self.steps.raw_data
        ]

    def get_url_parts(self, request: Any = None) -> tuple[int, str, str] | None:
        """Return the learner's address of the path."""
        return own_address(super().get_url_parts(request), f"/paths/{self.slug}/")


def own_address(parts: tuple[int, str, str] | None, path: str) -> tuple[int, str, str] | None:
    """Return Wagtail's site with our own address; None for a page outside every site."""
    return None if parts is None else (parts[0], settings.WAGTAILADMIN_BASE_URL, path)
