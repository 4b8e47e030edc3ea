"""E-mail: one SMTP connection for many messages, and no doubt about what was accepted.

Django's backend would do for a single message. It does not say whether a broken connection broke before or after the
server had the whole message, and that decides whether it may be sent again. The settings are Django's own.
"""

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.utils.translation import gettext_lazy as _

from lms.notifications.channels.base import (
    Begin,
    Channel,
    ChannelDown,
    Connection,
    Envelope,
    MayHaveArrived,
    NotAccepted,
    TryLater,
)
from lms.notifications.channels.email_form import mail_bytes, mail_message, sender

if TYPE_CHECKING:
    from lms.people.models import User

NO_SUCH_MAILBOX = {550, 551, 553}
MAILBOX_CODES = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")
"""Enhanced codes that speak of the mailbox (RFC 3463); a 550 with another one is about us or the message."""


class EmailChannel(Channel):
    """Messages as multipart mail."""

    name = "email"
    label = _("E-mail")

    def is_set_up(self) -> bool:
        """Whether mail can be sent; it always can, if only to the log."""
        return True

    def addresses_of(self, people: Sequence["User"]) -> dict[int, str]:
        """Return the address of each person by their keys; no query."""
        return {person.pk: person.email for person in people}

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Open a connection as the settings say: a server's, or whatever stands in for one.

        Raises:
            ChannelDown: The server cannot be reached, or does not let us in.
        """
        backend = get_connection()
        if not isinstance(backend, SmtpBackend):
            yield _StandIn(backend)
            return
        server = _open(backend)
        try:
            yield _SmtpConnection(server)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()


def _open(settings: Any) -> smtplib.SMTP:
    us = parseaddr(sender())[1].rpartition("@")[2]  # asking the network for our name can take seconds
    try:
        if settings.use_ssl:
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, us, timeout=settings.timeout, context=context
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, us, timeout=settings.timeout)
        if settings.use_tls:
            server.starttls(context=ssl.create_default_context())
        server.ehlo_or_helo_if_needed()
        if settings.username and settings.password:
            server.login(settings.username, settings.password)
    except (smtplib.SMTPException, OSError) as error:
        raise ChannelDown(f"The mail server does not let us in: {error}") from error
    return server


class _SmtpConnection:
    """Speaks SMTP step by step, since each step that fails means something else (RFC 5321, 4.2.5 and 6.1)."""

    def __init__(self, server: smtplib.SMTP) -> None:
        self.server = server
        self.sender = parseaddr(sender())[1]

    def hand_over(self, envelope: Envelope, begin: Begin) -> str:
        """Send one message; the server's own words about it are kept, as they often hold its queue id.

        The server has agreed to everything and waits for the text when `begin` is called. From there it is one write,
        so what a killed worker leaves is nearly always a message that has arrived.
        """
        try:
            content = mail_bytes(envelope)
        except UnicodeError as error:
            raise NotAccepted(f"The message cannot be written as mail: {error}") from error
        try:
            self._expect(self.server.mail(self.sender, ["body=8bitmime"] if self._is_8bit(content) else []))
            self._expect(self.server.rcpt(envelope.to), about_address=True)
            self.server.putcmd("data")
            self._expect(self.server.getreply(), wanted=3)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise ChannelDown(f"The mail server hung up: {error}") from error
        try:
            begin()
        except BaseException:
            self.server.close()  # it waits for a text, and only this tells it that none comes
            raise
        return self._expect(self._body(content))

    def _body(self, content: bytes) -> tuple[int, bytes]:
        try:
            self.server.send(content + b".\r\n")
            return self.server.getreply()
        except (smtplib.SMTPException, OSError) as error:
            raise MayHaveArrived(f"The mail server hung up before it said yes or no: {error}") from error

    def _is_8bit(self, content: bytes) -> bool:
        return not content.isascii() and self.server.has_extn("8bitmime")

    def _expect(self, reply: tuple[int, bytes], *, wanted: int = 2, about_address: bool = False) -> str:
        code, said = reply
        text = said.decode("utf-8", "replace")[:300]
        if code // 100 == wanted:
            return text[:200]
        if code == 421:
            raise ChannelDown(f"{code} {text}")
        with suppress(smtplib.SMTPException, OSError):
            self.server.rset()
        if code // 100 == 5:
            raise NotAccepted(f"{code} {text}", is_address_dead=about_address and _is_mailbox(code, text))
        raise TryLater(f"{code} {text}")


def _is_mailbox(code: int, said: str) -> bool:
    """Whether a refusal says that there is no such mailbox."""
    enhanced = said.split(maxsplit=1)[0] if said else ""
    if enhanced.count(".") == 2 and enhanced.replace(".", "").isdecimal():
        return enhanced in MAILBOX_CODES
    return code in NO_SUCH_MAILBOX


class _StandIn:
    """Whatever Django sends through when there is no server, such as the log or the tests' outbox."""

    def __init__(self, backend: Any) -> None:
        self.backend = backend

    def hand_over(self, envelope: Envelope, begin: Begin) -> str:
        """Give it the message as Django knows it."""
        begin()
        self.backend.send_messages([mail_message(envelope)])
        return ""
