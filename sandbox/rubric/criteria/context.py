"""Does it say what the model cannot know: the facts, who reads the result, what it is for?"""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sandbox.definitions import Fact, Span
from sandbox.rubric.criteria.base import Criterion, Judgment, distinct, outside
from sandbox.rubric.detection import words_of
from sandbox.rubric.reading import Reading

_MOST_FACTS_NAMED = 2
_ENOUGH_TOLD = 5
_TOLD_AT_LENGTH = 8
_INSTRUCTIONS = (
    "task.verb",
    "deliverable",
    "constraints.length",
    "constraints.scope",
    "constraints.negative",
    "constraints.forbid",
    "format.detail",
    "grounding.material",
    "grounding.restrict",
    "grounding.unknown",
    "grounding.cite",
)
_OPENING = ("task.verb", "task.request", "task.conditional", *_INSTRUCTIONS)


class Context(Criterion):
    """Facts of the exercise or sentences that tell its situation, and for whom or for what.

    2: the situation is told, and who reads the result or what it is for; or it is told at length. It is told by enough
       facts of the exercise (two, or half of them where there are many), or by statements that hold five words of its
       brief and its material; at length by eight. An exercise without facts asks for both the reader and the purpose.
    1: some of this. Words such as "audience" or "background" without facts of the exercise stay here.
    0: none of this. One fact alone is none where it is a common word, or says what the answer must keep to.
    """

    key = "context"
    label = gettext_lazy("Context")
    live_signals = ("context.audience", "context.purpose", "context.situation")
    live_hint = gettext_lazy("Say who will read it and what it is for.")

    def judge(self, reading: Reading) -> Judgment:
        """Return how much of the situation is told."""
        readers = reading.find("context.audience")
        purpose = reading.find("context.purpose")
        statements = _statements(reading)
        words = {word for span in statements for word in _telling_words(reading, span)}
        facts = outside(reading.facts.values(), reading.enumerations)
        has_aim = bool(readers or purpose)
        is_told = len(words) >= _ENOUGH_TOLD or len(facts) >= _enough_facts(reading)
        if not reading.definition.facts:
            is_told = bool(readers and purpose)
        evidence = distinct([*facts, *readers[:2], *purpose[:2]]) or statements[:2]
        if is_told and (has_aim or len(words) >= _TOLD_AT_LENGTH):
            return Judgment(2, evidence)
        is_some = has_aim or len(words) >= _ENOUGH_TOLD or _tells_anything(reading)
        shown = evidence if is_some else reading.find("context.situation")[:1]
        return Judgment(
            1 if shown else 0,
            shown,
            _missing(reading, is_told=is_told, has_aim=has_aim),
            _hint(reading, is_told=is_told, has_readers=bool(readers)),
        )

    def judge_without_words(self, reading: Reading) -> Judgment:
        """Return what the facts alone say: names and numbers read alike in every language."""
        if not reading.definition.facts:
            return Judgment(None)
        evidence = distinct(reading.facts.values())
        if len(reading.facts) >= _enough_facts(reading):
            return Judgment(2, evidence)
        return Judgment(
            1 if evidence else 0,
            evidence,
            _missing(reading, is_told=False, has_aim=True),
            _hint(reading, is_told=False, has_readers=True),
        )


def _enough_facts(reading: Reading) -> int:
    """Return how many facts are enough: two, or all where there are fewer, or half where there are more than five."""
    facts = reading.definition.facts
    return max(min(_MOST_FACTS_NAMED, len(facts)), len(facts) // 2)


def _statements(reading: Reading) -> tuple[Span, ...]:
    """Return the sentences that state something; what asks, limits, depends on an "if" or asks back states nothing."""
    stated = {reading.sentence_at(span.start) for span in reading.find("context.statement")}
    opened = {
        reading.sentence_at(span.start)
        for signal in _OPENING
        for span in reading.find(signal)
        if reading.begins_sentence(span.start)
    }
    return tuple(
        sentence
        for sentence in sorted(stated - opened)
        if not reading.text[sentence.start : sentence.end].rstrip().endswith("?")
    )


def _telling_words(reading: Reading, sentence: Span) -> Iterable[str]:
    """Return the words of a statement that tell of the situation.

    Where the prompt is not in the language of the exercise, its words cannot be looked for there, and all count.
    """
    if reading.lexicon and reading.lexicon.language != reading.definition.language:
        return reading.content_words(*sentence)
    return reading.told_words(*sentence)


def _tells_anything(reading: Reading) -> bool:
    """Whether the facts that are named tell of the situation: two do, and one that is no common word.

    A fact inside a limit, a request or the name of a material says what the answer must keep to.
    """
    if len(_outside_instructions(reading, reading.facts.values())) >= _MOST_FACTS_NAMED:
        return True
    return any(
        _is_particular(reading.text[slice(*span)], fact)
        for fact, span in reading.facts.items()
        if _outside_instructions(reading, [span])
    )


def _outside_instructions(reading: Reading, spans: Iterable[Span]) -> tuple[Span, ...]:
    instructions = [span for signal in _INSTRUCTIONS for span in reading.find(signal)]
    names = frozenset(words_of(" ".join(material.name for material in reading.definition.materials)))
    told = [span for span in spans if not names.issuperset(words_of(reading.text[slice(*span)]) or {""})]
    return outside(told, [*instructions, *reading.named_materials, *reading.enumerations])


def _is_particular(said: str, fact: Fact) -> bool:
    """Whether a fact is said in several words, or in one that its author wrote with a capital or a digit."""
    words = [word for word in fact.words if word.casefold() == " ".join(said.split()).casefold()]
    return len(said.split()) > 1 or any(word != word.lower() or any(map(str.isdigit, word)) for word in words)


def _missing(reading: Reading, *, is_told: bool, has_aim: bool) -> str:
    if not is_told and _unnamed(reading):
        return _("It does not tell, for example: %(facts)s.") % {"facts": ", ".join(_unnamed(reading)[:3])}
    if not has_aim:
        return _("It does not say who reads the result or what it is for.")
    return _("It says either who reads the result or what it is for, not both.")


def _hint(reading: Reading, *, is_told: bool, has_readers: bool) -> str:
    if not is_told and _unnamed(reading):
        return _("Tell what a stranger to your work could not know, such as %(fact)s.") % {
            "fact": _unnamed(reading)[0]
        }
    if not has_readers:
        return _("Add a sentence about who will read it and what they will do with it.")
    return _("Add a sentence about what the result is for.")


def _unnamed(reading: Reading) -> list[str]:
    return [fact.name for fact in reading.definition.facts if fact not in reading.facts]
