"""Rules of achievements on plain facts."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.criteria import (
    BrokenRule,
    Condition,
    Facts,
    Group,
    Outcome,
    badges_in_a_circle,
    evaluate,
    is_met_by_any_condition,
    parse_rule,
    to_json,
)

PATH, LESSON, EXERCISE, BADGE = (UUID(int=number) for number in range(1, 5))
IDS = [PATH, LESSON, EXERCISE, BADGE]
path_done = Condition("path_completed", PATH)
lesson_done = Condition("lesson_mastered", LESSON)
scored = Condition("exercise_score", EXERCISE, "prompt", 70)
holds_badge = Condition("badge_held", BADGE)
WAYS = ["workflow_shared", "workflow_confirmed"]
contributes = Condition("community_contribution", at_least=3)


@pytest.mark.parametrize(
    ("facts", "is_met"),
    [
        (Facts(), False),
        (Facts(completed=frozenset({EXERCISE})), False),
        (Facts(scores={(EXERCISE, "prompt"): 69}), False),
        (Facts(scores={(EXERCISE, "outcome"): 100}), False),
        (Facts(scores={(EXERCISE, "prompt"): 70}), True),
    ],
)
def test_a_score_counts_from_its_bound_on(facts, is_met):
    assert evaluate(scored, facts).is_met == is_met


@pytest.mark.parametrize(
    ("asked", "facts", "is_met"),
    [
        (contributes, Facts(), False),
        (contributes, Facts(contributed={"": 2, "workflow_shared": 2}), False),
        (contributes, Facts(contributed={"": 3, "workflow_shared": 2, "workflow_confirmed": 1}), True),
        (
            Condition("community_contribution", None, "workflow_shared", 3),
            Facts(contributed={"": 3, "workflow_shared": 2, "workflow_confirmed": 1}),
            False,
        ),
    ],
)
def test_contributions_count_from_their_number_on_each_way_or_all_together(asked, facts, is_met):
    assert evaluate(asked, facts).is_met == is_met


def test_a_result_counts_in_the_review_of_the_achievement_that_is_asked_for():
    asked = Condition("measured_outcome", BADGE)

    assert not evaluate(asked, Facts(measured=frozenset({PATH}), held=frozenset({BADGE}))).is_met
    assert evaluate(asked, Facts(measured=frozenset({BADGE}))).is_met


def test_what_is_missing_is_named():
    rule = Group(3, (path_done, lesson_done, scored))

    outcome = evaluate(rule, Facts(completed=frozenset({PATH, LESSON})))

    assert outcome == Outcome(is_met=False, done=2, needed=3, missing=(scored,))


def test_of_alternatives_the_nearest_one_tells_how_far_it_is():
    rule = Group(1, (Group(2, (path_done, lesson_done)), Group(3, (scored, holds_badge, lesson_done))))

    outcome = evaluate(rule, Facts(completed=frozenset({PATH})))

    assert (outcome.done, outcome.needed) == (1, 2)
    assert set(outcome.missing) == {lesson_done, scored, holds_badge}


def test_two_of_three_are_enough():
    rule = Group(2, (path_done, lesson_done, scored))

    assert evaluate(rule, Facts(completed=frozenset({PATH, LESSON}))) == Outcome(
        is_met=True, done=2, needed=2
    )
    assert not evaluate(rule, Facts(completed=frozenset({PATH}))).is_met


conditions = st.one_of(
    st.builds(
        Condition,
        st.sampled_from(
            ["path_completed", "lesson_mastered", "badge_held", "manager_attested", "measured_outcome"]
        ),
        st.sampled_from(IDS),
    ),
    st.builds(
        Condition,
        st.just("community_contribution"),
        st.none(),
        st.sampled_from(["", *WAYS]),
        st.integers(1, 3),
    ),
    st.builds(
        Condition,
        st.just("exercise_score"),
        st.sampled_from(IDS),
        st.sampled_from(["prompt", "outcome", "review"]),
        st.integers(0, 100),
    ),
)
rules = st.recursive(
    conditions,
    lambda parts: st.lists(parts, min_size=1, max_size=4).flatmap(
        lambda own: st.builds(Group, st.integers(1, len(own)), st.just(tuple(own)))
    ),
    max_leaves=12,
)
facts = st.builds(
    Facts,
    completed=st.frozensets(st.sampled_from(IDS)),
    scores=st.dictionaries(
        st.tuples(st.sampled_from(IDS), st.sampled_from(["prompt", "outcome", "review"])), st.integers(0, 100)
    ),
    held=st.frozensets(st.sampled_from(IDS)),
    attested=st.frozensets(st.sampled_from(IDS)),
    measured=st.frozensets(st.sampled_from(IDS)),
    contributed=st.dictionaries(st.sampled_from(["", *WAYS]), st.integers(0, 4)),
)


def more_of(one, other):
    return {key: max(one.get(key, 0), other.get(key, 0)) for key in [*one, *other]}


@given(rules, facts, facts)
def test_more_facts_never_make_less_of_it(rule, some, more):
    both = Facts(
        completed=some.completed | more.completed,
        scores=more_of(some.scores, more.scores),
        held=some.held | more.held,
        attested=some.attested | more.attested,
        measured=some.measured | more.measured,
        contributed=more_of(some.contributed, more.contributed),
    )

    if evaluate(rule, some).is_met:
        assert evaluate(rule, both).is_met


@given(rules, facts)
def test_progress_is_never_more_than_all_and_all_only_when_met(rule, known):
    outcome = evaluate(rule, known)

    assert 0 <= outcome.done <= outcome.needed
    assert outcome.is_met == (outcome.done == outcome.needed)
    assert outcome.is_met == (not outcome.missing)


@given(rules, facts)
def test_where_any_condition_is_enough_nobody_is_on_the_way(rule, known):
    if is_met_by_any_condition(rule):
        assert evaluate(rule, known).done in {0, evaluate(rule, known).needed}


@given(rules)
def test_a_rule_is_read_back_as_it_was_stored(rule):
    stored = to_json(rule)

    assert to_json(parse_rule(stored)) == stored


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, "the rule must be one of all, any, at_least, path_completed"),
        ({}, "the rule must be one of all"),
        ({"all": []}, "the rule has no conditions. Add at least one."),
        ({"every": []}, "the rule has the unknown condition “every”"),
        (
            {"all": [{"path_completed": {"id": "the one for sales"}}]},
            "the rule, part 1 names nothing that exists",
        ),
        ({"all": [{"path_completed": {}}]}, "the rule, part 1: path_completed takes id."),
        (
            {"at_least": {"number": 3, "of": [{"badge_held": {"id": str(BADGE)}}]}},
            "takes a number from 1 to 1.",
        ),
        (
            {"at_least": {"number": True, "of": [{"badge_held": {"id": str(BADGE)}}]}},
            "takes a number from 1 to 1.",
        ),
        (
            {"exercise_score": {"id": str(EXERCISE), "part": "style", "at_least": 70}},
            "an exercise has the scores prompt, outcome, review.",
        ),
        (
            {"exercise_score": {"id": str(EXERCISE), "part": "prompt", "at_least": 101}},
            "a score is a whole number from 0 to 100.",
        ),
        ({"measured_outcome": {"at_least": 3}}, "the rule: measured_outcome takes id."),
        ({"community_contribution": {}}, "community_contribution takes at_least, and a kind where only one"),
        ({"community_contribution": {"id": str(BADGE), "at_least": 1}}, "takes at_least, and a kind"),
        ({"community_contribution": {"at_least": 0}}, "contributions are a whole number from 1 to 1000."),
        ({"community_contribution": {"at_least": True}}, "contributions are a whole number from 1 to 1000."),
        ({"community_contribution": {"at_least": 1001}}, "contributions are a whole number from 1 to 1000."),
        ({"community_contribution": {"at_least": 1, "kind": ""}}, "names no kind of contribution."),
        ({"community_contribution": {"at_least": 1, "kind": ["a"]}}, "names no kind of contribution."),
        ({"community_contribution": {"at_least": 1, "kind": "Some<b>"}}, "names no kind of contribution."),
    ],
)
def test_what_is_no_rule_is_refused_with_its_place(data, says):
    with pytest.raises(BrokenRule, match=says):
        parse_rule(data)


def test_a_rule_that_is_nested_or_long_beyond_use_is_refused():
    deep: object = {"badge_held": {"id": str(BADGE)}}
    for _level in range(6):
        deep = {"all": [deep]}
    long = {"all": [{"badge_held": {"id": str(uuid4())}} for _number in range(31)]}

    with pytest.raises(BrokenRule, match="nested too deeply"):
        parse_rule(deep)
    with pytest.raises(BrokenRule, match="asks for 31 things; 30 are the most"):
        parse_rule(long)


@pytest.mark.parametrize(
    ("asks", "circle"),
    [
        ({PATH: [LESSON], LESSON: [BADGE]}, []),
        ({PATH: [PATH]}, [PATH]),
        ({PATH: [LESSON], LESSON: [BADGE, PATH]}, [PATH, LESSON]),
        ({PATH: [LESSON, BADGE], LESSON: [EXERCISE], EXERCISE: [PATH]}, [PATH, LESSON, EXERCISE]),
        ({PATH: [LESSON], LESSON: [EXERCISE], EXERCISE: [LESSON]}, [LESSON, EXERCISE]),
    ],
)
def test_badges_that_wait_for_each_other_are_found(asks, circle):
    assert badges_in_a_circle(asks) == circle
