"""Whose an address is, and who came back without an account."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Exists, OuterRef, QuerySet

from badges.models import Award, HolderLetter, PersonalAddress, WorkAddress
from lms.people.models import User

RETURNED = "credentials_holder"
"""Name in the session of who came back; `badges.services.returning` writes it."""


def addresses_of(people: Mapping[int, User]) -> dict[int, list[str]]:
    """Return the addresses that credentials of each person name, by their keys: the present one first; two queries.

    Then those that they had before, and the one of their own that they have confirmed.
    """
    named = {key: [person.email] for key, person in people.items()}
    for rows in (WorkAddress.objects.all(), PersonalAddress.objects.all()):
        own = rows.filter(person__in=people).order_by("pk").values_list("person", "address")
        for person, address in own:
            if address.lower() not in {each.lower() for each in named[person]}:
                named[person].append(address)
    return named


def personal_address_of(person: User) -> PersonalAddress | None:
    """Return the confirmed address of a person's own; None when there is none. One query."""
    return PersonalAddress.objects.filter(person=person).first()


def has_own_address(award: Award) -> bool:
    """Return whether the holder of an award has confirmed an address of their own; one query."""
    return PersonalAddress.objects.filter(person=award.recipient_id).exists()


def waiting_claim_of(person: User, *, at: datetime) -> HolderLetter | None:
    """Return the letter to an address that the person has still to confirm; None when none waits. One query."""
    letters = HolderLetter.objects.filter(person=person, kind=HolderLetter.Kind.CLAIM, used_at=None)
    letter: HolderLetter | None = letters.order_by("-pk").first()
    return letter if letter is not None and at < letter.ends_at else None


def has_moved() -> QuerySet[User]:
    """Return everyone whose credentials name addresses, and not the one that they have now."""
    known = WorkAddress.objects.filter(person=OuterRef("pk"))
    moved: QuerySet[User] = User.objects.filter(
        Exists(known), ~Exists(known.filter(address=OuterRef("email")))
    )
    return moved


def returned_holder(session: SessionBase, *, at: datetime) -> User | None:
    """Return who came back without an account in this session; None when nobody did, or their time is over.

    No query for sessions in which nobody did, else one: an address that was given up opens nothing.
    """
    entry: Any = session.get(RETURNED)
    if not isinstance(entry, dict) or at.timestamp() >= entry["until"]:
        return None
    found = PersonalAddress.objects.filter(public_id=entry["address"]).select_related("person").first()
    return found.person if found else None


def awards_of_holder(person: User) -> Sequence[Award]:
    """Return all that a person was awarded, as their own page lists it: newest first; one query."""
    related = ("achievement__issuer", "version__achievement__issuer")
    return list(Award.objects.of(person).select_related(*related))


def issuers_of(people: Collection[User]) -> list[str]:
    """Return the names of who vouches for what some people hold, each once; one query."""
    names = Award.objects.filter(recipient__in=people).order_by("achievement__issuer__name")
    return list(names.values_list("achievement__issuer__name", flat=True).distinct())
