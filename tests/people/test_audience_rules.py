"""What a rule may say, what a wrong one is told, and how a rule reads in words."""

import uuid
from datetime import date
from typing import Any

import pytest

from lms.people import audience_rules as rules
from lms.people.audience_rules import InvalidRule, describe, parse_rule

GRACE = uuid.UUID("5b1f2a9e-32b3-4a5c-9a34-0d7a7c0c9f11")


@pytest.mark.parametrize(
    ("tree", "rule", "words"),
    [
        ({"all": []}, rules.AllOf(()), "everyone"),
        ({"any": []}, rules.AnyOf(()), "nobody"),
        ({"role": ["sales"]}, rules.HasRole(("sales",)), "role is sales"),
        ({"unit": ["a", "b"]}, rules.InUnit(("a", "b")), "in unit a or b or below"),
        ({"location": ["Porto"]}, rules.AtLocation(("Porto",)), "location is Porto"),
        ({"reports_to": str(GRACE)}, rules.ReportsTo(GRACE), "reports to Grace"),
        (
            {"reports_to": str(GRACE), "directly": True},
            rules.ReportsTo(GRACE, True),
            "reports directly to Grace",
        ),
        ({"hired_within_days": 1}, rules.HiredWithin(1), "hired within the last 1 day"),
        ({"hired_within_days": 90}, rules.HiredWithin(90), "hired within the last 90 days"),
        ({"hired_before": "2026-03-31"}, rules.HiredBefore(date(2026, 3, 31)), "hired before 2026-03-31"),
        ({"hired_after": "2026-03-31"}, rules.HiredAfter(date(2026, 3, 31)), "hired after 2026-03-31"),
        (
            {"employment_type": ["part_time", "intern", "contract"]},
            rules.EmployedAs(("part_time", "intern", "contract")),
            "employed part time, intern or contract",
        ),
        ({"people": [str(GRACE)]}, rules.IsOneOf((GRACE,)), "is Grace"),
        ({"not": {"role": ["sales"]}}, rules.Not(rules.HasRole(("sales",))), "not (role is sales)"),
        (
            {"all": [{"role": ["sales"]}, {"any": [{"location": ["Porto"]}, {"hired_within_days": 30}]}]},
            rules.AllOf(
                (
                    rules.HasRole(("sales",)),
                    rules.AnyOf((rules.AtLocation(("Porto",)), rules.HiredWithin(30))),
                ),
            ),
            "role is sales and (location is Porto or hired within the last 30 days)",
        ),
        ({"any": [{"all": []}]}, rules.AnyOf((rules.AllOf(()),)), "everyone"),
    ],
)
def test_every_kind_of_part_is_understood_and_said_in_words(tree: Any, rule: rules.Rule, words: str) -> None:
    assert parse_rule(tree) == rule
    assert describe(rule, names={GRACE: "Grace"}) == words


def test_a_double_negation_is_said_without_it() -> None:
    assert describe(parse_rule({"not": {"not": {"role": ["sales"]}}})) == "role is sales"


def test_a_person_whose_name_is_not_given_is_called_by_their_id() -> None:
    assert describe(rules.ReportsTo(GRACE)) == f"reports to {GRACE}"


