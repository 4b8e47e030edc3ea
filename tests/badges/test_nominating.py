"""Putting somebody forward: what they show, who decides, and what comes of it."""

import uuid
from datetime import timedelta

import pytest

from badges.models import Award, Evidence, Nomination, Review
from badges.services.awarding import award_achievement
from badges.services.erasing import forget_holder
from badges.services.evidence import MOST_PIECES, NewEvidence, add_evidence, remove_evidence
from badges.services.nominating import (
    appeal_nomination,
    nominate,
    submit_nomination,
    withdraw_nomination,
)
from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.people.models import User
from lms.people.services import set_person_status
from sandbox.models import SharedAttempt
from sandbox.services.keeping import revoke_copy

State = Nomination.State


@pytest.fixture
def draft(coach, ada, bruno, noon) -> Nomination:
    """Bruno has put Ada forward."""
    return nominate(achievement=coach, nominee=ada, nominated_by=bruno, why="She taught us.", at=noon)


@pytest.fixture
def shared(ada, bruno, exercise_factory, noon):
    """Return a function that makes a shared copy of somebody's practice."""

    def share(learner, **fields):
        return SharedAttempt.objects.create(
            learner=learner, exercise=exercise_factory(), title="Hand over", prompt="p", answer="a",
            shared_at=noon, **fields,
        )  # fmt: skip

    return share


# --- putting forward ---------------------------------------------------------------------------------


def test_anybody_is_put_forward_by_themselves_a_colleague_or_a_manager(
    coach, ada, bruno, linus, achievement_factory, noon
):
    kinds = {}
    for who in (ada, bruno, linus):
        achievement = achievement_factory(takes_nominations=True)
        made = nominate(achievement=achievement, nominee=ada, nominated_by=who, why="She does.", at=noon)
        kinds[who.full_name] = made.kind

    assert kinds == {"Ada Okafor": "self", "Bruno Salgado": "peer", "Linus Berg": "manager"}


def test_nobody_is_put_forward_for_what_takes_no_nominations(prompt_craft, ada, noon):
    with pytest.raises(ActionRefused, match="Nobody can be put forward for “Prompt craft” now"):
        nominate(achievement=prompt_craft, nominee=ada, nominated_by=ada, why="I can.", at=noon)

    assert Nomination.objects.count() == 0


def test_nobody_who_left_is_put_forward(coach, ada, bruno, noon):
    set_person_status(person=ada, status=User.Status.LEFT, actor="command:tests", reason="")

    with pytest.raises(ActionRefused, match="does not work here now"):
        nominate(achievement=coach, nominee=ada, nominated_by=bruno, why="She can.", at=noon)

    assert Nomination.objects.count() == 0


def test_a_colleague_does_not_learn_why_somebody_cannot_be_put_forward(
    coach, ada, bruno, linus, noon, achievement_factory
):
    """Holding it and being put forward already read alike, since either is Ada's own business."""
    other = achievement_factory(takes_nominations=True)
    award_achievement(achievement=other, recipient=ada, at=noon, source=Award.Source.PERSON)
    nominate(achievement=coach, nominee=ada, nominated_by=linus, why="She can.", at=noon)

    said = set()
    for achievement in (coach, other):
        with pytest.raises(ActionRefused) as refusal:
            nominate(achievement=achievement, nominee=ada, nominated_by=bruno, why="She can.", at=noon)
        said.add(refusal.value.message)

    assert said == {"Ada Okafor cannot be put forward for it now: they hold it, or somebody else was faster."}


# --- evidence ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewEvidence(kind="file", title="x", content=b"MZ\x90\x00"), "file"),
        (NewEvidence(kind="file", title="x", content=b""), "file"),
        (NewEvidence(kind="file", title="x", content=b"%PDF-" + b" " * 10 * 1024 * 1024), "file"),
        (NewEvidence(kind="link", title="x", url="javascript:alert(1)"), "url"),
        (NewEvidence(kind="link", title="x", url="https://"), "url"),
        (NewEvidence(kind="link", title=" ", url="https://wiki.example/"), "title"),
        (NewEvidence(kind="result", title="x"), "text"),
        (NewEvidence(kind="practice", title="x", shared_copy=uuid.UUID(int=1)), "shared_copy"),
        (NewEvidence(kind="poem", title="x", text="x"), "kind"),
        (NewEvidence(kind="result", title="x", text="x", visibility="all"), "visibility"),
    ],
)
def test_evidence_that_is_none_is_refused_at_its_field(draft, ada, noon, new, field):
    with pytest.raises(ActionRefused) as refusal:
        add_evidence(nomination=draft, actor=ada, new=new, at=noon)

    assert refusal.value.field == field
    assert Evidence.objects.count() == 0


