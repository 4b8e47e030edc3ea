"""What reviewers decide about a nomination, what that awards or renews, and who may not decide."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from badges.models import Award, Evidence, Nomination, Review
from badges.services.achievements import change_achievement, retire_achievement
from badges.services.awarding import award_achievement
from badges.services.evidence import NewEvidence, add_evidence
from badges.services.nominating import (
    nominate,
    submit_nomination,
)
from badges.services.renewing import renew_award
from badges.services.reviewing import RightEnded
from lms.core.errors import ActionRefused
from lms.people.models import User
from lms.people.services import set_person_status
from lms.records.models import LearningRecord
from tests.badges.nominations import RUBRIC

State = Nomination.State
PUBLIC = Evidence.Visibility.PUBLIC


@pytest.fixture
def extra(person_factory):
    """Three more reviewers."""
    return [person_factory(groups=("Reviewers",)) for _number in range(3)]


# --- deciding ----------------------------------------------------------------------------------------


def test_accepted_means_awarded_with_what_the_nominee_shows_to_everyone(
    coach, ada, radia, noon, link, decide
):
    made = nominate(achievement=coach, nominee=ada, nominated_by=ada, why="I do.", at=noon)
    for title, visibility in (("Guide", PUBLIC), ("Numbers", "reviewers"), ("Notes", "private")):
        new = NewEvidence(kind="result", title=title, text="12 cases", visibility=visibility)
        add_evidence(nomination=made, actor=ada, new=new, at=noon)
    submit_nomination(nomination=made, actor=ada, at=noon)

    decide(made, radia)

    made.refresh_from_db()
    award = Award.objects.get()
    assert (made.state, made.award) == (State.ACCEPTED, award)
    assert (award.recipient, award.source, award.awarded_by) == (ada, Award.Source.REVIEW, radia)
    assert award.narrative == "Guide: 12 cases"
    assert LearningRecord.objects.filter(verb="earned", actor=ada).count() == 1


@pytest.fixture
def held(achievement_factory, ada, mei, noon):
    """Ada holds a credential that people are put forward for; it lasts a year."""
    coach = achievement_factory("Coach", takes_nominations=True, rubric=RUBRIC, validity_months=12)
    return award_achievement(
        achievement=coach, recipient=ada, at=noon, source=Award.Source.REVIEW, actor=mei, narrative="Guide"
    )


def put_forward(award, person, link, at):
    made = nominate(achievement=award.achievement, nominee=person, nominated_by=person, why="I do.", at=at)
    add_evidence(nomination=made, actor=person, new=link, at=at)
    return submit_nomination(nomination=made, actor=person, at=at)


@pytest.mark.parametrize("days", [310, 380], ids=["before its end", "after it, in time"])
def test_accepted_renews_what_can_be_renewed(held, ada, radia, noon, decide, days):
    later = noon + timedelta(days=days)
    new = NewEvidence(kind="result", title="This year", text="40 cases", visibility=PUBLIC)
    made = put_forward(held, ada, new, later)

    decide(made, radia, at=later)

    made.refresh_from_db()
    award = Award.objects.get()
    assert (made.state, made.award, award.pk) == (State.ACCEPTED, award, held.pk)
    assert (award.cycle, award.valid_from, award.awarded_at) == (1, later, noon)
    assert award.narrative == "Guide\nThis year: 40 cases"
    assert list(award.events.order_by("pk").values_list("kind", flat=True)) == ["issued", "renewed"]
    assert list(LearningRecord.objects.order_by("pk").values_list("verb", flat=True)) == [
        "earned",
        "renewed",
        "measured",
    ]


def test_whoever_holds_it_for_long_yet_is_not_put_forward(held, ada, noon):
    with pytest.raises(ActionRefused, match="You hold it"):
        nominate(
            achievement=held.achievement, nominee=ada, nominated_by=ada, why="I do.",
            at=noon + timedelta(days=300),
        )  # fmt: skip

    assert not Nomination.objects.exists()


def test_accepted_after_somebody_renewed_it_changes_no_dates(held, ada, mei, radia, link, noon, decide):
    later = noon + timedelta(days=310)
    made = put_forward(held, ada, link, later)
    renewed = renew_award(award=held, actor=mei, at=later)

    decide(made, radia, at=later + timedelta(days=1))

    made.refresh_from_db()
    award = Award.objects.get()
    assert (made.state, made.award) == (State.ACCEPTED, award)
    assert (award.cycle, award.valid_until) == (1, renewed.valid_until)


def test_declined_leaves_what_is_held_as_it_is(held, ada, radia, link, noon, decide):
    later = noon + timedelta(days=310)
    made = put_forward(held, ada, link, later)

    decide(made, radia, "decline", at=later)

    award = Award.objects.get()
    assert (award.cycle, award.valid_until, award.narrative) == (0, held.valid_until, "Guide")


def test_with_three_reviewers_needed_the_third_awards(
    achievement_factory, ada, radia, mei, extra, noon, link, decide
):
    coach = achievement_factory(takes_nominations=True, reviewers_needed=3)
    made = nominate(achievement=coach, nominee=ada, nominated_by=ada, why="I do.", at=noon)
    add_evidence(nomination=made, actor=ada, new=link, at=noon)
    submit_nomination(nomination=made, actor=ada, at=noon)

    decide(made, radia)
    decide(made, mei)
    decide(made, extra[0], "decline")
    assert Award.objects.count() == 0
    decide(made, extra[1])

    assert Award.objects.get().recipient == ada


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ("nominee", "This is about you"),
        ("nominator", "You put them forward"),
        ("manager", "They report to you"),
        ("report", "You report to the nominee"),
        ("report of the nominator", "You report to the nominee"),
    ],
)
def test_a_conflict_of_interest_is_refused(
    coach, ada, bruno, linus, person_factory, link, noon, decide, who, says
):
    made = nominate(achievement=coach, nominee=ada, nominated_by=bruno, why="She does.", at=noon)
    add_evidence(nomination=made, actor=ada, new=link, at=noon)
    submit_nomination(nomination=made, actor=ada, at=noon)
    reviewer = {
        "nominee": ada,
        "nominator": bruno,
        "manager": linus,
        "report": person_factory(manager=ada),
        "report of the nominator": person_factory(manager=bruno),
    }[who]
    reviewer.groups.add(Group.objects.get(name="Reviewers"))

    with pytest.raises(ActionRefused, match=says):
        decide(made, reviewer)

    assert (Review.objects.count(), Award.objects.count()) == (0, 0)


def test_a_reviewer_whose_right_has_ended_decides_nothing(submitted, radia, decide):
    assert radia.group_names == {"Reviewers"}  # as the page knew them when it was opened
    radia.groups.clear()

    with pytest.raises(RightEnded, match="Your right to review has ended, so nothing was decided"):
        decide(submitted, radia)

    assert Review.objects.count() == 0


def test_nothing_is_decided_for_somebody_who_left(submitted, ada, radia, decide):
    set_person_status(person=ada, status=User.Status.LEFT, actor="command:tests", reason="")

    with pytest.raises(ActionRefused, match="Ada Okafor has left the company"):
        decide(submitted, radia)

    submitted.refresh_from_db()
    assert (submitted.state, Review.objects.count(), Award.objects.count()) == (State.SUBMITTED, 0, 0)


def test_deciding_twice_is_refused(submitted, radia, decide):
    decide(submitted, radia)

    with pytest.raises(ActionRefused, match="You have decided in this round"):
        decide(submitted, radia, "decline")

    assert [each.decision for each in Review.objects.all()] == ["accept"]


def test_a_review_of_evidence_that_has_changed_since_is_refused(submitted, ada, radia, mei, noon, decide):
    decide(submitted, mei, "return")
    submit_nomination(nomination=submitted, actor=ada, at=noon)

    with pytest.raises(ActionRefused, match="submitted again since you opened it"):
        decide(submitted, radia, seen_round=1)

    assert Award.objects.count() == 0


def test_changed_words_are_never_awarded_on_the_old_review(submitted, coach, ada, radia, noon, decide):
    change_achievement(achievement=coach, actor=None, at=noon, criteria="Something harder.")

    with pytest.raises(ActionRefused, match="The words of this achievement have changed"):
        decide(submitted, radia)
    decide(submitted, radia, "return")
    submit_nomination(nomination=submitted, actor=ada, at=noon)
    decide(submitted, radia)

    assert Award.objects.get().version.criteria == "Something harder."


def test_what_was_retired_meanwhile_is_not_awarded_and_the_nomination_stays(
    submitted, coach, radia, noon, decide
):
    retire_achievement(achievement=coach, actor=None, at=noon)

    with pytest.raises(ActionRefused, match="cannot be awarded now"):
        decide(submitted, radia)

    submitted.refresh_from_db()
    assert (submitted.state, Review.objects.count()) == (State.SUBMITTED, 0)
