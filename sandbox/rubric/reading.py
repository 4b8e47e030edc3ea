"""A prompt as the criteria read it: the learner's own words, sentence by sentence.

What was pasted from the material is left out, or a pasted text would earn the points of its author. Slips of the
keyboard are mended. Both change offsets, so a `Reading` leads every place back to the prompt as it was typed.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property

from sandbox.definitions import Definition, Fact, Span
from sandbox.rubric.detection import words_of
from sandbox.rubric.lexicon import AFTER, APOSTROPHE, BEFORE, SPACE, Lexicon
from sandbox.rubric.overlap import copied_spans
from sandbox.rubric.typos import mended

_SENTENCE_END = re.compile(r"[.!?](?=[\"'\u201d\u2019)\]]{0,3}\s)|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[a-z]|\d{1,2}|max|min|approx|ca|no|nr|vs|mr|mrs|ms|dr|etc|incl|bzw|ggf|inkl|usw|evtl))\.$",
    re.IGNORECASE,
)
_PLAIN_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_WORD = 24
_PART_END = re.compile(r"[,;:|/]\s")
_PARTS_OF_A_ROW = 6
_WORDS_OF_A_PART = 2.5
_CLAUSE_ENDS = tuple(',;:.!?(\u2013\u2014"\u201c\u201d')
BULLET = " \t\n\r-*\u2022\u2013\u2014>#.)([0123456789"
_JOINTS = frozenset(["and", "but", "or", "so", "then", "please", "und", "aber", "oder", "dann", "bitte"])


class Reading:
    """One prompt beside the exercise it was written for.

    Attributes:
        prompt: As it was typed.
        text: What the criteria look into; its places are not those of the prompt, see `in_prompt`.
        lexicon: Of the prompt's language; None when there is none.
        copied: Stretches of the prompt that stand in the material word for word.
        has_private_data: Whether the data guard found something that must not be here.
    """

    def __init__(
        self, prompt: str, definition: Definition, lexicon: Lexicon | None, *, has_private_data: bool = False
    ) -> None:
        self.prompt = prompt
        self.has_private_data = has_private_data
        self._found: dict[str, tuple[Span, ...]] = {}
        self._starts: dict[str, frozenset[int]] = {}
        self.definition = definition
        self.lexicon = lexicon
        self.copied = copied_spans(prompt, (material.body for material in definition.materials))
        self.text, self._places = _mend(
            _without(prompt, self.copied), self._known_words() if lexicon else None
        )

    def _known_words(self) -> frozenset[str]:
        """Words that are right as they stand, and the ones that slips are mended to."""
        if self.lexicon is None:
            return frozenset()
        facts = (word for fact in self.definition.facts for word in fact.words)
        return self.lexicon.vocabulary | self.lexicon.stopwords | frozenset(words_of(" ".join(facts)))

    def find(self, signal: str) -> tuple[Span, ...]:
        """Return where a signal of the lexicon stands in `text`; empty without a lexicon."""
        if self.lexicon and signal not in self._found:
            self._found[signal] = find_pattern(self.lexicon.patterns[signal], self.text)
        return self._found.get(signal, ())

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """The sentences of `text`; each line is one, and a line that ends with a colon takes the next with it."""
        spans, start = [], 0
        for match in _SENTENCE_END.finditer(self.text):
            before = self.text[max(start, match.start() - 12) : match.start() + 1]
            if match.group()[0] == "\n":
                if before.rstrip().endswith(":"):
                    continue
            elif match.group() == "." and _ABBREVIATION.search(before):
                continue
            spans.append(Span(start, match.end()))
            start = match.end()
        spans.append(Span(start, len(self.text)))
        return tuple(span for span in spans if self.text[span.start : span.end].strip())

    @cached_property
    def enumerations(self) -> tuple[Span, ...]:
        """The sentences that are nothing but a row of words: six parts or more, of two or three words each."""
        found = []
        for sentence in self.sentences:
            parts = _PART_END.split(self.text[sentence.start : sentence.end].strip())
            words = sum(len(part.split()) for part in parts)
            if len(parts) >= _PARTS_OF_A_ROW and words <= _WORDS_OF_A_PART * len(parts):
                found.append(sentence)
        return tuple(found)

    def sentence_at(self, place: int) -> Span:
        """Return the sentence that holds a place of `text`, or the one before it."""
        number = bisect_right(self.sentences, place, key=lambda span: span.start) - 1
        return self.sentences[max(number, 0)]

    def starts(self, signal: str) -> frozenset[int]:
        """Return where in `text` a signal begins."""
        if signal not in self._starts:
            self._starts[signal] = frozenset(span.start for span in self.find(signal))
        return self._starts[signal]

    def is_one_of(self, signal: str, word: str) -> bool:
        """Whether a word is, by itself, what a signal of the lexicon looks for."""
        if self.lexicon is None:
            return False
        match = re.match(self.lexicon.patterns[signal], word, re.IGNORECASE)
        return match is not None and match.span(1) == (0, len(word))

    def begins_sentence(self, place: int) -> bool:
        """Whether nothing but a bullet or a number stands before a place of `text` in its sentence."""
        return place <= self._beginnings[self.sentence_at(place)]

    @cached_property
    def _beginnings(self) -> dict[Span, int]:
        """Where each sentence begins behind its bullet."""
        return {
            span: span.end - len(self.text[span.start : span.end].lstrip(BULLET)) for span in self.sentences
        }

    def begins_clause(self, place: int) -> bool:
        """Whether a clause begins at a place of `text`: a sentence, a bullet, or behind a comma or an "and"."""
        before = self.text[self.sentence_at(place).start : place].rstrip()
        return (
            not before.strip(BULLET)
            or before.endswith(_CLAUSE_ENDS)
            or before.rsplit(maxsplit=1)[-1].casefold() in _JOINTS
        )

    def content_words(self, start: int, end: int) -> list[str]:
        """Return the words of a stretch of `text` that say something of a subject."""
        words = words_of(self.text[start:end])
        if self.lexicon is None:
            return words
        return [
            word for word in words if word not in self.lexicon.stopwords and word not in self.lexicon.vague
        ]

    @cached_property
    def facts(self) -> dict[Fact, Span]:
        """The facts of the exercise that the learner names, each with the first place in `text`."""
        found = {}
        for fact in self.definition.facts:
            places = find_phrases(fact.words, self.text, limit=1)
            if places:
                found[fact] = places[0]
        return found

    @cached_property
    def subject_words(self) -> frozenset[str]:
        """The words that belong to this exercise, in the singular: those of its facts and its material."""
        facts = " ".join(word for fact in self.definition.facts for word in fact.words)
        names = " ".join(material.name for material in self.definition.materials)
        words = frozenset(words_of(f"{facts} {names} {self.definition.material_text}"))
        if self.lexicon:
            words -= self.lexicon.stopwords | self.lexicon.vague
        return frozenset(map(_singular, words))

    @cached_property
    def situation_words(self) -> frozenset[str]:
        """The words in which the situation can be told, in the singular: the subject's and those of the brief."""
        words = frozenset(map(_singular, words_of(self.definition.situation)))
        if self.lexicon:
            words -= self.lexicon.stopwords | self.lexicon.vague
        return self.subject_words | words

    def told_words(self, start: int, end: int) -> frozenset[str]:
        """Return the different words of a stretch of `text` that tell of this situation, in the singular."""
        return self.situation_words.intersection(map(_singular, self.content_words(start, end)))

    def is_subject(self, word: str) -> bool:
        """Whether a word belongs to this exercise, in the singular or the plural."""
        return _singular(word.casefold()) in self.subject_words

    @cached_property
    def named_materials(self) -> tuple[Span, ...]:
        """Where a material is called by its name, in `text`."""
        return find_phrases((material.name for material in self.definition.materials), self.text)

    def is_named_material(self, span: Span) -> bool:
        """Whether a material is called by its name there."""
        return span in self._named_places

    @cached_property
    def _named_places(self) -> frozenset[Span]:
        return frozenset(self.named_materials)

    def in_prompt(self, span: Span) -> Span:
        """Return the place in the prompt of a place in `text`."""
        if self._places is None:
            return span
        return Span(self._places[span.start], self._places[span.end - 1] + 1)