def test_a_file_is_kept_with_its_digest_and_goes_when_it_is_removed(
    draft, ada, noon, django_capture_on_commit_callbacks
):
    new = NewEvidence(kind="file", title="Notes", content=b"What I showed them\n")

    piece = add_evidence(nomination=draft, actor=ada, new=new, at=noon)

    # printf 'What I showed them\n' | sha256sum
    assert piece.sha256 == "82f2f15e9b2f8be6de9bf91c1517cbc67cd8bbb63101e2e1809db835a3b59618"
    assert piece.media_type == "text/plain"
    assert piece.file.name == f"evidence/{piece.public_id}.txt"
    storage = piece.file.storage
    with django_capture_on_commit_callbacks(execute=True):
        remove_evidence(evidence=piece, actor=ada, at=noon)
    assert not storage.exists(f"evidence/{piece.public_id}.txt")
    assert Evidence.objects.count() == 0


def test_only_an_own_copy_that_is_still_shared_counts(draft, ada, bruno, noon, shared):
    own, foreign, gone = shared(ada), shared(bruno), shared(ada)
    revoke_copy(copy=gone, at=noon)

    for copy in (foreign, gone):
        new = NewEvidence(kind="practice", title="", shared_copy=copy.public_id)
        with pytest.raises(ActionRefused, match="Choose a copy that you have shared"):
            add_evidence(nomination=draft, actor=ada, new=new, at=noon)
    new = NewEvidence(kind="practice", title="", shared_copy=own.public_id)
    piece = add_evidence(nomination=draft, actor=ada, new=new, at=noon)

    assert (piece.title, piece.shared_copy) == ("Hand over", own.public_id)


def test_only_the_nominee_adds_evidence_and_submits(draft, bruno, link, noon):
    for change in (
        lambda: add_evidence(nomination=draft, actor=bruno, new=link, at=noon),
        lambda: submit_nomination(nomination=draft, actor=bruno, at=noon),
    ):
        with pytest.raises(ActionRefused, match="Only the person it is about"):
            change()

    assert Evidence.objects.count() == 0


def test_twenty_pieces_are_enough(draft, ada, link, noon):
    for _number in range(MOST_PIECES):
        add_evidence(nomination=draft, actor=ada, new=link, at=noon)

    with pytest.raises(ActionRefused, match="Twenty pieces are enough"):
        add_evidence(nomination=draft, actor=ada, new=link, at=noon)


def test_what_reviewers_may_not_see_is_not_enough_to_submit(draft, ada, noon):
    new = NewEvidence(kind="result", title="Saved", text="20 minutes in 12 cases", visibility="private")
    add_evidence(nomination=draft, actor=ada, new=new, at=noon)

    with pytest.raises(ActionRefused, match="Add at least one thing that reviewers may see"):
        submit_nomination(nomination=draft, actor=ada, at=noon)

    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_evidence_stays_as_it_is_while_reviewers_look(submitted, ada, link, noon):
    with pytest.raises(ActionRefused, match="stays as it is"):
        add_evidence(nomination=submitted, actor=ada, new=link, at=noon)
    with pytest.raises(ActionRefused, match="stays as it is"):
        remove_evidence(evidence=submitted.evidence.get(), actor=ada, at=noon)

    assert Evidence.objects.count() == 1


# --- and then ----------------------------------------------------------------------------------------


def test_returned_it_is_changed_and_submitted_again_and_earlier_reviews_stay(
    submitted, ada, radia, link, noon, decide
):
    decide(submitted, radia, "return", comment="One more case.")
    submitted.refresh_from_db()
    assert submitted.state == State.RETURNED

    add_evidence(nomination=submitted, actor=ada, new=link, at=noon)
    submit_nomination(nomination=submitted, actor=ada, at=noon + timedelta(days=1))
    decide(submitted, radia)

    kept = Review.objects.values_list("round", "decision", "comment")
    assert list(kept) == [(1, "return", "One more case."), (2, "accept", "Show one more case.")]


