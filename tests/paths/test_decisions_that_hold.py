"""What people decided, began or completed holds, whatever rules, jobs and other people do in the same moment."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import close_old_connections, connection, transaction

from lms.core.errors import ActionRefused
from lms.jobs.models import Job
from lms.jobs.services import cancel_job, start_job, undo_job
from lms.paths.models import Assignment, Enrollment, EnrollmentChange, StepCompletion
from lms.paths.selectors.previews import preview_rule
from lms.paths.services import (
    RuleText,
    archive_rule,
    assign_people,
    confirm_rule,
    duplicate_rule,
    edit_rule,
    enroll_person,
    exclude_person,
    extend_dates,
    keep_leave,
    open_cycles,
    pause_rule,
    start_daily_round,
)
from lms.people.models import OrgUnit, User
from lms.people.services import note_changes, set_person_status
from tests.paths.conftest import IN_SERVICE, complete_next, confirm, on_path, preview_of, work

IN_14_DAYS: dict[str, Any] = {"due_basis": "assigned", "due_days": 14}
YEARLY: dict[str, Any] = {**IN_14_DAYS, "repeat_months": 12, "opens_days_before": 30}


def leave_role(person):
    User.objects.filter(pk=person.pk).update(job_role=None)


def latest(person):
    return Enrollment.objects.get(learner=person, is_latest=True)


def archive(rule, actor, at):
    rule.refresh_from_db()
    seen = preview_rule(rule, rule.live, at, archiving=True)
    job = archive_rule(rule=rule, seen=seen.seen, typed=str(seen.affected), actor=actor, at=at)
    work(at)
    rule.refresh_from_db()
    return job


def test_a_rule_can_be_paused_and_confirmed_as_often_as_one_likes(ada, mei, path, rule_factory, noon):
    rule = rule_factory()
    for _ in range(3):
        pause_rule(rule=rule, actor=mei, at=noon)
        job = confirm(rule, mei, noon)
        assert (rule.state, job.state) == (Assignment.State.ACTIVE, "done")

    assert Job.objects.filter(kind="paths.apply_rule").count() == 4


def test_a_rule_taken_back_can_be_confirmed_again(ada, mei, path, rule_factory, noon):
    rule = rule_factory()
    undo_job(job=Job.objects.get(), actor=mei, at=noon)
    work(noon)
    assert on_path(path) == []

    confirm(rule, mei, noon)

    assert on_path(path) == ["Ada"]


def test_three_thousand_people_do_not_leave_in_pieces(customer_service, porto, mei, path, rule_factory, noon):
    User.objects.bulk_create(
        User(email=f"a{n}@larkfield.example", full_name=f"Agent {n}", org_unit=porto) for n in range(1200)
    )
    agents = User.objects.filter(full_name__startswith="Agent")
    rule = rule_factory({"unit": ["CS-PORTO"]})
    agents.update(org_unit=OrgUnit.add_root(code="CS-IBERIA", name="Iberia"))
    for chunk in range(0, 1200, 200):
        assign_people(
            people=list(agents.order_by("pk").values_list("pk", flat=True)[chunk : chunk + 200]), at=noon
        )

    rule.refresh_from_db()
    assert (rule.state, Enrollment.objects.current().count()) == (Assignment.State.PAUSED, 1200)
    assert rule.problem.startswith("1200 of the 1200 people")


def test_whoever_completed_a_path_by_choice_takes_it_again_when_a_rule_says_so(
    ada, path, rule_factory, noon, done_all
):
    enroll_person(learner=ada, path=path, source="self", at=noon)
    done_all(ada, path, noon)

    rule = rule_factory(**YEARLY)

    assert (latest(ada).version, latest(ada).expires_on) == (rule.live, date(2027, 11, 24))
    start_daily_round(at=noon.replace(year=2027))
    work(noon.replace(year=2027))
    assert latest(ada).cycle == 2


def test_a_rule_that_learns_to_repeat_means_what_is_done_already(
    ada, mei, path, rule_factory, noon, done_all
):
    rule = rule_factory(**IN_14_DAYS)
    done_all(ada, path, noon)
    assert latest(ada).expires_on is None

    edit_rule(rule=rule, name="Yearly", text=RuleText(audience=IN_SERVICE, **YEARLY), actor=mei, at=noon)
    confirm(rule, mei, noon)

    assert latest(ada).expires_on == date(2027, 11, 24)


def test_the_copy_of_an_archived_rule_takes_over_what_is_done(ada, mei, path, rule_factory, noon, done_all):
    rule = rule_factory(**YEARLY)
    done_all(ada, path, noon)
    copy = duplicate_rule(rule=rule, actor=mei, at=noon)
    archive(rule, mei, noon)

    confirm(copy, mei, noon)

    assert latest(ada).version == copy.live


def test_no_cycle_opens_for_someone_excluded_by_hand(ada, mei, path, rule_factory, noon, done_all):
    rule_factory(**YEARLY)
    done_all(ada, path, noon)
    exclude_person(learner=ada, path=path, reason="Teaches it.", actor=mei, at=noon)

    assert open_cycles(enrollments=[latest(ada).pk], at=noon.replace(year=2027)) == []


def test_taking_a_job_back_puts_nobody_on_a_path_who_was_excluded_since(
    ada, bruno, mei, path, rule_factory, noon
):
    rule = rule_factory()
    edit_rule(
        rule=rule,
        name="Bruno",
        text=RuleText(audience={"people": [str(bruno.public_id)]}),
        actor=mei,
        at=noon,
    )
    job = confirm(rule, mei, noon)
    exclude_person(learner=ada, path=path, reason="Teaches it.", actor=mei, at=noon)

    undoing = undo_job(job=job, actor=mei, at=noon)
    work(noon)

    assert on_path(path) == ["Bruno"]
    assert "They were excluded by hand since. Clear the exclusion first." in set(
        undoing.rows.values_list("message", flat=True)
    )


def test_the_daily_round_goes_on_when_a_rule_is_paused_under_it(
    ada, bruno, mei, path, path_factory, lesson_factory, rule_factory, noon
):
    first = rule_factory()
    other = path_factory(lesson_factory(), title="Other", slug="other")
    rule_factory(name="Second", path=other)
    Enrollment.objects.filter(learner=bruno).delete()
    job = start_daily_round(at=noon)
    Job.objects.filter(pk=job.pk).update(cursor=[f"rule {first.pk:012} in", bruno.pk], state="running")
    pause_rule(rule=first, actor=mei, at=noon)

    work(noon)

    assert (on_path(path), on_path(other)) == (["Ada"], ["Ada", "Bruno"])


def test_an_extension_is_bounded_so_that_no_calendar_runs_out(ada, linus, path, rule_factory, noon):
    rule_factory(**IN_14_DAYS)
    with pytest.raises(ActionRefused, match="more than two years away"):
        extend_dates(
            enrollment=latest(ada),
            due_on=date(9999, 12, 31),
            closes_on=None,
            reason="Typo.",
            actor=linus,
            at=noon,
        )
    Enrollment.objects.update(due_on=date(9999, 11, 30), dates_by_hand=True, paused_on=noon.date())

    assert keep_leave(at=noon + timedelta(days=90)) == 1
    assert latest(ada).due_on == date(9999, 12, 1)


def test_leave_before_an_extension_is_not_added_to_it(ada, linus, path, rule_factory, noon):
    rule_factory(**IN_14_DAYS)
    set_person_status(person=ada, status=User.Status.ON_LEAVE, actor="test")
    keep_leave(at=noon)
    later = noon + timedelta(days=89)
    extend_dates(
        enrollment=latest(ada),
        due_on=date(2027, 3, 1),
        closes_on=None,
        reason="Back soon.",
        actor=linus,
        at=later,
    )
    set_person_status(person=User.objects.get(pk=ada.pk), status=User.Status.ACTIVE, actor="test")

    keep_leave(at=noon + timedelta(days=90))

    assert latest(ada).due_on == date(2027, 3, 2)


def test_nothing_stays_paused_for_want_of_a_date(ada, path, rule_factory, noon):
    set_person_status(person=ada, status=User.Status.ON_LEAVE, actor="test")
    rule_factory()
    assert latest(ada).paused_on is None
    Enrollment.objects.update(paused_on=noon.date())
    set_person_status(person=User.objects.get(pk=ada.pk), status=User.Status.ACTIVE, actor="test")

    keep_leave(at=noon)

    assert latest(ada).paused_on is None


def test_archiving_taken_back_leaves_a_rule_that_rests_and_holds_its_people(
    ada, mei, path, rule_factory, noon
):
    rule = rule_factory()
    job = archive(rule, mei, noon)
    assert on_path(path) == []

    undo_job(job=job, actor=mei, at=noon)
    work(noon)
    note_changes(people=[ada.pk])
    assign_people(people=[ada.pk], at=noon)

    rule.refresh_from_db()
    assert (rule.state, on_path(path)) == (Assignment.State.PAUSED, ["Ada"])


def test_what_was_cancelled_is_not_done_by_the_daily_round(ada, mei, path, rule_factory, noon):
    rule = rule_factory(draft=True)
    seen = preview_of(rule, noon)
    job = confirm_rule(rule=rule, seen=seen.seen, typed="", actor=mei, at=noon)

    cancel_job(job=job, actor=mei, at=noon)
    start_daily_round(at=noon)
    work(noon)

    rule.refresh_from_db()
    assert (rule.state, on_path(path)) == (Assignment.State.PAUSED, [])


def test_a_job_that_has_come_to_its_end_cannot_be_cancelled(ada, mei, noon):
    job = start_job(kind="paths.keep_rules", title="Round", actor=mei, at=noon)
    Job.objects.filter(pk=job.pk).update(state="running", total=5, done_count=5)

    with pytest.raises(ActionRefused, match="just come to its end"):
        cancel_job(job=job, actor=mei, at=noon)


def test_no_rule_takes_away_what_a_person_chose(ada, path, rule_factory, noon):
    enroll_person(learner=ada, path=path, source="self", at=noon)
    rule_factory(**IN_14_DAYS)
    leave_role(ada)

    assign_people(people=[ada.pk], at=noon)

    enrollment = latest(ada)
    assert (enrollment.withdrawn_at, enrollment.source, enrollment.is_required) == (None, "self", False)


def test_more_time_survives_a_day_of_suspension(ada, linus, path, rule_factory, noon):
    rule_factory(**IN_14_DAYS)
    extend_dates(
        enrollment=latest(ada),
        due_on=date(2027, 6, 1),
        closes_on=None,
        reason="Project.",
        actor=linus,
        at=noon,
    )
    for status in (User.Status.SUSPENDED, User.Status.ACTIVE):
        set_person_status(person=User.objects.get(pk=ada.pk), status=status, actor="test")
        assign_people(people=[ada.pk], at=noon)

    assert (latest(ada).due_on, latest(ada).withdrawn_at) == (date(2027, 6, 1), None)


def test_a_cycle_that_opens_late_is_due_later(ada, path, rule_factory, noon, done_all):
    rule_factory(**YEARLY, closes_basis="assigned", closes_days=44)
    done_all(ada, path, noon)

    [second] = open_cycles(enrollments=[latest(ada).pk], at=noon.replace(year=2029))

    assert (second.due_on, second.closes_on) == (date(2029, 12, 8), date(2030, 1, 7))


def test_lessons_credited_at_the_start_are_no_beginning(
    ada, mei, path, path_factory, rule_factory, noon, done_all
):
    lesson = path.steps[0].value["lesson"].specific
    other = path_factory(lesson, title="Other", slug="other")
    enroll_person(learner=ada, path=other, source="self", at=noon)
    complete_next(ada, other, noon)
    rule = rule_factory()
    assert StepCompletion.objects.filter(enrollment__path=path, how="credited").count() == 1
    assert preview_rule(rule, rule.live, noon, archiving=True).withdrawn == 1

    undo_job(job=Job.objects.get(), actor=mei, at=noon)
    work(noon)

    assert on_path(path) == []


def test_a_closed_path_is_not_completed_by_another_one(ada, path, path_factory, noon, done_all):
    closed = enroll_person(learner=ada, path=path, source="manual", at=noon, closes_on=noon.date())
    other = path_factory(*(step.value["lesson"].specific for step in path.steps), title="Other", slug="other")
    late = noon + timedelta(days=30)
    enroll_person(learner=ada, path=other, source="self", at=late)

    done_all(ada, other, late)

    closed.refresh_from_db()
    assert (closed.completed_at, closed.completions.count()) == (None, 0)


def test_the_policy_that_holds_people_is_the_one_that_counts(ada, mei, path, rule_factory, noon):
    rule = rule_factory(on_leaving="keep")
    text = RuleText(audience={"people": [str(mei.public_id)]}, on_leaving="withdraw")
    edit_rule(rule=rule, name="Mei", text=text, actor=mei, at=noon)
    preview = preview_of(rule, noon)
    assert (preview.withdrawn, preview.keeping) == (0, 1)

    confirm(rule, mei, noon)

    assert on_path(path) == ["Ada", "Mei"]


def test_other_dates_are_an_effect_too(ada, bruno, mei, path, rule_factory, noon):
    rule = rule_factory(**IN_14_DAYS)
    edit_rule(
        rule=rule,
        name="Sooner",
        text=RuleText(audience=IN_SERVICE, due_basis="assigned", due_days=3),
        actor=mei,
        at=noon,
    )

    preview = preview_of(rule, noon)

    assert (preview.changing, preview.affected, preview.gaining) == (2, 2, 0)


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ({"due_basis": "day", "due_day": date(2020, 1, 1)}, "1 January 2020 is over"),
        ({"closes_basis": "day", "closes_day": date(2020, 1, 1)}, "1 January 2020 is over"),
        ({"due_basis": "day", "due_day": date(9999, 1, 1)}, "more than ten years away"),
    ],
)
def test_days_that_cannot_be_are_refused(ada, mei, rule_factory, noon, says, told):
    rule = rule_factory(draft=True, **says)

    with pytest.raises(ActionRefused, match=told):
        confirm_rule(rule=rule, seen=preview_of(rule, noon).seen, typed="", actor=mei, at=noon)


def test_for_nobody_it_closes_before_it_is_due(ada, path, rule_factory, noon):
    rule_factory(due_basis="assigned", due_days=30, closes_basis="day", closes_day=date(2026, 12, 1))

    assert (latest(ada).due_on, latest(ada).closes_on) == (date(2026, 12, 24), date(2026, 12, 24))


def test_a_step_completed_while_a_withdrawal_waits_is_seen(ada, path, rule_factory, noon):
    """In one process: between the decision and the writing, somebody completes a step."""
    rule_factory()
    leave_role(ada)
    complete_next(ada, path, noon)

    assign_people(people=[ada.pk], at=noon)

    assert [change.what for change in EnrollmentChange.objects.all()] == ["optional"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_whoever_begins_while_a_rule_lets_go_keeps_the_path(ada, path, rule_factory, noon):
    """Ada's first step is written and not yet committed when the rule wants to withdraw her path."""
    rule_factory()
    leave_role(ada)
    outcome = []

    def let_go():
        outcome.append(dict(assign_people(people=[ada.pk], at=noon)))
        close_old_connections()
        connection.close()

    with transaction.atomic():
        complete_next(ada, path, noon)
        thread = threading.Thread(target=let_go)
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive(), "it waits for the step"
    thread.join()

    assert latest(ada).withdrawn_at is None
    assert [step.value for step in outcome[0]] == ["optional"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_confirm_in_the_same_moment_start_one_job(ada, mei, radia, rule_factory, noon):
    rule = rule_factory(draft=True)
    seen = preview_of(rule, noon).seen
    jobs = []

    def press(actor):
        jobs.append(confirm_rule(rule=rule, seen=seen, typed="", actor=actor, at=noon).pk)
        connection.close()

    threads = [threading.Thread(target=press, args=[actor]) for actor in (mei, radia, mei, radia)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(jobs), len(set(jobs)), Job.objects.count()) == (4, 1, 1)
