"""Who somebody is on a channel: kept once they were found, found again when their e-mail address has changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from lms.notifications.models import ChannelLink
from lms.people.models import User


def links_of(people: Sequence[User], channel: str) -> dict[int, ChannelLink]:
    """Return the link of each person that has one and still has the address it was found by; one query."""
    emails = {person.pk: person.email.lower() for person in people}
    links = ChannelLink.objects.filter(channel=channel, person__in=emails)
    return {link.person_id: link for link in links if link.details.get("email") == emails[link.person_id]}


def linked_person(channel: str, address: str) -> User | None:
    """Return whose id on a channel that is; None when nobody's here now. One query."""
    links = ChannelLink.objects.filter(channel=channel, address=address).select_related("person")
    link = links.first()
    return link.person if link and is_still_theirs(link) else None


def is_still_theirs(link: ChannelLink) -> bool:
    """Whether a person is here and has the e-mail address by which they were found."""
    person = link.person
    return person.status == User.Status.ACTIVE and link.details.get("email") == person.email.lower()


def person_with_email(email: str) -> User | None:
    """Return the person here who has an address; None when there is none. One query."""
    if not email:
        return None
    people: Any = User.objects.filter(email__iexact=email, status=User.Status.ACTIVE)
    person: User | None = people.first()
    return person


@transaction.atomic
def keep_link(
    *, person: User, channel: str, address: str, at: datetime, details: dict[str, Any] | None = None
) -> ChannelLink:
    """Keep who somebody is on a channel; whoever had that id before them has it no longer.

    Args:
        person: Found by their verified e-mail address.
        channel: Its name.
        address: Their id there.
        at: Now.
        details: What sending needs beside the id.
    """
    ChannelLink.objects.filter(channel=channel, address=address).exclude(person=person).delete()
    link, _created = ChannelLink.objects.update_or_create(
        person=person,
        channel=channel,
        defaults={
            "address": address,
            "details": {**(details or {}), "email": person.email.lower()},
            "linked_at": at,
        },
    )
    return link


def forget_link(*, channel: str, address: str) -> int:
    """Forget that somebody has an id on a channel; returns how many links that were, 0 or 1."""
    return ChannelLink.objects.filter(channel=channel, address=address).delete()[0]
