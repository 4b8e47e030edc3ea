"""Microsoft Teams: a card in the conversation that each person has with our bot.

A bot cannot begin a conversation with somebody who does not have it. So whoever installs it, or for whom an
administrator does, is linked when Teams says so: by the address in the roster of that conversation, never by a name.
For anybody else there is mail.

Microsoft promises no idempotency: a message that may have arrived is not sent again.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lms.notifications.channels.base import (
    Channel,
    ChannelDown,
    Connection,
    Envelope,
    Handing,
    MayHaveArrived,
    NotAccepted,
)
from lms.notifications.channels.bot_connector import (
    WHEN_IT_DOES_NOT_SAY,
    Answer,
    Conversation,
    ask_connector,
    bot_token,
)
from lms.notifications.channels.links import forget_link, links_of
from lms.notifications.channels.teams_form import as_activity
from lms.notifications.messages import Message
from lms.notifications.models import ChannelLink
from lms.people.models import User

NAME = "teams"
LONGEST_ID = 200

TO_BE_TRIED_AGAIN = {412, 429, 502, 503, 504}
"""Microsoft asks for all but 503 to be tried again later, so they say that nothing was delivered.
Source: Optimize your bot with rate limiting in Teams, section on handling responses."""
GONE = {
    "BotDisabledByUser",
    "BotNotInConversationRoster",
    "ConversationBlockedByUser",
    "ConversationNotFound",
    "MessageWritesBlocked",
    "UserNotFound",
}


class TeamsChannel(Channel):
    """Messages as cards of our bot.

    Microsoft lets a bot make 50 requests a second in one tenant, looking up and updating included, and warns that this
    may change; we take half of it for sending. Source: Optimize your bot with rate limiting in Teams.
    """

    name = NAME
    label = _("Microsoft Teams")
    per_second = 25.0
    burst = 50

    def is_set_up(self) -> bool:
        """Whether Praxis has a bot."""
        return bool(settings.PRAXIS_TEAMS_APP_ID and settings.PRAXIS_TEAMS_APP_PASSWORD)

    def addresses_of(self, people: Sequence[User]) -> dict[int, str]:
        """Return the id of each person who has our bot, by their keys; one query."""
        return {key: link.address for key, link in links_of(people, NAME).items()}

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Give a way to Teams.

        Raises:
            ChannelDown: There is no token to be had, or Teams left a message unanswered.
        """
        bot_token()
        connection = _TeamsConnection()
        yield connection
        connection.stop_in_doubt()


class _TeamsConnection:
    def __init__(self) -> None:
        self.doubt: MayHaveArrived | None = None

    def hand_over(self, envelope: Envelope, handing: Handing) -> str:
        """Post one card; returns what Teams calls it within its conversation. One query.

        Everything is written when `Handing.begin` is called; what is left is one request.
        """
        self.stop_in_doubt()
        link = ChannelLink.objects.filter(channel=NAME, address=envelope.to).first()
        if link is None:
            raise NotAccepted("Our bot was removed meanwhile.", is_address_dead=True)
        try:
            activity = activity_for(link, envelope.message)
        except ValueError as error:
            raise NotAccepted(f"The message cannot be written for Teams: {error}") from error
        handing.begin()
        try:
            posted = post(link, activity)
        except MayHaveArrived as doubt:
            self.doubt = doubt
            raise
        except NotAccepted as refused:
            if refused.is_address_dead:
                forget_link(channel=NAME, address=envelope.to)
            raise
        return posted[:LONGEST_ID]

    def stop_in_doubt(self) -> None:
        """Leave Teams alone once one message may have arrived: the next would probably join it.

        Raises:
            ChannelDown: There is such a message.
        """
        if self.doubt is not None:
            raise ChannelDown(f"Teams left a message without an answer: {self.doubt}")


def conversation_of(link: ChannelLink) -> Conversation:
    """Return where we speak with somebody."""
    return Conversation(str(link.details.get("service_url", "")), str(link.details.get("conversation", "")))


def activity_for(link: ChannelLink, message: Message) -> dict[str, Any]:
    """Return a message to somebody as Teams takes it.

    Raises:
        ValueError: It cannot be written as a card.
    """
    tenant = settings.PRAXIS_TEAMS_TENANT_ID
    return {
        **as_activity(message),
        "from": {"id": f"28:{settings.PRAXIS_TEAMS_APP_ID}"},
        "recipient": {"id": link.address, "aadObjectId": link.details.get("aad_object_id", "")},
        "conversation": {
            "id": link.details.get("conversation", ""),
            "conversationType": "personal",
            "tenantId": tenant,
        },
        "channelData": {"tenant": {"id": tenant}},
    }


def post(link: ChannelLink, activity: Mapping[str, Any]) -> str:
    """Post a message to somebody; returns what Teams calls it.

    Args:
        link: Who.
        activity: As `activity_for` returns it.

    Raises:
        NotAccepted: Teams refuses it.
        ChannelDown: Teams takes nothing now.
        MayHaveArrived: No clear answer came.
    """
    answer = ask_connector("POST", conversation_of(link), "activities", content=activity)
    if answer.status // 100 == 2:
        return str(answer.content.get("id", ""))
    raise _meaning(answer)


def change(conversation: Conversation, activity: str, message: Message, *, seconds: float) -> None:
    """Change a message that was posted.

    Args:
        conversation: Where it stands.
        activity: What Teams calls it.
        message: What it says from now on.
        seconds: How long to wait.

    Raises:
        NotAccepted: Teams refuses it.
        ChannelDown: Teams takes nothing now.
        MayHaveArrived: No clear answer came.
    """
    content = {**as_activity(message), "id": activity}
    answer = ask_connector("PUT", conversation, "activities", activity, content=content, seconds=seconds)
    if answer.status // 100 != 2:
        raise _meaning(answer)


def verified_emails(conversation: Conversation, user: str) -> list[str]:
    """Return the addresses of a member of the company in a conversation; none for guests and strangers.

    Args:
        conversation: One that they are in.
        user: Their id.

    Raises:
        ChannelDown: Teams did not say.
    """
    try:
        answer = ask_connector("GET", conversation, "members", user)
    except MayHaveArrived as error:
        raise ChannelDown(str(error)) from error
    if answer.status == 404:
        return []
    if answer.status != 200:
        raise ChannelDown(f"Teams does not say who somebody is: {answer.status}")
    return _emails(answer.content)


def _emails(member: Mapping[str, Any]) -> list[str]:
    is_ours = member.get("tenantId") == settings.PRAXIS_TEAMS_TENANT_ID
    if not is_ours or member.get("userRole", "user") != "user":
        return []
    found = (str(member.get(name) or "").lower() for name in ("userPrincipalName", "email"))
    return [email for email in dict.fromkeys(found) if "@" in email]


def _meaning(answer: Answer) -> Exception:
    told = f"{answer.status} {answer.code[:100]}".strip()
    if answer.status in TO_BE_TRIED_AGAIN:
        wait = answer.retry_after or (WHEN_IT_DOES_NOT_SAY if answer.status == 429 else None)
        return ChannelDown(f"Teams asks us to wait: {told}", retry_after=wait)
    if answer.status >= 500:
        return MayHaveArrived(f"Teams could not say what became of it: {told}")
    if answer.status == 404 or answer.code in GONE:
        return NotAccepted(f"Teams has nobody there: {told}", is_address_dead=True)
    if answer.status in {401, 403}:
        return ChannelDown(f"Teams does not let our bot in: {told}. Look at its registration in Azure.")
    return NotAccepted(f"Teams refuses it: {told}")
