"""A first attempt at a prompt, what came of it, and its repair."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.blocks.base import INLINE_FEATURES, lesson_block


@lesson_block("prompt_pair", order=30)
class PromptPairBlock(blocks.StructBlock):
    """Before and after, side by side; bold words in the repair are shown as the words that changed."""

    before = blocks.RichTextBlock(features=INLINE_FEATURES, label=_("First attempt"))
    answer = blocks.RichTextBlock(features=INLINE_FEATURES, label=_("The answer it got"), required=False)
    flaw = blocks.RichTextBlock(features=INLINE_FEATURES, label=_("What is wrong with it"), required=False)
    after = blocks.RichTextBlock(
        features=INLINE_FEATURES, label=_("Repaired"), help_text=_("Make the words that changed bold.")
    )
    why = blocks.RichTextBlock(features=INLINE_FEATURES, label=_("Why it works"), required=False)

    class Meta:
        icon = "arrow-right-full"
        label = _("Before and after")
        description = _("A prompt that a sensible person would write, its flaw, and the repair")
        template = "courses/blocks/prompt_pair.html"
        preview_value = {
            "before": "<p>Summarize this email thread.</p>",
            "answer": "<p>The customer has been offered a refund of €40.</p>",
            "flaw": "<p>Nobody offered a refund.</p>",
            "after": "<p>List <b>what we promised, with date and name</b>, and quote its line.</p>",
            "why": "<p>You can check three quotes in twenty seconds.</p>",
        }
