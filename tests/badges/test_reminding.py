"""Reminders before a credential expires: each once, whoever runs the round how often."""

from datetime import timedelta

import pytest

from badges.models import AwardEvent
from badges.services.reminding import note_expired, remind_of_expiry
from badges.services.renewing import renew_award
from badges.services.revoking import revoke_award


def reminded(award) -> list[int]:
    events = award.events.filter(kind=AwardEvent.Kind.REMINDED).order_by("pk")
    return [each.details["days"] for each in events]


def test_each_reminder_comes_once(awarded):
    for days_left in range(70, -3, -1):
        for _twice in range(2):
            remind_of_expiry(at=awarded.valid_until - timedelta(days=days_left))

    assert reminded(awarded) == [60, 30, 7, 0]


@pytest.mark.parametrize(
    ("days_left", "days"), [(60, 60), (59.5, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0.5, 7), (0, 0)]
)
def test_after_an_outage_only_the_nearest_reminder_comes(awarded, days_left, days):
    remind_of_expiry(at=awarded.valid_until - timedelta(days=days_left))

    assert reminded(awarded) == [days] if days else [0]


def test_nobody_is_reminded_of_what_was_revoked_or_renewed(awarded, mei):
    renew_award(award=awarded, actor=mei, at=awarded.valid_until - timedelta(days=40))

    assert remind_of_expiry(at=awarded.valid_until - timedelta(days=30)) == []


def test_after_renewal_reminders_begin_anew(awarded, mei):
    remind_of_expiry(at=awarded.valid_until - timedelta(days=60))
    renewed = renew_award(award=awarded, actor=mei, at=awarded.valid_until - timedelta(days=40))
    assert renewed.valid_until is not None
    remind_of_expiry(at=renewed.valid_until - timedelta(days=60))

    assert reminded(awarded) == [60, 60]


def test_nobody_is_reminded_of_a_revoked_one(awarded, mei, noon):
    revoke_award(award=awarded, actor=mei, at=noon, code="mistake")

    assert remind_of_expiry(at=awarded.valid_until - timedelta(days=30)) == []


def test_that_it_has_expired_is_noted_once(awarded):
    after = awarded.valid_until + timedelta(hours=3)

    assert [note_expired(at=after), note_expired(at=after)] == [1, 0]
    assert awarded.events.filter(kind="expired").count() == 1
