"""What managers ask for: a path becomes required, whoever chose it before, and no exclusion is overridden."""

from datetime import date, timedelta
from typing import Any

import pytest

from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.paths.models import Enrollment, EnrollmentChange
from lms.paths.services import (
    assign_people,
    clear_exclusion,
    enroll_person,
    enroll_report,
    exclude_person,
)
from lms.people.models import User

FACTS: dict[str, Any] = {"reason": "You start on the new desk.", "due_on": date(2026, 12, 20)}


def facts_of(person):
    enrollment = Enrollment.objects.get(learner=person, is_latest=True)
    return (enrollment.source, enrollment.is_required, enrollment.due_on, enrollment.enrolled_by)


def test_a_manager_requires_a_path(ada, linus, path, noon):
    enroll_report(learner=ada, path=path, manager=linus, at=noon, **FACTS)

    assert facts_of(ada) == ("manager", True, date(2026, 12, 20), linus)


def test_what_a_person_chose_becomes_required_and_keeps_its_progress(ada, linus, path, done_one, noon):
    enroll_person(learner=ada, path=path, source=Enrollment.Source.SELF, at=noon - timedelta(days=9))
    done_one(ada, path, noon)

    enrollment = enroll_report(learner=ada, path=path, manager=linus, at=noon, **FACTS)

    assert facts_of(ada) == ("manager", True, date(2026, 12, 20), linus)
    assert enrollment.completions.count() == 1
    change = EnrollmentChange.objects.get()
    assert (change.what, change.actor, change.reason) == ("assigned", linus, "You start on the new desk.")


def test_no_rule_takes_back_what_a_manager_asked_for(ada, linus, path, rule_factory, noon):
    rule_factory(is_required=False)
    enroll_report(learner=ada, path=path, manager=linus, at=noon, **FACTS)

    assert assign_people(people=[ada.pk], at=noon) == {}
    assert facts_of(ada) == ("manager", True, date(2026, 12, 20), linus)


def test_what_is_required_already_stays_as_it_is(ada, linus, path, rule_factory, noon):
    rule_factory()
    before = Enrollment.objects.values().get()

    with pytest.raises(ActionRefused) as refusal:
        enroll_report(learner=ada, path=path, manager=linus, at=noon, **FACTS)

    assert refusal.value.field == "path"
    assert Enrollment.objects.values().get() == before


def test_an_exclusion_wins_until_it_is_cleared(ada, linus, mei, path, noon):
    exclusion = exclude_person(learner=ada, path=path, reason="Not their work", actor=mei, at=noon)
    entries = AuditEntry.objects.count()
    with pytest.raises(ActionRefused):
        enroll_report(learner=ada, path=path, manager=linus, at=noon, **FACTS)
    assert (Enrollment.objects.count(), AuditEntry.objects.count()) == (0, entries)
    clear_exclusion(exclusion=exclusion, reason="It is now", actor=mei, at=noon)

    enroll_report(learner=ada, path=path, manager=linus, at=noon, **FACTS)

    assert facts_of(ada) == ("manager", True, date(2026, 12, 20), linus)


def test_for_someone_on_leave_it_waits(ada, linus, path, noon):
    User.objects.filter(pk=ada.pk).update(status="on_leave")
    ada.refresh_from_db()

    enrollment = enroll_report(learner=ada, path=path, manager=linus, at=noon, **FACTS)

    enrollment.refresh_from_db()
    assert enrollment.paused_on == date(2026, 11, 24)


def test_it_is_due_by_the_day_where_the_person_lives(ada, linus, path, noon):
    User.objects.filter(pk=ada.pk).update(time_zone="Pacific/Kiritimati")  # the 25th has begun there
    ada.refresh_from_db()

    with pytest.raises(ActionRefused) as refusal:
        enroll_report(learner=ada, path=path, reason="Now", due_on=date(2026, 11, 24), manager=linus, at=noon)

    assert refusal.value.field == "due_on"
    assert Enrollment.objects.count() == 0
