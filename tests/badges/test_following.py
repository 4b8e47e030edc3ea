"""Rules at work: from the ledger for one person, by the round for everyone."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from badges.criteria import Condition, evaluate, parse_rule, to_json
from badges.models import Attestation, Award, CriteriaRule
from badges.selectors.facts import facts_about, people_who_meet
from badges.services.following import follow_all_rules, follow_record
from badges.services.rules import disable_rule, enable_rule, save_rule
from lms.core.errors import ActionRefused
from lms.people.models import User
from lms.records.models import LearningRecord
from lms.records.services import deliver_to_all
from tests.badges.test_criteria import IDS, rules

always = lambda: True  # noqa: E731


def path(object_id) -> dict[str, Any]:
    return to_json(Condition("path_completed", object_id))


@pytest.fixture
def rule_on(mei, noon):
    """Return a function that gives an achievement a rule and enables it."""

    def give(achievement, tree, purpose="earn") -> CriteriaRule:
        rule = save_rule(achievement=achievement, tree=tree, actor=mei, at=noon, purpose=purpose)
        return enable_rule(rule=rule, actor=mei, at=noon)

    return give


def holders(achievement) -> set[str]:
    own = Award.objects.filter(achievement=achievement, state="issued")
    return set(own.values_list("recipient__email", flat=True))


# --- one more record ----------------------------------------------------------------------------------


def test_completing_what_a_rule_asks_for_awards_it(ada, prompt_craft, rule_on, learned):
    wanted = uuid4()
    rule_on(prompt_craft, path(wanted))
    learned(ada, wanted)

    deliver_to_all()

    award = Award.objects.get()
    assert (award.recipient, award.source, award.awarded_by) == (ada, "rule", None)


def test_a_record_that_is_read_twice_awards_once(ada, prompt_craft, rule_on, learned, noon):
    wanted = uuid4()
    rule_on(prompt_craft, path(wanted))
    record = learned(ada, wanted)

    follow_record(record=record, at=noon)
    follow_record(record=record, at=noon)

    assert Award.objects.count() == 1


def test_a_badge_that_builds_on_others_follows_them(ada, achievement_factory, rule_on, learned):
    first, second, both = [achievement_factory(name) for name in ("First", "Second", "Both")]
    one, two = uuid4(), uuid4()
    rule_on(first, path(one))
    rule_on(second, path(two))
    held = [to_json(Condition("badge_held", each.public_id)) for each in (first, second)]
    rule_on(both, {"all": held})
    learned(ada, one)
    learned(ada, two)

    deliver_to_all()
    deliver_to_all()  # what was earned by the first delivery is a record of its own

    assert holders(both) == {ada.email}


@pytest.mark.parametrize("state", ["disabled", "retired"])
def test_a_rule_that_rests_awards_nothing(ada, prompt_craft, rule_on, learned, mei, noon, state):
    wanted = uuid4()
    rule = rule_on(prompt_craft, path(wanted))
    if state == "disabled":
        disable_rule(rule=rule, actor=mei, at=noon)
    else:
        type(prompt_craft).objects.update(state="retired")
    learned(ada, wanted)

    deliver_to_all()

    assert not Award.objects.exists()


def test_one_record_costs_the_same_queries_with_two_hundred_rules(
    ada, achievement_factory, rule_on, communities, learned, noon
):
    wanted, other = uuid4(), uuid4()
    met = [achievement_factory() for _number in range(2)]
    elsewhere = [
        to_json(Condition(kind, uuid4())) for kind in ("badge_held", "manager_attested", "measured_outcome")
    ]
    contributes = to_json(Condition("community_contribution", None, "", 3))
    for achievement in met:
        rule_on(achievement, {"any": [path(wanted), *elsewhere, contributes]})
    for _number in range(200):
        achievement = achievement_factory()
        CriteriaRule.objects.create(
            achievement=achievement, is_enabled=True, tree={"all": [path(wanted), path(other)]}
        )
    record = LearningRecord.objects.select_related("actor").get(pk=learned(ada, wanted).pk)  # as delivered

    with CaptureQueriesContext(connection) as queries:
        follow_record(record=record, at=noon)

    assert Award.objects.count() == 2
    statements = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
    assert len(statements) <= 15


def test_a_record_that_no_rule_asks_for_costs_one_query(
    ada, prompt_craft, rule_on, learned, noon, django_assert_num_queries
):
    rule_on(prompt_craft, path(uuid4()))
    record = learned(ada, uuid4())

    with django_assert_num_queries(1):
        follow_record(record=record, at=noon)


# --- everyone -----------------------------------------------------------------------------------------


def test_the_round_awards_everyone_who_meets_a_rule_already(
    ada, bruno, linus, prompt_craft, rule_on, learned, noon
):
    wanted = uuid4()
    for person in (ada, bruno):
        learned(person, wanted)
    learned(linus, uuid4())
    rule_on(prompt_craft, path(wanted))

    assert follow_all_rules(at=noon, goes_on=always) == 2
    assert follow_all_rules(at=noon, goes_on=always) == 0

    assert holders(prompt_craft) == {ada.email, bruno.email}


def test_the_round_passes_over_whoever_has_left(ada, prompt_craft, rule_on, learned, noon):
    wanted = uuid4()
    learned(ada, wanted)
    User.objects.filter(pk=ada.pk).update(status="left", is_active=False)
    rule_on(prompt_craft, path(wanted))

    assert follow_all_rules(at=noon, goes_on=always) == 0


def test_a_manager_s_word_counts_for_the_achievement_it_was_given_for(
    ada, linus, achievement_factory, rule_on, noon
):
    meant, other = achievement_factory("Meant"), achievement_factory("Other")
    for achievement in (meant, other):
        rule_on(achievement, to_json(Condition("manager_attested", achievement.public_id)))
    Attestation.objects.create(
        achievement=meant, person=ada, attested_by=linus, statement="Seen it.", at=noon
    )

    follow_all_rules(at=noon, goes_on=always)

    assert (holders(meant), holders(other)) == ({ada.email}, set())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(data=st.data())
def test_the_question_to_the_database_finds_whom_the_rule_finds(
    data, person_factory, communities, learned, contributed, measured, noon
):
    """The same people by one query as by looking at each; on what each of two people has done at random."""
    rule = data.draw(rules)
    # People of their own in each example: what the ledger holds stays.
    for person in (person_factory(), person_factory()):
        for object_id in data.draw(st.lists(st.sampled_from(IDS), max_size=4)):
            kind = data.draw(st.sampled_from(["path", "lesson", "exercise"]))
            scores = {"prompt": data.draw(st.integers(0, 100))} if kind == "exercise" else {}
            learned(person, object_id, kind, **scores)
        for object_id in data.draw(st.lists(st.sampled_from(IDS), max_size=2)):
            measured(person, object_id)
        for object_id in data.draw(st.lists(st.sampled_from(IDS), max_size=4)):
            contributed(person, object_id, data.draw(st.sampled_from(["shared", "confirmed", "answered"])))

    by_query = set(people_who_meet(rule, at=noon).values_list("pk", flat=True))
    everyone = User.objects.values_list("pk", flat=True)
    facts = facts_about(people=list(everyone), nodes=[rule], at=noon)

    assert by_query == {key for key in everyone if evaluate(rule, facts[key]).is_met}


# --- renewing and keeping -----------------------------------------------------------------------------


def test_renewal_counts_what_is_done_once_its_window_is_open(ada, awarded, rule_on, learned, noon):
    refresher = uuid4()
    rule_on(awarded.achievement, path(refresher), purpose="renew")
    early, opened = noon + timedelta(days=100), noon + timedelta(days=320)
    follow_record(record=learned(ada, refresher, at=early), at=early)
    follow_all_rules(at=opened, goes_on=always)
    awarded.refresh_from_db()
    assert awarded.cycle == 0

    follow_record(record=learned(ada, refresher, at=opened), at=opened)

    awarded.refresh_from_db()
    assert (awarded.cycle, awarded.valid_from) == (1, opened)


def test_whoever_no_longer_meets_what_keeps_a_badge_is_warned_before_it_lapses(
    ada, awarded, achievement_factory, rule_on, noon
):
    basis = achievement_factory("Basis", validity_months=None)
    rule_on(awarded.achievement, to_json(Condition("badge_held", basis.public_id)), purpose="keep")

    follow_all_rules(at=noon, goes_on=always)
    awarded.refresh_from_db()
    assert (awarded.state, awarded.lapses_at) == ("issued", noon + timedelta(days=30))

    follow_all_rules(at=noon + timedelta(days=29), goes_on=always)
    awarded.refresh_from_db()
    assert awarded.state == "issued"

    follow_all_rules(at=noon + timedelta(days=30), goes_on=always)
    awarded.refresh_from_db()
    assert (awarded.state, awarded.revocation_code) == ("revoked", "lapsed")
    assert list(awarded.events.order_by("pk").values_list("kind", flat=True)) == [
        "issued",
        "warned",
        "revoked",
    ]


def test_a_warning_is_settled_by_meeting_the_rule_again(
    ada, awarded, achievement_factory, rule_on, learned, noon
):
    wanted = uuid4()
    rule_on(awarded.achievement, path(wanted), purpose="keep")
    follow_all_rules(at=noon, goes_on=always)
    learned(ada, wanted)

    follow_all_rules(at=noon + timedelta(days=31), goes_on=always)

    awarded.refresh_from_db()
    assert (awarded.state, awarded.lapses_at) == ("issued", None)


# --- writing rules ------------------------------------------------------------------------------------


def test_badges_that_wait_for_each_other_are_refused_by_name(achievement_factory, rule_on, mei, noon):
    first, second = achievement_factory("First"), achievement_factory("Second")
    rule_on(first, to_json(Condition("badge_held", second.public_id)))

    with pytest.raises(ActionRefused) as refused:
        rule_on(second, to_json(Condition("badge_held", first.public_id)))

    assert refused.value.message == (
        "Nobody could ever earn this: Second → First → Second. Take one of them out."
    )
    assert CriteriaRule.objects.count() == 1


def test_a_rule_that_has_changed_rests_until_it_is_enabled_again(prompt_craft, rule_on, mei, noon):
    rule_on(prompt_craft, path(IDS[0]))

    changed = save_rule(achievement=prompt_craft, tree=path(IDS[1]), actor=mei, at=noon)

    assert not changed.is_enabled
    assert parse_rule(changed.tree) == Condition("path_completed", IDS[1])
