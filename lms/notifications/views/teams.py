"""What comes in from Microsoft Teams: who has installed our bot, answers given inside a card, and words written to it.

An answer is recorded by the process that takes the request, and the card that comes back in the response shows at once
what came of it. The posted message is changed as well, since Teams shows that one when the conversation is opened
again. Source: Universal Actions for Adaptive Cards, Microsoft Teams.
"""

import json
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from lms.core.errors import ActionRefused
from lms.notifications.channels import CHANNELS
from lms.notifications.channels.base import ChannelDown, MayHaveArrived, NotAccepted
from lms.notifications.channels.bot_connector import Conversation
from lms.notifications.channels.bot_tokens import KeysUnknown, NotFromTeams, prove
from lms.notifications.channels.links import forget_link
from lms.notifications.channels.teams import NAME, activity_for, change, post
from lms.notifications.channels.teams_form import CONTENT_TYPE, as_card
from lms.notifications.messages import Message
from lms.notifications.models import ChannelLink
from lms.notifications.services.answering import answer_in_message, run_command
from lms.notifications.services.linking import link_in_teams

logger = logging.getLogger(__name__)

SECONDS_TO_CHANGE = 2
"""The card in the response shows the same; nobody should wait for the second copy."""

Activity = Mapping[str, Any]


@csrf_exempt  # Teams has no cookie of ours; each request carries a signed token
@require_POST
def messages(request: HttpRequest) -> HttpResponse:
    """Take one activity of Teams'. Nothing of it is read before its token has proven where it comes from."""
    if not CHANNELS[NAME].is_set_up():
        raise Http404
    try:
        proven = prove(request.headers.get("Authorization", ""), timezone.now())
    except NotFromTeams as error:
        return HttpResponse(str(error), status=HTTPStatus.UNAUTHORIZED)
    except KeysUnknown:
        logger.exception("A request of Teams' could not be checked")
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    activity = _read(request)
    if activity is None:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    if not proven.allows(activity) or not _conversation(activity).is_microsofts:
        return HttpResponse("The token does not allow what is said.", status=HTTPStatus.FORBIDDEN)
    return KINDS.get(str(activity.get("type")), _nothing)(activity)


def _read(request: HttpRequest) -> Activity | None:
    try:
        activity = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return activity if isinstance(activity, dict) else None


def _nothing(activity: Activity) -> HttpResponse:
    del activity
    return JsonResponse({})


def _installed(activity: Activity) -> HttpResponse:
    """Link whoever has got our bot, and forget whoever has removed it."""
    if activity.get("action") in {"remove", "remove-upgrade"}:
        if _is_personal(activity):  # from a team or a group it can be removed by any of its members
            forget_link(channel=NAME, address=_user(activity))
        return JsonResponse({})
    try:
        _link(activity)
    except ChannelDown:
        logger.exception("Whoever installed the bot in Teams is linked with their first message")
    return JsonResponse({})


def _written(activity: Activity) -> HttpResponse:
    """Do what somebody asks our bot for, and answer in the conversation."""
    try:
        link = _link(activity)
        if link is None:
            return JsonResponse({})
        message = run_command(person=link.person, text=str(activity.get("text") or ""), at=timezone.now())
        post(link, activity_for(link, message))
    except (ChannelDown, NotAccepted, MayHaveArrived):
        logger.exception("A word written in Teams was not answered")
    return JsonResponse({})


def _invoked(activity: Activity) -> HttpResponse:
    """Record the answer that a card carries, and respond with the card that shows what came of it."""
    if activity.get("name") != "adaptiveCard/action":
        return HttpResponse(status=HTTPStatus.NOT_IMPLEMENTED)
    action, token, value = _answer_in(activity)
    if not action:
        return _refusal(_("This card is not one of ours."))
    try:
        answered = answer_in_message(action=action, token=token, value=value, at=timezone.now())
    except ActionRefused as refused:
        return _refusal(refused.message)
    _show(activity, answered.message)
    return JsonResponse({"statusCode": 200, "type": CONTENT_TYPE, "value": as_card(answered.message)})


def _answer_in(activity: Activity) -> tuple[str, str, str]:
    value = activity.get("value")
    action = value.get("action") if isinstance(value, dict) else None
    data = action.get("data") if isinstance(action, dict) else None
    if not isinstance(action, dict) or not isinstance(data, dict):
        return "", "", ""
    found = (action.get("verb"), data.get("token"), data.get("value"))
    if not all(isinstance(each, str) for each in found):
        return "", "", ""
    return str(found[0]), str(found[1]), str(found[2])


def _refusal(sentence: str) -> HttpResponse:
    """Return an error that Teams shows beside the card, which stays as it is."""
    error = {"code": "BadRequest", "message": sentence}
    return JsonResponse({"statusCode": 400, "type": "application/vnd.microsoft.error", "value": error})


def _show(activity: Activity, message: Message) -> None:
    posted = str(activity.get("replyToId") or "")
    if not posted:
        return
    try:
        change(_conversation(activity), posted, message, seconds=SECONDS_TO_CHANGE)
    except (ChannelDown, NotAccepted, MayHaveArrived) as error:
        logger.warning("Teams did not change a message that was answered: %s", error)


def _link(activity: Activity) -> ChannelLink | None:
    """Return who speaks with our bot; None in a conversation of several, and for whoever is not known here."""
    if not _is_personal(activity) or not _user(activity):
        return None
    return link_in_teams(
        user=_user(activity),
        conversation=_conversation(activity),
        aad_object_id=_of(activity, "from", "aadObjectId"),
        at=timezone.now(),
    )


def _is_personal(activity: Activity) -> bool:
    return _of(activity, "conversation", "conversationType") == "personal"


def _conversation(activity: Activity) -> Conversation:
    return Conversation(str(activity.get("serviceUrl") or ""), _of(activity, "conversation", "id"))


def _user(activity: Activity) -> str:
    return _of(activity, "from", "id")


def _of(activity: Activity, holder: str, name: str) -> str:
    held = activity.get(holder)
    return str(held.get(name) or "") if isinstance(held, dict) else ""


KINDS: dict[str, Callable[[Activity], HttpResponse]] = {
    "conversationUpdate": _installed,
    "installationUpdate": _installed,
    "message": _written,
    "invoke": _invoked,
}
