"""What did not arrive is tried again when an administrator says so; what is in doubt, only by one who is sure."""

from datetime import timedelta
from uuid import UUID

import pytest

from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.notifications.models import Suppression
from lms.notifications.registry import all_ledgers
from lms.notifications.services.retrying import try_again, try_all_again
from lms.notifications.services.suppressing import mail_works_again

pytestmark = pytest.mark.django_db


@pytest.fixture
def again(mei, noon):
    """Return a function that lets Mei try one digest again."""

    def again(row, *, is_sure=False):
        ledger = all_ledgers()["digest"]
        try_again(ledger=ledger, name="digest", uuid=row.uuid, is_sure=is_sure, actor=mei, at=noon)
        row.refresh_from_db()

    return again


def test_one_that_failed_goes_out_after_it_was_tried_again(ada, digest, again, send_mail_due, mailbox):
    row = digest(ada, state="failed", attempts=8, reason="451 Try later")

    again(row)

    assert (row.state, row.attempts) == ("queued", 0)
    assert send_mail_due() == 1
    assert mailbox.recipients == [ada.email]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id) == ("notifications.try_again", f"digest:{row.uuid}")
    assert entry.before == {"state": "failed", "reason": "451 Try later"}


def test_a_doubtful_one_needs_somebody_who_is_sure(ada, digest, again):
    row = digest(ada, state="unknown", attempts=1)

    with pytest.raises(ActionRefused, match="may have arrived"):
        again(row)
    row.refresh_from_db()
    assert row.state == "unknown"
    assert not AuditEntry.objects.exists()

    again(row, is_sure=True)
    assert row.state == "queued"


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "dropped"])
def test_what_is_under_way_or_done_is_not_tried_again(ada, digest, again, state):
    row = digest(ada, state=state)

    with pytest.raises(ActionRefused, match="no longer among those"):
        again(row, is_sure=True)

    row.refresh_from_db()
    assert row.state == state


def test_what_is_not_worth_sending_any_more_stays(ada, digest, again, noon):
    row = digest(ada, state="failed", expires_at=noon)

    with pytest.raises(ActionRefused, match="Its time is over"):
        again(row)


def test_all_that_failed_are_tried_but_neither_doubtful_nor_over_ones(ada, bruno, mei, linus, digest, noon):
    rows = [
        digest(ada, state="failed"),
        digest(bruno, state="unknown"),
        digest(mei, state="failed", expires_at=noon - timedelta(minutes=1)),
        digest(linus, state="failed"),
    ]

    number = try_all_again(
        ledger=all_ledgers()["digest"], name="digest", is_doubtful=False, actor=mei, at=noon
    )

    for row in rows:
        row.refresh_from_db()
    assert number == 2
    assert [row.state for row in rows] == ["queued", "unknown", "failed", "queued"]
    assert AuditEntry.objects.get().after == {"state": "queued", "messages": 2}


def test_nothing_to_try_writes_nothing(mei, noon):
    ledger = all_ledgers()["digest"]

    assert try_all_again(ledger=ledger, name="digest", is_doubtful=True, actor=mei, at=noon) == 0
    assert not AuditEntry.objects.exists()


def test_a_message_that_does_not_exist_is_refused(mei, noon):
    with pytest.raises(ActionRefused):
        try_again(
            ledger=all_ledgers()["digest"],
            name="digest",
            uuid=UUID(int=1),
            is_sure=True,
            actor=mei,
            at=noon,
        )


def test_an_address_gets_mail_again_once_somebody_says_so(ada, mei, digest, send_mail_due, noon, mailbox):
    said = f"550 5.1.1 <{ada.email}> no such user"
    Suppression.objects.create(address=ada.email, reason="bounced", said=said, at=noon)

    mail_works_again(address=ada.email, actor=mei, at=noon)
    digest(ada)

    assert send_mail_due() == 1
    entry = AuditEntry.objects.get()
    assert entry.before == {"reason": "bounced", "said": "550 5.1.1 <(address)> no such user"}
    assert (entry.object_type, entry.object_id) == ("people.user", str(ada.public_id))
    with pytest.raises(ActionRefused, match="gets mail already"):
        mail_works_again(address=ada.email, actor=mei, at=noon)


def test_of_an_address_that_is_nobodys_the_trail_keeps_nothing_that_names_it(mei, noon):
    Suppression.objects.create(address="gone@larkfield.example", reason="bounced", at=noon)

    mail_works_again(address="gone@larkfield.example", actor=mei, at=noon)

    entry = AuditEntry.objects.get()
    assert entry.object_type == "notifications.address"
    assert "gone" not in entry.object_id
