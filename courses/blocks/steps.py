"""The steps of a learning path. Not lesson blocks: a path is made of these."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

OPENS = [
    ("after-previous", _("after the required step before it")),
    ("after-all", _("after every required step before it")),
    ("any-time", _("at any time")),
]


WHEN = ["is_required", "opens", "delay_days"]


class StepBlock(blocks.StructBlock):
    """When a step opens, and whether the path waits for it."""

    is_required = blocks.BooleanBlock(default=True, required=False, label=_("Required"))
    opens = blocks.ChoiceBlock(choices=OPENS, default="after-previous", label=_("Opens"))
    delay_days = blocks.IntegerBlock(
        default=0, min_value=0, max_value=365, required=False, label=_("Days to wait after that")
    )


class LessonStepBlock(StepBlock):
    """A lesson as a step of a path."""

    lesson = blocks.PageChooserBlock(page_type="courses.MicroLessonPage", label=_("Lesson"))

    class Meta:
        icon = "doc-full"
        label = _("Lesson")
        form_layout = ["lesson", *WHEN]
        template = "courses/blocks/step.html"


class ExerciseStepBlock(StepBlock):
    """An exercise of the practice area as a step of a path."""

    exercise = SnippetChooserBlock("sandbox.Exercise", label=_("Exercise"))

    class Meta:
        icon = "edit"
        label = _("Exercise")
        form_layout = ["exercise", *WHEN]
        template = "courses/blocks/step.html"
