"""The digest: everything that waits for one person, in one message."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Case, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lms.notifications.messages import Link, Message, Part, plain
from lms.notifications.models import Digest, Notification
from lms.notifications.registry import NotWanted, Outgoing, outgoing
from lms.notifications.selectors.reach import EVERYTHING
from lms.notifications.services.stopping import stop_url

MOST_SHOWN = 20


@outgoing("digest")
class DigestLedger(Outgoing):
    """Digests: what they contain is decided when they go out."""

    model = Digest
    label = gettext_lazy("Digests")
    stop_scope = EVERYTHING

    def prepare(self, deliveries: Sequence[Digest], now: datetime) -> dict[int, list[Notification]]:
        """Put what waits into each digest, once, and return it newest first; two queries."""
        if not deliveries:
            return {}
        # One that may have arrived comes with the same words, since whoever knows it again would throw new ones away.
        fresh = [each for each in deliveries if each.doubted_at is None]
        people = [each.recipient_id for each in fresh]
        waiting = Notification.objects.waiting().filter(recipient__in=people, at__lte=now)
        if fresh:
            waiting.update(digest=Case(*(When(recipient=each.recipient_id, then=each.pk) for each in fresh)))
        found: dict[int, list[Notification]] = {each.pk: [] for each in deliveries}
        told = Notification.objects.filter(digest__in=deliveries).still_news()
        for row in told.order_by("-is_required", "-at", "-pk"):
            found[row.digest_id].append(row)
        return found

    def dropped(self, deliveries: Sequence[Digest]) -> None:
        """Let what was in digests that nobody wants any more wait for the next, of which the inbox knows more then."""
        Notification.objects.filter(digest__in=deliveries).update(digest=None)

    def compose(self, delivery: Any, prepared: dict[int, list[Notification]]) -> Message:
        """Return the message of one digest.

        Raises:
            NotWanted: Nothing waits any more.
        """
        told = prepared[delivery.pk]
        if not told:
            raise NotWanted(_("Everything in it was read on the page meanwhile, or stopped."))
        shown = told[:MOST_SHOWN]
        parts = [_part(each) for each in shown]
        if left := len(told) - len(shown):
            more = ngettext("And %(number)s more.", "And %(number)s more.", left) % {"number": left}
            parts.append(Part("", (plain(more),), (Link(_("Open your inbox"), _url(reverse("inbox"))),)))
        return Message(
            subject=_subject(told),
            parts=tuple(parts),
            why=_("You get one such message a day at most, when something concerns you."),
            footer=(
                Link(_("Change what you get, and when"), _url(reverse("settings-messages"))),
                Link(_("Stop these messages"), stop_url(delivery, EVERYTHING)),
            ),
            stop_url=stop_url(delivery, EVERYTHING),
        )


def _subject(told: Sequence[Notification]) -> str:
    first = told[0].title
    if len(told) == 1:
        return first
    others = len(told) - 1
    return ngettext("%(first)s, and %(others)s more", "%(first)s, and %(others)s more", others) % {
        "first": first,
        "others": others,
    }


def _part(told: Notification) -> Part:
    text = (plain(told.text),) if told.text else ()
    links = (Link(_("Open"), _url(told.path)),) if told.path else ()
    return Part(told.title, text, links)


def _url(path: str) -> str:
    return settings.BASE_URL + path