@pytest.mark.parametrize(
    ("tree", "where", "message"),
    [
        ("sales", "rule", '\'sales\' is not a part of a rule. Write {"role": ["sales"]} or the like.'),
        (None, "rule", 'None is not a part of a rule. Write {"role": ["sales"]} or the like.'),
        ({}, "rule", 'it has 0 keys. Write one, and join parts with {"all": [...]}.'),
        (
            {"role": ["a"], "unit": ["b"]},
            "rule",
            'it has 2 keys. Write one, and join parts with {"all": [...]}.',
        ),
        ({"all": {"role": ["a"]}}, "rule.all", "it needs a list of parts. Write [ ] around them."),
        ({"role": []}, "rule.role", "it needs a list of job role codes, with at least one."),
        ({"role": "sales"}, "rule.role", "it needs a list of job role codes, with at least one."),
        ({"unit": ["a", 7]}, "rule.unit[1]", "7 does not belong to unit codes. Write text."),
        ({"location": ["Por\0to"]}, "rule.location[0]", None),
        ({"location": ["x"] * 501}, "rule.location", "it lists 501, the most is 500. Use members instead."),
        (
            {"employment_type": ["full time"]},
            "rule.employment_type[0]",
            "'full time' is not known. Write one of: full_time, part_time, contract, intern, temporary.",
        ),
        (
            {"reports_to": "Grace"},
            "rule.reports_to",
            "'Grace' is not the public id of a person. Choose the person again.",
        ),
        (
            {"reports_to": str(GRACE), "directly": "yes"},
            "rule.directly",
            "'yes' is neither true nor false. Write one.",
        ),
        (
            {"reports_to": str(GRACE), "role": ["a"]},
            "rule",
            "beside reports_to only directly may stand. Remove role.",
        ),
        (
            {"people": ["ada"]},
            "rule.people[0]",
            "'ada' is not the public id of a person. Choose the person again.",
        ),
        (
            {"hired_within_days": -1},
            "rule.hired_within_days",
            "-1 is not a number of days. Write 0 to 36600.",
        ),
        ({"hired_within_days": True}, "rule.hired_within_days", None),
        ({"hired_within_days": "30"}, "rule.hired_within_days", None),
        (
            {"hired_before": "31.3.2026"},
            "rule.hired_before",
            "'31.3.2026' is not a day. Write it as 2026-03-31.",
        ),
        (
            {"leads_people": "yes"},
            "rule.leads_people",
            """'yes' is not true. Write true, or put {"not": ...} around it.""",
        ),
        ({"hired_after": 20260331}, "rule.hired_after", "20260331 is not a day. Write it as 2026-03-31."),
        (
            {"not": {"any": [{"role": ["a"]}, {"rôle": ["b"]}]}},
            "rule.not.any[1]",
            "'rôle' is not known. Write one of: all, any, not, role, unit, location, leads_people, "
            "hired_within_days, hired_before, hired_after, employment_type, people, reports_to, completed_path, skill.",
        ),
    ],
)
def test_a_wrong_part_is_named_with_its_remedy(tree: Any, where: str, message: str | None) -> None:
    with pytest.raises(InvalidRule) as refused:
        parse_rule(tree)

    [problem] = refused.value.problems
    assert problem.where == where
    assert message in {problem.message, None}
    assert refused.value.message == str(problem)


def test_all_wrong_parts_are_named_at_once() -> None:
    with pytest.raises(InvalidRule) as refused:
        parse_rule({"all": [{"role": []}, {"unit": ["ok"]}, {"not": {"hired_before": "soon"}}]})

    assert [problem.where for problem in refused.value.problems] == [
        "rule.all[0].role",
        "rule.all[2].not.hired_before",
    ]


def nested(depth: int) -> Any:
    tree: Any = {"role": ["sales"]}
    for _ in range(depth - 1):
        tree = {"not": tree}
    return tree


def test_a_rule_may_be_eight_deep_and_not_nine() -> None:
    assert parse_rule(nested(8))

    with pytest.raises(InvalidRule, match=r"nested more than 8 deep\. Write a flatter rule\."):
        parse_rule(nested(9))


def test_an_absurdly_deep_rule_is_refused_without_exhausting_the_stack() -> None:
    with pytest.raises(InvalidRule, match="nested more than 8 deep"):
        parse_rule(nested(5000))


def test_a_rule_may_have_two_hundred_parts_and_not_more() -> None:
    assert parse_rule({"any": [{"role": ["sales"]}] * 199})

    with pytest.raises(InvalidRule) as refused:
        parse_rule({"any": [{"role": ["sales"]}] * 5000})

    assert [str(problem) for problem in refused.value.problems] == [
        "rule.any: the rule has more than 200 parts. Split it up."
    ]
