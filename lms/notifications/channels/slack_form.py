"""A message as Slack's blocks.

Nothing here is written in Slack's markup, which has no way to say that a star is a star: words and their styles are
told apart in ``rich_text`` blocks, which Slack prefers, and the rest is plain text. So what an author types can neither
call a channel together (``<!channel>``) nor make a link or bold face.

Sources: Block Kit reference (rich text, header, section, actions and context blocks, button element, text object);
chat.postMessage (at most 50 blocks).
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from lms.notifications.messages import Choice, Link, Message, Paragraph, Part, Question, Run, text_of

MOST_BLOCKS = 50
LONGEST_HEADER = 150
LONGEST_TEXT = 3000
LONGEST_BUTTON = 75
LONGEST_VALUE = 2000
MOST_TEXT = 12_000
"""Slack refuses blocks that say more than about 13,000 characters together (``msg_blocks_too_long``), and does not say
where exactly that begins."""

Block = dict[str, Any]


class NotOurs(Exception):
    """A button of somebody else's, or one that only opens a page."""


def as_blocks(message: Message) -> list[Block]:
    """Return the message as blocks that Slack takes, however long it is.

    What does not fit is left out from the end of its parts, and the message says so; question, reason and footer stay.

    Raises:
        ValueError: What an answer carries is longer than Slack gives back.
    """
    end = [*(_question(message.question) if message.question else []), *_reason(message)]
    parts = [block for part in message.parts for block in _part(part)]
    return [*_fitting(parts, most=MOST_BLOCKS - len(end), text=MOST_TEXT - _length(end)), *end]


def as_fallback(message: Message) -> str:
    """Return all the words: what a notification begins with, and what a screen reader reads out instead of the blocks.

    Slack reads markup in it, so its three signs are written as such.
    Sources: chat.postMessage, section on ``text`` and ``blocks``; Formatting message text, section on escaping text.
    """
    question = message.question
    lines = [message.subject, *(line for part in message.parts for line in _spoken(part))]
    lines += [question.text, *(choice.label for choice in question.choices)] if question else []
    lines.append(message.why)
    # A heading mostly repeats the subject.
    spoken = "\n".join(dict.fromkeys(" ".join(line.split()) for line in lines if line.strip()))
    return _shortened(spoken, LONGEST_TEXT).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _spoken(part: Part) -> list[str]:
    return [part.heading, *map(text_of, part.paragraphs), *(link.label for link in part.links)]


def read_value(text: str) -> tuple[str, str]:
    """Return the token and the value that a button carries.

    Raises:
        NotOurs: It carries something else.
    """
    try:
        token, value = json.loads(text)
    except (TypeError, ValueError) as error:
        raise NotOurs from error
    if not isinstance(token, str) or not isinstance(value, str):
        raise NotOurs
    return token, value


def _part(part: Part) -> Iterator[Block]:
    if part.heading.strip():
        yield from _heading(part.heading)
    for pieces in _pieces(_lines(part)):
        yield _rich_text(pieces)


def _heading(text: str) -> Iterator[Block]:
    if len(text) <= LONGEST_HEADER:
        yield {"type": "header", "text": _plain(text)}
        return
    for pieces in _pieces([_text(Run(text, "bold"))]):
        yield _rich_text(pieces)


def _lines(part: Part) -> list[Block]:
    """Return paragraphs and links of a part as the elements of one section, an empty line between them."""
    lines: list[list[Block]] = [_runs(paragraph) for paragraph in part.paragraphs]
    lines += [[_link(link)] for link in part.links]
    elements: list[Block] = []
    for line in lines:
        elements += [_text(Run("\n\n"))] if elements else []
        elements += line
    return elements


def _runs(paragraph: Paragraph) -> list[Block]:
    return [_text(run) for run in paragraph if run.text]


def _text(run: Run) -> Block:
    element: Block = {"type": "text", "text": run.text}
    return {**element, "style": {run.style: True}} if run.style else element


def _link(link: Link) -> Block:
    return {"type": "link", "url": link.url, "text": link.label}


def _rich_text(elements: Sequence[Block]) -> Block:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": list(elements)}],
    }


def _plain(text: str) -> Block:
    # A colon in a sentence shall not become a picture either.
    return {"type": "plain_text", "text": text, "emoji": False}


def _pieces(elements: Sequence[Block]) -> Iterator[list[Block]]:
    """Return the elements in groups of at most 3,000 characters; a longer one is divided."""
    group: list[Block] = []
    left = LONGEST_TEXT
    for element in elements:
        rest = element["text"]
        while len(rest) > left:
            if left and element["type"] == "text":
                group.append({**element, "text": rest[:left]})
                rest = rest[left:]
            yield group
            group, left = [], LONGEST_TEXT
            if element["type"] != "text":
                rest = rest[:LONGEST_TEXT]  # the label of a link, which is not divided
        group.append({**element, "text": rest})
        left -= len(rest)
    if group:
        yield group


def _question(question: Question) -> Iterator[Block]:
    yield from map(_rich_text, _pieces([_text(Run(question.text, "bold"))]))
    for choice in question.choices:
        yield _button(question, choice)


def _button(question: Question, choice: Choice) -> Block:
    """Return a row of its own for each choice: buttons in one row would have to have different actions."""
    value = json.dumps([question.token, choice.value])
    if len(value) > LONGEST_VALUE:
        raise ValueError("What an answer to this question carries is longer than Slack gives back.")
    button: Block = {"type": "button", "action_id": question.action, "value": value}
    if len(choice.label) <= LONGEST_BUTTON:
        return {"type": "actions", "elements": [{**button, "text": _plain(choice.label)}]}
    return {
        "type": "section",
        "text": _plain(_shortened(choice.label, LONGEST_TEXT)),
        "accessory": {**button, "text": _plain(_("Choose"))},
    }


def _reason(message: Message) -> Iterator[Block]:
    if message.why:
        yield {"type": "context", "elements": [_plain(_shortened(message.why, LONGEST_TEXT))]}
    links: list[Block] = []
    for link in message.footer:
        links += [_text(Run(" · "))] if links else []
        links.append(_link(link))
    yield from map(_rich_text, _pieces(links))


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _fitting(blocks: Sequence[Block], *, most: int, text: int) -> list[Block]:
    kept: list[Block] = []
    for number, block in enumerate(blocks):
        text -= _length([block])
        is_last = number == len(blocks) - 1
        if text < 0 or len(kept) >= most - (not is_last):
            told = _("This message goes on, but Slack takes no longer ones. You find the rest in Praxis.")
            return [*kept[: most - 1], {"type": "context", "elements": [_plain(told)]}]
        kept.append(block)
    return kept


def _length(blocks: Sequence[Block]) -> int:
    """Return how many characters blocks say."""
    return sum(_characters(block) for block in blocks)


def _characters(node: Any) -> int:
    if isinstance(node, dict):
        return sum(
            len(value) if key == "text" and isinstance(value, str) else _characters(value)
            for key, value in node.items()
        )
    return sum(map(_characters, node)) if isinstance(node, list) else 0
