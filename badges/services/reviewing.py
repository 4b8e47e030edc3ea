"""Deciding about nominations: each review is kept, and the one that settles it awards in the same transaction."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from badges.models import Achievement, Award, Nomination, Review
from badges.reviewing import ACCEPT, DECLINE, RETURN, SENTENCES, hindrance, outcome, problem_with
from badges.selectors.earning import award_to_renew
from badges.selectors.evidence import LONGEST_NARRATIVE, narrative_of, public_evidence_of
from badges.selectors.nominations import standing_of
from badges.services.awarding import award_achievement
from badges.services.measuring import record_results
from badges.services.nominating import lock_nomination, note_nomination
from badges.services.renewing import renew_award
from badges.services.telling import tell_decided
from lms.core.errors import ActionRefused
from lms.people.models import User
from lms.people.permissions import is_reviewer

STATES = {
    ACCEPT: Nomination.State.ACCEPTED,
    RETURN: Nomination.State.RETURNED,
    DECLINE: Nomination.State.DECLINED,
}


class RightEnded(ActionRefused):
    """Whoever decides may not review any more."""

    def __init__(self) -> None:
        """Say that nothing was decided."""
        super().__init__(
            _("Your right to review has ended, so nothing was decided. Hand your notes to another reviewer.")
        )


@transaction.atomic
def review_nomination(
    *,
    nomination: Nomination,
    reviewer: User,
    seen_round: int,
    decision: str,
    levels: Mapping[str, int],
    comment: str,
    at: datetime,
) -> Review:
    """Decide about a nomination; enough reviewers of one opinion settle it, and accepted means awarded, or renewed.

    Args:
        nomination: One that waits for reviewers.
        reviewer: Who decides.
        seen_round: The round whose evidence they have looked at.
        decision: One of `Review.Decision`.
        levels: How far each criterion of the rubric is shown, 0 to 2.
        comment: For the nominee; needed to return or decline.
        at: Now.

    Raises:
        RightEnded: The reviewer is none any more.
        ActionRefused: There is a conflict of interest, somebody else was faster, something is missing, the words of
            the achievement have changed, or the nominee has left. Nothing is kept then.
    """
    nomination = lock_nomination(nomination)
    _check_right(nomination, reviewer, seen_round)
    rubric = nomination.version.rubric
    if problem := problem_with(decision, rubric=rubric, levels=levels, comment=comment):
        raise ActionRefused(problem[1], field=problem[0])
    if decision == ACCEPT:
        _check_words(nomination)
    review = Review.objects.create(
        nomination=nomination,
        round=nomination.round,
        reviewer=reviewer,
        decision=Review.Decision(decision),
        levels={each: levels[each] for each in rubric if each in levels},
        comment=comment.strip(),
        at=at,
    )
    note_nomination("review", nomination, actor=reviewer, at=at, after={"decision": decision})
    _settle(nomination, reviewer, at)
    return review


def _check_right(nomination: Nomination, reviewer: User, seen_round: int) -> None:
    # Asked anew: since the page was opened, somebody may have taken the right back.
    reviewer = User.objects.get(pk=reviewer.pk)
    if not is_reviewer(reviewer):
        raise RightEnded
    standing = standing_of(reviewer, nomination)
    reason = hindrance(standing, round_now=nomination.round, appeal_round=nomination.appeal_round)
    if reason is not None:
        raise ActionRefused(str(SENTENCES[reason]))
    if nomination.state != Nomination.State.SUBMITTED:
        raise ActionRefused(
            _("It is not with the reviewers any more: it was decided or withdrawn. Your words are below.")
        )
    if nomination.round != seen_round:
        raise ActionRefused(
            _("It was changed and submitted again since you opened it. Look at the evidence once more.")
        )
    if nomination.nominee.status == User.Status.LEFT:
        sentence = _("%(name)s has left the company, so nothing new is awarded. Nothing was decided.")
        raise ActionRefused(sentence % {"name": nomination.nominee})


def _check_words(nomination: Nomination) -> None:
    if nomination.achievement.live_id != nomination.version_id:
        raise ActionRefused(
            _(
                "The words of this achievement have changed since it was submitted. Return it, so that the nominee "
                "sees the new ones and submits again."
            )
        )


def _settle(nomination: Nomination, reviewer: User, at: datetime) -> None:
    reviews = nomination.reviews.filter(round=nomination.round)
    settled = outcome(reviews.values_list("decision", flat=True), needed=nomination.version.reviewers_needed)
    if settled is None:
        return
    nomination.state = STATES[settled]
    if settled != RETURN:
        nomination.ended_at = at
    if settled == ACCEPT:
        nomination.award = _renewed(nomination, reviewer, at) or award_achievement(
            achievement=nomination.achievement,
            recipient=nomination.nominee,
            at=at,
            source=Award.Source.REVIEW,
            actor=reviewer,
            narrative=narrative_of(public_evidence_of(nomination)),
        )
        record_results(nomination=nomination, at=at)
    nomination.save(update_fields=["state", "ended_at", "award"])
    tell_decided(nomination=nomination, at=at)


def _renewed(nomination: Nomination, reviewer: User, at: datetime) -> Award | None:
    """Renew what the nominee holds, with what they show to everyone this time; None when there is nothing to renew."""
    if nomination.achievement.state != Achievement.State.OPEN:
        return None
    award = award_to_renew(nomination.achievement, nomination.nominee, at=at)
    if award is None:
        return None
    said = "\n".join(part for part in (award.narrative, narrative_of(public_evidence_of(nomination))) if part)
    Award.objects.filter(pk=award.pk).update(narrative=said[:LONGEST_NARRATIVE])
    return renew_award(award=award, actor=reviewer, at=at)
