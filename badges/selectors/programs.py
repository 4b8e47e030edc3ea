"""Programs that may ask people to be let in, and those that a person has let in."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from allauth.idp.oidc.models import Client, Token
from django.db.models import Count, Max, Min, Q, QuerySet

from badges.scopes import ADDRESS
from lms.people.models import User


def programs() -> QuerySet[Client]:
    """Return the programs that may ask to read credentials, by name; machines and other programs are none of them.

    Each has `people`: how many have let it in and not ended that. One query.
    """
    asking = Client.objects.filter(
        grant_types__contains=Client.GrantType.AUTHORIZATION_CODE, scopes__contains=ADDRESS
    )
    people = Count("token__user", filter=Q(token__in=Token.objects.valid()), distinct=True)
    rows: QuerySet[Client] = asking.annotate(people=people).order_by("name", "pk")
    return rows


@dataclass(frozen=True)
class LetIn:
    """A program that a person has let in.

    Attributes:
        program: Which one.
        scopes: What it may read, in the order in which they are registered.
        since: When it was let in.
        until: When that ends if the program does not come back before; None for never.
    """

    program: Client
    scopes: list[str]
    since: datetime
    until: datetime | None


def programs_let_in(person: User) -> list[LetIn]:
    """Return the programs that hold a valid token of a person, by name; one query, two when there are any."""
    valid = Token.objects.valid().filter(user=person)
    own = Client.objects.filter(pk__in=valid.values("client")).annotate(
        # What has expired is kept, so the oldest one says since when.
        since=Min("token__created_at", filter=Q(token__user=person)),
        until=Max("token__expires_at", filter=Q(token__user=person)),
    )
    found = list(own.order_by("name", "pk"))
    scopes: dict[str, set[str]] = defaultdict(set)
    for token in valid.filter(client__in=found) if found else ():
        scopes[token.client_id].update(token.get_scopes())
    return [
        LetIn(
            each, [scope for scope in each.get_scopes() if scope in scopes[each.pk]], each.since, each.until
        )
        for each in found
    ]


def programs_of(person: User) -> QuerySet[Client]:
    """Return the programs that hold or held a token of a person."""
    rows: QuerySet[Client] = Client.objects.filter(pk__in=Token.objects.filter(user=person).values("client"))
    return rows
