"""Does every name of the answer come from somewhere?"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from sandbox.checks.base import CheckContext, OutcomeCheck, Verdict, outcome_check
from sandbox.checks.number_words import MONTHS
from sandbox.checks.phrases import quoted_list
from sandbox.definitions import Span
from sandbox.rubric.detection import detect_language
from sandbox.rubric.lexicon import stopwords

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_PLACEHOLDER = re.compile(
    r"\[[^\]\n]{1,60}\]|\{[^}\n]{1,60}\}|<[^>\n]{1,60}>|`[^`\n]{1,200}`|https?://\S{1,300}"
)
_SENTENCE_START = re.compile(
    r"(?:^|[.!?:;\u2026|\n\"\u201c\u201e\u00ab(\u2013\u2014/]|[-*#>\u2022])[\s*_\"\u201c'(\[#>|-]*$"
)
_WORDS_OF_OFFICES = """
    i i'm i'll i've i'd mr mrs ms dr prof sir madam dear hello hi regards sincerely best kind yours thanks thank
    customer customers team manager colleague colleagues subject hr it ai ceo cfo cto coo faq pdf csv json
    kpi kpis id url ok asap fyi tbd usa uk us eu usd eur gbp vat nda sop pr qa api gdpr crm erp
    monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun
    english german french spanish italian european british american internet linkedin excel word email e-mail
    christmas easter
"""
_ORDINARY = frozenset(_WORDS_OF_OFFICES.split()) | frozenset(MONTHS)
_TITLE_SHARE = 0.6
_NOUNS_ARE_CAPITALIZED = "de"


@outcome_check
class NoNewNames(OutcomeCheck):
    """Each capitalized word inside a sentence stands in the material or in the prompt.

    Headings, placeholders, months, weekdays and common abbreviations are no names; a word that the answer also writes
    in lower case is none either. A name that stands at the beginning of each of its sentences is not noticed.
    """

    check = "no_new_names"

    def describe(self, settings: Mapping[str, Any]) -> str:  # noqa: ARG002
        """Return the rule."""
        return _("Names no person, company or place that neither the material nor the prompt names.")

    def judge(self, answer: str, settings: Mapping[str, Any], context: CheckContext) -> Verdict:  # noqa: ARG002
        """Return whether there is none, and where the new ones are; None in German, where every noun is capitalized."""
        if detect_language(answer, expected=context.language) == _NOUNS_ARE_CAPITALIZED:
            return Verdict(
                None, _("In German every noun is capitalized, so names cannot be told by their capitals.")
            )
        known = {_base(word) for word in _WORD.findall(f"{context.material} {context.prompt}")}
        spans = _joined(
            answer, [span for span in _names(answer) if _base(answer[span.start : span.end]) not in known]
        )
        if not spans:
            return Verdict(True, _("Every name is in the material or in your prompt."))
        said = quoted_list(answer[span.start : span.end] for span in spans)
        return Verdict(
            False, _("Neither in the material nor in your prompt: %(names)s.") % {"names": said}, spans
        )

    def explain_place(self, words: str) -> str:
        """Return that the name is new."""
        return _("\u201c%(words)s\u201d is neither in the material nor in your prompt.") % {"words": words}


def _names(answer: str) -> list[Span]:
    """Return the words that look like names."""
    hidden = _PLACEHOLDER.sub(lambda match: "\n" * len(match.group()), answer)
    ordinary = _ORDINARY | stopwords()["en"] | {word for word in _WORD.findall(hidden) if word.islower()}
    spans, start = [], 0
    for line in hidden.split("\n"):
        if not _is_title(line):
            spans += [
                Span(start + match.start(), start + match.end())
                for match in _WORD.finditer(line)
                if match.group()[0].isupper()
                and len(match.group()) > 1
                and _base(match.group()) not in ordinary
                and not _SENTENCE_START.search(line[max(0, match.start() - 40) : match.start()] or "\n")
            ]
        start += len(line) + 1
    return spans


def _is_title(line: str) -> bool:
    """Whether a line is a heading: marked as one, or mostly capitalized and without a full stop."""
    bare = line.strip().strip("*_ ")
    if line.lstrip().startswith("#"):
        return True
    words = _WORD.findall(bare)
    if (
        len(words) < 2
        or bare.rstrip("\"'\u201c\u201d\u2019)").endswith((".", "!", "?", ","))
        or len(words) > 12
    ):
        return False
    return sum(word[0].isupper() for word in words) >= _TITLE_SHARE * len(words) and (
        bare.endswith(":") or line.strip().startswith("**") or len(words) > 3
    )


def _base(word: str) -> str:
    """Return the word in lower case, without a possessive."""
    return re.sub(r"['\u2019]s?$", "", word.casefold()).replace("\u2019", "'")


def _joined(answer: str, spans: list[Span]) -> tuple[Span, ...]:
    """Return neighboring words as one name."""
    joined: list[Span] = []
    for span in spans:
        if joined and answer[joined[-1].end : span.start] == " ":
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return tuple(joined)
