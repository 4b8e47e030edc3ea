"""The questions of content files, as a StreamField stores them; every id follows from what is given and from the words.

Reading the same file again gives the same ids, which people's answers refer to.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from courses.file_blocks import RawAnswer, RawBlock
from courses.file_problems import Problems
from courses.markdown import UnusableTextError, to_rich_text

BlockData = dict[str, Any]

NUMBERS = {4: "four", 6: "six"}


def rich_text(
    markdown: str, *, line: int, what: str, problems: Problems, lists_and_headings: bool = False
) -> str:
    """Return a text as rich text; empty, and noted, when there is none or it cannot be used."""
    if not markdown.strip():
        problems.add(line, f"{what} is empty. Write its text on the same line, or indented below.")
        return ""
    try:
        return to_rich_text(markdown, lists_and_headings=lists_and_headings)
    except UnusableTextError as error:
        problems.add(line, str(error))
        return ""


def question_value(block: RawBlock, *, question_id: str, problems: Problems, most: int = 6) -> BlockData:
    """Return the value of a question; what is wrong goes to `problems`.

    Args:
        block: As it is written.
        question_id: Of the block that it becomes; those of its answers follow from it and from their words.
        problems: Where to note what is wrong.
        most: How many answers it may have.
    """
    several = block.name == "question-multiple"
    _check_answers(block, several=several, most=most, problems=problems)
    question = rich_text(block.text, line=block.line, what="The question", problems=problems)
    answers = [
        {
            "text": rich_text("\n".join(answer.text), line=answer.line, what="The answer", problems=problems),
            "is_right": answer.is_right,
            "feedback": _feedback(answer, problems),
        }
        for answer in block.answers
    ]
    # Named by its words: an answer that moves keeps its id, a reworded one is another answer.
    keys = [" ".join(" ".join(answer.text).split()) for answer in block.answers]
    if len(set(keys)) < len(keys):
        problems.add(block.line, "Two answers of this question are the same. Change or remove one.")
    return {
        "question": question,
        "several": several,
        "answers": items_with_ids(question_id, answers, keys=keys),
    }


def _check_answers(block: RawBlock, *, several: bool, most: int, problems: Problems) -> None:
    right = sum(answer.is_right for answer in block.answers)
    number = len(block.answers)
    if not 2 <= number <= most:
        message = (
            f"This question has {number} answers. Give it two to {NUMBERS[most]}, each as “- [ ] answer”."
        )
    elif right == 0:
        message = "This question has no right answer. Mark one with [x]."
    elif right == number:
        message = "Every answer is marked right. Add one that a sensible person would give and that is not."
    elif right > 1 and not several:
        message = f"{right} answers are marked right. Leave one, or begin the block with ::question-multiple."
    elif right == 1 and several:
        message = "Only one answer is marked right. Mark another, or begin the block with ::question."
    else:
        return
    problems.add(block.line, message)


def _feedback(answer: RawAnswer, problems: Problems) -> str:
    if not answer.feedback:
        problems.add(
            answer.line, "This answer has no feedback. Add an indented line below it: “  > feedback”."
        )
        return ""
    return rich_text("\n".join(answer.feedback), line=answer.line, what="The feedback", problems=problems)


def items_with_ids(block_id: str, values: Sequence[Any], *, keys: Sequence[str]) -> list[BlockData]:
    """Return list items as a ListBlock stores them, each with an id made of its block and key."""
    return [
        {"type": "item", "value": value, "id": str(uuid.uuid5(uuid.UUID(block_id), key))}
        for value, key in zip(values, keys, strict=True)
    ]
