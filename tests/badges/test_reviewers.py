"""Whether anybody is left to decide: conflicts, how many have to agree, and appeals to somebody new."""

import pytest
from django.contrib.auth.models import Group

from badges.models import AchievementVersion, Nomination
from badges.selectors.reviewers import Short, reviewers_missing, short_of_reviewers
from badges.services.evidence import add_evidence
from badges.services.nominating import appeal_nomination, nominate
from lms.notifications.models import Notification
from lms.people.models import User

WAITS = "waits for reviewers to be named"


def missing(nomination) -> int:
    nomination = Nomination.objects.select_related("version").get(pk=nomination.pk)
    return reviewers_missing([nomination])[nomination.pk]


def test_one_reviewer_without_conflict_is_enough_for_one(submitted, radia):
    assert missing(submitted) == 0


def test_whoever_is_close_does_not_count(submitted, ada, linus, bruno, person_factory):
    """Nobody reviews but Ada herself, who leads her, somebody whom she leads, and who has left."""
    for person in (ada, linus, bruno):
        person.groups.add(*Group.objects.filter(name="Reviewers"))
    User.objects.filter(pk=bruno.pk).update(manager=ada)
    person_factory(groups=("Reviewers",), status="left")

    assert missing(submitted) == 1


def test_administrators_may_decide_too(submitted, mei):
    assert missing(submitted) == 0


def test_as_many_as_have_to_agree_and_those_who_have_decided_count(submitted, radia, decide, person_factory):
    AchievementVersion.objects.update(reviewers_needed=3)
    assert missing(submitted) == 2
    person_factory(groups=("Reviewers",))

    decide(submitted, radia)

    assert missing(submitted) == 1


def test_an_appeal_wants_somebody_who_has_not_decided(submitted, ada, radia, decide, noon):
    decide(submitted, radia, "decline")

    appeal_nomination(nomination=submitted, actor=ada, words="Look again.", at=noon)

    assert missing(submitted) == 1


@pytest.fixture
def alone(coach, ada, link, noon):
    """Ada's nomination, where nobody can decide."""
    nomination = nominate(achievement=coach, nominee=ada, nominated_by=ada, why="I help.", at=noon)
    add_evidence(nomination=nomination, actor=ada, new=link, at=noon)
    return nomination


def test_the_nominee_is_told_and_it_stays_submitted(alone, ada, client_of, radia):
    radia.groups.clear()
    learner = client_of(ada)

    page = learner.post(f"/me/nominations/{alone.public_id}/submit/", follow=True).text

    assert WAITS in page
    assert "The reviewers have it now." not in page
    alone.refresh_from_db()
    assert alone.state == "submitted"
    radia.groups.add(*Group.objects.filter(name="Reviewers"))
    assert WAITS not in learner.get(f"/me/nominations/{alone.public_id}/").text


def test_administrators_are_told_once_and_see_what_to_do_and_not_whose_it_is(
    alone, ada, mei, linus, client_of
):
    AchievementVersion.objects.update(reviewers_needed=2)
    client_of(ada).post(f"/me/nominations/{alone.public_id}/submit/")

    told = Notification.objects.filter(type="badges.too_few_reviewers")
    assert [each.recipient for each in told] == [mei]
    assert "Okafor" not in told[0].title + told[0].text
    page = client_of(mei).get("/manage/credentials/").text
    assert "1 nomination for “AI coach” cannot be decided:" in page
    assert "1 reviewer is missing who is in no conflict" in page
    assert "Name more reviewers" in page
    assert short_of_reviewers() == [Short("AI coach", 1, 1)]


def test_an_appeal_says_it_too(submitted, ada, radia, decide, client_of):
    decide(submitted, radia, "decline")

    page = client_of(ada).post(
        f"/me/nominations/{submitted.public_id}/appeal/", {"words": "Look again."}, follow=True
    )

    assert WAITS in page.text


def test_many_that_wait_cost_no_more_queries_than_one(
    coach, person_factory, link, noon, django_assert_num_queries, radia
):
    for _number in range(5):
        person = person_factory()
        made = nominate(achievement=coach, nominee=person, nominated_by=person, why="I help.", at=noon)
        Nomination.objects.filter(pk=made.pk).update(state="submitted", round=1, submitted_at=noon)

    with django_assert_num_queries(4):
        assert short_of_reviewers() == []
