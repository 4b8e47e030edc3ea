"""Who gets a path, who keeps it and who loses it: the rule that wins is stated, and nothing swings."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.paths.assigning import Claim, Effect, Leaving, Standing, Step, best, decide

EARLY, LATE = date(2026, 12, 1), date(2026, 12, 15)
OLD = Claim(assignment=1, version=10, due_on=LATE)
NEW = Claim(assignment=2, version=20, due_on=LATE)
SOONER = Claim(assignment=3, version=30, due_on=EARLY)
OFFER = Claim(assignment=4, version=40, is_required=False, due_on=EARLY)
HELD = Standing(assignment=1, version=10, due_on=LATE)


@pytest.mark.parametrize(
    ("claims", "winner"),
    [
        ([OLD, NEW], OLD),
        ([NEW, SOONER], SOONER),
        ([OFFER, NEW], NEW),
        ([Claim(5, 50), OLD], OLD),
        ([Claim(6, 60), Claim(5, 50)], Claim(5, 50)),
    ],
    ids=["the older", "the earlier due", "the required", "a due date before none", "the older without dates"],
)
def test_one_of_several_rules_wins(claims, winner):
    assert best(claims) == winner
    assert best(claims[::-1]) == winner


@pytest.mark.parametrize(
    ("standing", "claims", "effect"),
    [
        (None, [], None),
        (None, [OLD], Effect(Step.ENROLL, OLD)),
        (Standing(is_required=False), [], None),
        (Standing(is_required=False), [OLD], Effect(Step.ASSIGN, OLD)),
        (HELD, [OLD], None),
        (HELD, [OLD, NEW], None),
        (HELD, [OLD, SOONER], Effect(Step.ASSIGN, SOONER)),
        (HELD, [OLD, OFFER], None),
        (HELD, [OLD._replace(version=11)], Effect(Step.DATES, OLD._replace(version=11))),
        (HELD, [OLD._replace(due_on=EARLY)], Effect(Step.DATES, OLD._replace(due_on=EARLY))),
        (HELD._replace(has_fixed_dates=True), [OLD._replace(due_on=EARLY)], None),
        (HELD._replace(has_fixed_dates=True), [OLD, SOONER], None),
        (HELD, [NEW], Effect(Step.ASSIGN, NEW)),
        (HELD, [], Effect(Step.WITHDRAW)),
        (HELD._replace(has_started=True), [], Effect(Step.OPTIONAL)),
        (HELD._replace(on_leaving=Leaving.OPTIONAL), [], Effect(Step.OPTIONAL)),
        (HELD._replace(on_leaving=Leaving.KEEP), [], None),
        (HELD._replace(is_resting=True), [], None),
        (HELD._replace(is_withdrawn=True), [OLD], Effect(Step.RETURN, OLD)),
        (HELD._replace(is_withdrawn=True), [], None),
        (HELD._replace(is_completed=True), [], None),
        (HELD._replace(is_completed=True), [SOONER], None),
        (Standing(is_completed=True, is_required=False), [OLD], Effect(Step.ASSIGN, OLD)),
        (Standing(is_by_hand=True), [OLD], None),
    ],
)
def test_what_happens_to_a_person(standing, claims, effect):
    assert decide(standing, claims) == effect


def test_an_exclusion_wins_over_every_rule():
    assert decide(None, [OLD, SOONER], is_excluded=True) is None
    assert decide(HELD._replace(is_withdrawn=True), [OLD], is_excluded=True) is None


days = st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31))
claims_of_rules = st.lists(
    st.builds(
        Claim, st.integers(1, 6), st.integers(1, 9), is_required=st.booleans(), due_on=days, closes_on=days
    ),
    unique_by=lambda claim: claim.assignment,
    max_size=5,
)
standings = st.none() | st.builds(
    Standing,
    is_required=st.booleans(),
    assignment=st.none() | st.integers(1, 6),
    version=st.none() | st.integers(1, 9),
    due_on=days,
    closes_on=days,
    is_by_hand=st.booleans(),
    has_fixed_dates=st.booleans(),
    is_completed=st.booleans(),
    is_withdrawn=st.booleans(),
    has_started=st.booleans(),
    is_resting=st.booleans(),
    on_leaving=st.sampled_from(Leaving),
)


def after(standing, effect):
    """Return the standing that an effect leads to, as it is written."""
    standing = standing or Standing()
    claim = effect.claim
    if claim is None:
        gone = standing._replace(assignment=None, version=None)
        if effect.step == Step.WITHDRAW:
            return gone._replace(is_withdrawn=True)
        return gone._replace(is_required=False, due_on=None, closes_on=None, has_fixed_dates=False)
    keeps_dates = (standing.has_fixed_dates or standing.is_completed) and effect.step != Step.RETURN
    return standing._replace(
        assignment=claim.assignment,
        version=claim.version,
        is_required=claim.is_required,
        is_withdrawn=False,
        is_by_hand=False,
        is_resting=False,
        has_fixed_dates=keeps_dates and standing.has_fixed_dates,
        due_on=standing.due_on if keeps_dates else claim.due_on,
        closes_on=standing.closes_on if keeps_dates else claim.closes_on,
    )


@given(standings, claims_of_rules)
def test_deciding_again_changes_nothing(standing, claims):
    effect = decide(standing, claims)

    if effect is not None:
        assert decide(after(standing, effect), claims) is None


@given(standings, claims_of_rules, st.randoms())
def test_the_order_of_rules_does_not_matter(standing, claims, random):
    shuffled = random.sample(claims, len(claims))

    assert decide(standing, shuffled) == decide(standing, claims)
