"""A tip: one thought, one try, perhaps a question. Written in Wagtail, with drafts, review and preview."""

import uuid
from datetime import date
from typing import Any, ClassVar

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.html import strip_tags
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

from courses.blocks.check_question import CheckQuestionBlock
from courses.draft_form import SnippetDraftForm
from courses.models import MicroLessonPage, Skill, Tool
from lms.tips import previews
from lms.tips.querysets import TipQuerySet
from sandbox.models import Exercise, Level

MOST_WORDS = 60
LONGEST_CHOICE = 75
"""What a button in Slack holds."""
PREVIEWS = [
    ("", _("On its page")),
    ("email", _("As e-mail")),
    ("email_text", _("As e-mail without pictures and type")),
    ("slack", _("In Slack")),
    ("teams", _("In Microsoft Teams")),
]


class Tip(
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    ClusterableModel,
):
    """Something small to try at work, useful even to whoever clicks on nothing."""

    uuid = models.UUIDField(_("identity"), default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(
        _("title"), max_length=70, help_text=_("The thought in a line; it is the subject of the mail.")
    )
    slug = models.SlugField(
        _("short name"),
        max_length=100,
        unique=True,
        help_text=_("The name of its file, where it comes from one. Readers do not see it."),
    )
    body = RichTextField(
        _("tip"),
        features=["bold", "italic", "code"],
        help_text=_("One thought, at most 60 words, useful even if nothing is clicked."),
    )
    try_it = models.CharField(
        _("try it"), max_length=200, help_text=_("A thing of one minute at work, with its cue.")
    )
    question = StreamField(
        [("question", CheckQuestionBlock())],
        verbose_name=_("question"),
        blank=True,
        max_num=1,
        help_text=_("Answered inside the message; its feedback comes at once."),
    )
    roles = ParentalManyToManyField(
        "people.JobRole",
        verbose_name=_("roles"),
        blank=True,
        related_name="+",
        help_text=_("None means everybody."),
    )
    skills = ParentalManyToManyField(Skill, verbose_name=_("skills"), blank=True, related_name="+")
    tools = ParentalManyToManyField(Tool, verbose_name=_("tools"), blank=True, related_name="+")
    level = models.CharField(_("level"), max_length=20, choices=Level, default=Level.BASIC)
    lesson = models.ForeignKey(
        MicroLessonPage,
        verbose_name=_("lesson that goes deeper"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    exercise = models.ForeignKey(
        Exercise,
        verbose_name=_("exercise to try it on"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    sources = models.TextField(_("sources"), blank=True)
    review_by = models.DateField(
        _("review by"), help_text=_("From this day on it is sent to nobody until it was read again.")
    )
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

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="tip")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="tip",
        for_concrete_model=False,
    )

    has_gaps = False
    """Whether it is being saved as a draft, which may still miss what people will need."""

    objects = TipQuerySet.as_manager()

    preview_modes = PREVIEWS
    edit_handler = TabbedInterface(
        [
            ObjectList(
                [FieldPanel("title"), FieldPanel("body"), FieldPanel("try_it"), FieldPanel("question")],
                heading=_("Tip"),
            ),
            ObjectList(
                [
                    FieldPanel("slug"),
                    MultiFieldPanel(
                        [
                            FieldPanel("roles"),
                            FieldPanel("level"),
                            FieldPanel("skills"),
                            FieldPanel("tools"),
                        ],
                        heading=_("For whom"),
                    ),
                    MultiFieldPanel(
                        [FieldPanel("lesson"), FieldPanel("exercise")], heading=_("Where it leads")
                    ),
                    MultiFieldPanel(
                        [FieldPanel("review_by"), FieldPanel("owner"), FieldPanel("sources")],
                        heading=_("Keeping it true"),
                    ),
                ],
                heading=_("Settings"),
            ),
        ],
        base_form_class=SnippetDraftForm,
    )

    class Meta:
        verbose_name = _("tip")
        verbose_name_plural = _("tips")
        ordering: ClassVar[list[str]] = ["title"]

    def __str__(self) -> str:
        return self.title

    @property
    def revisions(self) -> Any:
        """Every draft and published state."""
        return self._revisions

    @property
    def approved_schedule(self) -> bool:
        """Whether a revision waits for its moment; a list looks it up for all its rows at once, as `has_schedule`."""
        known = self.__dict__.get("has_schedule")
        return bool(super().approved_schedule if known is None else known)

    def is_sendable(self, on: date) -> bool:
        """Whether it may be sent on a day: published, and not overdue for review; as `TipQuerySet.sendable`."""
        return self.live and self.review_by > on

    def clean(self) -> None:
        """Refuse to publish what does not fit into every channel.

        Raises:
            ValidationError: Too many words, an answer too long for a button, or several right answers.
        """
        super().clean()
        if self.has_gaps:
            return
        words = len(strip_tags(self.body).split())
        problems: dict[str, Any] = {}
        if words > MOST_WORDS:
            told = _("It has %(words)s words; %(most)s are the most. Leave out the second-best thought.")
            problems["body"] = ValidationError(told, params={"words": words, "most": MOST_WORDS})
        for block in self.question:
            if block.value["several"]:
                problems["question"] = ValidationError(
                    _("A question in a message has one right answer. Untick “Several answers are right”.")
                )
            for answer in block.value["answers"]:
                if len(strip_tags(str(answer["text"]))) > LONGEST_CHOICE:
                    told = _("An answer is longer than %(most)s characters and does not fit on a button.")
                    problems["question"] = ValidationError(told, params={"most": LONGEST_CHOICE})
        if problems:
            raise ValidationError(problems)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Return the draft as one channel shows it."""
        return previews.shown(mode_name, request, self)
