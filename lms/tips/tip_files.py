"""Tips as plain files: text in, plain data or a list of problems out. Pure.

The format is described in lms/tips/content/README.md. The limits are those of the narrowest place that a tip is read
in: a button in chat, the subject of a mail, half a minute between two tasks.
"""

import html
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from courses.file_blocks import RawBlock, split_blocks
from courses.file_folders import digest_of, read_all, shared_names, slug_of
from courses.file_problems import BrokenFileError, Problem, Problems
from courses.file_questions import BlockData, question_value, rich_text
from courses.front_matter import (
    FrontMatter,
    Key,
    code,
    day,
    identity,
    level,
    list_of,
    read_front_matter,
    text,
)

FEWEST_WORDS, MOST_WORDS = 20, 60
LONGEST_TITLE = 70
LONGEST_TRY = 200
LONGEST_SITUATION = 280
LONGEST_ANSWER = 70
LONGEST_FEEDBACK = 240
MOST_ANSWERS = 4
IN_ORDER = ["", "try", "question"]
TAG = re.compile(r"<(/?)(\w+)[^>]*>")
LIST_ITEM = re.compile(r"([-*+]|\d+[.)])\s")

KEYS = {
    "title": Key(text(longest=LONGEST_TITLE), "Ask for the doubt, not only the answer"),
    "uuid": Key(identity, "0d0e7c5e-6a0b-4f0f-8d57-3f2f5c0a9b42"),
    "roles": Key(list_of(code), "[customer-service]"),
    "level": Key(level, "basic"),
    "skills": Key(list_of(code), "[checking, prompting]"),
    "tools": Key(list_of(text(longest=100)), "[]"),
    "review_by": Key(day, "2027-05-31"),
    "sources": Key(list_of(text(longest=1000)), "[]"),
    "lesson": Key(code, "check-what-you-cannot-see"),
    "exercise": Key(code, "help-article-from-a-case"),
}
OPTIONAL = {"lesson", "exercise"}


@dataclass(frozen=True)
class TipFile:
    """A tip as its file says it.

    Attributes:
        file: Path inside the content folder.
        slug: Name of the file.
        body: Rich text: the tip in a paragraph.
        try_it: Plain text.
        question: Blocks as a StreamField stores them, ids included; empty when it asks nothing.
        digest: SHA-256 of the text; changes whenever the tip would.
        lesson: Slug of the lesson that goes deeper; empty for none.
        exercise: Slug of the exercise to try it on; empty for none.
    """

    file: str
    slug: str
    title: str
    uuid: uuid.UUID
    roles: tuple[str, ...]
    level: str
    skills: tuple[str, ...]
    tools: tuple[str, ...]
    review_by: date
    sources: tuple[str, ...]
    body: str
    try_it: str
    question: list[BlockData]
    digest: str
    lesson: str = ""
    exercise: str = ""


@dataclass(frozen=True)
class TipFolder:
    """All that a folder holds.

    Attributes:
        tips: Usable tips, in order of their files.
        problems: What is wrong with the others, in order of the files.
    """

    tips: list[TipFile]
    problems: list[Problem]


def read_tips(folder: Path) -> TipFolder:
    """Read every tip in the collections of a folder; a broken one takes nothing with it."""
    problems: list[Problem] = []
    tips = read_all(folder, "*/*.md", read_tip, problems)
    problems += shared_names(tips)
    refused = {problem.file for problem in problems}
    return TipFolder([tip for tip in tips if tip.file not in refused], sorted(problems))


def read_tip(content: str, *, file: str) -> TipFile:
    """Return the tip that a file describes.

    Args:
        content: Text of the file.
        file: Path inside the content folder, for messages; its last part is the slug.

    Raises:
        BrokenFileError: Anything about it is wrong; holds everything that is.
    """
    problems = Problems(file)
    slug = slug_of(file, problems)
    front = read_front_matter(content, KEYS, problems, optional=OPTIONAL)
    if front.values.keys() >= OPTIONAL:
        problems.add(
            front.lines["exercise"], "A tip leads to a lesson or to an exercise. Remove one of the two."
        )
    blocks = split_blocks(
        front.body, first_line=front.body_line, known=["try", "question"], problems=problems
    )
    found = {name: _one(blocks, name, problems) for name in IN_ORDER}
    _check_order(blocks, problems)
    parts: dict[str, Any] = {
        "body": _body(found[""], front, problems),
        "try_it": _try_it(found["try"], problems),
        "question": _question(found["question"], front, problems),
    }
    if problems.found:
        raise BrokenFileError(problems.found)
    return TipFile(file=file, slug=slug, digest=digest_of(slug, content), **parts, **front.values)


