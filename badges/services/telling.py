"""Telling people what becomes of their credentials, in the transaction in which it happens."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.models import Award, Nomination, PersonalAddress
from badges.notification_types import (
    AWARDED,
    CLAIMED,
    DECIDED,
    EXPIRING,
    LAPSING,
    NOMINATED,
    RENEWED,
    REVIEW,
    REVOKED,
    TOO_FEW,
)
from lms.notifications.services.notifying import Notice, notify, notify_all
from lms.people.models import User
from lms.people.permissions import ADMINS, REVIEWERS

State = Nomination.State


def tell_awarded(*, awards: Iterable[Award], at: datetime) -> None:
    """Tell holders of what they were awarded; two queries."""
    notices = [
        _notice(
            award,
            f"{award.public_id}:awarded",
            _("You hold “%(name)s” now"),
            _("Its page has a certificate to print and files that anyone can verify."),
        )
        for award in awards
    ]
    notify_all(type=AWARDED, notices=notices, at=at)


def tell_expiring(*, awards: Iterable[tuple[Award, int]], at: datetime) -> None:
    """Remind holders of what ends in so many days, or today; two queries.

    Args:
        awards: Each with the days of the reminder, 0 for the last one.
        at: Now.
    """
    notices = []
    for award, days in awards:
        assert award.valid_until is not None, "only what expires is reminded of"
        told = (
            ngettext(
                "“%(name)s” expires within %(days)s day", "“%(name)s” expires within %(days)s days", days
            )
            if days
            else _("“%(name)s” expires today")
        )
        day = {"day": date_format(award.valid_until, "j F Y"), "days": days}
        renewal = award.can_be_renewed_at(at)
        text = _("Until %(day)s. It can be renewed now.") if renewal else _("Until %(day)s.")
        event = f"{award.public_id}:{award.cycle}:expires:{days}"
        notices.append(_notice(award, event, told, text % day, days=days))
    notify_all(type=EXPIRING, notices=notices, at=at)


def tell_lapsing(*, awards: Iterable[Award], lapses_at: datetime, at: datetime) -> None:
    """Warn holders who no longer meet what a credential asks for; two queries."""
    day = {"day": date_format(lapses_at, "j F Y")}
    notices = [
        _notice(
            award,
            f"{award.public_id}:lapses:{lapses_at.date()}",
            _("“%(name)s” lapses unless you act"),
            _("On %(day)s, if what it asks for is not met again by then. Its page says what that is.") % day,
        )
        for award in awards
    ]
    notify_all(type=LAPSING, notices=notices, at=at)


def tell_renewed(*, award: Award, at: datetime) -> None:
    """Tell the holder that a credential holds for longer; two queries."""
    until = award.valid_until
    text = _("Until %(day)s.") % {"day": date_format(until, "j F Y")} if until else ""
    event = f"{award.public_id}:{award.cycle}:renewed"
    notify_all(type=RENEWED, notices=[_notice(award, event, _("“%(name)s” is renewed"), text)], at=at)


def tell_revoked(*, awards: Iterable[Award], at: datetime) -> None:
    """Tell holders what was taken back, and the reason that everyone may read; two queries."""
    notices = [
        _notice(
            award,
            f"{award.public_id}:revoked",
            _("“%(name)s” was revoked"),
            award.revocation_text,
        )
        for award in awards
        if award.recipient_id is not None
    ]
    notify_all(type=REVOKED, notices=notices, at=at)


def tell_claimed(*, address: PersonalAddress, at: datetime) -> None:
    """Tell a person that an address keeps their credentials from now on: who mistyped it can still give it up."""
    notify(
        type=CLAIMED,
        notice=Notice(
            address.person_id,
            f"{address.public_id}:{at:%Y-%m-%dT%H:%M:%S}:claimed",
            _("An address of your own keeps your credentials now"),
            _("If it is not yours, give it up there."),
            reverse("record-address"),
        ),
        at=at,
    )


def tell_nominated(*, nomination: Nomination, at: datetime) -> None:
    """Tell somebody that a colleague put them forward; whoever did so themselves knows."""
    if nomination.nominated_by is None or nomination.nominee_id == nomination.nominated_by_id:
        return
    facts = {"colleague": nomination.nominated_by, "name": nomination.version.name}
    notify(
        type=NOMINATED,
        notice=Notice(
            nomination.nominee_id,
            f"{nomination.public_id}:nominated",
            _("%(colleague)s puts you forward for “%(name)s”") % facts,
            _("Read why, add evidence, and submit it if you want to. Nobody reviews it before."),
            reverse("nomination", args=[nomination.public_id]),
        ),
        at=at,
    )


def tell_reviewers(*, nomination: Nomination, at: datetime) -> None:
    """Tell reviewers that a nomination waits, apart from those whom it is about; three queries."""
    concerned = {nomination.nominee_id, nomination.nominated_by_id}
    reviewers: Collection[int] = (
        User.objects.current().filter(groups__name=REVIEWERS).distinct().values_list("pk", flat=True)
    )
    notices = [
        Notice(
            reviewer,
            f"{nomination.public_id}:{nomination.round}:review",
            _("A nomination for “%(name)s” waits for review") % {"name": nomination.version.name},
            path=reverse("reviews"),
        )
        for reviewer in reviewers
        if reviewer not in concerned
    ]
    notify_all(type=REVIEW, notices=notices, at=at)


def tell_too_few(*, nomination: Nomination, at: datetime) -> None:
    """Tell administrators that too few people can decide, apart from those whom it is about, and not whose it is."""
    concerned = {nomination.nominee_id, nomination.nominated_by_id}
    admins: Collection[int] = (
        User.objects.current().filter(groups__name=ADMINS).distinct().values_list("pk", flat=True)
    )
    title = _("Too few people can review a nomination for “%(name)s”") % {"name": nomination.version.name}
    text = _("It waits until more reviewers are named. Credentials in Manage says how many are missing.")
    event, path = f"{nomination.public_id}:{nomination.round}:too-few", reverse("manage-credentials")
    notices = [Notice(admin, event, title, text, path) for admin in admins if admin not in concerned]
    notify_all(type=TOO_FEW, notices=notices, at=at)


def tell_decided(*, nomination: Nomination, at: datetime) -> None:
    """Tell the nominee that it came back or was declined; what is accepted is told as an award."""
    titles: dict[str, str] = {
        State.RETURNED: _("Reviewers ask for more about “%(name)s”"),
        State.DECLINED: _("Reviewers declined “%(name)s” this time"),
    }
    title = titles.get(nomination.state)
    if title is None:
        return
    notify(
        type=DECIDED,
        notice=Notice(
            nomination.nominee_id,
            f"{nomination.public_id}:{nomination.round}:{nomination.state}",
            title % {"name": nomination.version.name},
            _("Read what they say, and what you can do."),
            reverse("nomination", args=[nomination.public_id]),
        ),
        at=at,
    )


def _notice(award: Award, event: str, title: str, text: str, **facts: int) -> Notice:
    assert award.recipient_id is not None, "nobody is told of an award whose holder was erased"
    return Notice(
        award.recipient_id,
        event,
        title % {"name": award.version.name, **facts},
        text,
        reverse("verify-award", args=[award.public_id]),
    )
