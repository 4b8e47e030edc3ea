"""Claims of workers: nobody has a row twice, and what a lost worker leaves is settled."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from lms.notifications.channels import CHANNELS
from lms.notifications.models import Delivery, Digest, Notification
from lms.notifications.services.sending import send_due, settle_left_behind

pytestmark = pytest.mark.django_db
State = Delivery.State
LATER = timedelta(minutes=2)


def claimed(digest, person, noon, **fields):
    row = digest(person)
    Digest.objects.filter(pk=row.pk).update(
        state=State.SENDING, lease=uuid4(), lease_until=noon + timedelta(seconds=60), **fields
    )
    Notification.objects.update(digest=row)
    return row


def test_what_a_lost_worker_had_not_begun_is_sent_by_another(mailbox, digest, ada, send_mail_due, noon):
    claimed(digest, ada, noon)

    assert settle_left_behind(now=noon + timedelta(seconds=59)) == 0
    assert settle_left_behind(now=noon + timedelta(seconds=61)) == 1

    assert send_mail_due(noon + LATER) == 1
    assert mailbox.recipients == [ada.email]


def test_what_a_lost_worker_was_handing_over_is_sent_once_more_and_keeps_the_mark(
    mailbox, digest, ada, send_mail_due, noon
):
    row = claimed(digest, ada, noon, begun_at=noon)

    settle_left_behind(now=noon + timedelta(seconds=61))
    send_mail_due(noon + LATER)

    row.refresh_from_db()
    assert (row.state, row.doubted_at) == (State.SENT, noon)
    assert [mail.parsed["Message-ID"] for mail in mailbox.accepted] == [f"<{row.uuid}@localhost>"]


def test_what_has_cost_two_workers_is_not_tried_a_third_time(mailbox, digest, ada, send_mail_due, noon):
    row = claimed(digest, ada, noon, begun_at=noon, doubted_at=noon - LATER)

    settle_left_behind(now=noon + timedelta(seconds=61))
    send_mail_due(noon + LATER)

    row.refresh_from_db()
    assert row.state == State.UNKNOWN
    assert mailbox.accepted == []


def test_where_a_repetition_is_not_known_as_one_it_stays_in_doubt(digest, ada, noon):
    row = claimed(digest, ada, noon, begun_at=noon)
    Digest.objects.update(channel="slack")

    settle_left_behind(now=noon + timedelta(seconds=61))

    row.refresh_from_db()
    assert (row.state, row.doubted_at) == (State.UNKNOWN, noon)


def test_a_row_whose_claim_another_worker_took_over_is_not_handed_over(ada, digest, noon):
    row = digest(ada)
    mine, theirs = uuid4(), uuid4()
    rows = Digest.objects
    rows.claim(channel="email", lease=mine, now=noon, until=noon, limit=1)
    rows.filter(pk=row.pk).update(lease=theirs)

    assert not rows.all().hand_over(row=row.pk, lease=mine, at=noon, sent=None, provider_id="")

    row.refresh_from_db()
    assert (row.lease, row.begun_at) == (theirs, None)


def test_two_workers_never_claim_the_same_row(digest, person_factory, noon):
    for _ in range(6):
        digest(person_factory())
    until = noon + timedelta(seconds=60)

    def claim(limit: int) -> set[UUID]:
        rows = Digest.objects.claim(channel="email", lease=uuid4(), now=noon, until=until, limit=limit)
        return {row.uuid for row in rows}

    first, second, third = claim(4), claim(4), claim(4)

    assert (len(first), len(second), len(third)) == (4, 2, 0)
    assert not first & second


def test_a_turn_that_is_over_gives_the_rest_back(mailbox, digest, person_factory, noon):
    for _ in range(5):
        digest(person_factory())
    moments = iter([noon] * 9 + [noon + timedelta(seconds=61)] * 20)

    send_due(channel=CHANNELS["email"], now=lambda: next(moments), until=noon + timedelta(seconds=60))

    assert 0 < len(mailbox.accepted) < 5
    assert set(Digest.objects.values_list("state", flat=True)) == {State.QUEUED, State.SENT}
    assert not Digest.objects.filter(state=State.SENDING).exists()


def test_a_claim_that_a_wrong_clock_made_endless_is_freed(digest, ada, noon):
    row = claimed(digest, ada, noon)
    Digest.objects.filter(pk=row.pk).update(lease_until=noon + timedelta(days=365))

    assert settle_left_behind(now=noon) == 1

    row.refresh_from_db()
    assert (row.state, row.lease) == (State.QUEUED, None)
