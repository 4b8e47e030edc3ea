"""What comes in from Slack: answers given inside a message, and the slash command.

The process that takes the request also records the answer: one short transaction, whatever the workers are doing, and
once Slack has its acknowledgement the answer is safe. Only then, in a thread, the message is changed to show what came
of it. If that does not happen the person answers again, which changes nothing and shows the same.

The message is changed through the address that Slack sends along and not through chat.update, of which it takes some
fifty a minute: on a Tuesday at nine everybody answers at once.
Source: Slack, Handling user interaction (acknowledge within 3 seconds; a response_url works five times in 30 minutes).
"""

import logging
import re
from functools import cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from slack_bolt import Ack, App, BoltContext, Respond
from slack_bolt.adapter.django import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier

from lms.core.errors import ActionRefused
from lms.notifications.channels.base import ChannelDown
from lms.notifications.channels.links import keep_link, linked_person, person_with_email
from lms.notifications.channels.slack import NAME, email_of, slack_client
from lms.notifications.channels.slack_form import NotOurs, as_blocks, as_fallback, read_value
from lms.notifications.messages import Message
from lms.notifications.services.answering import answer_in_message, notice, run_command
from lms.people.models import User

logger = logging.getLogger(__name__)

ANYTHING = re.compile(".*", re.DOTALL)
SECONDS_TO_ASK = 2
"""Whoever writes a command for the first time is looked up meanwhile, and Slack waits for three seconds."""


@csrf_exempt  # Slack has no cookie of ours; each request is signed
@require_POST
def events(request: HttpRequest) -> HttpResponse:
    """Take one request of Slack's."""
    secret = settings.PRAXIS_SLACK_SIGNING_SECRET
    if not secret:
        raise Http404
    if not _is_signed(request, secret):
        return HttpResponse("This was not signed by Slack, or more than five minutes ago.", status=401)
    answer: HttpResponse = _handler(secret, settings.PRAXIS_SLACK_API_URL).handle(request)
    return answer


def _is_signed(request: HttpRequest, secret: str) -> bool:
    """Whether Slack signed a request within the last five minutes.

    Bolt asks the same verifier, but reads the request before it does and stumbles over a timestamp that is no number.
    """
    timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
    signature = request.headers.get("X-Slack-Signature", "")
    if not re.fullmatch(r"[0-9]{1,12}", timestamp) or not signature.isascii():
        return False
    try:
        return SignatureVerifier(secret).is_valid(request.body, timestamp, signature)
    except UnicodeDecodeError:
        return False


@cache
def _handler(secret: str, url: str) -> SlackRequestHandler:
    """Return what takes requests, made when the first one comes in; other settings make another one.

    Args:
        secret: With which Slack signs.
        url: Where Slack is asked.
    """
    del url  # the client reads it; only a change counts here
    app = App(
        name="praxis",
        client=slack_client(seconds=SECONDS_TO_ASK),
        signing_secret=secret,
        # One workspace, one token: asking Slack about it would put a call of ours before each first acknowledgement.
        authorize=_authorize,
        process_before_response=True,
    )
    app.action(ANYTHING)(ack=take_answer, lazy=[show_feedback])
    app.command(ANYTHING)(take_command)
    return SlackRequestHandler(app)


def _authorize(enterprise_id: str | None, team_id: str | None, user_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=enterprise_id,
        team_id=team_id,
        user_id=user_id,
        bot_token=settings.PRAXIS_SLACK_BOT_TOKEN,
    )


def take_answer(ack: Ack, action: dict[str, Any], context: BoltContext) -> None:
    """Record the answer that a button carries, then acknowledge; once more is harmless."""
    try:
        token, value = read_value(action.get("value", ""))
    except NotOurs:
        ack()
        return
    try:
        answered = answer_in_message(action=action["action_id"], token=token, value=value, at=timezone.now())
    except ActionRefused as refused:
        context["feedback"] = {**_written(notice(refused.message)), "response_type": "ephemeral"}
    else:
        context["feedback"] = {**_written(answered.message), "replace_original": True}
    ack()


def show_feedback(context: BoltContext, respond: Respond) -> None:
    """Change the message into what came of the answer."""
    feedback = context.get("feedback")
    if not feedback or not context.response_url:
        return
    try:
        shown = respond(**{"replace_original": False, **feedback})
    except Exception:
        logger.exception("Slack did not change a message that was answered")
        return
    if shown.status_code != 200:
        logger.warning("Slack did not change a message that was answered: %s", shown.status_code)


def take_command(ack: Ack, command: dict[str, Any], context: BoltContext) -> None:
    """Do what a slash command asks for, and answer so that only its writer sees it."""
    try:
        person = _person(str(context.user_id))
    except ChannelDown:
        ack(**_written(notice(_("Slack does not say who you are just now. Try again in a minute."))))
        return
    if person is None:
        told = _(
            "Nobody in Praxis has the address of your Slack account. Ask whoever runs Praxis to correct one."
        )
        ack(**_written(notice(told)))
        return
    message = run_command(person=person, text=str(command.get("text") or ""), at=timezone.now())
    ack(**_written(message), response_type="ephemeral")


def _person(user: str) -> User | None:
    """Return who a Slack user is: by their link, or by the verified address of their account and never by a name."""
    person = linked_person(NAME, user)
    if person is None:
        person = person_with_email(email_of(slack_client(seconds=SECONDS_TO_ASK), user))
        if person is not None:
            keep_link(person=person, channel=NAME, address=user, at=timezone.now())
    return person


def _written(message: Message) -> dict[str, Any]:
    return {"text": as_fallback(message), "blocks": as_blocks(message)}
