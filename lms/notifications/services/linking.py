"""Linking people to the conversation that they have with our bot in Teams."""

from datetime import datetime

from lms.notifications.channels.bot_connector import Conversation
from lms.notifications.channels.links import is_still_theirs, keep_link, person_with_email
from lms.notifications.channels.teams import NAME, conversation_of, verified_emails
from lms.notifications.models import ChannelLink


def link_in_teams(
    *, user: str, conversation: Conversation, aad_object_id: str, at: datetime
) -> ChannelLink | None:
    """Return the link of whoever speaks with our bot; made, or brought up to date, when it has to be.

    Args:
        user: Their id in Teams.
        conversation: The one they have with our bot.
        aad_object_id: What Microsoft Entra calls them.
        at: Now.

    Returns:
        None when nobody here has their address.

    Raises:
        ChannelDown: Teams did not say who they are.

    Cost: one query; for whoever is new or has moved a request and some more.
    """
    link = ChannelLink.objects.filter(channel=NAME, address=user).select_related("person").first()
    if link is not None and is_still_theirs(link) and conversation_of(link) == conversation:
        return link
    people = (person_with_email(email) for email in verified_emails(conversation, user))
    person = next(filter(None, people), None)
    if person is None:
        return None
    details = {
        "service_url": conversation.service_url,
        "conversation": conversation.id,
        "aad_object_id": aad_object_id,
    }
    return keep_link(person=person, channel=NAME, address=user, details=details, at=at)
