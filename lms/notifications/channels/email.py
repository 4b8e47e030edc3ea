"""E-mail: one SMTP connection for many messages, and no doubt about what was accepted.

Django's backend would do for a single message. It does not say whether a broken connection broke before or after the
server had the whole message, and that decides whether it may be sent again. The settings are Django's own.
"""

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.utils.translation import gettext_lazy as _

from lms.notifications.channels.base import (
    Channel,
    ChannelDown,
    Connection,
    Envelope,
    Handing,
    MayHaveArrived,
    NotAccepted,
    TryLater,
)
from lms.notifications.channels.email_form import (
    bare_address,
    mail_bytes,
    mail_message,
    sender,
    sending_host,
)

if TYPE_CHECKING:
    from lms.people.models import User

ANSWER = 60.0
"""Seconds that a server may take to say yes to a whole message, since scanners take their time. RFC 5321, 4.5.3.2.6,
asks for ten minutes; whoever was killed meanwhile would leave others waiting for as long."""
NO_SUCH_MAILBOX = {550, 551, 553}
MAILBOX_CODES = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")
"""Enhanced codes that speak of the mailbox (RFC 3463); a 550 with another one is about us or the message."""


class EmailChannel(Channel):
    """Messages as multipart mail."""

    name = "email"
    label = _("E-mail")
    knows_repetitions = True  # by its Message-ID

    def is_set_up(self) -> bool:
        """Whether mail can be sent; it always can, if only to the log."""
        return True

    def form_of(self, envelope: Envelope) -> bytes:
        """Return the mail as it goes over the wire.

        Raises:
            NotAccepted: Its address has letters that mail cannot carry.
        """
        try:
            return mail_bytes(envelope)
        except UnicodeError as error:
            raise NotAccepted(f"The message cannot be written as mail: {error}") from error

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
    us = sending_host()  # asking the network for our name can take seconds
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
    """Speaks SMTP step by step, since each step that fails means something else (RFC 5321, 4.2.5 and 6.1).

    Where the server takes several commands at once (RFC 2920) the three steps before the text travel together: half as
    many ways to the server and back, and the ledger is written meanwhile.
    """

    def __init__(self, server: smtplib.SMTP) -> None:
        self.server = server
        self.mail_from = f"MAIL FROM:{smtplib.quoteaddr(bare_address(sender()))}"
        self.takes_several = server.has_extn("pipelining")

    def hand_over(self, envelope: Envelope, handing: Handing) -> str:
        """Send one message; the server's own words about it are kept, as they often hold its queue id.

        Nothing has been delivered when `Handing.begin` is called, and only the text can be: one write, which follows.
        """
        content = envelope.form or EmailChannel().form_of(envelope)
        if self.takes_several:
            self._introduce_at_once(envelope.to, handing)
        else:
            self._introduce(envelope.to, handing)
        return self._expect(self._body(content, handing))

    def _introduce(self, to: str, handing: Handing) -> None:
        with _hanging_up():
            self._say(self.mail_from)
            self._expect_sender(self.server.getreply())
            self._say(_rcpt_to(to))
            self._expect(self.server.getreply(), about_address=True)
            self._say("DATA")
            self._expect(self.server.getreply(), wanted=3)
        self._begin(handing)

    def _introduce_at_once(self, to: str, handing: Handing) -> None:
        with _hanging_up():
            self._say(self.mail_from, _rcpt_to(to), "DATA")
        self._begin(handing)
        mail, rcpt, data = self._replies(3)
        if data[0] // 100 == 3 and (mail[0] // 100 != 2 or rcpt[0] // 100 != 2):
            with suppress(smtplib.SMTPServerDisconnected, OSError):
                self._say(".")  # it would take a text for nobody, and waits for its end
                self.server.getreply()
        self._expect_sender(mail)
        self._expect(rcpt, about_address=True)
        self._expect(data, wanted=3)

    def _replies(self, number: int) -> list[tuple[int, bytes]]:
        """Return so many replies; 421, as for a server that is about to leave, for those that do not come.

        Some servers refuse a recipient and hang up: what they said before counts.
        """
        replies: list[tuple[int, bytes]] = []
        try:
            while len(replies) < number:
                replies.append(self.server.getreply())
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self.server.close()
            replies += [(421, f"The mail server hung up: {error}".encode())] * (number - len(replies))
        return replies

    def _expect_sender(self, reply: tuple[int, bytes]) -> None:
        """See that the server takes mail from us; if not, that is about every message.

        Raises:
            ChannelDown: It does not, such as without a sign-in or above a quota.
        """
        code, said = reply
        if code // 100 == 5:
            with suppress(smtplib.SMTPException, OSError):
                self.server.rset()
            raise ChannelDown(f"The mail server takes nothing from us: {code} {_words(said)}")
        self._expect(reply)

    def _say(self, *commands: str) -> None:
        self.server.send("".join(f"{command}\r\n" for command in commands))

    def _begin(self, handing: Handing) -> None:
        try:
            handing.begin()
        except BaseException:
            self.server.close()  # it waits for a text, and only this tells it that none comes
            raise

    def _body(self, content: bytes, handing: Handing) -> tuple[int, bytes]:
        assert self.server.sock is not None, "it has just answered"
        patience = self.server.sock.gettimeout()
        try:
            self.server.send(content + b".\r\n")
            handing.underway()
            self.server.sock.settimeout(ANSWER)
            reply = self.server.getreply()
            self.server.sock.settimeout(patience)
        except (smtplib.SMTPException, OSError) as error:
            raise MayHaveArrived(f"The mail server hung up before it said yes or no: {error}") from error
        return reply

    def _expect(self, reply: tuple[int, bytes], *, wanted: int = 2, about_address: bool = False) -> str:
        code, said = reply
        text = _words(said)
        if code // 100 == wanted:
            return text[:200]
        if code == 421:
            raise ChannelDown(f"{code} {text}")
        with suppress(smtplib.SMTPException, OSError):
            self.server.rset()
        if code // 100 == 5:
            raise NotAccepted(f"{code} {text}", is_address_dead=about_address and _is_mailbox(code, text))
        raise TryLater(f"{code} {text}")


def _words(said: bytes) -> str:
    return said.decode("utf-8", "replace")[:300]


def _rcpt_to(address: str) -> str:
    """Return the command that names a recipient.

    Raises:
        NotAccepted: With this address it would be two commands.
    """
    if any(letter in address for letter in "\r\n"):
        raise NotAccepted("The address has a line break.", is_address_dead=True)
    return f"RCPT TO:{smtplib.quoteaddr(address)}"


@contextmanager
def _hanging_up() -> Iterator[None]:
    try:
        yield
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise ChannelDown(f"The mail server hung up: {error}") from error


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

    def hand_over(self, envelope: Envelope, handing: Handing) -> str:
        """Give it the message as Django knows it."""
        handing.begin()
        self.backend.send_messages([mail_message(envelope)])
        return ""
