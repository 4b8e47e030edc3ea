"""Exercises as plain files: text in, plain data or a list of problems out.

The format is described in courses/content/README.md. Unlike a lesson's body, material keeps its line breaks: tables,
logs and threads are what people really work with.
"""

import re
import textwrap
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from courses.file_problems import BrokenFileError, Problems, did_you_mean
from courses.front_matter import (
    Key,
    code,
    day,
    identity,
    level,
    list_of,
    read_front_matter,
    text,
    whole_number,
)
from courses.markdown import UnusableTextError, to_rich_text
from sandbox.checks import validate_check
from sandbox.definitions import CRITERIA
from sandbox.planted import MarkupError, read_planted

BLOCK_START = re.compile(r"::(?P<name>\S*)(?:\s+(?P<rest>.*))?")
MATERIAL_KINDS = {"material": "text", "material-table": "table", "material-file": "file"}
KNOWN = [*MATERIAL_KINDS, "reference", "answer"]
LONGEST_BRIEF = 120


def _weights(value: Any) -> dict[str, int]:
    if not isinstance(value, dict) or not value:
        raise ValueError("is not a list of weights. Write it like {task: 20, context: 20}.")
    for name, weight in value.items():
        if name not in CRITERIA:
            raise ValueError(f"has an unknown criterion “{name}”. {did_you_mean(str(name), CRITERIA)}")
        if type(weight) is not int or not 1 <= weight <= 100:
            raise ValueError(f"gives “{name}” the weight {weight}. Write a whole number from 1 to 100.")
    return dict(value)


def _words(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str | int | float) for each in value):
        raise ValueError("has “words” that are not a list. Write it in brackets, such as [salary, pay].")
    return [str(each) for each in value]


def _named_words(name: str, *, may_be_empty: bool) -> Any:
    def read(value: Any) -> tuple[dict[str, Any], ...]:
        if not isinstance(value, list):
            raise ValueError(f"is not a list. Write each as “- {{{name}: …, words: [one, two]}}”.")
        entries = []
        for number, entry in enumerate(value, 1):
            if not isinstance(entry, dict) or not str(entry.get(name) or "").strip():
                raise ValueError(f"has an entry {number} without “{name}”. Add it.")
            if unknown := entry.keys() - {name, "words"}:
                raise ValueError(f"has an unknown key “{min(unknown)}” in entry {number}. Remove it.")
            words = _words(entry.get("words", []))
            if not words and not may_be_empty:
                raise ValueError(f"has an entry {number} without “words”. Add those that say it.")
            entries.append({name: " ".join(str(entry[name]).split()), "words": words})
        return tuple(entries)

    return read


def _checks(value: Any) -> tuple[dict[str, Any], ...]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError("is not a list of checks. Write each as “- {check: max_words, words: 250}”.")
    problems = [problem for each in value for problem in validate_check(each)]
    if problems:
        raise ValueError(f"cannot be used: {' '.join(problems)}")
    return tuple(value)


KEYS = {
    "title": Key(text(longest=255), "Refine a job description that puts good people off"),
    "uuid": Key(identity, "6f0d4c1e-53a1-4a4e-9c7e-0a5f6a3d9b11"),
    "roles": Key(list_of(code), "[human-resources]"),
    "task": Key(text(longest=100), "Write a job description"),
    "level": Key(level, "basic"),
    "minutes": Key(whole_number(most=60), "8"),
    "review_by": Key(day, "2027-05-31"),
    "summary": Key(text(longest=200), "What the learner will do, in a sentence or two."),
    "may_i": Key(text(longest=300), "Yes: the text is public. Leave out names of applicants."),
    "language": Key(code, "en"),
    "goals": Key(list_of(text(longest=300)), "[at most 250 words]"),
    "rubric": Key(_weights, "{task: 20, context: 20}"),
    "facts": Key(_named_words("name", may_be_empty=False), "[]"),
    "checks": Key(_checks, "[]"),
    "pitfalls": Key(_named_words("explanation", may_be_empty=True), "[]"),
    "sources": Key(list_of(text(longest=1000)), "[]"),
}


@dataclass(frozen=True)
class ExerciseFile:
    """An exercise as its file says it.

    Attributes:
        file: Path inside the content folder.
        slug: Name of the file.
        rubric: Weights by criterion.
        brief: Rich text.
        materials: Name, kind and body of each.
        answer: The answer with its planted mistakes still marked; empty for none.
        digest: SHA-256 of the text; changes whenever the exercise would.
    """

    file: str
    slug: str
    title: str
    uuid: uuid.UUID
    roles: tuple[str, ...]
    task: str
    level: str
    minutes: int
    review_by: date
    summary: str
    may_i: str
    language: str
    goals: tuple[str, ...]
    rubric: Mapping[str, int]
    facts: tuple[Mapping[str, Any], ...]
    checks: tuple[Mapping[str, Any], ...]
    pitfalls: tuple[Mapping[str, Any], ...]
    sources: tuple[str, ...]
    brief: str
    materials: tuple[tuple[str, str, str], ...]
    reference: str
    answer: str
    digest: str


