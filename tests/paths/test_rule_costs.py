"""What looking at a rule, applying it and following one person cost: a fixed number of queries."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.paths.models import Enrollment, EnrollmentChange
from lms.paths.selectors.previews import preview_rule
from lms.paths.services import assign_people, enroll_person, follow_people
from lms.people.models import JobRole, User
from lms.people.services import note_changes
from lms.records.models import LearningRecord
from tests.paths.conftest import complete_next

TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def queries(act: Callable[[], object]) -> int:
    """Return how many queries something asks; the marks of transactions are none."""
    with CaptureQueriesContext(connection) as asked:
        act()
    return sum(1 for query in asked if not query["sql"].startswith(TRANSACTION))


@pytest.fixture(autouse=True)
def team_lead(db):
    return JobRole.objects.create(code="team-lead", name="Team lead")


@pytest.fixture
def thirty_rules(rule_factory, lesson_factory, path_factory, linus, porto, ada):
    """Thirty rules on eight paths, of every kind; on the last path are only those that she does not meet as yet."""
    paths = [
        path_factory(lesson_factory(), title=f"Path {number}", slug=f"path-{number}") for number in range(8)
    ]
    leads_who_miss_it = {"all": [{"role": ["team-lead"]}, {"not": {"completed_path": [str(paths[0].uuid)]}}]}
    kinds = [
        {"role": ["customer-service"]},
        {"role": ["team-lead"]},
        {"all": [{"unit": ["CS-PORTO"]}, {"location": ["Porto"]}]},
        {"all": [{"reports_to": str(linus.public_id)}, {"hired_within_days": 90}]},
    ]
    for number in range(30):
        kind = kinds[number % 4] if number < 28 else leads_who_miss_it
        says = {"due_basis": "assigned", "due_days": 14 + number}
        rule_factory(kind, name=f"Rule {number}", path=paths[number // 4], **says)
    return paths


def snapshot(*, besides: User) -> list[list[tuple[object, ...]]]:
    """Return all rows that say where others stand."""
    return [
        list(Enrollment.objects.exclude(learner=besides).order_by("pk").values_list()),
        list(EnrollmentChange.objects.exclude(enrollment__learner=besides).order_by("pk").values_list()),
        list(LearningRecord.objects.exclude(actor=besides).order_by("pk").values_list()),
    ]


def transfer(person: User, role: str) -> None:
    User.objects.filter(pk=person.pk).update(job_role=JobRole.objects.get(code=role))
    note_changes(people=[person.pk])


def test_following_one_person_among_thirty_rules_touches_nobody_else(
    thirty_rules, ada, bruno, person_factory, customer_service, noon
):
    others = [person_factory(job_role=customer_service) for _ in range(10)]
    assign_people(people=[ada.pk, bruno.pk, *(each.pk for each in others)], at=noon)
    follow_people(at=noon, for_seconds=10)
    before = snapshot(besides=ada)
    transfer(ada, "team-lead")

    asked = queries(lambda: follow_people(at=noon, for_seconds=10))

    assert asked == 20
    assert snapshot(besides=ada) == before
    moved = EnrollmentChange.objects.filter(enrollment__learner=ada).values_list("what", flat=True)
    assert list(moved) == ["assigned"] * 7
    assert Enrollment.objects.filter(learner=ada, path=thirty_rules[7]).count() == 1


def test_following_one_person_costs_hardly_less_with_one_rule(
    ada, path, rule_factory, customer_service, noon
):
    rule_factory({"role": ["team-lead"]})
    follow_people(at=noon, for_seconds=10)
    transfer(ada, "team-lead")

    asked = queries(lambda: follow_people(at=noon, for_seconds=10))

    assert asked == 17
    assert Enrollment.objects.filter(learner=ada, path=path).count() == 1


def test_a_person_whom_no_rule_concerns_costs_thirteen_queries(ada, rule_factory, noon):
    rule_factory({"role": ["team-lead"]})
    note_changes(people=[ada.pk])
    follow_people(at=noon, for_seconds=10)
    note_changes(people=[ada.pk])

    assert queries(lambda: follow_people(at=noon, for_seconds=10)) == 13
    assert Enrollment.objects.count() == 0


@pytest.mark.parametrize("audience", [{"role": ["customer-service"]}, {"all": []}])
def test_looking_at_a_rule_costs_the_same_for_two_people_and_for_forty(
    audience, ada, bruno, rule_factory, person_factory, customer_service, noon
):
    rule = rule_factory(audience)
    version = rule.live
    few = queries(lambda: preview_rule(rule, version, noon))
    for _ in range(50):
        person_factory(job_role=customer_service)

    many = queries(lambda: preview_rule(rule, version, noon))

    assert few == many == 6


def test_looking_at_a_rule_that_people_leave_costs_one_query_more(ada, bruno, rule_factory, noon):
    rule = rule_factory()
    version = rule.live
    User.objects.update(job_role=None)

    assert queries(lambda: preview_rule(rule, version, noon)) == 7


def test_enrolling_forty_people_costs_the_queries_of_enrolling_one(
    ada, path, rule_factory, person_factory, customer_service, noon
):
    rule = rule_factory()
    one = person_factory(job_role=customer_service)
    forty = [person_factory(job_role=customer_service) for _ in range(40)]

    for_one = queries(lambda: assign_people(people=[one.pk], at=noon, assignments=[rule]))
    for_forty = queries(
        lambda: assign_people(people=[each.pk for each in forty], at=noon, assignments=[rule])
    )

    assert for_one == for_forty == 9
    assert Enrollment.objects.filter(path=path).count() == 42


def test_lessons_learned_before_are_counted_in_sets(ada, path_factory, lesson_factory, rule_factory, noon):
    lesson = lesson_factory()
    paths = [path_factory(lesson, title=f"Shared {n}", slug=f"shared-{n}") for n in range(8)]
    chosen = path_factory(lesson, lesson_factory(), title="Chosen", slug="chosen")
    enroll_person(learner=ada, path=chosen, source="self", at=noon)
    complete_next(ada, chosen, noon)
    for number, path in enumerate(paths):
        rule_factory({"role": ["team-lead"]}, name=f"Rule {number}", path=path)
    follow_people(at=noon, for_seconds=10)
    transfer(ada, "team-lead")

    asked = queries(lambda: follow_people(at=noon, for_seconds=10))

    assert Enrollment.objects.filter(learner=ada, completed_at=noon, path__in=paths).count() == 8
    assert asked == 24  # four more than without any such lesson, and no more for eight paths than for one


def test_a_rule_that_rests_costs_nobody_more(thirty_rules, ada, rule_factory, noon):
    follow_people(at=noon, for_seconds=10)
    note_changes(people=[ada.pk])
    calm = queries(lambda: follow_people(at=noon, for_seconds=10))
    rule = rule_factory({"role": ["team-lead"]}, name="Rests")
    rule.live.audience = {"unit": ["GONE"]}
    rule.live.save()
    note_changes(people=[ada.pk])
    follow_people(at=noon, for_seconds=10)
    note_changes(people=[ada.pk])

    assert queries(lambda: follow_people(at=noon, for_seconds=10)) == calm
