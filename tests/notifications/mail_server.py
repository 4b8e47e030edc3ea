"""A mail server that speaks SMTP on a port of this machine and keeps what it is given; told to, it misbehaves."""

import asyncio
import contextlib
import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

logging.getLogger("mail.log").setLevel(logging.WARNING)  # it tells of every connection


@dataclass
class Mail:
    """One accepted message."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def parsed(self) -> EmailMessage:
        message = message_from_bytes(self.content, policy=default)
        assert isinstance(message, EmailMessage)
        return message


@dataclass
class Mailbox:
    """What the server has accepted, and how it treats what comes next.

    Attributes:
        on_recipient: Takes an address, returns a reply such as ``550 5.1.1 no such user``; nothing to accept.
        on_sender: As `on_recipient`, for whoever sends.
        hangs_up_after_refusal: Whether it closes the connection once it has refused a recipient.
        on_data: Takes a mail that came in whole, returns a reply, or raises `HangUp`; nothing to accept.
        takes_several: Whether it says that it takes several commands at once (RFC 2920), as nearly all servers do.
        takes_text_for_nobody: Whether it asks for the text although it has just refused the only recipient.
    """

    accepted: list[Mail] = field(default_factory=list)
    connections: int = 0
    on_recipient: Callable[[str], str | None] = lambda _address: None
    on_data: Callable[[Mail], str | None] = lambda _mail: None
    on_sender: Callable[[str], str | None] = lambda _address: None
    takes_several: bool = True
    hangs_up_after_refusal: bool = False
    takes_text_for_nobody: bool = False

    @property
    def recipients(self) -> list[str]:
        return [address for mail in self.accepted for address in mail.recipients]


class HangUp(Exception):
    """Close the connection instead of answering."""


class _Handler:
    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_EHLO(  # noqa: N802  names are those of aiosmtpd
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.mailbox.connections += 1
        session.host_name = hostname
        several = ["250-PIPELINING"] if self.mailbox.takes_several else []
        return [*responses[:1], *several, *responses[1:]]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if reply := self.mailbox.on_sender(address):
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if reply := self.mailbox.on_recipient(address):
            if self.mailbox.hangs_up_after_refusal:
                assert server.transport is not None
                asyncio.get_running_loop().call_soon(server.transport.close)
            if self.mailbox.takes_text_for_nobody:
                envelope.rcpt_tos.append("nobody")
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        mail = Mail(envelope.mail_from or "", list(envelope.rcpt_tos), content)
        try:
            reply = self.mailbox.on_data(mail)
        except HangUp:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "250 OK"
        if reply:
            return reply
        self.mailbox.accepted.append(mail)
        return f"250 OK queued as {len(self.mailbox.accepted)}"


@contextlib.contextmanager
def mail_server(port: int = 0) -> Iterator[tuple[Mailbox, int]]:
    """Run a mail server in a thread; give its mailbox and its port."""
    mailbox = Mailbox()
    controller = Controller(_Handler(mailbox), hostname="127.0.0.1", port=port or free_port())
    controller.start()
    try:
        yield mailbox, controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(port: int, file: str) -> None:
    """Run until killed; write each recipient to a file before saying yes, so that nothing accepted is forgotten."""
    with mail_server(port) as (mailbox, _port), Path(file).open("a", buffering=1) as list_of_accepted:

        def note(mail: Mail) -> None:
            list_of_accepted.write(f"{mail.recipients[0]}\n")

        mailbox.on_data = note
        print("ready", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
