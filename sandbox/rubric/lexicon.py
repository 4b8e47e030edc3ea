"""What the rubric knows of each language: lists of words and small patterns, read from `languages/`.

The same patterns run here and in the browser, so they keep to what Python's `re` and JavaScript's `RegExp` (flag
`u`) share. Both know no common word boundary beyond ASCII, which is why a pattern here carries its own: a
character that is no letter before it, and none after it. What was found is group 1.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent / "languages"
LETTER = r"0-9A-Za-z_\u00C0-\u024F"
BEFORE = rf"(?:^|[^{LETTER}])"
AFTER = rf"(?![{LETTER}])"
SPACE = r"\s{1,4}"
APOSTROPHE = r"['\u2019]"
_NOT_SIGNALS = {"language", "stopwords", "vague", "praise", "lists"}
_WORD = re.compile(r"[^\W\d_]+")
_SYNTAX = re.compile(r"\\.|\[[^\]]*\]|\{[^}]*\}|\(\?[:=!]|[()?|.]")


@dataclass(frozen=True)
class Lexicon:
    """One language.

    Attributes:
        stopwords: Its commonest words, which say nothing of the subject.
        vague: Words that leave open what is meant.
        patterns: For each signal, such as ``context.audience``, one expression that finds it; see `compile_signal`.
        praise: Words that praise a persona and ask nothing of it.
        vocabulary: Every word that stands in a pattern, for telling languages apart and for typing errors.
    """

    language: str
    stopwords: frozenset[str]
    vague: frozenset[str]
    patterns: Mapping[str, str]
    praise: frozenset[str]
    vocabulary: frozenset[str]


def supported_languages() -> tuple[str, ...]:
    """Return the languages in which every criterion can be judged, in alphabetical order."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.yaml") if file.stem != "stopwords"))


@cache
def stopwords() -> Mapping[str, frozenset[str]]:
    """Return the commonest words of each language that is recognized."""
    others = yaml.safe_load((FOLDER / "stopwords.yaml").read_text(encoding="utf-8"))
    known = {language: lexicon(language).stopwords for language in supported_languages()}
    return known | {language: frozenset(words.split()) for language, words in others.items()}


@cache
def lexicon(language: str) -> Lexicon:
    """Return what is known of a language.

    Raises:
        KeyError: There is no file of that language.
    """
    if language not in supported_languages():
        raise KeyError(language)
    data = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    lists = {name: _entries(listed) for name, listed in data["lists"].items()}
    signals = {
        f"{criterion}.{name}": _entries(listed)
        for criterion, listing in data.items()
        if criterion not in _NOT_SIGNALS
        for name, listed in listing.items()
    }
    signals |= {"deliverable": lists["deliverable"], "vague": sorted(data["vague"].split())}
    return Lexicon(
        language=data["language"],
        stopwords=frozenset(data["stopwords"].split()),
        vague=frozenset(data["vague"].split()),
        praise=frozenset(data["praise"].split()),
        patterns={name: compile_signal(entries, lists) for name, entries in signals.items()},
        vocabulary=_vocabulary([*lists.values(), *signals.values()]),
    )


def _entries(listed: str | list[str]) -> list[str]:
    """Return the entries of a signal, which stand in one text or one per line."""
    return listed.split(", ") if isinstance(listed, str) else listed


def compile_signal(entries: list[str], lists: Mapping[str, list[str]]) -> str:
    """Return one expression that finds any of the entries as whole words; group 1 is what was found."""
    return f"{BEFORE}({_any_of(entries, lists)}){AFTER}"


def _any_of(entries: list[str], lists: Mapping[str, list[str]]) -> str:
    return "|".join(_expand(entry, lists) for entry in entries)


def _expand(entry: str, lists: Mapping[str, list[str]]) -> str:
    """Return the entry as a regular expression: lists filled in, spaces and apostrophes widened."""
    parts = []
    for piece in re.findall(r"\[[^\]]*\]|<[a-z]+>|[^\[<]+|<", entry):
        if piece.startswith("["):
            parts.append(piece)
        elif piece.startswith("<") and len(piece) > 1:
            parts.append(f"(?:{_any_of(lists[piece[1:-1]], lists)})")
        else:
            parts.append(piece.replace("'", APOSTROPHE).replace(" ", SPACE))
    return "".join(parts)


def _vocabulary(listings: Iterable[list[str]]) -> frozenset[str]:
    """Return the single words of all entries; an optional ending is taken both ways."""
    words: set[str] = set()
    for entry in chain.from_iterable(listings):
        for spelling in _spellings(entry):
            words.update(_WORD.findall(re.sub(r"(\w)\?", r"\1", spelling)))
            words.update(_WORD.findall(re.sub(r"\w\?", "", spelling)))
            words.update(_WORD.findall(_SYNTAX.sub(" ", spelling)))
    return frozenset(word.casefold() for word in words if len(word) > 1)


def _spellings(entry: str) -> list[str]:
    """Return the entry with each letter of a choice such as ``[sz]``."""
    choice = re.search(r"(?<=\w)\[([a-z]{2,6})\]", entry)
    if choice is None:
        return [entry]
    return [
        spelling
        for letter in choice.group(1)
        for spelling in _spellings(entry[: choice.start()] + letter + entry[choice.end() :])
    ]
