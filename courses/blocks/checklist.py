"""A short list to work through."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.blocks.base import INLINE_FEATURES, lesson_block


@lesson_block("checklist", order=40)
class ChecklistBlock(blocks.StructBlock):
    """A title and the things to check."""

    title = blocks.CharBlock(label=_("Title"))
    items = blocks.ListBlock(
        blocks.RichTextBlock(features=INLINE_FEATURES, label=_("Item")), min_num=2, label=_("Items")
    )

    class Meta:
        icon = "tick"
        label = _("Checklist")
        description = _("Things to check, one line each")
        template = "courses/blocks/checklist.html"
        preview_value = {
            "title": "Before you send it on",
            "items": ["<p>Search the thread for one quote.</p>", "<p>Compare the date.</p>"],
        }
