"""Running text."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.blocks.base import RICH_TEXT_FEATURES, lesson_block


@lesson_block("text", order=10)
class TextBlock(blocks.RichTextBlock):
    """Paragraphs, lists and links."""

    def __init__(self, **kwargs: object) -> None:
        """Offer the few styles that a lesson needs."""
        super().__init__(**{"features": RICH_TEXT_FEATURES, **kwargs})

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        description = _("Paragraphs of running text")
        template = "courses/blocks/text.html"
        preview_value = "<p>A complaint has wandered through nineteen messages. You take over at four.</p>"
