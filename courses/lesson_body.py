"""The body of a lesson file: paragraphs and `::blocks`, as courses/content/README.md describes them.

Reads lines into raw blocks, then raw blocks into the data that a StreamField stores. Every id follows from
the lesson's uuid: reading the same file again gives the same ids, which learners' answers refer to.
"""

import re
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from courses.file_blocks import QUESTIONS, RawBlock, split_blocks
from courses.file_problems import Problems
from courses.file_questions import BlockData, items_with_ids, question_value, rich_text
from courses.reading import heading_without_parent

PAIR_ORDER = ["before", "answer", "flaw", "after", "why"]
CALLOUTS = {"limit": "limit", "may-i": "may_i", "today": "today", "note": "note"}
KNOWN = [*PAIR_ORDER, *CALLOUTS, "checklist", "exercise", "question", "question-multiple"]
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


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
    raw = split_blocks(lines, first_line=first_line, known=KNOWN, problems=problems)
    assembler = _Assembler(lesson, problems)
    blocks = assembler.assemble(raw)
    if not any(block.name in QUESTIONS for block in raw):
        problems.add(
            0, "There is no ::question. Add one: answering it is how a learner completes the lesson."
        )
    return blocks


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
        return rich_text(
            markdown, line=line, what=what, problems=self.problems, lists_and_headings=lists_and_headings
        )

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
        value: BlockData = {}
        question_id = self.add("question", value)
        value.update(question_value(block, question_id=question_id, problems=self.problems))
