"""Is it said what the result shall look like?"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sandbox.definitions import Span
from sandbox.rubric.criteria.base import Criterion, Judgment, distinct, outside
from sandbox.rubric.reading import Reading

_SHOWN = 6
_LAYOUTS = re.compile(
    r"^[ \t]{0,8}\|[^|\n]{1,200}\|[^|\n]{1,200}\|"  # a heading line of a table
    r"|\{\s{0,8}\"[^\"\n]{1,60}\"\s{0,4}:"  # the beginning of a JSON object
    r"|^[^|\n]{1,80}\|[^|\n]{1,40}\|[^|\n]{1,40}"  # headings of a table, side by side
    r"|^[^\n:]{1,60}:[ \t]{0,4}(?:\[[^\]\n]{0,80}\]|<[^>\n]{1,80}>|\.{3}|\u2026|_{2,60})",  # a form with gaps
    re.MULTILINE,
)


class Format(Criterion):
    """A shape, and how it is filled.

    2: a shape with its parts, number or order ("a table with the columns ...", "5 bullet points"), or the layout
       itself.
    1: a shape alone ("as a list"), or a number of things alone ("five questions").
    """

    key = "format"
    label = gettext_lazy("Format")
    live_signals = ("format.shape", "format.detail")
    live_hint = gettext_lazy("Say what the result looks like: a list, a table, a letter with a subject line.")

    def judge(self, reading: Reading) -> Judgment:
        """Return how exactly the shape is described."""
        shapes = _shapes(reading)
        details = reading.find("format.detail")
        drawn = layouts(reading)
        evidence = distinct([*shapes, *details, *drawn])[:_SHOWN]
        if drawn or (shapes and details) or len(details) >= 2:
            return Judgment(2, evidence)
        if shapes:
            return Judgment(
                1,
                evidence,
                _("The shape is named, its parts are not."),
                _("Say how many, in which order, or which columns or parts it has."),
            )
        if details:
            return Judgment(
                1,
                evidence,
                _("It says what belongs in it, but not in which shape."),
                _("Name the shape, such as a table, a numbered list or short paragraphs."),
            )
        return Judgment(
            0,
            (),
            _("Nothing says what the result looks like."),
            _("Imagine the finished page: say which shape it has and which parts."),
        )

    def judge_without_words(self, reading: Reading) -> Judgment:
        """Return 2 when the layout itself stands in the prompt; whether words describe one cannot be told."""
        drawn = layouts(reading)
        return Judgment(2, drawn[:_SHOWN]) if drawn else Judgment(None)


def _shapes(reading: Reading) -> tuple[Span, ...]:
    """Return the shapes of the result; "from the table" speaks of the material."""
    sources = [*reading.named_materials, *reading.find("grounding.material")]
    return outside(reading.find("format.shape"), sources)


def layouts(reading: Reading) -> tuple[Span, ...]:
    """Return where the layout of the result itself stands in the prompt: the headings of a table, JSON, a form."""
    return tuple(Span(*match.span()) for match in _LAYOUTS.finditer(reading.text))
