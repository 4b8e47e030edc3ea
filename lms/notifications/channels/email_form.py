"""A message as mail: multipart, with the headers that mailbox providers ask of whoever writes to many.

Sources: RFC 5322 (Message-ID), RFC 2369 and RFC 8058 (one-click unsubscribing), RFC 3834 (Auto-Submitted). When a
message is tried again no header changes but its Date.
"""

from binascii import b2a_qp
from collections.abc import Sequence
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from functools import cache
from html import escape

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.notifications.channels.base import Envelope
from lms.notifications.messages import Link, Message, Paragraph, Part, Question, Run

TAGS = {"bold": "strong", "italic": "em", "code": "code"}
LONGEST_LINE = 75


def sender() -> str:
    """Return who writes."""
    address: str = settings.DEFAULT_FROM_EMAIL
    return address


@cache
def bare_address(named: str) -> str:
    """Return the address alone of one with a name; the same few are asked for with every message."""
    return parseaddr(named)[1]


@cache
def _from(named: str) -> str:
    return formataddr(parseaddr(named))


def sending_host() -> str:
    """Return the part of the sender's address behind the @."""
    return bare_address(sender()).rpartition("@")[2] or "localhost"


def headers(envelope: Envelope) -> dict[str, str]:
    """Return the headers beside sender, recipient and subject."""
    host = sending_host()
    found = {
        "Message-ID": f"<{envelope.id}@{host}>",
        "Auto-Submitted": "auto-generated",
        "X-Entity-Ref-ID": str(envelope.id),
    }
    if envelope.message.stop_url:
        found["List-Unsubscribe"] = f"<{envelope.message.stop_url}>"
        found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return found


def mail_bytes(envelope: Envelope) -> bytes:
    """Return the mail as it goes over the wire: lines end in CRLF, and dots at their beginning are doubled.

    Written out here, since building it with the library's objects takes longer than sending it. Bodies are
    quoted-printable, so no server on the way has a reason to change them.

    Raises:
        UnicodeError: The address has letters that mail cannot carry.
    """
    message, boundary = envelope.message, f"=_{envelope.id.hex}"
    head = {
        "From": _from(sender()),
        "To": formataddr((_one_line(envelope.name), _one_line(envelope.to))),
        "Subject": _header_text(_one_line(message.subject)),
        "Date": format_datetime(timezone.now()),
        **headers(envelope),
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }
    lines = "".join(f"{name}: {value}\n" for name, value in head.items()).replace("\n", "\r\n")
    parts = b"".join(
        f'--{boundary}\r\nContent-Type: {kind}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n".encode()
        + _printable(text)
        + b"\r\n"
        for kind, text in (("text/plain", as_text(message)), ("text/html", as_html(message)))
    )
    content = lines.encode("ascii") + b"\r\n" + parts + f"--{boundary}--\r\n".encode()
    return content.replace(b"\r\n.", b"\r\n..")


def _header_text(text: str) -> str:
    """Return words as they stand in a header: as they are, or as encoded words over several lines (RFC 2047)."""
    if text.isascii() and len(text) <= LONGEST_LINE:
        return text
    return Header(text, "utf-8", maxlinelen=LONGEST_LINE).encode()


def _printable(text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return b2a_qp(lines.encode(), istext=True).replace(b"\n", b"\r\n")


def mail_message(envelope: Envelope) -> EmailMultiAlternatives:
    """Return the mail as Django's backends take it."""
    mail = EmailMultiAlternatives(
        subject=_one_line(envelope.message.subject),
        body=as_text(envelope.message),
        from_email=sender(),
        to=[formataddr((_one_line(envelope.name), envelope.to))],
        headers=headers(envelope),
    )
    mail.attach_alternative(as_html(envelope.message), "text/html")
    return mail


def _one_line(text: str) -> str:
    return " ".join(text.split())


def as_text(message: Message) -> str:
    """Return the words alone, with addresses where links are."""
    blocks: list[str] = []
    for part in message.parts:
        blocks += [part.heading] if part.heading else []
        blocks += ["".join(_marked(run) for run in paragraph) for paragraph in part.paragraphs]
        blocks += [_link_in_words(link) for link in part.links]
    if message.question:
        blocks.append(message.question.text)
        blocks += [f"- {choice.label}\n  {choice.url}" for choice in message.question.choices]
    blocks.append("-- \n" + message.why)
    blocks += [_link_in_words(link) for link in message.footer]
    return "\n\n".join(blocks) + "\n"


def _link_in_words(link: Link) -> str:
    return f"{link.label}{'' if link.label.endswith('?') else ':'} {link.url}"


def _marked(run: Run) -> str:
    marks = {"bold": "*", "italic": "_", "code": "`"}
    mark = marks.get(run.style, "")
    return f"{mark}{run.text}{mark}" if run.text.strip() else run.text


# Mail programs know little CSS and no variables: few rules, written where they hold, and colors that both light and
# dark mail programs turn around well.
BODY = "margin:0;padding:24px;font:16px/1.55 Georgia,'Times New Roman',serif;color:#1d2433;background:#ffffff"
CARD = "max-width:34em;margin:0 auto"
HEADING = "font:600 20px/1.3 Georgia,serif;margin:0 0 12px"
PARAGRAPH = "margin:0 0 14px"
BUTTON = (
    "display:block;margin:0 0 8px;padding:12px 14px;border:1px solid #9aa6bd;border-radius:8px;"
    "color:#1b4f8f;text-decoration:none;font-family:system-ui,sans-serif;font-size:15px"
)
LINK = "color:#1b4f8f"
SMALL = "margin:24px 0 0;padding:14px 0 0;border-top:1px solid #d7dce6;font:13px/1.5 system-ui,sans-serif;color:#566176"


def as_html(message: Message) -> str:
    """Return the message as a page of its own, which fetches nothing from anywhere."""
    inner = "".join(_part(part) for part in message.parts)
    if message.question:
        inner += _question(message.question)
    footer = " · ".join(_link(link) for link in message.footer)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="color-scheme" content="light dark"><title>{escape(message.subject)}</title></head>'
        f'<body style="{BODY}"><div style="{CARD}">{inner}'
        f'<p style="{SMALL}">{escape(message.why)}{"<br>" if footer else ""}{footer}</p></div></body></html>'
    )


def _part(part: Part) -> str:
    heading = f'<h2 style="{HEADING}">{escape(part.heading)}</h2>' if part.heading else ""
    text = "".join(f'<p style="{PARAGRAPH}">{_runs(paragraph)}</p>' for paragraph in part.paragraphs)
    links = "".join(f'<p style="{PARAGRAPH}">{_link(link)}</p>' for link in part.links)
    return heading + text + links


def _runs(paragraph: Paragraph | Sequence[Run]) -> str:
    return "".join(_run(run) for run in paragraph)


def _run(run: Run) -> str:
    text = escape(run.text).replace("\n", "<br>")
    tag = TAGS.get(run.style)
    return f"<{tag}>{text}</{tag}>" if tag else text


def _link(link: Link) -> str:
    return f'<a style="{LINK}" href="{escape(link.url)}">{escape(link.label)}</a>'


def _question(question: Question) -> str:
    hint = _("Choose an answer. It counts once you confirm it on the page that opens.")
    buttons = "".join(
        f'<a style="{BUTTON}" href="{escape(choice.url)}">{escape(choice.label)}</a>'
        for choice in question.choices
    )
    return (
        f'<p style="{PARAGRAPH}"><strong>{escape(question.text)}</strong></p>{buttons}'
        f'<p style="{PARAGRAPH};font-size:13px">{escape(hint)}</p>'
    )