@dataclass
class _Block:
    name: str
    title: str
    line: int
    lines: list[str] = field(default_factory=list)
    first_line: str = ""

    @property
    def text(self) -> str:
        below = textwrap.dedent("\n".join(self.lines)).rstrip()
        return "\n".join(filter(None, [self.first_line, below])).strip("\n")


def read_exercise(content: str, *, file: str, slug: str, digest: str) -> ExerciseFile:
    """Return the exercise that a file describes.

    Args:
        content: Text of the file.
        file: Path inside the content folder, for messages.
        slug: Name of the file.
        digest: Kept as it is.

    Raises:
        BrokenFileError: Anything about it is wrong; holds everything that is.
    """
    problems = Problems(file)
    front = read_front_matter(content, KEYS, problems)
    brief, blocks = _split(front.body, front.body_line, problems)
    reference = _one(blocks, "reference", problems)
    answer = _one(blocks, "answer", problems)
    materials = tuple(
        (block.title, MATERIAL_KINDS[block.name], block.text)
        for block in blocks
        if block.name in MATERIAL_KINDS
    )
    if problems.found:
        raise BrokenFileError(problems.found)
    return ExerciseFile(
        file=file,
        slug=slug,
        brief=brief,
        materials=materials,
        reference=reference,
        answer=answer,
        digest=digest,
        **front.values,
    )


def _split(lines: Sequence[str], first_line: int, problems: Problems) -> tuple[str, list[_Block]]:
    """Return the brief as rich text, and the blocks below it."""
    brief: list[str] = []
    blocks: list[_Block] = []
    for number, line in enumerate(lines, first_line):
        if line.startswith("::"):
            blocks.append(_begin(line, number, problems))
        elif not blocks:
            brief.append(line)
        elif line.strip() and line[0] not in " \t":
            problems.add(number, f"Indent this line by two spaces: it belongs to ::{blocks[-1].name}.")
        else:
            blocks[-1].lines.append(line)
    for block in blocks:
        if not block.text.strip():
            problems.add(block.line, f"::{block.name} is empty. Write its text indented below it.")
    return _brief("\n".join(brief), first_line, problems), blocks


def _begin(line: str, number: int, problems: Problems) -> _Block:
    match = BLOCK_START.fullmatch(line.rstrip())
    name = match["name"] if match else ""
    title = ((match["rest"] if match else "") or "").strip()
    if name not in KNOWN:
        problems.add(number, f"Unknown block “::{name}”. {did_you_mean(name, KNOWN)}")
    elif name in MATERIAL_KINDS and not title:
        problems.add(number, f"::{name} has no name. Write it on the same line: ::{name} Job description")
    elif name not in MATERIAL_KINDS and title:
        return _Block(name, "", number, first_line=title)
    return _Block(name, title, number)


def _brief(markdown: str, line: int, problems: Problems) -> str:
    words = len(markdown.split())
    if not words:
        problems.add(line, "There is no brief. Write the situation below the front matter.")
    if words > LONGEST_BRIEF:
        problems.add(line, f"The brief has {words} words; {LONGEST_BRIEF} is the most. Shorten it.")
    try:
        return to_rich_text(markdown)
    except UnusableTextError as error:
        problems.add(line, str(error))
        return ""


def _one(blocks: Sequence[_Block], name: str, problems: Problems) -> str:
    found = [block for block in blocks if block.name == name]
    for block in found[1:]:
        problems.add(block.line, f"::{name} stands here a second time. Remove one of the two.")
    if not found:
        return ""
    if name == "answer":
        try:
            read_planted(found[0].text)
        except MarkupError as error:
            problems.add(found[0].line, str(error))
    return found[0].text


def exercise_streams(file: ExerciseFile) -> dict[str, list[dict[str, Any]]]:
    """Return the stream fields of an exercise, by name, as they are stored."""
    return {
        "goals": _stream(file, "goal", file.goals),
        "materials": _stream(
            file,
            "material",
            [{"name": name, "kind": kind, "body": body} for name, kind, body in file.materials],
        ),
        "criteria": _stream(
            file, "criterion", [{"criterion": name, "weight": weight} for name, weight in file.rubric.items()]
        ),
        "facts": _stream(file, "fact", file.facts),
        "checks": [
            {"type": check["check"], "value": value, "id": _id(file, f"check/{number}")}
            for number, check in enumerate(file.checks, 1)
            for value in [{key: each for key, each in check.items() if key != "check"}]
        ],
        "pitfalls": _stream(file, "pitfall", file.pitfalls),
    }


def _stream(file: ExerciseFile, kind: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {"type": kind, "value": value, "id": _id(file, f"{kind}/{number}")}
        for number, value in enumerate(values, 1)
    ]


def _id(file: ExerciseFile, key: str) -> str:
    return str(uuid.uuid5(file.uuid, key))
