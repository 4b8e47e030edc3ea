"""What a message says, before any channel gives it a form: plain values, no database, no markup of a channel."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

ADDRESS = re.compile(r"[^\s<>()\"',:;]+@[^\s<>()\"',:;]+")
STYLES = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "code": "code"}


@dataclass(frozen=True)
class Run:
    """Some words in one style.

    Attributes:
        style: ``bold``, ``italic``, ``code``, or empty.
    """

    text: str
    style: str = ""


Paragraph = tuple[Run, ...]


@dataclass(frozen=True)
class Link:
    """Somewhere to go; the address is a whole one."""

    label: str
    url: str


@dataclass(frozen=True)
class Choice:
    """One answer to a question.

    Attributes:
        value: What comes back when it is chosen in place.
        url: A page that asks once more and records, for channels where nothing comes back.
    """

    value: str
    label: str
    url: str


@dataclass(frozen=True)
class Question:
    """Something that is answered in the message itself.

    Attributes:
        action: Name under which the answer is handled, see `lms.notifications.registry.message_action`.
        token: Says which delivery is answered; signed, so that it cannot be made up.
    """

    action: str
    token: str
    text: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Part:
    """A piece of a message with its own heading.

    Attributes:
        heading: Empty for none.
    """

    heading: str
    paragraphs: tuple[Paragraph, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Message:
    """All that is said.

    Attributes:
        subject: A line without its own markup; what a list of messages shows.
        why: Why this person gets it, in a sentence.
        footer: Where to change or stop it.
        stop_url: Takes a POST without sign-in and stops messages of this sort; empty when they cannot be stopped.
    """

    subject: str
    parts: tuple[Part, ...]
    why: str
    question: Question | None = None
    footer: tuple[Link, ...] = ()
    stop_url: str = ""


def without_addresses(text: str) -> str:
    """Return what another program said without the e-mail addresses in it, for logs and for who need not know them."""
    return ADDRESS.sub("(address)", text)


def plain(text: str) -> Paragraph:
    """Return a paragraph in one style."""
    return (Run(text),)


def text_of(paragraph: Sequence[Run]) -> str:
    """Return the words of a paragraph alone."""
    return "".join(run.text for run in paragraph)


def paragraphs_of(rich_text: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of rich text as an author wrote it: bold, italic and code; other markup is left out."""
    reader = _Reader()
    reader.feed(rich_text)
    reader.close()
    reader.end_paragraph()
    return tuple(reader.paragraphs)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[Paragraph] = []
        self._runs: list[Run] = []
        self._styles: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in STYLES:
            self._styles.append(STYLES[tag])
        elif tag == "br":
            self._runs.append(Run("\n"))
        elif tag in {"p", "li", "div"}:
            self.end_paragraph()

    def handle_endtag(self, tag: str) -> None:
        if tag in STYLES and STYLES[tag] in self._styles:
            self._styles.remove(STYLES[tag])
        elif tag in {"p", "li", "div"}:
            self.end_paragraph()

    def handle_data(self, data: str) -> None:
        if data.strip() or self._runs:
            self._runs.append(Run(data, self._styles[-1] if self._styles else ""))

    def end_paragraph(self) -> None:
        if text_of(self._runs).strip():
            self.paragraphs.append(tuple(self._runs))
        self._runs = []
