"""Contributions to communities, counted by rules from the ledger."""

from uuid import UUID, uuid4

import pytest

from badges.criteria import Condition, parse_rule, to_json
from badges.models import Award
from badges.selectors.facts import facts_about, people_who_meet
from badges.services.enabling import put_in_force, seen_of
from badges.services.following import follow_all_rules
from badges.services.rules import enable_rule, save_rule
from lms.core.errors import ActionRefused
from lms.records.services import deliver_to_all

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


def times(number, way=""):
    return Condition("community_contribution", None, way, number)


@pytest.fixture
def asks(prompt_craft, mei, noon):
    """Return a function that lets prompt craft ask for contributions, in force."""

    def ask(condition):
        rule = save_rule(achievement=prompt_craft, tree=to_json(condition), actor=mei, at=noon)
        return enable_rule(rule=rule, actor=mei, at=noon)

    return ask


def test_the_third_contribution_awards_what_asks_for_three(ada, bruno, communities, asks, contributed):
    asks(times(3))
    contributed(ada, ONE)
    contributed(ada, TWO, "confirmed")
    contributed(bruno, THREE)
    deliver_to_all()
    assert not Award.objects.exists()

    contributed(ada, THREE)
    deliver_to_all()
    deliver_to_all()

    assert [(award.recipient, award.source) for award in Award.objects.all()] == [(ada, "rule")]


def test_the_same_thing_counts_once_in_whatever_way(ada, communities, asks, contributed, noon):
    asks(times(2))
    contributed(ada, ONE)
    contributed(ada, ONE)
    contributed(ada, ONE, "confirmed")

    deliver_to_all()
    follow_all_rules(at=noon, goes_on=lambda: True)

    assert not Award.objects.exists()


def test_where_one_way_is_asked_for_others_do_not_count(ada, bruno, communities, asks, contributed):
    asks(times(2, "workflow_shared"))
    for thing in (ONE, TWO):
        contributed(ada, thing, "confirmed")
        contributed(bruno, thing)

    deliver_to_all()

    assert [award.recipient for award in Award.objects.all()] == [bruno]


@pytest.mark.parametrize(("verb", "kind"), [("answered", "question"), ("shared", "thread")])
def test_what_nobody_declared_is_no_contribution(ada, communities, asks, contributed, verb, kind, noon):
    asks(times(1))
    contributed(ada, ONE, verb, kind)

    deliver_to_all()
    follow_all_rules(at=noon, goes_on=lambda: True)

    assert not Award.objects.exists()


def test_without_communities_the_rule_is_understood_and_nobody_meets_it(
    ada, no_communities, contributed, noon
):
    contributed(ada, ONE)
    node = parse_rule({"community_contribution": {"at_least": 1}})

    assert not people_who_meet(node, at=noon).exists()
    assert facts_about(people=[ada.pk], nodes=[node], at=noon)[ada.pk].contributed == {}


@pytest.mark.parametrize("condition", [times(1), times(1, "workflow_sold")])
def test_a_rule_that_counts_what_nothing_records_is_not_put_in_force(
    request, prompt_craft, mei, noon, condition
):
    request.getfixturevalue("communities" if condition.part else "no_communities")
    rule = save_rule(achievement=prompt_craft, tree=to_json(condition), actor=mei, at=noon)

    with pytest.raises(ActionRefused) as refused:
        put_in_force(rule=rule, seen=seen_of(rule), actor=mei, at=noon)

    assert refused.value.message == (
        "The rule asks for contributions that nothing here records, so nobody could meet it. Edit it first."
    )
    rule.refresh_from_db()
    assert not rule.is_enabled


def test_facts_cost_the_same_for_one_contribution_and_for_fifty(
    ada, communities, contributed, noon, django_assert_num_queries
):
    nodes = [times(1), times(50), times(2, "workflow_shared")]
    contributed(ada, ONE)
    with django_assert_num_queries(1):
        facts_about(people=[ada.pk], nodes=nodes, at=noon)
    for _number in range(49):
        contributed(ada, uuid4())

    with django_assert_num_queries(1):
        facts = facts_about(people=[ada.pk], nodes=nodes, at=noon)[ada.pk]
    assert facts.contributed == {"": 50, "workflow_shared": 50}
