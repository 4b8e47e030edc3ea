"""Claiming credentials to an address of one's own, so that they stay within reach when the account ends."""

from datetime import datetime

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from badges.models import Award, HolderLetter, PersonalAddress
from badges.services.addressing import sign_anew
from badges.services.history import actor_name
from badges.services.letters import LETTERS, SALTS
from badges.services.telling import tell_claimed
from lms.core.errors import ActionRefused
from lms.core.nudges import nudge_on_commit
from lms.core.services import write_audit_entry
from lms.people.models import User

Kind = HolderLetter.Kind


class NoSuchLetter(ActionRefused):
    """A link is cut off, has ended, or a newer one took its place."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("This link does not work any more. Ask for a new one."))


@transaction.atomic
def start_claim(*, person: User, address: str, actor: User, at: datetime) -> HolderLetter:
    """Send a link to an address; nothing changes before whoever reads the mail confirms it. Earlier links end.

    Whether the address keeps somebody else's credentials is not said here: only who reads its mail learns it.

    Args:
        person: Whose credentials.
        address: Their own address.
        actor: The person, or an administrator once they have left.
        at: Now.

    Raises:
        ActionRefused: It is no address, or one of the company's, or an administrator asks for somebody who can do it
            themselves; or there is nothing to claim.
    """
    address = address.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise ActionRefused(
            _("Enter a whole e-mail address, such as ada@home.example."), field="address"
        ) from None
    if User.objects.filter(email__iexact=address).exists():
        raise ActionRefused(
            _("That is a work address, which ends with the job. Enter one of their own.")
            if actor != person
            else _("That is a work address, which ends with the job. Enter one of your own."),
            field="address",
        )
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if actor != person and person.status != User.Status.LEFT:
        raise ActionRefused(_("%(name)s works here and can do this under My record.") % {"name": person})
    if not Award.objects.of(person).exists():
        raise ActionRefused(_("There is no credential to keep yet."))
    HolderLetter.objects.filter(person=person, kind=Kind.CLAIM, used_at=None).delete()
    letter = HolderLetter.objects.create(kind=Kind.CLAIM, address=address, person=person, made_at=at)
    _audit("start_claim", person, actor, at)
    nudge_on_commit(LETTERS)
    return letter


def read_claim(*, token: str, at: datetime) -> HolderLetter:
    """Return the letter whose link somebody follows to confirm an address.

    Raises:
        NoSuchLetter: The link is cut off, has ended, was used, or a newer one took its place.
    """
    letter = find_letter(token=token, kind=Kind.CLAIM, at=at)
    if letter.used_at is not None or letter.person is None:
        raise NoSuchLetter
    return letter


def find_letter(*, token: str, kind: str, at: datetime) -> HolderLetter:
    """Return the letter that a link names, while the link works.

    Raises:
        NoSuchLetter: There is none.
    """
    try:
        public_id = signing.loads(token, salt=SALTS[kind])
    except signing.BadSignature:
        raise NoSuchLetter from None
    letters = HolderLetter.objects.select_related("person")
    letter: HolderLetter | None = letters.filter(public_id=public_id, kind=kind).first()
    if letter is None or at >= letter.ends_at:
        raise NoSuchLetter
    return letter


def confirm_claim(*, letter: HolderLetter, at: datetime) -> PersonalAddress:
    """Let the credentials of a person name an address that they have confirmed, in place of an earlier one.

    Raises:
        ActionRefused: The link was used or has ended, or the address keeps the credentials of somebody else.
    """
    try:
        with transaction.atomic():
            return _confirm(letter, at)
    except IntegrityError:
        raise ActionRefused(
            _("This address keeps the credentials of somebody else. Give it up there, or use another one.")
        ) from None


def _confirm(letter: HolderLetter, at: datetime) -> PersonalAddress:
    open_now = HolderLetter.objects.select_for_update(of=("self",)).select_related("person")
    locked = open_now.filter(pk=letter.pk, used_at=None).first()
    if locked is None or locked.person is None or at >= locked.ends_at:
        raise NoSuchLetter
    person: User = locked.person
    # Not the same row with another address: what the earlier one has opened is closed.
    PersonalAddress.objects.filter(person=person).delete()
    confirmed = PersonalAddress.objects.create(person=person, address=locked.address, confirmed_at=at)
    locked.used_at = at
    locked.save(update_fields=["used_at"])
    sign_anew(people=[person], actor=person, at=at)
    tell_claimed(address=confirmed, at=at)
    _audit("confirm_claim", person, person, at)
    return confirmed


@transaction.atomic
def give_up_address(*, person: User, at: datetime) -> bool:
    """Let credentials forget a person's own address, and end what waits for it; returns whether there was one."""
    HolderLetter.objects.filter(person=person).delete()
    given_up, _rows = PersonalAddress.objects.filter(person=person).delete()
    if given_up:
        sign_anew(people=[person], actor=person, at=at)
        _audit("give_up_address", person, person, at)
    return bool(given_up)


def _audit(action: str, person: User, actor: User, at: datetime) -> None:
    """Write who did it, and not the address: what is written there can never be erased."""
    write_audit_entry(
        actor=actor_name(actor),
        action=f"badges.{action}",
        object_type="people.user",
        object_id=str(person.public_id),
        at=at,
    )