def _singular(word: str) -> str:
    return word.removesuffix("s") if len(word) > 4 and not word.endswith("ss") else word


def find_phrases(phrases: Iterable[str], text: str, *, limit: int | None = None) -> tuple[Span, ...]:
    """Return where any of the phrases stands as whole words, whatever the case and the white space."""
    escaped = [
        SPACE.join(re.escape(word) for word in phrase.split()).replace("'", APOSTROPHE)
        for phrase in sorted(phrases, key=len, reverse=True)
        if phrase.strip()
    ]
    return find_pattern(f"{BEFORE}({'|'.join(escaped)}){AFTER}", text, limit=limit) if escaped else ()


def find_pattern(pattern: str, text: str, *, limit: int | None = None) -> tuple[Span, ...]:
    """Return where group 1 of an expression stands in a text, at most `limit` times."""
    spans = []
    for match in re.compile(pattern, re.IGNORECASE).finditer(text):
        spans.append(Span(*match.span(1)))
        if len(spans) == limit:
            break
    return tuple(spans)


def _without(prompt: str, copied: Iterable[Span]) -> str:
    """Return the prompt with new lines in place of what was copied; as long as before."""
    parts, end = [], 0
    for span in copied:
        parts += [prompt[end : span.start], "\n" * (span.end - span.start)]
        end = span.end
    return "".join([*parts, prompt[end:]])


def _mend(text: str, known: frozenset[str] | None) -> tuple[str, list[int] | None]:
    """Return the text without slips, and the place in `text` of each of its characters; None when nothing changed."""
    if not known:
        return text, None
    parts, places, end = [], list[int](), 0
    for match in _PLAIN_WORD.finditer(text):
        word = match.group()
        meant = mended(word.casefold(), known) if len(word) <= _LONGEST_WORD else word
        if meant == word.casefold() or len(word) > _LONGEST_WORD:
            continue
        parts += [text[end : match.start()], meant]
        places.extend(range(end, match.start()))
        places.extend(_stretched(match.start(), match.end(), len(meant)))
        end = match.end()
    if not parts:
        return text, None
    places.extend(range(end, len(text)))
    return "".join([*parts, text[end:]]), places


def _stretched(start: int, end: int, length: int) -> list[int]:
    """Return `length` places from `start` to the last before `end`, both included."""
    last = end - start - 1
    return [start + round(number * last / (length - 1)) for number in range(length)]
