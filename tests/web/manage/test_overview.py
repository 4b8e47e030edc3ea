"""What needs a decision, each with the one thing to do about it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from lms.core.services import seal_audit_trail, write_audit_entry
from lms.jobs.models import Job
from lms.paths.models import Enrollment
from lms.paths.services import RuleText, create_rule, enroll_person, follow_people
from lms.people.models import JobRole, User
from lms.people.services import note_changes, rebuild_reporting_lines
from lms.records.models import LearningRecord, SetAsideRecord
from lms.records.services import record_learning
from lms.web.decisions import open_decisions

MANAGE = "/manage/"


@pytest.fixture
def tidy(ada, mei, linus, customer_service, porto):
    """A company where everyone has a place; Linus leads it."""
    User.objects.update(job_role=customer_service, org_unit=porto)
    User.objects.exclude(pk=linus.pk).update(manager=linus)
    rebuild_reporting_lines()


def titles():
    return [decision.title for decision in open_decisions(timezone.now())]


def set_aside(person):
    record = record_learning(
        actor=person,
        verb="completed",
        object_type="path",
        object_id=person.public_id,
        object_title="A path",
        at=timezone.now(),
    )
    SetAsideRecord.objects.create(consumer="test", record=record, error="ValueError")


def test_when_all_is_well_nothing_waits(text_of, tidy):
    assert titles() == []
    assert "Nothing waits for you." in text_of(MANAGE)


def test_people_without_a_place_wait_and_the_link_shows_them(admin, tidy, person_factory):
    person_factory(full_name="New")
    person_factory(full_name="Gone", status="left")
    person_factory(full_name="Root", is_superuser=True)

    decisions = open_decisions(timezone.now())

    assert [(decision.title, decision.count) for decision in decisions] == [
        ("1 person has no job role", 1),
        ("1 person has no unit", 1),
        ("2 people have no manager", 2),
    ]
    shown = [admin.get(decision.url).context["found"].page.rows for decision in decisions]
    assert [[str(person) for person in rows] for rows in shown] == [["New"], ["New"], ["Linus Berg", "New"]]


def test_a_circle_of_managers_waits(text_of, tidy, ada, linus):
    User.objects.filter(pk=linus.pk).update(manager=ada)
    rebuild_reporting_lines()

    assert titles() == ["1 reporting line goes in a circle"]
    assert "/manage/people/?missing=line" in text_of(MANAGE)


def test_records_set_aside_wait(text_of, tidy, ada):
    set_aside(ada)

    assert titles() == ["1 learning record could not be handled"]
    assert "manage.py replay_consumer" in text_of(MANAGE)


def test_a_trail_that_nobody_seals_waits(tidy):
    entry: dict[str, Any] = {"actor": "test", "action": "test", "object_type": "test", "object_id": "1"}
    write_audit_entry(**entry, at=timezone.now() - timedelta(minutes=14))
    assert titles() == []

    seal_audit_trail()
    write_audit_entry(**entry, at=timezone.now() - timedelta(minutes=16))
    assert titles() == ["The audit trail is not being sealed"]

    seal_audit_trail()
    assert titles() == []


def test_an_achievement_that_nobody_could_ever_be_given_waits(mei, radia, achievement_factory):
    achievement_factory("Coach", takes_nominations=True, reviewers_needed=3)
    achievement_factory("Mentor", takes_nominations=True, reviewers_needed=2)
    achievement_factory("Guide", reviewers_needed=5)  # awarded by hand

    def short():
        return [each for each in open_decisions(timezone.now()) if each.url == "/manage/settings/"]

    [waits] = short()
    assert waits.title == "“Coach” asks for 3 reviewers"
    assert waits.detail == (
        "3 have to agree, and 2 people can review. Nothing that is submitted could be accepted: name more reviewers, "
        "or ask for fewer."
    )
    User.objects.filter(pk=radia.pk).update(status="left")
    assert [each.title for each in short()] == [
        "“Coach” asks for 3 reviewers",
        "“Mentor” asks for 2 reviewers",
    ]


def test_the_page_costs_the_same_for_1_and_for_50(queries_of, tidy, person_factory, achievement_factory):
    achievement_factory(takes_nominations=True)
    few = queries_of(MANAGE)
    for number in range(50):
        achievement_factory(takes_nominations=True)
        JobRole.objects.create(code=f"role-{number}", name=f"Role {number}")
        set_aside(person_factory())

    assert LearningRecord.objects.count() == 50
    assert few == 16
    assert queries_of(MANAGE) == few


def test_rules_and_jobs_that_need_somebody_wait(tidy, mei, lesson_factory, path_factory):
    now = timezone.now()
    path = path_factory(lesson_factory())
    rule = create_rule(name="Porto", path=path, text=RuleText(audience={"all": []}), actor=mei, at=now)
    Job.objects.create(
        kind="tests.none",
        title="Enroll 3",
        state="failed",
        error="It broke.",
        created_at=now,
        finished_at=now,
    )
    assert titles() == ["1 assignment rule waits to be confirmed", "“Enroll 3” was stopped by an error"]

    version = rule.versions.get()
    version.confirmed_at = now
    version.save()
    rule.state, rule.live, rule.problem = "active", version, "There is no unit X any more."
    rule.save()

    [rests, _failed] = open_decisions(now)
    assert (rests.title, rests.url) == ("The rule “Porto” rests", f"/manage/assignments/{rule.public_id}/")
    assert rests.detail == "There is no unit X any more. Until then nobody gains or loses anything by it."


def test_what_is_overdue_is_one_quiet_line(text_of, tidy, ada, lesson_factory, path_factory):
    assert "see the report" not in text_of(MANAGE)
    now = timezone.now()
    enroll_person(learner=ada, path=path_factory(lesson_factory()), source="rule", at=now)
    Enrollment.objects.update(due_on=now.date() - timedelta(days=3))

    page = text_of(MANAGE)

    assert '1 overdue · <a href="/reports/?status=overdue">see the report</a>' in page


def test_rules_that_follow_nobody_wait_and_say_since_when(tidy, mei):
    follow_people(at=timezone.now(), for_seconds=5)
    note_changes(people=[mei.pk])
    assert titles() == []

    later = timezone.now() + timedelta(minutes=20)
    assert [decision.title for decision in open_decisions(later)] == ["Rules do not follow people any more"]
    follow_people(at=later, for_seconds=5)
    assert open_decisions(later) == []
