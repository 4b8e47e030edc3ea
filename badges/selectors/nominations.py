"""Reading nominations: one's own, and those that wait for a reviewer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q

from badges.models import Achievement, Evidence, Nomination, Review
from badges.reviewing import Hindrance, Standing, hindrance
from badges.selectors.evidence import results_among
from lms.people.models import ReportingLine, User
from lms.people.permissions import ADMINS, REVIEWERS, is_reviewer
from lms.people.selectors import named_like
from sandbox.models import SharedAttempt

RELATED = ("achievement", "version", "nominee", "nominated_by", "award")
MOST_COLLEAGUES = 10


@dataclass(frozen=True)
class Waiting:
    """A nomination in the queue of one reviewer.

    Attributes:
        nomination: What waits.
        hindrance: Why this reviewer does not decide; None when they may.
        opinions: How many have decided in this round.
    """

    nomination: Nomination
    hindrance: Hindrance | None
    opinions: int


@dataclass(frozen=True)
class Piece:
    """Evidence, with what it points to and what came of it.

    Attributes:
        copy: The practice copy that it points to; None when there is none, or it was taken back.
        is_confirmed: Whether it is a measured result, reviewers who saw it have accepted, and what was awarded for
            it was not taken back.
    """

    evidence: Evidence
    copy: SharedAttempt | None
    is_confirmed: bool

    @property
    def is_result(self) -> bool:
        """Whether something was measured."""
        return self.evidence.kind == Evidence.Kind.RESULT


def nominations_of(person: User) -> Sequence[Nomination]:
    """Return those in which a person was put forward, newest first; one query."""
    return list(Nomination.objects.of(person).select_related(*RELATED))


def nominations_made_by(person: User) -> Sequence[Nomination]:
    """Return those in which a person put others forward, newest first; one query."""
    return list(Nomination.objects.of_others_by(person).select_related(*RELATED))


def open_to_nominations() -> Sequence[Achievement]:
    """Return the achievements that people can be put forward for; one query."""
    return list(Achievement.objects.taking_nominations().select_related("live", "issuer"))


def reviewer_count() -> int:
    """Return how many people who work here may review; one query.

    Who is close to a nominee does not decide about them, so it can be fewer for one nomination.
    """
    may_review = Q(groups__name__in=[REVIEWERS, ADMINS]) | Q(is_superuser=True)
    count: int = User.objects.current().filter(may_review).distinct().count()
    return count


def short_of_reviewers() -> tuple[Sequence[Achievement], int]:
    """Return the achievements for which more reviewers have to agree than there are, and how many there are.

    One query, two when anything takes nominations.
    """
    taking = open_to_nominations()
    count = reviewer_count() if taking else 0
    return [each for each in taking if each.live and each.live.reviewers_needed > count], count


def colleagues_named(text: str, *, asked_by: User) -> Sequence[User]:
    """Return at most ten people who work here, by words of name or address; none for less than two letters."""
    if len(text.strip()) < 2:
        return []
    people = User.objects.current().filter(named_like(text)).exclude(pk=asked_by.pk)
    return list(people.select_related("job_role", "org_unit").order_by("full_name", "pk")[:MOST_COLLEAGUES])


def pieces_of(nomination: Nomination, *, for_reviewers: bool) -> Sequence[Piece]:
    """Return the evidence of a nomination, fetched with its award, with what it points to; two queries.

    Args:
        nomination: Whose evidence.
        for_reviewers: Leave out what the nominee keeps private.
    """
    shown = nomination.evidence.for_reviewers() if for_reviewers else nomination.evidence.all()
    evidence = list(shown)
    wanted = [each.shared_copy for each in evidence if each.shared_copy]
    own = SharedAttempt.objects.filter(learner=nomination.nominee_id, revoked_at=None, public_id__in=wanted)
    copies = {copy.public_id: copy for copy in own} if wanted else {}
    confirmed: Collection[Evidence] = ()
    award = nomination.award
    if nomination.state == Nomination.State.ACCEPTED and not (award and award.is_taken_back):
        confirmed = results_among(evidence)
    return [Piece(each, copies.get(each.shared_copy), each in confirmed) for each in evidence]


def queue_for(reviewer: User) -> Sequence[Waiting]:
    """Return what waits for reviewers, oldest first, each with whether this one may decide; three queries."""
    reviews = Prefetch("reviews", Review.objects.only("nomination", "round", "reviewer"))
    waiting = Nomination.objects.to_review(reviewer).select_related(*RELATED).prefetch_related(reviews)
    below = _below(reviewer)
    return [_waiting(reviewer, nomination, below) for nomination in waiting]


def waiting_for(reviewer: User, public_id: UUID) -> Waiting | None:
    """Return one nomination that waits, as a reviewer may know of it; None when there is none. Three queries."""
    found = (
        Nomination.objects.to_review(reviewer).select_related(*RELATED).filter(public_id=public_id).first()
    )
    return _waiting(reviewer, found, _below(reviewer)) if found else None


def standing_of(reviewer: User, nomination: Nomination) -> Standing:
    """Return how a reviewer stands to a nomination; two queries."""
    return _standing(reviewer, nomination, _below(reviewer))


def readable_file(person: User, public_id: UUID) -> Evidence | None:
    """Return evidence with a file that a person may open: their own, or what they may decide about now."""
    found = Evidence.objects.filter(public_id=public_id, kind=Evidence.Kind.FILE)
    own = found.of(person).first()
    if own is not None or not is_reviewer(person):
        return own
    shown = found.for_reviewers().select_related("nomination").first()
    waiting = waiting_for(person, shown.nomination.public_id) if shown else None
    return shown if waiting and waiting.hindrance is None else None


def _below(reviewer: User) -> frozenset[int]:
    return frozenset(ReportingLine.objects.filter(manager=reviewer).values_list("report", flat=True))


def _waiting(reviewer: User, nomination: Nomination, below: frozenset[int]) -> Waiting:
    standing = _standing(reviewer, nomination, below)
    reason = hindrance(standing, round_now=nomination.round, appeal_round=nomination.appeal_round)
    opinions = sum(1 for each in nomination.reviews.all() if each.round == nomination.round)
    return Waiting(nomination, reason, opinions)


def _standing(reviewer: User, nomination: Nomination, below: frozenset[int]) -> Standing:
    parties = {nomination.nominee_id, nomination.nominated_by_id} - {None}
    rounds = {each.round for each in nomination.reviews.all() if each.reviewer_id == reviewer.pk}
    return Standing(
        is_nominee=nomination.nominee_id == reviewer.pk,
        is_nominator=nomination.nominated_by_id == reviewer.pk,
        is_above=nomination.nominee_id in below,
        is_below=reviewer.manager_id in parties,
        reviewed_rounds=frozenset(rounds),
    )
