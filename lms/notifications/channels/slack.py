"""Slack: a direct message for each person, whom Slack knows by their e-mail address.

Each message has a connection of its own. One that is kept open and that Slack has closed meanwhile would leave a doubt
about every message that meets it. Nothing is tried again here: the ledger does that, and knows what may have arrived.

Slack promises no idempotency. Its reference names ``client_msg_id`` in two errors of chat.postMessage and not among the
arguments; we send the id of the delivery as such, since it does no harm, and rely on nothing: what may have arrived is
not sent again. Source: chat.postMessage, https://docs.slack.dev/reference/methods/chat.postMessage
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse, WebClient

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
from lms.notifications.channels.links import forget_link, keep_link, links_of
from lms.notifications.channels.slack_form import as_blocks, as_fallback
from lms.notifications.models import ChannelState
from lms.people.models import User

NAME = "slack"
SECONDS = 10
ONE_DAY = timedelta(days=1)
WHEN_IT_DOES_NOT_SAY = timedelta(seconds=30)

SENT_TOO_MUCH = {"ratelimited", "rate_limited"}
SHUT_OUT = {
    "access_denied",
    "account_inactive",
    "invalid_auth",
    "messages_tab_disabled",
    "missing_scope",
    "no_permission",
    "not_allowed_token_type",
    "not_authed",
    "org_login_required",
    "team_access_not_granted",
    "token_expired",
    "token_revoked",
    "two_factor_setup_required",
}
"""Slack says them of our app, so they hold for every message."""
NOBODY_THERE = {
    "cannot_dm_bot",
    "channel_not_found",
    "is_archived",
    "user_disabled",
    "user_not_found",
    "user_not_visible",
    "users_not_found",
}
PERHAPS_DONE = {"duplicate_channel_not_found", "duplicate_message_not_found", "fatal_error", "internal_error"}
"""Of the last two Slack's reference says that some aspect of the operation may have succeeded; the first two say that
a message with this id was posted before."""
OUT_OF_ORDER = {"service_unavailable", "team_added_to_org"}
NOT_OURS = ("deleted", "is_bot", "is_restricted", "is_stranger", "is_ultra_restricted")
"""Whoever is gone, bots, guests of several channels and of one, people of other workspaces."""
CUT_OFF = {"request_timeout"}
"""The request did not come in whole."""


class SlackChannel(Channel):
    """Messages as direct messages of our app.

    Of messages to different people Slack says only that a workspace-wide limit holds beside one a second for each
    conversation. Moveworks keeps to 525 a minute (its documentation of Slack rate limits); 8 a second is less.
    """

    name = NAME
    label = _("Slack")
    per_second = 8.0
    burst = 50

    def is_set_up(self) -> bool:
        """Whether Praxis has a token."""
        return bool(settings.PRAXIS_SLACK_BOT_TOKEN)

    def addresses_of(self, people: Sequence[User]) -> dict[int, str]:
        """Return the id of each person whom Slack knows, by their keys.

        Cost: one query, and a call and two queries for whoever was neither found before nor asked for today.

        Raises:
            ChannelDown: Slack answers no more. Whom it has named so far need not be asked for again.
        """
        found = {key: link.address for key, link in links_of(people, NAME).items()}
        sought = {_unknown_key(person): person for person in people if person.pk not in found}
        unknown = cache.get_many(sought)
        client = slack_client()
        for key, person in sought.items():
            if key in unknown:
                continue
            user = find_by_email(client, person.email)
            if user:
                link = keep_link(person=person, channel=NAME, address=user, at=timezone.now())
                found[person.pk] = link.address
            else:
                cache.set(key, True, ONE_DAY.total_seconds())
        return found

    def look_again(self, person: User) -> None:
        """Ask Slack for somebody's address again, whatever it said earlier today."""
        cache.delete(_unknown_key(person))

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Give a way to Slack, which is asked first whether it is there if it was not.

        So an outage costs one doubt at its beginning, and not one for each time that sending is tried.

        Raises:
            ChannelDown: It is not there, or left a message unanswered.
        """
        client = slack_client()
        if ChannelState.objects.filter(channel=NAME, failures__gt=0).exists():
            ask(client.auth_test)
        connection = _SlackConnection(client)
        yield connection
        connection.stop_in_doubt()


class _SlackConnection:
    def __init__(self, client: WebClient) -> None:
        self.client = client
        self.doubt: MayHaveArrived | None = None

    def hand_over(self, envelope: Envelope, handing: Handing) -> str:
        """Post one message; returns its conversation and its timestamp, which together are its identity in Slack.

        Everything is written when `Handing.begin` is called; what is left is one request.
        """
        self.stop_in_doubt()
        try:
            blocks = as_blocks(envelope.message)
        except ValueError as error:
            raise NotAccepted(f"The message cannot be written for Slack: {error}") from error
        handing.begin()
        try:
            posted = call(
                self.client.chat_postMessage,
                channel=envelope.to,
                text=as_fallback(envelope.message),
                blocks=blocks,
                client_msg_id=str(envelope.id),
                mrkdwn=False,
                unfurl_links=False,
                unfurl_media=False,
            )
        except MayHaveArrived as doubt:
            self.doubt = doubt
            raise
        except NotAccepted as refused:
            if refused.is_address_dead:
                forget_link(channel=NAME, address=envelope.to)
            raise
        return f"{posted['channel']}:{posted['ts']}"

    def stop_in_doubt(self) -> None:
        """Leave Slack alone once one message may have arrived: the next would probably join it.

        Raises:
            ChannelDown: There is such a message.
        """
        if self.doubt is not None:
            raise ChannelDown(f"Slack left a message without an answer: {self.doubt}")


def slack_client(*, seconds: int = SECONDS) -> WebClient:
    """Return a client with our token; it tries nothing again by itself, since it would post messages twice.

    Args:
        seconds: How long it waits for an answer.
    """
    return WebClient(
        token=settings.PRAXIS_SLACK_BOT_TOKEN,
        base_url=settings.PRAXIS_SLACK_API_URL,
        timeout=seconds,
        retry_handlers=[],
    )


def find_by_email(client: WebClient, email: str) -> str:
    """Return the id of whoever has an address in Slack; empty when nobody has.

    Raises:
        ChannelDown: Slack did not say.
    """
    try:
        answer = ask(client.users_lookupByEmail, email=email)
    except NotAccepted:
        return ""
    user: dict[str, Any] = answer["user"]
    return str(user["id"]) if verified_email(user, default=email) else ""


def email_of(client: WebClient, user: str) -> str:
    """Return the verified address of a Slack user, in small letters; empty when there is none.

    Raises:
        ChannelDown: Slack did not say.
    """
    try:
        answer = ask(client.users_info, user=user)
    except NotAccepted:
        return ""
    return verified_email(answer["user"])


def verified_email(user: Mapping[str, Any], *, default: str = "") -> str:
    """Return the address of a member of the workspace itself; empty for bots, guests, strangers and whoever is gone.

    Args:
        user: As Slack describes them.
        default: The address that they were found by.
    """
    if any(user.get(mark) for mark in NOT_OURS) or user.get("is_email_confirmed") is False:
        return ""
    profile: Mapping[str, Any] = user.get("profile") or {}
    return str(profile.get("email") or default).lower()


def ask(method: Callable[..., SlackResponse], **arguments: Any) -> SlackResponse:
    """Call what changes nothing, so that there is no doubt about it.

    Raises:
        ChannelDown: No answer, or one that is none.
        NotAccepted: The answer is no.
    """
    try:
        return call(method, **arguments)
    except (MayHaveArrived, TryLater) as error:
        raise ChannelDown(str(error)) from error


def call(method: Callable[..., SlackResponse], **arguments: Any) -> SlackResponse:
    """Call a method of Slack's, and say what it means when it does not work.

    Raises:
        NotAccepted: Slack refuses this call.
        TryLater: It did not come in.
        ChannelDown: Slack takes nothing now.
        MayHaveArrived: The call went out and no answer came, or one that leaves it open.
    """
    try:
        return method(**arguments)
    except SlackApiError as error:
        raise _meaning(error.response) from error
    except URLError as error:
        # urllib says so only of what goes wrong until the whole request is written.
        raise ChannelDown(f"Slack cannot be reached: {error.reason}") from error
    except (OSError, HTTPException) as error:
        raise MayHaveArrived(f"Slack did not answer: {error or type(error).__name__}") from error


def _meaning(response: SlackResponse) -> Exception:
    error, status = str(response.get("error", ""))[:200], response.status_code
    if status == 429 or error in SENT_TOO_MUCH:
        return ChannelDown("Slack asks us to wait.", retry_after=_retry_after(response.headers))
    if down := _out_of_order(error, status) or _shut_out(error, response):
        return ChannelDown(down)
    if status >= 500 or error in PERHAPS_DONE:
        return MayHaveArrived(f"Slack could not say what became of it: {status} {error}")
    if error in CUT_OFF:
        return TryLater(f"Slack got half a message: {error}")
    return NotAccepted(f"Slack refuses it: {error}", is_address_dead=error in NOBODY_THERE)


def _out_of_order(error: str, status: int) -> str:
    if status == 503 or error in OUT_OF_ORDER:
        return f"Slack is out of order: {error or status}"
    is_code = error and " " not in error  # otherwise the client's own words about an answer that is no JSON
    return "" if is_code or status >= 500 else f"What answers is not Slack; a proxy perhaps: {status} {error}"


def _shut_out(error: str, response: SlackResponse) -> str:
    if error == "missing_scope":
        needed = response.get("needed")
        return f"Our app in Slack lacks the scope {needed}. Add it, and install the app again."
    what_to_do = "Install it again, and set PRAXIS_SLACK_BOT_TOKEN to its new token."
    return f"Slack does not let our app in ({error}). {what_to_do}" if error in SHUT_OUT else ""


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    text = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return timedelta(seconds=int(text)) if text.isdecimal() and len(text) < 7 else WHEN_IT_DOES_NOT_SAY


def _unknown_key(person: User) -> str:
    address = hashlib.sha256(person.email.lower().encode()).hexdigest()[:32]
    return f"notifications.slack.unknown.{address}"
