"""Words that people write to us in a chat, as far as they are about messages themselves."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.notifications.messages import Link, Message, Part, plain
from lms.notifications.registry import message_command
from lms.notifications.services.pausing import pause_messages
from lms.people.models import User

DAYS = 7


@message_command("pause", label=gettext_lazy("no messages for a week"))
def pause(person: User, at: datetime) -> Message:
    """Leave somebody alone for a week, and say until when."""
    until = pause_messages(person=person, days=DAYS, at=at)
    told = _("You get no messages before %(day)s.") % {"day": formats.date_format(until, "l, j F")}
    settings_page = Link(_("Change what you get, and when"), settings.BASE_URL + reverse("settings"))
    return Message(subject=told, parts=(Part("", (plain(told),), (settings_page,)),), why="")
