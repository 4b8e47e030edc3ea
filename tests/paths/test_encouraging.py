"""Reminders and thanks: at most one reminder a week from anybody, held by the database."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.paths.library import library
from lms.paths.models import Encouragement, Enrollment
from lms.paths.selectors import enrollments_of, unseen_words
from lms.paths.services import (
    enroll_person,
    nudge_people,
    recognize_completion,
    see_encouragement,
    send_nudge,
)
from lms.people.models import ReportingLine, User
from lms.records.models import LearningRecord
from tests.connections import other_connections

TUESDAY = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NEXT_MONDAY = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


@pytest.fixture
def required(ada, path):
    """A path required of Ada."""
    return enroll_person(
        learner=ada, path=path, source=Enrollment.Source.RULE, at=TUESDAY, due_on=date(2026, 12, 15)
    )


def complete(enrollment):
    enrollment.completed_at = TUESDAY
    enrollment.save()
    return enrollment


def words_of(person):
    return [
        (word.said.kind, word.path.title) for word in unseen_words(person, enrollments_of(person), library())
    ]


def test_a_reminder_reaches_the_person_and_no_ledger(ada, linus, required):
    records, entries = LearningRecord.objects.count(), AuditEntry.objects.count()

    nudge = send_nudge(enrollment=required, sender=linus, at=TUESDAY)

    assert (nudge.recipient, nudge.sender, nudge.week) == (ada, linus, date(2026, 11, 23))
    assert words_of(ada) == [("nudge", "Working with AI")]
    assert (LearningRecord.objects.count(), AuditEntry.objects.count()) == (records, entries)


@pytest.mark.parametrize("sender", ["linus", "mei"])
def test_nobody_reminds_twice_in_a_week(request, ada, linus, required, sender):
    send_nudge(enrollment=required, sender=linus, at=TUESDAY)
    told = {
        "linus": "You reminded Ada Okafor on Tuesday; the next reminder is possible on Monday 30 November.",
        "mei": (
            "Ada Okafor was reminded on Tuesday by Linus Berg; the next reminder is possible on Monday 30 November."
        ),
    }

    with pytest.raises(ActionRefused) as refusal:
        send_nudge(
            enrollment=required, sender=request.getfixturevalue(sender), at=TUESDAY + timedelta(days=4)
        )

    assert refusal.value.message == told[sender]
    assert Encouragement.objects.count() == 1


def test_the_week_begins_on_monday_where_the_person_lives(ada, linus, required):
    User.objects.filter(pk=ada.pk).update(time_zone="Pacific/Kiritimati")
    sunday_in_london = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)  # Monday 02:00 on Kiritimati
    send_nudge(enrollment=required, sender=linus, at=TUESDAY)

    nudge = send_nudge(enrollment=required, sender=linus, at=sunday_in_london)

    assert nudge.week == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"completed_at": TUESDAY}, "Ada Okafor has nothing open to be reminded of."),
        ({"withdrawn_at": TUESDAY}, "Ada Okafor has nothing open to be reminded of."),
        ({"is_required": False}, "Ada Okafor has nothing open to be reminded of."),
        (
            {"closes_on": date(2026, 11, 23)},
            "“Working with AI” closed on 23 November. Give Ada Okafor more time first, then remind them.",
        ),
    ],
)
def test_nobody_is_reminded_of_what_cannot_be_done(linus, required, change, told):
    Enrollment.objects.update(**change)

    with pytest.raises(ActionRefused) as refusal:
        send_nudge(enrollment=required, sender=linus, at=TUESDAY)

    assert refusal.value.message == told
    assert Encouragement.objects.count() == 0


@pytest.mark.parametrize(("status", "word"), [("on_leave", "on leave"), ("suspended", "suspended")])
def test_whoever_is_away_is_left_alone(ada, linus, required, status, word):
    User.objects.filter(pk=ada.pk).update(status=status)

    with pytest.raises(ActionRefused) as refusal:
        send_nudge(enrollment=required, sender=linus, at=TUESDAY)

    assert refusal.value.message == f"Ada Okafor is not reminded now: {word}."
    assert Encouragement.objects.count() == 0


def test_several_are_reminded_each_of_what_presses_most(
    ada, linus, path, path_factory, lesson_factory, person_factory, required
):
    urgent = path_factory(lesson_factory(), title="Urgent")
    closed = path_factory(lesson_factory(), title="Closed")
    source = Enrollment.Source.RULE
    enroll_person(learner=ada, path=urgent, source=source, at=TUESDAY, closes_on=date(2026, 12, 1))
    enroll_person(learner=ada, path=closed, source=source, at=TUESDAY, closes_on=date(2026, 11, 2))

    [result] = nudge_people(people=[ada], sender=linus, at=TUESDAY)

    assert result.refusal == ""
    assert result.nudge is not None
    assert result.nudge.enrollment.path.title == "Urgent"


def test_what_someone_chose_is_nothing_to_remind_of(ada, linus, path):
    enroll_person(learner=ada, path=path, source=Enrollment.Source.SELF, at=TUESDAY)

    [result] = nudge_people(people=[ada], sender=linus, at=TUESDAY)

    assert (result.nudge, result.refusal) == (None, "Ada Okafor has nothing open to be reminded of.")
    assert Encouragement.objects.count() == 0


def test_reminding_fifty_costs_what_reminding_five_does(linus, path, person_factory):
    def people(count):
        made = [person_factory() for _ in range(count)]
        for person in made:
            ReportingLine.objects.create(manager=linus, report=person, depth=1)
            enroll_person(learner=person, path=path, source=Enrollment.Source.RULE, at=TUESDAY)
        return made

    def queries(team):
        with CaptureQueriesContext(connection) as captured:
            results = nudge_people(people=team, sender=linus, at=TUESDAY)
        assert [result.refusal for result in results] == [""] * len(team)
        return len([query for query in captured if "SAVEPOINT" not in query["sql"]])

    assert queries(people(5)) == queries(people(50)) == 6


def test_the_database_holds_the_one_reminder_a_week(ada, linus, mei, required):
    send_nudge(enrollment=required, sender=linus, at=TUESDAY)

    with pytest.raises(IntegrityError), transaction.atomic():
        Encouragement.objects.create(
            kind="nudge", enrollment=required, recipient=ada, sender=mei, week=date(2026, 11, 23), at=TUESDAY
        )


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("several", [False, True])
def test_of_managers_at_the_same_moment_one_reminds_and_the_others_are_told(
    ada, path, person_factory, several
):
    managers = [person_factory(full_name=f"Manager {n}") for n in range(4)]
    for manager in managers:
        ReportingLine.objects.create(manager=manager, report=ada, depth=1)
    required = enroll_person(learner=ada, path=path, source=Enrollment.Source.RULE, at=TUESDAY)
    start = Barrier(len(managers))

    def remind(manager):
        start.wait()
        if several:
            [result] = nudge_people(people=[ada], sender=manager, at=TUESDAY)
            return result.refusal
        try:
            send_nudge(enrollment=required, sender=manager, at=TUESDAY)
        except ActionRefused as refusal:
            return refusal.message
        return ""

    with other_connections() as run_aside:
        under_way = [run_aside(partial(remind, manager)) for manager in managers]
        told = [each.result() for each in under_way]

    sender = Encouragement.objects.get().sender
    refusal = (
        f"Ada Okafor was reminded today by {sender}; the next reminder is possible on Monday 30 November."
    )
    assert sorted(told) == ["", *[refusal] * 3]
    assert told[managers.index(sender)] == ""


def test_thanks_come_once_from_each_manager(ada, linus, mei, required):
    complete(required)
    recognize_completion(enrollment=required, sender=linus, note=" Well done ", at=TUESDAY)
    recognize_completion(enrollment=required, sender=mei, at=TUESDAY)

    with pytest.raises(ActionRefused) as refusal:
        recognize_completion(enrollment=required, sender=linus, note="Again", at=NEXT_MONDAY)

    assert refusal.value.message == (
        "You thanked Ada Okafor for “Working with AI” on 24 November. They get it once."
    )
    assert list(Encouragement.objects.order_by("pk").values_list("note", flat=True)) == ["Well done", ""]
    assert words_of(ada) == [("recognition", "Working with AI")] * 2


def test_there_are_no_thanks_for_what_is_open_or_was_a_choice_or_in_301_characters(linus, required):
    with pytest.raises(ActionRefused):
        recognize_completion(enrollment=required, sender=linus, at=TUESDAY)
    complete(required)
    with pytest.raises(ActionRefused) as too_long:
        recognize_completion(enrollment=required, sender=linus, note="x" * 301, at=TUESDAY)
    Enrollment.objects.update(is_required=False)
    with pytest.raises(ActionRefused):
        recognize_completion(enrollment=required, sender=linus, at=TUESDAY)

    assert (too_long.value.message, too_long.value.field) == (
        "That is 301 characters. Say it in 300.",
        "note",
    )
    assert Encouragement.objects.count() == 0


def test_only_the_latest_reminder_of_a_path_is_shown_and_putting_it_away_puts_all_away(ada, linus, required):
    send_nudge(enrollment=required, sender=linus, at=TUESDAY)
    latest = send_nudge(enrollment=required, sender=linus, at=NEXT_MONDAY)
    assert [word.said for word in unseen_words(ada, enrollments_of(ada), library())] == [latest]

    see_encouragement(encouragement=latest, at=NEXT_MONDAY)

    assert words_of(ada) == []
    assert Encouragement.objects.filter(seen_at=NEXT_MONDAY).count() == 2
