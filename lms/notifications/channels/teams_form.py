"""A message as an Adaptive Card, which Teams shows and whose answers come back to us.

Text blocks of a card are read as a kind of Markdown, which has no dependable way to say that a star is a star. So all
text stands in ``RichTextBlock``, where words and their styles are told apart: what an author types is shown as typed.

Sources: Adaptive Cards 1.5 schema (RichTextBlock, TextRun, ActionSet, Action.Execute); Microsoft Teams, Format cards in
bots (a card of about 28 KB at most).
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from lms.notifications.messages import Choice, Link, Message, Part, Question, Run

CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
MOST_BYTES = 24_000
LONGEST_BUTTON = 75
LONGEST_SUMMARY = 300
STYLES: dict[str, dict[str, Any]] = {
    "bold": {"weight": "Bolder"},
    "italic": {"italic": True},
    "code": {"fontType": "Monospace"},
}

Element = dict[str, Any]


def as_card(message: Message) -> Element:
    """Return the message as a card that Teams takes, however long it is.

    What does not fit is left out from the end of its parts, and the card says so; question, reason and footer stay.

    Raises:
        ValueError: Question, reason and footer alone are longer than a card may be.
    """
    end = [*(_question(message.question) if message.question else []), *_reason(message)]
    parts = [element for part in message.parts for element in _part(part)]
    card = _card([*parts, *end])
    if _size(card) <= MOST_BYTES:
        return card
    told = _("This message goes on, but Teams takes no longer ones. You find the rest in Praxis.")
    end = [_text([_run(Run(told), isSubtle=True)]), *end]
    room = MOST_BYTES - _size(_card(end))
    if room < 0:
        raise ValueError("The question and what follows it are longer than a card may be.")
    return _card([*_fitting(parts, room), *end])


def as_activity(message: Message) -> Element:
    """Return the message as what is posted to a conversation."""
    return {
        "type": "message",
        "summary": " ".join(message.subject.split())[:LONGEST_SUMMARY],
        "attachments": [{"contentType": CONTENT_TYPE, "content": as_card(message)}],
    }


def _card(body: Sequence[Element]) -> Element:
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "body": list(body),
    }


def _part(part: Part) -> Iterator[Element]:
    if part.heading.strip():
        yield _text([_run(Run(part.heading, "bold"), size="Large")])
    for paragraph in part.paragraphs:
        if runs := [_run(run) for run in paragraph if run.text]:
            yield _text(runs)
    for link in part.links:
        yield _text([_link(link)])


def _text(runs: Sequence[Element]) -> Element:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _run(run: Run, **look: Any) -> Element:
    return {"type": "TextRun", "text": run.text, **STYLES.get(run.style, {}), **look}


def _link(link: Link) -> Element:
    opens = {"type": "Action.OpenUrl", "url": link.url}
    return _run(Run(link.label), underline=True, selectAction=opens)


def _question(question: Question) -> Iterator[Element]:
    yield _text([_run(Run(question.text, "bold"))])
    for choice in question.choices:
        yield from _choice(question, choice)


def _choice(question: Question, choice: Choice) -> Iterator[Element]:
    fits = len(choice.label) <= LONGEST_BUTTON
    if not fits:
        yield _text([_run(Run(choice.label))])
    button = {
        "type": "Action.Execute",
        "title": choice.label if fits else _("Choose"),
        "verb": question.action,
        "data": {"token": question.token, "value": choice.value},
    }
    yield {"type": "ActionSet", "actions": [button]}


def _reason(message: Message) -> Iterator[Element]:
    if message.why:
        yield _text([_run(Run(message.why), size="Small", isSubtle=True)])
    runs: list[Element] = []
    for link in message.footer:
        runs += [_run(Run(" · "), size="Small")] if runs else []
        runs.append({**_link(link), "size": "Small"})
    if runs:
        yield _text(runs)


def _fitting(elements: Sequence[Element], room: int) -> Iterator[Element]:
    for element in elements:
        room -= _size(element) + len(", ")
        if room < 0:
            return
        yield element


def _size(element: Element) -> int:
    """Return how many bytes something takes on the way, where every letter outside of ASCII is escaped."""
    return len(json.dumps(element))
