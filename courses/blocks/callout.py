"""Text that stands apart, with a fixed meaning."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.blocks.base import INLINE_FEATURES, lesson_block

CALLOUT_KINDS = [
    ("note", _("Note")),
    ("limit", _("Where it stops working")),
    ("may_i", _("May I?")),
    ("today", _("Do it today")),
]


@lesson_block("callout", order=20)
class CalloutBlock(blocks.StructBlock):
    """A limit, a permission, today's action, or a plain note."""

    kind = blocks.ChoiceBlock(choices=CALLOUT_KINDS, default="note", label=_("Kind"))
    text = blocks.RichTextBlock(features=INLINE_FEATURES, label=_("Text"))

    class Meta:
        icon = "info-circle"
        label = _("Callout")
        description = _("Where it stops working, what may be pasted, what to do today")
        template = "courses/blocks/callout.html"
        preview_value = {
            "kind": "may_i",
            "text": "<p>Order numbers: yes, in the approved tool. Names: replace them first.</p>",
        }
