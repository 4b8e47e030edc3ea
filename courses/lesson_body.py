"""The body of a lesson file: paragraphs and `::blocks`, as courses/content/README.md describes them.

Reads lines into raw blocks, then raw blocks into the data that a StreamField stores. Every id follows from
the lesson's uuid: reading the same file again gives the same ids, which learners' answers refer to.
"""

import re
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from courses.file_problems import Problems, did_you_mean
from courses.markdown import UnusableTextError, to_rich_text
from courses.reading import heading_without_parent

BlockData = dict[str, Any]
Line = tuple[int, str]

BLOCK_START = re.compile(r"::(?P<name>\S*)(?:\s+(?P<rest>.*))?")
ANSWER_START = re.compile(r"-\s*\[(?P<mark>.?)\]\s*(?P<rest>.*)")
PAIR_ORDER = ["before", "answer", "flaw", "after", "why"]
CALLOUTS = {"limit": "limit", "may-i": "may_i", "today": "today", "note": "note"}
QUESTIONS = {"question", "question-multiple"}
KNOWN = [*PAIR_ORDER, *CALLOUTS, "checklist", "exercise", "question", "question-multiple"]
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


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


def read_body(
    lines: Sequence[str], *, first_line: int, lesson: uuid.UUID, problems: Problems
) -> list[BlockData]:
    """Return the blocks of a lesson as plain data; what is wrong goes to `problems`.

    Args:
        lines: The file below its front matter.
        first_line: Line of the file on which they begin.
        lesson: Identity of the lesson.
        problems: Where to note what is wrong.
    """
    raw = _split(lines, first_line, problems)
    assembler = _Assembler(lesson, problems)
    blocks = assembler.assemble(raw)
    if not any(block.name in QUESTIONS for block in raw):
        problems.add(
            0, "There is no ::question. Add one: answering it is how a learner completes the lesson."
        )
    return blocks


def _split(lines: Sequence[str], first_line: int, problems: Problems) -> list[RawBlock]:
    blocks = [RawBlock("", first_line)]
    for number, line in enumerate(lines, first_line):
        last, content = blocks[-1], line.strip()
        if line.startswith("::"):
            blocks.append(_begin(line, number, problems))
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


def _begin(line: str, number: int, problems: Problems) -> RawBlock:
    match = BLOCK_START.fullmatch(line.rstrip())
    name = match["name"] if match else ""
    if name not in KNOWN:
        problems.add(number, f"Unknown block “::{name}”. {did_you_mean(name, KNOWN)}")
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


