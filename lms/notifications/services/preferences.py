"""Changing what one gets, when and where. It holds at once: what is queued is looked at again when it is sent."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from lms.core.services import write_audit_entry
from lms.notifications.channels import CHANNELS, FALLBACK
from lms.notifications.channels.base import ChannelDown
from lms.notifications.models import Delivery, DeliveryPreferences, TypePreference
from lms.notifications.registry import all_ledgers
from lms.notifications.selectors.preferences import (
    INBOX,
    MESSAGE,
    delivery_preferences_of,
    what_is_wanted,
)
from lms.notifications.services.planning import plan_digest_again
from lms.notifications.slots import is_quiet_hour
from lms.people.models import User
from lms.people.selectors import today_of

LONGEST_PAUSE = timedelta(days=366)
MOST_MESSAGES = 14


@dataclass(frozen=True)
class ReachWish:
    """When and where somebody wants to be reached; hours are 0 to 23 in their own zone."""

    channel: str
    digest_hour: int
    quiet_from: int
    quiet_to: int
    weekly_cap: int


def set_reach(*, person: User, wish: ReachWish, at: datetime) -> None:
    """Save when and where somebody is reached, and let what is queued follow.

    Raises:
        ActionRefused: The channel does not know them or is not there, or the digest would come in their quiet hours.
    """
    before = delivery_preferences_of(person)
    if wish.channel != before.channel:
        check_channel(person=person, name=wish.channel)
    if is_quiet_hour(wish.digest_hour, wish.quiet_from, wish.quiet_to):
        raise ActionRefused(quiet_hour_refusal(wish.digest_hour, wish), field="digest_hour")
    changed = {name: value for name, value in asdict(wish).items() if getattr(before, name) != value}
    if not changed:
        return
    with transaction.atomic():
        DeliveryPreferences.objects.update_or_create(person=person, defaults=changed)
        _note(person, "set_reach", {name: getattr(before, name) for name in changed}, changed, at)
        if "channel" in changed:
            for ledger in all_ledgers().values():
                ledger.rows.filter(recipient=person, state=Delivery.State.QUEUED).update(channel=wish.channel)
        plan_digest_again(person=person, now=at)


def quiet_hour_refusal(hour: int, wish: ReachWish) -> str:
    """Return why something cannot come at an hour."""
    told = _(
        "%(hour)02d:00 lies in your quiet hours, %(from)02d:00 to %(to)02d:00. Choose another hour, or change "
        "the quiet hours."
    )
    return told % {"hour": hour, "from": wish.quiet_from, "to": wish.quiet_to}


def check_channel(*, person: User, name: str) -> None:
    """See that somebody can be reached on a channel. It may be asked over the network, so call it in no transaction.

    Raises:
        ActionRefused: It is not there, does not answer, or does not know them.
    """
    channel = CHANNELS.get(name)
    if channel is None or not channel.is_set_up():
        raise ActionRefused(_("This way to reach you does not exist here any more."), field="channel")
    if name == FALLBACK:
        return
    facts = {"channel": channel.label, "email": person.email}
    try:
        is_known = person.pk in channel.addresses_of([person])
    except ChannelDown:
        told = _("%(channel)s does not answer at the moment. Nothing has changed; try again later.")
        raise ActionRefused(told % facts, field="channel") from None
    if not is_known:
        told = _(
            "%(channel)s knows nobody with the address %(email)s. Add that address to your account there, "
            "then choose it again."
        )
        raise ActionRefused(told % facts, field="channel")


@transaction.atomic
def set_pause(*, person: User, until: date | None, at: datetime) -> None:
    """Reach somebody no more before a day, or again from now on; required training waits as well.

    Args:
        person: Whom.
        until: The first day on which they are reached again; None to end a pause.
        at: Now.

    Raises:
        ActionRefused: The day is not in the future, or more than a year away.
    """
    today = today_of(person, at)
    if until is not None and until <= today:
        raise ActionRefused(_("Choose a day after today."), field="until")
    if until is not None and until - today > LONGEST_PAUSE:
        raise ActionRefused(
            _("A pause lasts a year at most. Stop what you do not want instead."), field="until"
        )
    before = delivery_preferences_of(person).paused_until
    if before == until:
        return
    DeliveryPreferences.objects.update_or_create(person=person, defaults={"paused_until": until})
    _note(person, "pause", {"paused_until": before}, {"paused_until": until}, at)
    plan_digest_again(person=person, now=at)


@transaction.atomic
def set_types(*, person: User, wanted: Mapping[tuple[str, str], bool], at: datetime) -> int:
    """Save which types come where; returns how many of them changed.

    Args:
        person: Whose.
        wanted: For names of types and a place, "message" or "inbox", whether they come; what is required stays.
        at: Now.
    """
    changes: dict[tuple[str, str], bool] = {}
    for choice in what_is_wanted(person).choices:
        for place, holds in ((MESSAGE, choice.message), (INBOX, choice.inbox)):
            wish = wanted.get((choice.type.name, place), holds)
            can_be_chosen = place == MESSAGE or not choice.type.is_own_message
            if wish != holds and can_be_chosen and not choice.type.is_required:
                changes[choice.type.name, place] = wish
    for (name, place), wish in changes.items():
        TypePreference.objects.update_or_create(
            person=person, type=name, place=place, defaults={"is_wanted": wish}
        )
    if changes:
        told = {f"{name} ({place})": wish for (name, place), wish in changes.items()}
        _note(person, "set_types", {name: not wish for name, wish in told.items()}, told, at)
        plan_digest_again(person=person, now=at)
    return len(changes)


def _note(person: User, what: str, before: dict[str, Any], after: dict[str, Any], at: datetime) -> None:
    write_audit_entry(
        actor=person.as_actor,
        action=f"notifications.{what}",
        object_type="person",
        object_id=str(person.public_id),
        before=before,
        after=after,
        at=at,
    )
