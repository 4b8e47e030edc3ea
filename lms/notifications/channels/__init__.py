"""The channels there are, by name: each a twin of the others behind `lms.notifications.channels.base`."""

from lms.notifications.channels.base import Channel
from lms.notifications.channels.email import EmailChannel
from lms.notifications.channels.slack import SlackChannel
from lms.notifications.channels.teams import TeamsChannel

FALLBACK = EmailChannel.name
"""Everybody has an e-mail address: what another channel cannot deliver goes there."""

CHANNELS: dict[str, Channel] = {
    channel.name: channel for channel in (EmailChannel(), SlackChannel(), TeamsChannel())
}


def channels_set_up() -> list[Channel]:
    """Return the channels that this installation can use."""
    return [channel for channel in CHANNELS.values() if channel.is_set_up()]
