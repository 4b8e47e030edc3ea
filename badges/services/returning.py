"""Coming back to one's credentials without an account, by a link to the address of one's own."""

from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase

from badges.models import HolderLetter, PersonalAddress
from badges.selectors.holders import RETURNED
from badges.services.claiming import NoSuchLetter, find_letter
from badges.services.letters import LETTERS
from lms.core.nudges import nudge_on_commit

STAYS_OPEN = timedelta(hours=1)
"""Then the link is followed again, or a new one asked for."""


def ask_to_return(*, address: str, at: datetime) -> None:
    """Let a link be sent to an address if it keeps credentials.

    What is done here is the same for every address, and takes the same time: a worker looks whose it is.
    """
    HolderLetter.objects.create(kind=HolderLetter.Kind.RETURN, address=address.strip().lower(), made_at=at)
    nudge_on_commit(LETTERS)


def read_return(*, token: str, at: datetime) -> PersonalAddress:
    """Return the address whose link somebody follows.

    Raises:
        NoSuchLetter: The link is cut off or has ended, or the address was given up or changed since.
    """
    letter = find_letter(token=token, kind=HolderLetter.Kind.RETURN, at=at)
    own = PersonalAddress.objects.filter(person=letter.person, address=letter.address)
    address: PersonalAddress | None = own.select_related("person").first()
    if address is None:
        raise NoSuchLetter
    return address


def open_session(*, session: SessionBase, address: PersonalAddress, at: datetime) -> None:
    """Let a browser see the credentials of a holder for an hour, under a new key: who knew the old one sees nothing."""
    session.cycle_key()
    until = (at + STAYS_OPEN).timestamp()
    session[RETURNED] = {"address": str(address.public_id), "until": until}


def close_session(*, session: SessionBase) -> None:
    """Forget who came back."""
    session.pop(RETURNED, None)
