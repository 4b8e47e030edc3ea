"""Each slot of a schedule is worked off once, however many beats there are."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings

from lms.core.models import ScheduleRun
from lms.core.selectors import last_runs
from lms.core.services import claim_slot
from lms.notifications import tasks as notification_tasks
from lms.tips import tasks as tip_tasks

pytestmark = pytest.mark.django_db
FIVE = timedelta(minutes=5)


def claim(at, name="plan-digests", every=FIVE):
    return claim_slot(name=name, every=every, at=at)


def test_of_two_beats_one_takes_the_slot(noon):
    assert [claim(noon), claim(noon + timedelta(minutes=4, seconds=59))] == [True, False]
    assert claim(noon + FIVE) is True


def test_schedules_do_not_know_of_each_other(noon):
    assert [claim(noon), claim(noon, name="plan-tips")] == [True, True]


def test_slots_begin_at_the_same_moments_for_every_process(noon):
    claim(noon + timedelta(seconds=200))

    assert ScheduleRun.objects.get().slot == noon


def test_the_last_run_of_each_schedule_is_known(noon):
    for minutes in (0, 5, 10):
        claim(noon + timedelta(minutes=minutes, seconds=3))

    assert last_runs() == {"plan-digests": noon + timedelta(minutes=10, seconds=3)}


def test_runs_older_than_a_day_are_removed(noon):
    claim(noon - timedelta(days=1, minutes=5))
    claim(noon - timedelta(days=1))
    claim(noon)

    assert ScheduleRun.objects.count() == 2


def test_a_clock_that_was_set_back_stops_nothing(noon):
    for minutes in range(0, 60, 5):
        claim(noon + timedelta(minutes=minutes))

    back = [claim(noon + timedelta(minutes=minutes)) for minutes in range(0, 30, 5)]

    assert back == [True] * 6


def test_a_clock_that_runs_a_little_behind_does_nothing_twice(noon):
    claim(noon)
    claim(noon + FIVE)

    assert claim(noon + timedelta(minutes=4)) is False


@pytest.mark.parametrize(
    ("name", "every"),
    [
        ("wake-senders", notification_tasks.SWEEP),
        ("plan-digests", notification_tasks.PLANNING),
        ("plan-tips", tip_tasks.PLANNING),
    ],
)
def test_slots_are_as_long_as_beat_waits(name, every):
    assert settings.CELERY_BEAT_SCHEDULE[name]["schedule"] == every.total_seconds()


def test_a_second_beat_plans_and_wakes_nothing(weekly, tip_factory, ada, tell, senders_asked, at_moment):
    at_moment(datetime(2026, 11, 24, 8, 0, tzinfo=UTC))
    tip_factory()
    tell(ada, at=datetime(2026, 11, 24, 7, 0, tzinfo=UTC))

    planned = [tip_tasks.plan_tips(), tip_tasks.plan_tips()]
    digests = [notification_tasks.plan_digests(), notification_tasks.plan_digests()]
    at_moment(datetime(2026, 11, 24, 9, 30, tzinfo=UTC))
    for _beat in range(2):
        notification_tasks.wake_senders()

    assert (planned, digests) == ([2, 0], [1, 0])  # Ada and Linus get a tip
    assert senders_asked == ["email"]


@pytest.fixture
def at_moment():
    travellers = []

    def travel(moment):
        travellers.append(time_machine.travel(moment, tick=False))
        travellers[-1].start()

    yield travel
    for traveller in reversed(travellers):
        traveller.stop()


@pytest.fixture
def senders_asked(monkeypatch):
    """The channels for which senders were asked."""
    asked = []
    monkeypatch.setattr(
        notification_tasks.send, "apply_async", lambda args, **_options: asked.append(args[0])
    )
    return asked
