"""Two at once: one nomination, one decision that settles it, one award."""

import pytest

from badges.models import Award, AwardEvent, Nomination, Review
from badges.services.nominating import nominate, withdraw_nomination
from badges.services.reviewing import review_nomination
from lms.core.errors import ActionRefused
from tests.badges.nominations import SHOWN
from tests.badges.test_at_once import together

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def refused(results):
    return [each for each in results if isinstance(each, ActionRefused)]


@pytest.fixture
def deciding(submitted, noon):
    """Return a function that gives a call in which somebody decides."""

    def call(reviewer, decision="accept"):
        return lambda: review_nomination(
            nomination=submitted, reviewer=reviewer, seen_round=1, decision=decision, levels=SHOWN,
            comment="So it is.", at=noon,
        )  # fmt: skip

    return call


def test_two_colleagues_put_the_same_person_forward_once(coach, ada, bruno, radia, noon):
    def by(who):
        return lambda: nominate(achievement=coach, nominee=ada, nominated_by=who, why="She does.", at=noon)

    results = together(by(bruno), by(radia))

    assert len(refused(results)) == 1
    assert Nomination.objects.count() == 1


@pytest.mark.parametrize("attempt", range(4))
def test_two_reviewers_at_once_settle_it_once(submitted, radia, mei, deciding, attempt):
    results = together(deciding(radia), deciding(mei, "decline"))

    submitted.refresh_from_db()
    assert len(refused(results)) == 1
    assert [each.decision for each in Review.objects.all()] == [
        "accept" if submitted.state == "accepted" else "decline"
    ]
    assert Award.objects.count() == (submitted.state == "accepted")


def test_a_reviewer_who_clicks_twice_decides_once(radia, deciding):
    results = together(deciding(radia), deciding(radia), deciding(radia))

    assert len(refused(results)) == 2
    assert (Review.objects.count(), Award.objects.count(), AwardEvent.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("attempt", range(4))
def test_withdrawn_and_accepted_at_once_is_one_of_the_two(submitted, ada, radia, noon, deciding, attempt):
    together(deciding(radia), lambda: withdraw_nomination(nomination=submitted, actor=ada, at=noon))

    submitted.refresh_from_db()
    assert Award.objects.count() == (submitted.state == "accepted")
    assert submitted.state in {"accepted", "withdrawn"}
