"""Is it said what to do, and what shall come out?"""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sandbox.definitions import Span
from sandbox.rubric.criteria.base import Criterion, Judgment, outside
from sandbox.rubric.criteria.specifics import Specifics, touch
from sandbox.rubric.detection import WORD
from sandbox.rubric.reading import BULLET, Reading

_ENOUGH_WORDS = 3
_ENOUGH_WITHOUT_RESULT = 2
_LONGEST_NAME = 3
_LONGEST_LEAD = 120
_OF_THE_RESULT = (
    "task.request",
    "deliverable",
    "format.shape",
    "format.detail",
    "constraints.length",
    "constraints.soft",
)
_CHECKABLE = ("constraints.length", "format.detail")


class _Request(NamedTuple):
    """A sentence that asks for something."""

    level: int
    evidence: tuple[Span, ...]


class Task(Criterion):
    """A verb that asks and a result that is named, with something said of it.

    2: a request with its result ("Write a reply to ...", "I need a table of ..."), about something of its own; or
       one whose result is told by what it shall hold, keep to, or be for.
    1: a request that leaves the result or the subject open ("Improve this.", "Summarize the article."), a question,
       or a result without a request that has at least a length or parts.
    0: nothing is asked: a persona, or an enumeration of words.
    """

    key = "task"
    label = gettext_lazy("Task")
    live_signals = ("task.verb", "task.request")
    live_hint = gettext_lazy("Say what you want done, beginning with a verb.")

    def judge(self, reading: Reading) -> Judgment:
        """Return the level of the sentence that asks most clearly."""
        request = max(_requests(reading), key=lambda each: each.level, default=_Request(0, ()))
        if request.level == 2:
            return Judgment(2, request.evidence)
        if request.level == 1:
            return Judgment(1, request.evidence, _what_is_open(reading, request), _next_step())
        questions = _questions(reading)
        if questions:
            return Judgment(
                1,
                questions[:1],
                _("A question leaves open what you want to hold in your hands."),
                _next_step(),
            )
        named = _named_results(reading)
        if named and any(reading.find(signal) for signal in _CHECKABLE):
            return Judgment(1, named[:1], _("A result is named, but nothing is asked for."), _next_step())
        return Judgment(
            0,
            (),
            _("It does not say what shall be done."),
            _("Begin with a verb and name the result, such as a reply, a table or three questions."),
        )


def _next_step() -> str:
    return _("Name the result you want to hold in your hands, and what it is about.")


def _what_is_open(reading: Reading, request: _Request) -> str:
    sentence = reading.sentence_at(request.evidence[0].start)
    vague = reading.find("vague")
    for span in vague:
        if sentence.start <= span.start < sentence.end:
            word = reading.text[span.start : span.end]
            return _("\u201c%(word)s\u201d leaves open what exactly shall come out.") % {"word": word}
    return _("It leaves open what exactly shall come out.")


def _named_results(reading: Reading) -> tuple[Span, ...]:
    """Return the results that are named outside of mere enumerations."""
    named = reading.find("deliverable") or reading.named_materials
    return outside(named, reading.enumerations)


def _questions(reading: Reading) -> tuple[Span, ...]:
    """Return where a sentence begins as a question in a prompt that is about something; "How are you?" is not."""
    begins = tuple(span for span in reading.find("task.question") if reading.begins_sentence(span.start))
    if begins and reading.told_words(0, len(reading.text)):
        return begins
    return tuple(span for span in begins if reading.content_words(*reading.sentence_at(span.start)))


def _requests(reading: Reading) -> list[_Request]:
    """Return every sentence that asks for something, with how clearly it does."""
    asked = _by_sentence(reading, reading.find("task.request"))
    verbs = _by_sentence(reading, reading.find("task.verb"))
    results = _by_sentence(reading, (*reading.find("deliverable"), *reading.named_materials))
    words = _by_sentence(reading, outside(_content_places(reading), _said_of_the_result(reading)))
    specifics = Specifics(reading)
    personas = _by_sentence(reading, reading.find("role.persona"))
    found = []
    for sentence in sorted({*asked, *verbs}):
        phrases = asked.get(sentence, [])
        verb = next((v for v in verbs.get(sentence, []) if _asks(reading, sentence, phrases, v)), None)
        asking = verb or next(iter(phrases), None)
        if asking is None or (verb is None and sentence in personas):
            continue
        begin = min(phrases[0].start, asking.start) if phrases else asking.start
        if verb is None and not reading.text[asking.end : sentence.end].strip(" .!?\n"):
            begin = sentence.start  # "Three posts, please."
        request = _weigh(
            reading,
            specifics,
            asking,
            [span for span in results.get(sentence, []) if begin <= span.start and span != verb],
            [span for span in words.get(sentence, []) if begin <= span.start and not touch(span, asking)],
            is_verb=verb is not None,
        )
        if request.level:
            found.append(request)
    return found


