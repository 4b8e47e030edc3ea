"""The way from a lesson into the practice area."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from courses.blocks.base import INLINE_FEATURES, lesson_block


@lesson_block("exercise", order=45)
class ExerciseBlock(blocks.StructBlock):
    """An exercise to try what the lesson showed."""

    exercise = SnippetChooserBlock("sandbox.Exercise", label=_("Exercise"))
    text = blocks.RichTextBlock(
        features=INLINE_FEATURES,
        label=_("Why now"),
        required=False,
        help_text=_("One sentence that ties it to this lesson."),
    )

    class Meta:
        icon = "edit"
        label = _("Exercise")
        description = _("A link to an exercise in the private practice area")
        template = "courses/blocks/exercise.html"
