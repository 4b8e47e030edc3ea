"""What a preview says is what applying the rule does, whoever is on the path by whatever way."""

from collections import Counter
from dataclasses import dataclass

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.paths.models import Enrollment, EnrollmentChange
from lms.paths.selectors.previews import preview_rule
from lms.paths.services import (
    RuleText,
    archive_rule,
    assign_people,
    edit_rule,
    enroll_person,
    exclude_person,
    pause_rule,
)
from lms.people.models import User
from tests.paths.conftest import complete_next, confirm, preview_of, work

WAYS = ["none", "self", "manual", "rule", "begun", "withdrawn", "completed"]


@dataclass(frozen=True)
class Case:
    """One person: how they came to the path, and what holds for them when the rule is looked at."""

    way: str
    matches: bool
    is_excluded: bool
    has_other_rule: bool
    works_here: bool


people = st.lists(
    st.builds(
        Case,
        way=st.sampled_from(WAYS),
        matches=st.booleans(),
        is_excluded=st.sampled_from([False, False, True]),
        has_other_rule=st.sampled_from([False, False, True]),
        works_here=st.sampled_from([True, True, True, False]),
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.parametrize("end", ["confirm", "widen", "archive"])
@given(cases=people, on_leaving=st.sampled_from(["keep", "optional", "withdraw"]))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_preview_and_its_effect_tell_the_same_story(
    end, cases, on_leaving, path, rule_factory, person_factory, customer_service, mei, noon
):
    with transaction.atomic():
        learners = [person_factory(job_role=customer_service if case.way in HELD else None) for case in cases]
        rule = rule_factory(on_leaving=on_leaving, due_basis="assigned", due_days=14)
        others = [
            str(who.public_id) for who, case in zip(learners, cases, strict=True) if case.has_other_rule
        ]
        if others:
            rule_factory({"people": others}, name="Others")
        for learner, case in zip(learners, cases, strict=True):
            settle(learner, case, path, customer_service, mei, noon)
        if end == "archive":
            preview = preview_rule(rule, rule.live, noon, archiving=True)
            before = counted(path)
            archive_rule(rule=rule, seen=preview.seen, typed=str(preview.affected), actor=mei, at=noon)
            work(noon)
        else:
            if end == "widen":
                text = RuleText(audience={"all": []}, due_basis="assigned", due_days=14)
                edit_rule(rule=rule, name=rule.name, text=text, actor=mei, at=noon)
            pause_rule(rule=rule, actor=mei, at=noon)
            preview = preview_of(rule, noon)
            before = counted(path)
            confirm(rule, mei, noon)
        effect = counted(path) - before
        transaction.set_rollback(True)

    assert (preview.gaining, preview.withdrawn, preview.made_optional) == (
        effect["enrolled"] + effect["returned"],
        effect["withdrawn"],
        effect["optional"],
    )


HELD = {"rule", "begun", "withdrawn", "completed"}


def settle(learner, case, path, customer_service, mei, noon):
    """Bring a person to where the case says, without the rule having been applied to what holds now."""
    if case.way in {"self", "manual"}:
        enroll_person(learner=learner, path=path, source=case.way, at=noon)
    if case.way == "begun":
        complete_next(learner, path, noon)
    if case.way == "completed":
        complete_next(learner, path, noon)
        complete_next(learner, path, noon)
    if case.way == "withdrawn":
        User.objects.filter(pk=learner.pk).update(job_role=None)
        assign_people(people=[learner.pk], at=noon)
    if case.is_excluded:
        exclude_person(learner=learner, path=path, reason="Knows it.", actor=mei, at=noon)
    role = customer_service if case.matches else None
    status = User.Status.ACTIVE if case.works_here else User.Status.LEFT
    User.objects.filter(pk=learner.pk).update(job_role=role, status=status)


def counted(path) -> Counter[str]:
    """Return how often each thing has happened on a path."""
    changes = EnrollmentChange.objects.filter(enrollment__path=path).values_list("what", flat=True)
    return Counter([*changes, *(["enrolled"] * Enrollment.objects.filter(path=path).count())])
