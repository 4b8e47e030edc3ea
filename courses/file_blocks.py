"""Lines of a content file as raw blocks: running text, and what begins with `::name`.

A block's text follows its name on the same line and on the indented lines below; a question has answers below it.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from courses.file_problems import Problems, did_you_mean

Line = tuple[int, str]

BLOCK_START = re.compile(r"::(?P<name>\S*)(?:\s+(?P<rest>.*))?")
ANSWER_START = re.compile(r"-\s*\[(?P<mark>.?)\]\s*(?P<rest>.*)")
QUESTIONS = {"question", "question-multiple"}


@dataclass
class RawAnswer:
    """An answer of a question as written."""

    line: int
    is_right: bool
    text: list[str]
    feedback: list[str] = field(default_factory=list)


@dataclass
class RawBlock:
    """A block as written.

    Attributes:
        name: What stands after `::`; empty for running text.
        line: Line of the file on which it begins.
        lines: Its text, with line numbers.
        answers: Of a question.
        last_line: The last line that belongs to it and is not empty.
    """

    name: str
    line: int
    lines: list[Line] = field(default_factory=list)
    answers: list[RawAnswer] = field(default_factory=list)
    last_line: int = 0

    @property
    def text(self) -> str:
        """Everything but the answers."""
        return "\n".join(line for _, line in self.lines).strip("\n")


def split_blocks(
    lines: Sequence[str], *, first_line: int, known: Collection[str], problems: Problems
) -> list[RawBlock]:
    """Return what a file says below its front matter, as blocks; what is wrong goes to `problems`.

    Args:
        lines: The file below its front matter.
        first_line: Line of the file on which they begin.
        known: Names that a block may have.
        problems: Where to note what is wrong.
    """
    blocks = [RawBlock("", first_line)]
    for number, line in enumerate(lines, first_line):
        last, content = blocks[-1], line.strip()
        if line.startswith("::"):
            blocks.append(_begin(line, number, known, problems))
        elif not content:
            last.lines.append((number, ""))
        elif last.name and line[0] in " \t":
            _continue(last, number, content)
        elif last.name in QUESTIONS and (answer := ANSWER_START.fullmatch(content)):
            _begin_answer(last, number, answer, problems)
        elif last.answers and content.startswith(">"):
            problems.add(number, "Indent the feedback of an answer by two spaces.")
            _continue(last, number, content)
        else:
            _note_stray(last, number, content, problems)
            if last.name:
                blocks.append(RawBlock("", number))
            blocks[-1].lines.append((number, line.rstrip()))
    return [block for block in blocks if block.name or block.text.strip()]


def _begin(line: str, number: int, known: Collection[str], problems: Problems) -> RawBlock:
    match = BLOCK_START.fullmatch(line.rstrip())
    name = match["name"] if match else ""
    if name not in known:
        problems.add(number, f"Unknown block “::{name}”. {did_you_mean(name, known)}")
    rest = (match["rest"] or "").strip() if match else ""
    return RawBlock(name or "?", number, [(number, rest)] if rest else [], last_line=number)


def _continue(block: RawBlock, number: int, content: str) -> None:
    block.last_line = number
    if not block.answers:
        block.lines.append((number, content))
        return
    answer = block.answers[-1]
    if content.startswith(">"):
        answer.feedback.append(content[1:].strip())
    else:
        (answer.feedback or answer.text).append(content)


def _begin_answer(block: RawBlock, number: int, match: re.Match[str], problems: Problems) -> None:
    block.last_line = number
    mark = match["mark"]
    if mark not in {" ", "", "x", "X"}:
        problems.add(
            number, f"“[{mark}]” marks no answer. Write [x] for a right one and [ ] for a wrong one."
        )
    block.answers.append(RawAnswer(number, mark in {"x", "X"}, [match["rest"]] if match["rest"] else []))


def _note_stray(last: RawBlock, number: int, content: str, problems: Problems) -> None:
    if ANSWER_START.fullmatch(content):
        problems.add(
            number, "This answer belongs to no question. Put it right below ::question and its text."
        )
    elif content.startswith(">"):
        problems.add(number, "This feedback belongs to no answer. Put it below an answer of a ::question.")
    elif last.name and last.last_line == number - 1:
        message = "Indent this line by two spaces if it belongs to ::{name}, or put an empty line before it."
        problems.add(number, message.format(name=last.name))
