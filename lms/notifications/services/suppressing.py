"""Addresses that get no mail, as far as administrators decide: mail servers add those that they refuse."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from lms.core.services import write_audit_entry
from lms.notifications.messages import without_addresses
from lms.notifications.models import Suppression
from lms.people.models import User


@transaction.atomic
def stop_mail_to(*, address: str, reason: str, said: str, actor: User, at: datetime) -> None:
    """Send no more mail to an address: its bounce came as a mail, later, or its owner complained to their provider.

    Args:
        address: A valid one.
        reason: A `Suppression.Reason`.
        said: What the bounce or the complaint said; may be empty.
        actor: Who decides.
        at: Now.

    Raises:
        ActionRefused: It gets none already.
    """
    row, is_new = Suppression.objects.get_or_create(
        address=address.lower(), defaults={"reason": reason, "said": said[:500], "at": at}
    )
    if not is_new:
        raise ActionRefused(_("This address gets no mail already. Nothing has changed."), field="address")
    _note("stop_mail", row, None, _facts(row), actor, at)


@transaction.atomic
def mail_works_again(*, address: str, actor: User, at: datetime) -> None:
    """Send mail to an address again.

    Raises:
        ActionRefused: Nothing kept it from getting mail.
    """
    found = Suppression.objects.filter(address=address)
    row = found.first()
    if row is None:
        raise ActionRefused(_("This address gets mail already. Nothing has changed."))
    found.delete()
    _note("mail_works", row, _facts(row), None, actor, at)


def _facts(row: Suppression) -> dict[str, Any]:
    return {"reason": row.reason, "said": without_addresses(row.said)}


def _note(
    what: str,
    row: Suppression,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    actor: User,
    at: datetime,
) -> None:
    # The trail stays when a person goes, and must not keep their address.
    person = User.objects.filter(email__iexact=row.address).first()
    write_audit_entry(
        actor=actor.as_actor,
        action=f"notifications.{what}",
        object_type="people.user" if person else "notifications.address",
        object_id=str(person.public_id) if person else sha256(row.address.encode()).hexdigest()[:16],
        before=before,
        after=after,
        at=at,
    )
