"""Sending a draft to its author, to see it where it will be read. It is no delivery: nothing about it is kept."""

import uuid
from dataclasses import replace

from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from lms.notifications.channels import CHANNELS, FALLBACK
from lms.notifications.channels.base import (
    ChannelDown,
    Envelope,
    Handing,
    MayHaveArrived,
    NotAccepted,
    TryLater,
)
from lms.people.models import User
from lms.tips.messages import sample_message
from lms.tips.models import Tip


def send_test(*, tip: Tip, author: User, page: str) -> None:
    """Mail a tip, as it is, to its author, at once and marked as a test.

    Args:
        tip: The draft.
        author: To whom it goes, and to nobody else.
        page: Where its links lead.

    Raises:
        ActionRefused: The mail server did not take it; says what it said.
    """
    message = sample_message(tip, page=page)
    subject = _("[Test] %(subject)s") % {"subject": message.subject}
    envelope = Envelope(uuid.uuid4(), author.email, str(author), replace(message, subject=subject))
    try:
        with CHANNELS[FALLBACK].connected() as connection:
            connection.hand_over(envelope, Handing())
    except MayHaveArrived:
        raise ActionRefused(
            _("The mail server hung up in mid-sentence: the test may have arrived. Your draft is saved.")
        ) from None
    except (ChannelDown, NotAccepted, TryLater) as why:
        raise ActionRefused(
            _(
                "No test was sent: the mail server did not take it. Your draft is saved. Tell whoever runs"
                " Praxis what it said: %(said)s"
            )
            % {"said": why}
        ) from None
