"""Leave pauses, extensions hold, paths close; and what is to be taken again opens a new cycle and keeps the old."""

from datetime import date, timedelta

import pytest

from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.jobs.models import Job
from lms.paths.models import Answer, Enrollment, EnrollmentChange, StepCompletion
from lms.paths.selectors import path_view
from lms.paths.services import (
    PathClosed,
    QuestionsOpen,
    assign_people,
    complete_lesson,
    enroll_person,
    extend_dates,
    keep_leave,
    open_cycles,
    start_daily_round,
)
from lms.people.models import User
from lms.people.services import set_person_status
from lms.records.models import LearningRecord
from lms.web.selectors import record_of
from tests.journeys.pages import answered
from tests.paths.conftest import complete_next, next_lesson, work

IN_14_DAYS = {"due_basis": "assigned", "due_days": 14}
YEARLY = {**IN_14_DAYS, "repeat_months": 12, "opens_days_before": 30}


def status(person, value):
    set_person_status(person=User.objects.get(pk=person.pk), status=value, actor="test")


def dates(person):
    enrollment = Enrollment.objects.get(learner=person, is_latest=True)
    return enrollment.due_on, enrollment.closes_on, enrollment.paused_on


def test_no_day_passes_while_someone_is_on_leave(ada, rule_factory, noon):
    rule_factory(**IN_14_DAYS, closes_basis="assigned", closes_days=30)
    status(ada, User.Status.ON_LEAVE)

    assert keep_leave(at=noon) == 1
    assert dates(ada) == (date(2026, 12, 8), date(2026, 12, 24), date(2026, 11, 24))
    assert Enrollment.objects.overdue(noon + timedelta(days=60)).count() == 0

    status(ada, User.Status.ACTIVE)
    back = noon + timedelta(days=90)
    assert keep_leave(at=back) == 1
    assert dates(ada) == (date(2027, 3, 8), date(2027, 3, 24), None)
    assert keep_leave(at=back) == 0
    assert assign_people(people=[ada.pk], at=back) == {}
    changes = EnrollmentChange.objects.order_by("pk").values_list("what", flat=True)
    assert list(changes) == ["paused", "resumed"]


def test_the_daily_round_keeps_leave_that_nobody_told_of(ada, rule_factory, noon):
    rule_factory(**IN_14_DAYS)
    User.objects.filter(pk=ada.pk).update(status=User.Status.ON_LEAVE)

    start_daily_round(at=noon)
    work(noon)

    assert dates(ada)[2] == date(2026, 11, 24)


def test_a_person_on_leave_gets_a_path_that_waits_for_them(ada, rule_factory, noon):
    status(ada, User.Status.ON_LEAVE)

    rule_factory(**IN_14_DAYS)
    status(ada, User.Status.ACTIVE)
    keep_leave(at=noon + timedelta(days=10))

    assert dates(ada) == (date(2026, 12, 18), None, None)


def test_an_extension_holds_against_the_rule(ada, linus, mei, rule_factory, noon):
    rule_factory(**IN_14_DAYS)
    enrollment = Enrollment.objects.get(learner=ada)

    extend_dates(
        enrollment=enrollment,
        due_on=date(2027, 1, 15),
        closes_on=None,
        reason="Quarter end.",
        actor=linus,
        at=noon,
    )
    assign_people(people=[ada.pk], at=noon + timedelta(days=1))

    assert dates(ada) == (date(2027, 1, 15), None, None)
    change = EnrollmentChange.objects.get()
    assert (change.what, change.actor, change.reason) == ("extended", linus, "Quarter end.")
    assert change.before == {"due_on": "2026-12-08", "closes_on": None}
    assert AuditEntry.objects.get(action="paths.extend").reason == "Quarter end."


@pytest.mark.parametrize(
    ("due_on", "closes_on", "reason", "told"),
    [
        (date(2027, 1, 15), None, " ", "Say why"),
        (date(2026, 11, 23), None, "More time.", "That day is over"),
        (date(2026, 12, 1), None, "Less time.", "never less"),
        (date(2027, 1, 15), date(2026, 12, 31), "Odd.", "close before it is due"),
    ],
)
def test_an_extension_that_makes_no_sense_is_refused_and_changes_nothing(
    ada, linus, rule_factory, noon, due_on, closes_on, reason, told
):
    rule_factory(**IN_14_DAYS)
    enrollment = Enrollment.objects.get(learner=ada)

    with pytest.raises(ActionRefused, match=told):
        extend_dates(
            enrollment=enrollment, due_on=due_on, closes_on=closes_on, reason=reason, actor=linus, at=noon
        )

    assert dates(ada) == (date(2026, 12, 8), None, None)
    assert EnrollmentChange.objects.count() == 0


def test_what_is_complete_cannot_be_extended(ada, linus, path, rule_factory, noon, done_all):
    rule_factory(**IN_14_DAYS)
    done_all(ada, path, noon)

    with pytest.raises(ActionRefused, match="nothing left to extend"):
        extend_dates(
            enrollment=Enrollment.objects.get(learner=ada),
            due_on=date(2027, 1, 15),
            closes_on=None,
            reason="Late.",
            actor=linus,
            at=noon,
        )


