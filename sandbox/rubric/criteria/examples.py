"""Is there an example of what is wanted?"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sandbox.definitions import Span
from sandbox.rubric.criteria.base import Criterion, Judgment
from sandbox.rubric.detection import words_of
from sandbox.rubric.reading import Reading

_QUOTE = re.compile(
    r"[^.!?\"\u201c\u201e\u00ab]{0,80}[\"\u201c\u201e\u00ab]([^\"\u201c\u201d\u00bb]{8,600})[\"\u201c\u201d\u00bb]"
)
_COLON = re.compile(r"[^.!?:\n]{0,40}:")
_ENOUGH_WORDS = 4


class Examples(Criterion):
    """An example to go by.

    2: the example itself, in quotation marks or after a colon. 1: a mention of one.
    """

    key = "examples"
    label = gettext_lazy("Examples")
    live_signals = ("examples.given",)
    live_hint = gettext_lazy("One good example says more than three adjectives.")

    def judge(self, reading: Reading) -> Judgment:
        """Return whether an example is there to be imitated."""
        markers = reading.find("examples.given")
        for marker in markers:
            example = _example_after(reading, marker)
            if example:
                return Judgment(2, (Span(marker.start, example.end),))
        if markers:
            return Judgment(
                1,
                markers[:3],
                _("An example is mentioned, but it is not there."),
                _("Put the example itself into the prompt, in quotation marks."),
            )
        return Judgment(
            0,
            (),
            _("There is no example of what you would call good."),
            _("Add one line of the kind you want, and say that it is an example."),
        )


def _example_after(reading: Reading, marker: Span) -> Span | None:
    """Return where the example stands that a marker announces; None when it only mentions one."""
    quote = _QUOTE.match(reading.text, marker.end)
    if quote and len(words_of(quote.group(1))) >= 2:
        return Span(quote.start(1), quote.end(1))
    colon = _COLON.match(reading.text, marker.end - 1)
    if colon is None:
        return None
    end = reading.sentence_at(marker.start).end
    has_words = len(words_of(reading.text[colon.end() : end])) >= _ENOUGH_WORDS
    return Span(colon.end(), end) if has_words else None