def test_an_appeal_goes_to_others_and_only_once(submitted, ada, radia, mei, noon, decide):
    decide(submitted, radia, "decline")
    submitted.refresh_from_db()
    appeal_nomination(nomination=submitted, actor=ada, words="It is in the guide.", at=noon)

    with pytest.raises(ActionRefused, match="You decided before the appeal"):
        decide(submitted, radia)
    decide(submitted, mei, "decline")
    with pytest.raises(ActionRefused, match="only once"):
        appeal_nomination(nomination=submitted, actor=ada, words="Once more.", at=noon)

    submitted.refresh_from_db()
    assert (submitted.state, submitted.appeal) == (State.DECLINED, "It is in the guide.")


def test_an_appeal_waits_while_another_nomination_is_open(submitted, coach, ada, radia, noon, decide):
    decide(submitted, radia, "decline")
    nominate(achievement=coach, nominee=ada, nominated_by=ada, why="New.", at=noon)

    with pytest.raises(ActionRefused, match="put forward for it again"):
        appeal_nomination(nomination=submitted, actor=ada, words="But look.", at=noon)


def test_whoever_made_it_takes_it_back_before_it_is_submitted_and_not_after(draft, ada, bruno, link, noon):
    add_evidence(nomination=draft, actor=ada, new=link, at=noon)
    submit_nomination(nomination=draft, actor=ada, at=noon)

    with pytest.raises(ActionRefused, match="Only the person it is about can withdraw it now"):
        withdraw_nomination(nomination=draft, actor=bruno, at=noon)
    withdraw_nomination(nomination=draft, actor=ada, at=noon)

    draft.refresh_from_db()
    assert (draft.state, draft.ended_at) == (State.WITHDRAWN, noon)


def test_the_audit_trail_says_what_was_done_and_nothing_of_what_was_written(submitted, radia, decide):
    decide(submitted, radia, "decline", comment="plum-comment")

    entries = AuditEntry.objects.filter(object_type="nomination").order_by("pk")
    assert [entry.action for entry in entries] == [
        "badges.nominate",
        "badges.add_evidence",
        "badges.submit_nomination",
        "badges.review",
    ]
    assert not [e for e in entries if "plum" in f"{e.after}{e.reason}" or "week" in f"{e.after}{e.reason}"]


def test_with_the_person_goes_what_was_shown_for_them(draft, ada, noon, django_capture_on_commit_callbacks):
    new = NewEvidence(kind="file", title="Notes", content=b"What I showed them\n")
    piece = add_evidence(nomination=draft, actor=ada, new=new, at=noon)

    with django_capture_on_commit_callbacks(execute=True):
        forget_holder(person=ada, actor=None, at=noon)

    assert (Nomination.objects.count(), Evidence.objects.count()) == (0, 0)
    assert not piece.file.storage.exists(f"evidence/{piece.public_id}.txt")


# --- awarded otherwise --------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["person", "rule", "list"])
def test_what_is_awarded_otherwise_closes_a_nomination_with_a_note(
    submitted, coach, ada, mei, noon, source, client_of
):
    award_achievement(
        achievement=coach, recipient=ada, at=noon, source=source, actor=None if source == "rule" else mei
    )

    submitted.refresh_from_db()
    award = Award.objects.get()
    assert (submitted.state, submitted.ended_at, submitted.award) == (State.CLOSED, noon, award)
    page = client_of(ada).get(f"/me/nominations/{submitted.public_id}/").text
    assert "You were awarded it otherwise on 24 November 2026, so nobody reviews this any more." in page
    assert AuditEntry.objects.filter(action="badges.close_nomination").count() == 1
    assert award.narrative == ""


def test_nominations_of_others_and_for_something_else_stay_open(
    submitted, coach, ada, bruno, achievement_factory, noon
):
    award_achievement(achievement=coach, recipient=bruno, at=noon, source="rule")
    award_achievement(achievement=achievement_factory(), recipient=ada, at=noon, source="rule")

    submitted.refresh_from_db()
    assert submitted.state == State.SUBMITTED
