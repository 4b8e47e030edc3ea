"""What people are told about required paths: once for each day of theirs, and managers only what is a week late."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.notifications.models import Notification
from lms.paths.models import Enrollment
from lms.paths.services.encouraging import recognize_completion, send_nudge
from lms.paths.services.telling import tell_of_required_paths

pytestmark = pytest.mark.django_db


@pytest.fixture
def required(ada, path_factory, lesson_factory, noon):
    """A path that is required of Ada, due in ten days."""
    return Enrollment.objects.create(
        learner=ada,
        path=path_factory(lesson_factory(), title="Customer data"),
        source="rule",
        is_required=True,
        enrolled_at=noon,
        due_on=date(2026, 12, 4),
        closes_on=date(2026, 12, 18),
    )


def told(**fields):
    rows = Notification.objects.filter(**fields).order_by("pk")
    return [(row.recipient.full_name, row.title) for row in rows]


def test_a_path_is_announced_and_remembered_at_seven_days_one_day_and_when_it_is_late(required, ada, noon):
    for day in range(20):
        for _ in range(2):
            tell_of_required_paths(now=noon + timedelta(days=day))

    assert told(recipient=ada) == [
        ("Ada Okafor", "“Customer data” is required of you"),
        ("Ada Okafor", "“Customer data” is due on 4 December"),
        ("Ada Okafor", "“Customer data” is due on 4 December"),
        ("Ada Okafor", "“Customer data” was due on 4 December"),
    ]
    assert [
        row.at.date().isoformat() for row in Notification.objects.filter(recipient=ada).order_by("pk")
    ] == [
        "2026-11-24",
        "2026-11-27",
        "2026-12-03",
        "2026-12-05",
    ]
    assert set(Notification.objects.filter(recipient=ada).values_list("is_required", flat=True)) == {True}


def test_the_manager_is_told_once_when_it_is_a_week_late(required, linus, noon):
    tell_of_required_paths(now=noon + timedelta(days=17))  # 11 December: seven days late
    assert told(recipient=linus) == []

    for day in (18, 19):
        tell_of_required_paths(now=noon + timedelta(days=day))

    assert told(recipient=linus) == [("Linus Berg", "Ada Okafor is a week late with “Customer data”")]


@pytest.mark.parametrize(
    "changes",
    [
        {"is_required": False},
        {"paused_on": date(2026, 11, 20)},
        {"withdrawn_at": "2026-11-24T12:00Z"},
        {"completed_at": "2026-11-24T12:00Z"},
        {"is_latest": False},
    ],
)
def test_nobody_hears_of_what_is_not_required_and_open(required, noon, changes):
    Enrollment.objects.filter(pk=required.pk).update(**changes)

    for day in (0, 5, 11, 20):
        tell_of_required_paths(now=noon + timedelta(days=day))

    assert told() == []


def test_whoever_is_on_leave_is_left_alone(required, ada, noon):
    ada.status = "on_leave"
    ada.save()

    tell_of_required_paths(now=noon + timedelta(days=20))

    assert told(recipient=ada) == []


def test_a_new_day_is_remembered_anew(required, ada, noon):
    tell_of_required_paths(now=noon + timedelta(days=5))
    Enrollment.objects.update(due_on=date(2026, 12, 30))

    tell_of_required_paths(now=noon + timedelta(days=30))

    assert told(recipient=ada, type="paths.due") == [
        ("Ada Okafor", "“Customer data” is due on 4 December"),
        ("Ada Okafor", "“Customer data” is due on 30 December"),
    ]


def test_a_managers_words_reach_the_person(required, ada, linus, noon):
    send_nudge(enrollment=required, sender=linus, at=noon)
    Enrollment.objects.update(completed_at=noon)
    recognize_completion(enrollment=required, sender=linus, note="Quick work!", at=noon)

    assert told(recipient=ada) == [
        ("Ada Okafor", "Linus Berg reminds you of “Customer data”"),
        ("Ada Okafor", "Linus Berg thanks you for “Customer data”"),
    ]


def test_the_queries_do_not_grow_with_the_people(required, person_factory, noon):
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            tell_of_required_paths(now=noon + timedelta(days=5))
        counts.append(len(queries))
        Notification.objects.all().delete()
        for _person in range(20):
            values = {"due_on": date(2026, 12, 4), "enrolled_at": noon, "source": "rule"}
            Enrollment.objects.create(
                learner=person_factory(), path=required.path, is_required=True, **values
            )

    assert counts[0] == counts[1]


def test_when_time_is_over_each_round_comes_first_in_its_turn(required, linus, noon):
    """The rounds: new, due in seven days, due tomorrow, overdue, a week late; a run here has time for one batch."""
    late = noon + timedelta(days=18)
    for run in range(5):
        time_left = iter([True])
        tell_of_required_paths(now=late + timedelta(hours=4 * run), goes_on=partial(next, time_left, False))

    assert told(recipient=linus) == [
        ("Linus Berg", "Ada Okafor is a week late with “Customer data”"),
    ]
