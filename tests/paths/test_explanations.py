"""Why somebody has a path, and why somebody else does not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.paths.selectors.explanations import explain
from lms.paths.services import enroll_person, exclude_person
from tests.paths.conftest import employed

BERLIN_OR_NEW = {
    "any": [
        {"all": [{"role": ["customer-service"]}, {"location": ["Berlin"]}]},
        {"all": [{"hired_within_days": 90}, {"not": {"location": ["Porto"]}}]},
    ]
}


def parts(explanation):
    [check] = explanation.rules
    return [[(part.words, part.holds) for part in group] for group in check.groups]


def test_it_names_the_rule_who_confirmed_it_and_when(ada, mei, path, rule_factory, noon):
    rule = rule_factory()

    why = explain(ada, path, noon)

    assert why.has_it
    assert why.enrollment is not None
    assert why.enrollment.version is not None
    assert why.enrollment.version.assignment == rule
    assert (why.enrollment.version.confirmed_by, why.enrollment.version.confirmed_at) == (mei, noon)
    assert parts(why) == [[("role is Customer service", True)]]


def test_it_says_part_by_part_why_not(ada, path, rule_factory, noon):
    employed(ada, location="Porto", hired_on="2020-01-01")
    rule_factory(BERLIN_OR_NEW)

    why = explain(ada, path, noon)

    assert not why.has_it
    assert parts(why) == [
        [("role is Customer service", True), ("location is Berlin", False)],
        [("hired within the last 90 days", False), ("not (location is Porto)", False)],
    ]
    assert [check.means_them for check in why.rules] == [False]


def test_it_names_the_exclusion_that_wins(ada, mei, path, rule_factory, noon):
    rule_factory()
    exclude_person(learner=ada, path=path, reason="Wrote it.", actor=mei, at=noon)

    why = explain(ada, path, noon)

    assert why.exclusion is not None
    assert (why.has_it, why.exclusion.reason, why.rules[0].means_them) == (False, "Wrote it.", True)


def test_no_rule_means_someone_who_has_left(ada, path, rule_factory, noon):
    rule_factory()
    type(ada).objects.filter(pk=ada.pk).update(status="left")
    ada.refresh_from_db()

    why = explain(ada, path, noon)

    assert (why.works_here, why.rules[0].means_them) == (False, False)


def test_own_choice_is_a_reason_too(ada, path, noon):
    enroll_person(learner=ada, path=path, source="self", at=noon)

    why = explain(ada, path, noon + timedelta(days=1))

    assert why.enrollment is not None
    assert (why.has_it, why.enrollment.source, why.rules) == (True, "self", [])


def test_a_learner_reads_only_of_rules_that_mean_or_hold_them(ada, path, rule_factory, noon):
    rule_factory({"leads_people": True}, name="Those who lead")
    mine = rule_factory(name="Ada's")

    why = explain(ada, path, noon, to_themselves=True)

    assert [check.rule for check in why.rules] == [mine]


def test_a_rule_that_holds_a_learner_is_told_when_it_means_them_no_more(ada, path, rule_factory, noon):
    mine = rule_factory()
    ada.job_role = None
    ada.save()

    why = explain(ada, path, noon, to_themselves=True)

    assert [(check.rule, check.means_them) for check in why.rules] == [(mine, False)]


def test_a_learner_reads_no_other_name(ada, bruno, linus, path, rule_factory, noon):
    named, excepted, boss = str(ada.public_id), str(bruno.public_id), str(linus.public_id)
    rule_factory(
        {
            "any": [
                {"all": [{"people": [named, excepted]}, {"not": {"people": [excepted]}}]},
                {"all": [{"reports_to": boss}, {"any": [{"people": [excepted]}, {"leads_people": True}]}]},
            ]
        }
    )

    why = explain(ada, path, noon, to_themselves=True)

    assert parts(why) == [
        [("is named in the rule", True), ("is not named in the rule", True)],
        [
            ("reports to somebody named in the rule", True),
            ("is named in the rule or leads people", False),
        ],
    ]


@pytest.mark.parametrize("rules", [1, 12])
def test_it_costs_the_same_for_one_rule_and_for_many(ada, path, rule_factory, noon, rules):
    for number in range(rules):
        rule_factory(BERLIN_OR_NEW, name=f"Rule {number}")

    with CaptureQueriesContext(connection) as asked:
        why = explain(ada, path, noon)

    assert len(why.rules) == rules
    assert len(asked) == 5