def _by_sentence(reading: Reading, spans: Iterable[Span]) -> dict[Span, list[Span]]:
    sentences: dict[Span, list[Span]] = {}
    for span in sorted(spans):
        sentences.setdefault(reading.sentence_at(span.start), []).append(span)
    return sentences


def _content_places(reading: Reading) -> list[Span]:
    """Return the words that say something of a subject."""
    return [
        Span(*match.span()) for match in WORD.finditer(reading.text) if reading.content_words(*match.span())
    ]


def _said_of_the_result(reading: Reading) -> list[Span]:
    """Return what asks, or describes the result: "I need a short reply of 100 words" is about nothing yet."""
    return [span for signal in _OF_THE_RESULT for span in reading.find(signal)]


def _asks(reading: Reading, sentence: Span, phrases: list[Span], verb: Span) -> bool:
    """Whether the verb begins a clause or follows words such as "could you"; "the list" and "we write" do not ask.

    Neither does a word of an enumeration, such as "role, format, list", nor a label with a colon.
    """
    behind = reading.text[verb.end : verb.end + 1] or " "
    is_alone = behind in ".!?" and not reading.text[sentence.start : verb.start].strip()
    if behind in ",;:./|" and not is_alone:
        return False
    return (
        reading.begins_clause(verb.start)
        or any(phrase.end <= verb.start for phrase in phrases)
        or _follows_a_lead(reading, sentence, verb)
    )


def _follows_a_lead(reading: Reading, sentence: Span, verb: Span) -> bool:
    """Whether only words such as "from the article below" stand before a verb that has an object behind it."""
    if verb.start - sentence.start > _LONGEST_LEAD:
        return False
    before = reading.text[sentence.start : verb.start].strip(BULLET).split()
    behind = reading.text[verb.end : verb.end + _LONGEST_LEAD].split(maxsplit=1)
    return (
        len(before) > 1
        and reading.is_one_of("task.lead", before[0])
        and not reading.is_one_of("task.given", before[-1])
        and bool(behind)
        and reading.is_one_of("task.object", behind[0])
    )


def _weigh(
    reading: Reading,
    specifics: Specifics,
    asking: Span,
    results: list[Span],
    words: list[Span],
    *,
    is_verb: bool,
) -> _Request:
    """Return how clear a request is, from its verb (or words such as "I need"), its results and its other words.

    What comes out is told by a result, or by a verb such as "summarize"; and something is said of it: by some words of
    a subject behind the verb, or by limits, parts, readers or facts anywhere in the prompt.
    """
    about_this = any(not touch(span, asking) for span in reading.facts.values()) or any(
        reading.is_subject(reading.text[slice(*word)]) for word in words
    )
    if not is_verb and not results and not about_this:
        return _Request(0, ())
    if not (is_verb and asking.start in reading.starts("task.making")):
        results = [span for span in results if not _is_given(reading, span)]
    ways = specifics.count_beside(asking)
    has_subject = about_this or bool(words) or specifics.is_about_exercise
    says_enough = len(words) >= _ENOUGH_WORDS or (ways > 0 and has_subject)
    if is_verb and asking.start in reading.starts("task.telling"):
        is_clear = says_enough or ways > 0 or bool(results and words)
    else:
        is_clear = says_enough and (bool(results) or specifics.has_layout)
    if not is_clear and not specifics.holds(asking):
        is_clear = has_subject and ways >= _ENOUGH_WITHOUT_RESULT
    return _Request(2 if is_clear else 1, (asking, *results[:1]))


def _is_given(reading: Reading, result: Span) -> bool:
    """Whether it is there already: "the article", "these notes"; in "into a table" it is what comes out."""
    begin = max(reading.sentence_at(result.start).start, result.start - _LONGEST_LEAD)
    nearest = reading.text[begin : result.start].split()[-_LONGEST_NAME:]
    if any(reading.is_one_of("task.becomes", word) for word in nearest):
        return False
    return reading.is_named_material(result) or any(reading.is_one_of("task.given", word) for word in nearest)