def test_due_is_advice_and_closing_is_not(ada, linus, path, rule_factory, noon):
    """Due on 8 December, closes on 24 December, which is over in Lisbon at midnight UTC."""
    rule_factory(**IN_14_DAYS, closes_basis="assigned", closes_days=30)
    late, closed = noon.replace(month=12, day=24, hour=23, minute=59), noon.replace(month=12, day=25, hour=0)
    complete_next(ada, path, late)

    lesson = next_lesson(ada, path, closed)
    answered(ada, lesson, right=True, at=closed)
    with pytest.raises(PathClosed, match="This path closed on 24 December 2026"):
        complete_lesson(learner=ada, slug=lesson.slug, revision_id=None, at=closed)

    assert StepCompletion.objects.count() == 1
    extend_dates(
        enrollment=Enrollment.objects.get(learner=ada),
        due_on=date(2027, 1, 15),
        closes_on=date(2027, 1, 31),
        reason="She was ill.",
        actor=linus,
        at=closed,
    )
    complete_lesson(learner=ada, slug=lesson.slug, revision_id=None, at=closed)
    assert Enrollment.objects.get(learner=ada).completed_at == closed


def test_a_completion_counts_for_as_long_as_the_rule_says(ada, path, rule_factory, noon, done_all):
    rule_factory(**YEARLY)

    done_all(ada, path, noon)

    assert Enrollment.objects.get(learner=ada).expires_on == date(2027, 11, 24)


def test_a_new_cycle_opens_and_the_old_one_stays(ada, path, rule_factory, noon, done_all):
    rule_factory(**YEARLY)
    done_all(ada, path, noon)
    before = list(StepCompletion.objects.order_by("pk").values())
    opens = noon.replace(year=2027, month=10, day=25)

    start_daily_round(at=opens - timedelta(days=1))
    work(opens - timedelta(days=1))
    assert Enrollment.objects.count() == 1
    start_daily_round(at=opens)
    work(opens)

    first, second = Enrollment.objects.order_by("cycle")
    assert (first.cycle, first.is_latest, first.completed_at) == (1, False, noon)
    assert (second.cycle, second.is_latest, second.due_on, second.completed_at) == (
        2,
        True,
        date(2027, 11, 24),
        None,
    )
    assert list(StepCompletion.objects.order_by("pk").values()) == before
    assert LearningRecord.objects.filter(verb="registered").count() == 2
    view = path_view(ada, path.slug, opens)
    assert view is not None
    assert view.progress.done_count == 0
    assert len(record_of(ada).paths) == 1


def test_in_a_new_cycle_everything_is_done_again(ada, path, rule_factory, noon, done_all):
    rule_factory(**YEARLY)
    done_all(ada, path, noon)
    opens = noon.replace(year=2027, month=11, day=1)
    [second] = open_cycles(enrollments=[Enrollment.objects.get().pk], at=opens)
    lesson = next_lesson(ada, path, opens)
    assert Answer.objects.filter(lesson_uuid=lesson.uuid).get().right_at == noon

    with pytest.raises(QuestionsOpen):
        complete_lesson(learner=ada, slug=lesson.slug, revision_id=None, at=opens)
    done_all(ada, path, opens)

    second.refresh_from_db()
    assert (second.completed_at, second.expires_on) == (opens, date(2028, 11, 1))
    assert StepCompletion.objects.count() == 4
    assert [item.at for item in record_of(ada).paths] == [opens, noon]


def test_opening_a_cycle_twice_opens_one(ada, path, rule_factory, noon, done_all):
    rule_factory(**YEARLY)
    done_all(ada, path, noon)
    first, opens = Enrollment.objects.get(), noon.replace(year=2027)

    open_cycles(enrollments=[first.pk], at=opens)

    assert open_cycles(enrollments=[first.pk], at=opens) == []
    assert list(Enrollment.objects.order_by("cycle").values_list("cycle", flat=True)) == [1, 2]


def test_no_cycle_opens_for_someone_who_is_not_meant_any_more(ada, path, rule_factory, noon, done_all):
    rule_factory(**YEARLY)
    done_all(ada, path, noon)
    User.objects.filter(pk=ada.pk).update(job_role=None)

    start_daily_round(at=noon.replace(year=2027))
    work(noon.replace(year=2027))

    assert Enrollment.objects.count() == 1
    assert Job.objects.latest("pk").state == "done"


def test_an_overdue_cycle_stays_open_and_no_other_one_begins(ada, path, rule_factory, noon, done_all):
    rule_factory(**YEARLY)
    done_all(ada, path, noon)
    for year in (2027, 2028, 2029):
        start_daily_round(at=noon.replace(year=year))
        work(noon.replace(year=year))

    assert list(Enrollment.objects.order_by("cycle").values_list("cycle", "due_on")) == [
        (1, date(2026, 12, 8)),
        (2, date(2027, 11, 24)),
    ]


def test_someone_who_chose_a_path_and_was_withdrawn_comes_back_to_what_they_had(
    ada, path, noon, rule_factory, mei
):
    rule_factory()
    User.objects.filter(pk=ada.pk).update(job_role=None)
    assign_people(people=[ada.pk], at=noon)

    enrollment = enroll_person(learner=ada, path=path, source="self", at=noon + timedelta(days=1))

    assert (enrollment.withdrawn_at, enrollment.source, enrollment.is_required) == (None, "self", False)
    assert Enrollment.objects.filter(learner=ada).count() == 1