class _Assembler:
    """Turns raw blocks into stored blocks, counting them by kind to name them."""

    def __init__(self, lesson: uuid.UUID, problems: Problems) -> None:
        self.lesson = lesson
        self.problems = problems
        self.counts: Counter[str] = Counter()
        self.blocks: list[BlockData] = []
        self.pair: dict[str, RawBlock] = {}
        self.has_heading = False

    def assemble(self, raw: Sequence[RawBlock]) -> list[BlockData]:
        readers: dict[str, Callable[[RawBlock], None]] = {
            "": self.text,
            "checklist": self.checklist,
            "exercise": self.exercise,
            **dict.fromkeys(CALLOUTS, self.callout),
            **dict.fromkeys(QUESTIONS, self.question),
        }
        for block in raw:
            if block.name in PAIR_ORDER:
                self.part_of_pair(block)
            elif reader := readers.get(block.name):
                self.finish_pair()
                reader(block)
        self.finish_pair()
        return self.blocks

    def add(self, kind: str, value: Any) -> str:
        """Add a block; returns its id, from which those of its items follow."""
        self.counts[kind] += 1
        block_id = str(uuid.uuid5(self.lesson, f"{kind}/{self.counts[kind]}"))
        self.blocks.append({"type": kind, "value": value, "id": block_id})
        return block_id

    def html(self, markdown: str, line: int, *, what: str, lists_and_headings: bool = False) -> str:
        if not markdown.strip():
            self.problems.add(line, f"{what} is empty. Write its text on the same line, or indented below.")
            return ""
        try:
            return to_rich_text(markdown, lists_and_headings=lists_and_headings)
        except UnusableTextError as error:
            self.problems.add(line, str(error))
            return ""

    def text(self, block: RawBlock) -> None:
        html = self.html(block.text, block.line, what="The text", lists_and_headings=True)
        if not self.has_heading and (heading := heading_without_parent([html])):
            message = f"“{heading}” is a subheading (###) with no heading above it. Begin it with ##."
            self.problems.add(block.line, message)
        self.has_heading = self.has_heading or "<h2" in html
        self.add("text", html)

    def callout(self, block: RawBlock) -> None:
        text = self.html(block.text, block.line, what=f"::{block.name}")
        self.add("callout", {"kind": CALLOUTS[block.name], "text": text})

    def exercise(self, block: RawBlock) -> None:
        """Name the exercise by its slug; `courses.services` puts its row in the place of it."""
        (_, slug), *rest = block.lines or [(block.line, "")]
        if not SLUG.fullmatch(slug):
            message = (
                f"::exercise has “{slug}”. Write the name of its file, such as refine-a-job-description."
            )
            self.problems.add(block.line, message)
        why = "\n".join(line for _, line in rest).strip()
        text = self.html(why, block.line, what="::exercise") if why else ""
        self.add("exercise", {"exercise": slug, "text": text})

    def checklist(self, block: RawBlock) -> None:
        title: list[str] = []
        items: list[tuple[int, list[str]]] = []
        for number, line in block.lines:
            if line.startswith("- "):
                items.append((number, [line[2:]]))
            elif line:
                (items[-1][1] if items else title).append(line)
        if not title:
            self.problems.add(block.line, "The ::checklist has no title. Write it on the same line.")
        if len(items) < 2:
            self.problems.add(
                block.line, "A ::checklist needs two items or more. Write each as “  - item” below it."
            )
        value: BlockData = {"title": " ".join(title), "items": []}
        block_id = self.add("checklist", value)
        texts = [self.html("\n".join(item), number, what="The item") for number, item in items]
        value["items"] = items_with_ids(
            block_id, texts, keys=[str(number) for number in range(1, len(texts) + 1)]
        )

    def part_of_pair(self, block: RawBlock) -> None:
        if block.name == "before":
            self.finish_pair()
        elif "before" not in self.pair:
            self.problems.add(block.line, f"::{block.name} without a ::before above it. Begin with ::before.")
            return
        elif block.name == "why" and "after" not in self.pair:
            self.problems.add(block.line, "::why without an ::after above it. Put ::after before it.")
            return
        elif PAIR_ORDER.index(block.name) <= max(PAIR_ORDER.index(name) for name in self.pair):
            order = ", ".join(f"::{name}" for name in PAIR_ORDER)
            self.problems.add(block.line, f"::{block.name} is out of order. The order is {order}, each once.")
        self.pair[block.name] = block

    def finish_pair(self) -> None:
        if not self.pair:
            return
        if "after" not in self.pair:
            self.problems.add(
                self.pair["before"].line, "::before without an ::after. Add the repaired prompt."
            )
        self.add(
            "prompt_pair",
            {
                name: self.html(self.pair[name].text, self.pair[name].line, what=f"::{name}")
                if name in self.pair
                else ""
                for name in PAIR_ORDER
            },
        )
        self.pair = {}

    def question(self, block: RawBlock) -> None:
        several = block.name == "question-multiple"
        value: BlockData = {
            "question": self.html(block.text, block.line, what="The question"),
            "several": several,
            "answers": [],
        }
        block_id = self.add("question", value)
        self.check_answers(block, several=several)
        answers = [
            {
                "text": self.html("\n".join(answer.text), answer.line, what="The answer"),
                "is_right": answer.is_right,
                "feedback": self.feedback(answer),
            }
            for answer in block.answers
        ]
        # Named by its words: an answer that moves keeps its id, a reworded one is another answer.
        keys = [" ".join(" ".join(answer.text).split()) for answer in block.answers]
        if len(set(keys)) < len(keys):
            self.problems.add(block.line, "Two answers of this question are the same. Change or remove one.")
        value["answers"] = items_with_ids(block_id, answers, keys=keys)

    def check_answers(self, block: RawBlock, *, several: bool) -> None:
        right = sum(answer.is_right for answer in block.answers)
        if not 2 <= len(block.answers) <= 6:
            message = (
                f"This question has {len(block.answers)} answers. Give it two to six, each as “- [ ] answer”."
            )
        elif right == 0:
            message = "This question has no right answer. Mark one with [x]."
        elif right == len(block.answers):
            message = (
                "Every answer is marked right. Add one that a sensible person would give and that is not."
            )
        elif right > 1 and not several:
            message = (
                f"{right} answers are marked right. Leave one, or begin the block with ::question-multiple."
            )
        elif right == 1 and several:
            message = "Only one answer is marked right. Mark another, or begin the block with ::question."
        else:
            return
        self.problems.add(block.line, message)

    def feedback(self, answer: RawAnswer) -> str:
        if not answer.feedback:
            self.problems.add(
                answer.line, "This answer has no feedback. Add an indented line below it: “  > feedback”."
            )
            return ""
        return self.html("\n".join(answer.feedback), answer.line, what="The feedback")


def items_with_ids(block_id: str, values: Sequence[Any], *, keys: Sequence[str]) -> list[BlockData]:
    """Return list items as a ListBlock stores them, each with an id made of its block and key."""
    return [
        {"type": "item", "value": value, "id": str(uuid.uuid5(uuid.UUID(block_id), key))}
        for value, key in zip(values, keys, strict=True)
    ]