def _one(blocks: Sequence[RawBlock], name: str, problems: Problems) -> RawBlock | None:
    found = [block for block in blocks if block.name == name]
    for block in found[1:]:
        what = f"::{name} stands here a second time" if name else "Here is more text"
        problems.add(block.line, f"{what}. A tip is one paragraph, one ::try and one ::question at most.")
    return found[0] if found else None


def _check_order(blocks: Sequence[RawBlock], problems: Problems) -> None:
    names = [block.name for block in blocks if block.name in IN_ORDER]
    if names != sorted(names, key=IN_ORDER.index):
        message = "The parts are out of order. The order is: the tip, ::try, ::question."
        problems.add(blocks[0].line, message)


def _body(block: RawBlock | None, front: FrontMatter, problems: Problems) -> str:
    if block is None:
        problems.add(front.body_line, "There is no tip. Write it below the front matter, in 20 to 60 words.")
        return ""
    for number, line in block.lines:
        if LIST_ITEM.match(line):
            problems.add(number, "A tip has no lists. Write one paragraph; one thought needs no more.")
    if "\n\n" in block.text:
        problems.add(block.line, "The tip has several paragraphs. Keep the one thought that helps.")
    written = rich_text(block.text, line=block.line, what="The tip", problems=problems)
    if "<a " in written:
        problems.add(block.line, "A tip has no links. Name a lesson or an exercise in the front matter.")
    words = len(_plain(written).split())
    if words > MOST_WORDS:
        message = f"The tip has {words} words; {MOST_WORDS} is the most. Leave out the second-best thought."
        problems.add(block.line, message)
    elif 0 < words < FEWEST_WORDS:
        message = f"The tip has {words} words; it needs {FEWEST_WORDS} to say what to do and why."
        problems.add(block.line, message)
    return written


def _try_it(block: RawBlock | None, problems: Problems) -> str:
    if block is None:
        problems.add(0, "There is no ::try. Add one: something to do within a minute, with its cue.")
        return ""
    written = _plain_text(
        rich_text(block.text, line=block.line, what="::try", problems=problems),
        block.line,
        "::try",
        LONGEST_TRY,
        problems,
    )
    return " ".join(written.split())


def _question(block: RawBlock | None, front: FrontMatter, problems: Problems) -> list[BlockData]:
    """Return the question as a StreamField stores it; its ids follow from the tip's uuid and the answers' words."""
    if block is None:
        return []
    question_id = str(uuid.uuid5(front.values.get("uuid", uuid.UUID(int=0)), "question/1"))
    value = question_value(block, question_id=question_id, problems=problems, most=MOST_ANSWERS)
    _check_length(value["question"], block.line, "The question", LONGEST_SITUATION, problems)
    for raw, answer in zip(block.answers, value["answers"], strict=True):
        _plain_text(answer["value"]["text"], raw.line, "The answer", LONGEST_ANSWER, problems)
        _check_length(answer["value"]["feedback"], raw.line, "The feedback", LONGEST_FEEDBACK, problems)
    return [{"type": "question", "value": value, "id": question_id}]


def _plain_text(written: str, line: int, what: str, longest: int, problems: Problems) -> str:
    """Return the words of a text that must have no markup."""
    if any(tag != "p" for _slash, tag in TAG.findall(written)):
        problems.add(line, f"{what} has markup. Write plain text; it is shown where there is no bold.")
    _check_length(written, line, what, longest, problems)
    return _plain(written)


def _check_length(written: str, line: int, what: str, longest: int, problems: Problems) -> None:
    length = len(_plain(written))
    if length > longest:
        problems.add(line, f"{what} has {length} characters; {longest} is the most. Shorten it.")


def _plain(written: str) -> str:
    return html.unescape(TAG.sub("", written))
