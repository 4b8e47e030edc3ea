"""The steps of a learning path. Not lesson blocks: a path is made of these."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

OPENS = [
    ("after-previous", _("after the required step before it")),
    ("after-all", _("after every required step before it")),
    ("any-time", _("at any time")),
]


class LessonStepBlock(blocks.StructBlock):
    """A lesson as a step of a path."""

    lesson = blocks.PageChooserBlock(page_type="courses.MicroLessonPage", label=_("Lesson"))
    is_required = blocks.BooleanBlock(default=True, required=False, label=_("Required"))
    opens = blocks.ChoiceBlock(choices=OPENS, default="after-previous", label=_("Opens"))
    delay_days = blocks.IntegerBlock(
        default=0, min_value=0, max_value=365, required=False, label=_("Days to wait after that")
    )

    class Meta:
        icon = "doc-full"
        label = _("Lesson")
        template = "courses/blocks/step.html"
