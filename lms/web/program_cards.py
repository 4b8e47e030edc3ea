"""Programs that read credentials, in words: for the person who let them in, and for administrators."""

from dataclasses import dataclass
from datetime import datetime

from badges.scopes import SCOPES
from badges.selectors.programs import programs_let_in
from lms.people.models import User


@dataclass(frozen=True)
class LetInCard:
    """One program that the person has let in.

    Attributes:
        reads: What it may read, as the person agreed to it.
        until: When that ends if it does not come back before; None for never.
    """

    id: str
    name: str
    reads: list[str]
    since: datetime
    until: datetime | None


def let_in_cards(person: User) -> list[LetInCard]:
    """Return what a person has let in, by name; one query, two when there is anything."""
    return [
        LetInCard(
            each.program.pk,
            each.program.name,
            [str(SCOPES.get(scope, scope)) for scope in each.scopes],
            each.since,
            each.until,
        )
        for each in programs_let_in(person)
    ]
