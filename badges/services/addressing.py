"""Which addresses credentials name, as fingerprints: whenever that changes they are signed anew, with the same id."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from badges.models import Award, AwardEvent, WorkAddress
from badges.selectors.holders import has_moved
from badges.services.history import actor_name
from badges.services.issuers import SIGN
from lms.core.nudges import nudge_on_commit
from lms.people.batches import BATCH
from lms.people.models import User


def follow_work_addresses(*, at: datetime) -> int:
    """Let credentials name the work address that their holders have now beside those before; returns whose.

    Compared, and not told by whoever changes people: an address that was changed in any way is found. Running it twice
    changes nothing.
    """
    followed = 0
    while people := list(has_moved().order_by("pk")[:BATCH]):
        with transaction.atomic():
            note_work_addresses(people=people, at=at)
            sign_anew(people=people, actor=None, at=at)
        followed += len(people)
    return followed


def note_work_addresses(*, people: Iterable[User], at: datetime) -> None:
    """Keep the present address of people as one that their credentials name; one query."""
    rows = [WorkAddress(person=person, address=person.email, since=at) for person in people]
    WorkAddress.objects.bulk_create(rows, ignore_conflicts=True)


def sign_anew(*, people: Collection[User], actor: User | None, at: datetime) -> int:
    """Let the credentials of people be signed anew with the addresses that hold now; returns how many.

    Call it in the transaction of what changed. Files that people keep heal where verifiers refresh.
    """
    own = Award.objects.filter(recipient__in=people).exclude(state=Award.State.SUPERSEDED)
    keys = list(own.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    Award.objects.filter(recipient__in=people).exclude(state=Award.State.SUPERSEDED).update(
        sequence=F("sequence") + 1
    )
    by = actor_name(actor)
    AwardEvent.objects.bulk_create(
        [AwardEvent(award_id=key, kind=AwardEvent.Kind.ADDRESSED, at=at, actor=by) for key in keys],
        batch_size=BATCH,
    )
    nudge_on_commit(SIGN)
    return len(keys)
