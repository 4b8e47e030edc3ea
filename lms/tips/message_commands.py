"""What people can ask of our bot about tips."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.core.errors import ActionRefused
from lms.notifications.messages import Message
from lms.notifications.registry import message_command
from lms.people.models import User
from lms.tips.messages import Written, tip_message
from lms.tips.selectors.own import tips_had


@message_command("tip", label=gettext_lazy("your newest tip, to read or to answer"))
def newest_tip(person: User, at: datetime) -> Message:
    """Return the newest tip that somebody has had, with its question while they have not answered it.

    Raises:
        ActionRefused: They have had none yet.
    """
    related = ("tip__lesson", "tip__exercise", "recipient")
    newest = tips_had(person, at).select_related(*related).order_by("-week").first()
    if newest is None:
        raise ActionRefused(_("You have had no tip yet. The first one comes within a week."))
    recalled = Written(newest.recall.tip) if newest.recall and newest.recall.tip.live else None
    return tip_message(newest, Written(newest.tip), recalled=recalled, answer=getattr(newest, "answer", None))
