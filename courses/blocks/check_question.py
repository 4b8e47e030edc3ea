"""A question that tests judgement; answering it completes the lesson."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.blocks.base import INLINE_FEATURES, lesson_block


class AnswerBlock(blocks.StructBlock):
    """One answer and what choosing it teaches."""

    text = blocks.RichTextBlock(features=INLINE_FEATURES, label=_("Answer"))
    is_right = blocks.BooleanBlock(label=_("A right answer"), required=False)
    feedback = blocks.RichTextBlock(
        features=INLINE_FEATURES,
        label=_("Feedback"),
        help_text=_("Teach something new, also when the answer is right."),
    )

    class Meta:
        icon = "tick-inverse"
        label = _("Answer")


@lesson_block("question", order=50)
class CheckQuestionBlock(blocks.StructBlock):
    """A situation with several answers, each with feedback."""

    question = blocks.RichTextBlock(features=INLINE_FEATURES, label=_("Situation and question"))
    several = blocks.BooleanBlock(label=_("Several answers are right"), required=False)
    answers = blocks.ListBlock(AnswerBlock(), min_num=2, max_num=6, label=_("Answers"))

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """Require right answers that fit the kind of question, and a wrong one to weigh them against."""
        cleaned = super().clean(value)
        if self.is_deferred_validation:  # a draft may have gaps
            return cleaned
        right = sum(1 for answer in cleaned["answers"] if answer["is_right"])
        message = None
        if right == 0:
            message = _("Mark the right answer.")
        elif right == len(cleaned["answers"]):
            message = _(
                "Every answer is marked right. Add one that a sensible person would give and that is not."
            )
        elif right > 1 and not cleaned["several"]:
            message = _("Two answers are marked right. Tick “Several answers are right”, or leave one.")
        elif right == 1 and cleaned["several"]:
            message = _(
                "Only one answer is marked right. Untick “Several answers are right”, or mark another."
            )
        if message:
            raise blocks.StructBlockValidationError(non_block_errors=[ValidationError(message)])
        return cleaned

    class Meta:
        icon = "help"
        label = _("Check question")
        description = _("A situation that tests judgement, with feedback on every answer")
        template = "courses/blocks/question.html"
