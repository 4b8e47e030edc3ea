"""Trying again what did not arrive, as an administrator decides."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from lms.core.services import write_audit_entry
from lms.notifications.models import Delivery
from lms.notifications.querysets import DeliveryQuerySet
from lms.notifications.registry import Outgoing
from lms.people.models import User

FRESH = {"state": Delivery.State.QUEUED, "attempts": 0, "begun_at": None, "lease": None, "lease_until": None}


@transaction.atomic
def try_again(*, ledger: Outgoing, name: str, uuid: UUID, is_sure: bool, actor: User, at: datetime) -> None:
    """Queue one message again.

    Args:
        ledger: Where it stands.
        name: Of the ledger.
        uuid: Which.
        is_sure: Whether one that may have arrived is sent all the same.
        actor: Who decides.
        at: Now.

    Raises:
        ActionRefused: It is under way or done, its time is over, or it is doubtful and nobody is sure.
    """
    rows = ledger.rows.lost().filter(uuid=uuid)
    row = rows.first()
    if row is None:
        raise ActionRefused(_("This message is no longer among those that did not arrive."))
    if row.state == Delivery.State.UNKNOWN and not is_sure:
        raise ActionRefused(
            _("This message may have arrived. Confirm that it may come twice, then try again.")
        )
    if not _queue(rows.filter(state=row.state), at):
        raise ActionRefused(_("Its time is over: it is not worth sending any more."))
    _note(name, str(uuid), {"state": row.state, "reason": row.reason}, {"state": "queued"}, actor, at)


@transaction.atomic
def try_all_again(*, ledger: Outgoing, name: str, is_doubtful: bool, actor: User, at: datetime) -> int:
    """Queue everything again that was not sent, or that is doubtful; returns how many.

    What is not worth sending any more stays where it is.

    Args:
        ledger: Where it stands.
        name: Of the ledger.
        is_doubtful: Whether those are meant that may have arrived.
        actor: Who decides.
        at: Now.
    """
    state = Delivery.State.UNKNOWN if is_doubtful else Delivery.State.FAILED
    number = _queue(ledger.rows.lost().filter(state=state), at)
    if number:
        _note(name, "*", {"state": state}, {"state": "queued", "messages": number}, actor, at)
    return number


def _queue(rows: DeliveryQuerySet, at: datetime) -> int:
    return rows.worth_sending(at).update(**FRESH, due_at=at)


def _note(
    ledger: str, which: str, before: dict[str, object], after: dict[str, object], actor: User, at: datetime
) -> None:
    write_audit_entry(
        actor=actor.as_actor,
        action="notifications.try_again",
        object_type="notifications.ledger",
        object_id=f"{ledger}:{which}",
        before=before,
        after=after,
        at=at,
    )
