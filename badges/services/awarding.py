"""Giving achievements to people: one, or thousands in a few statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from badges.models import Achievement, AchievementVersion, Award, AwardEvent, Nomination
from badges.services.closing import close_nominations
from badges.services.history import audit, note, record_of
from badges.services.issuers import SIGN
from badges.services.status import take_places
from badges.services.telling import tell_awarded
from badges.validity import valid_until
from lms.core.errors import ActionRefused
from lms.core.nudges import nudge_on_commit
from lms.jobs.models import Job
from lms.people.models import User
from lms.records.models import LearningRecord
from lms.records.services import record_all

Pair = tuple[Achievement, User]
BY_HAND = {Award.Source.PERSON.value, Award.Source.LIST.value, Award.Source.REVIEW.value}
"""Where somebody decides: never about themselves, whatever rights they have."""


class OwnAward(ActionRefused):
    """Somebody would award to themselves."""

    def __init__(self) -> None:
        """Say who can."""
        super().__init__(
            _("Nobody awards to themselves. Ask another administrator, or be put forward for it.")
        )


class AchievementNotOpen(ActionRefused):
    """The achievement is a draft, or no longer awarded."""


@dataclass
class Awarded:
    """What came of awarding.

    Attributes:
        new: The awards that were made.
        held: Keys of achievement and person for what somebody holds already; nothing has changed there.
    """

    new: list[Award] = field(default_factory=list)
    held: set[tuple[int, int]] = field(default_factory=set)


def award_achievement(
    *,
    achievement: Achievement,
    recipient: User,
    at: datetime,
    source: str,
    actor: User | None = None,
    narrative: str = "",
) -> Award:
    """Award an achievement to a person; awarding twice changes nothing.

    Args:
        achievement: What is earned.
        recipient: Who earned it.
        at: Timezone-aware moment of the award.
        source: One of `Award.Source`.
        actor: Who awards it; None when a rule does.
        narrative: What for, for everyone to read.

    Returns:
        The award, new or already held.

    Raises:
        AchievementNotOpen: It is a draft, or no longer awarded.
        OwnAward: The actor is the recipient, and no rule decides.
        ActionRefused: The person has left the company.
    """
    if source in BY_HAND and actor == recipient:
        raise OwnAward
    if recipient.status == User.Status.LEFT:
        raise ActionRefused(
            _("%(name)s has left the company. What they hold stays theirs; nothing new is awarded.")
            % {"name": recipient}
        )
    pairs = [(achievement, recipient)]
    award_all(pairs=pairs, at=at, source=source, actor=actor, narrative=narrative)
    held = Award.objects.filter(achievement=achievement, recipient=recipient, state=Award.State.ISSUED)
    award: Award = held.get()
    return award


@transaction.atomic
def award_all(
    *,
    pairs: Collection[Pair],
    at: datetime,
    source: str,
    actor: User | None = None,
    narrative: str = "",
    job: Job | None = None,
) -> Awarded:
    """Award achievements to people who may hold them already; whoever has left the company is passed over.

    So is the actor, unless a rule decides; and where a rule does, whoever had it taken from them by hand.

    One that has expired is replaced: its holder has earned it again.

    Raises:
        AchievementNotOpen: One of them is a draft, or no longer awarded.

    Cost: a fixed number of queries for each issuer, however many achievements and people. The steps of each award and
    the ledger keep who got it; the audit trail gets an entry for a single one, and for a list those of its job.
    """
    versions = _frozen_versions({achievement.pk for achievement, _person in pairs}, at)
    people = _locked({person.pk for _achievement, person in pairs})
    newest = _locked_newest(versions, people)
    is_rule = source == Award.Source.RULE
    taken = {key for key, award in newest.items() if is_rule and award.was_taken_by_hand}
    wanted = {
        (achievement.pk, person.pk): (versions[achievement.pk], people[person.pk])
        for achievement, person in pairs
        if person.pk in people
        and not (source in BY_HAND and person == actor)
        and (achievement.pk, person.pk) not in taken
    }
    current = {
        key: award for key, award in newest.items() if key in wanted and award.state == Award.State.ISSUED
    }
    expired = {key: award for key, award in current.items() if award.has_expired_at(at)}
    _supersede(list(expired.values()), at)
    awards = [
        Award(
            achievement=version.achievement,
            version=version,
            recipient=person,
            source=source,
            awarded_by=actor,
            narrative=narrative,
            job=job,
            awarded_at=at,
            valid_from=at,
            valid_until=valid_until(at, version.validity_months),
            supersedes=expired.get(key),
        )
        for key, (version, person) in wanted.items()
        if key not in current or key in expired
    ]
    _give_places(awards)
    Award.objects.bulk_create(awards)
    _tell(awards, at, actor)
    return Awarded(awards, set(current) - set(expired))


def _frozen_versions(keys: Collection[int], at: datetime) -> dict[int, AchievementVersion]:
    """Return the version of each achievement that is awarded; from now on nobody changes it."""
    versions = {}
    for achievement in Achievement.objects.select_related("live", "issuer").filter(pk__in=keys):
        version = achievement.live
        if achievement.state != Achievement.State.OPEN or version is None:
            raise AchievementNotOpen(
                _("“%(name)s” cannot be awarded now: it is a draft, or retired. Open it first.")
                % {"name": achievement}
            )
        version.achievement = achievement
        versions[achievement.pk] = version
    fresh = [version.pk for version in versions.values() if version.frozen_at is None]
    if fresh:
        AchievementVersion.objects.filter(pk__in=fresh, frozen_at=None).update(frozen_at=at)
    return versions


def _locked(keys: Collection[int]) -> dict[int, User]:
    """Lock people in the order of their keys: two jobs about the same people wait in one direction only.

    Each has `is_put_forward`, so that asking for nominations costs nothing where there are none.
    """
    put_forward = Nomination.objects.open().filter(nominee=OuterRef("pk"))
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=keys).exclude(status=User.Status.LEFT)
    return {person.pk: person for person in rows.annotate(is_put_forward=Exists(put_forward)).order_by("pk")}


def _locked_newest(achievements: Collection[int], people: Collection[int]) -> dict[tuple[int, int], Award]:
    """Return the newest award of each achievement and person, whatever became of it; all of theirs are locked.

    Which of them count is not asked of the database: of a row that waited for somebody who revokes it, PostgreSQL
    looks at such a condition again, the row drops out, and nobody would learn that it was taken back.
    """
    locked = Award.objects.select_for_update(of=("self",))
    own = locked.filter(achievement__in=achievements, recipient__in=people).order_by("pk")
    return {(award.achievement_id, award.recipient_id): award for award in own}


def _supersede(awards: Collection[Award], at: datetime) -> None:
    if awards:
        Award.objects.filter(pk__in=[award.pk for award in awards]).update(state=Award.State.SUPERSEDED)
        note(awards, AwardEvent.Kind.SUPERSEDED, at=at, actor=None)


def _give_places(awards: Sequence[Award]) -> None:
    def issuer_key(award: Award) -> int:
        return award.achievement.issuer_id

    for _issuer, group in groupby(sorted(awards, key=issuer_key), issuer_key):
        own = list(group)
        places = take_places(issuer=own[0].achievement.issuer, count=len(own))
        for award, place in zip(own, places, strict=True):
            award.status_list, award.status_index = place


def _tell(awards: Sequence[Award], at: datetime, actor: User | None) -> None:
    """Write what happened where it belongs, and let a worker sign."""
    if not awards:
        return
    note(awards, AwardEvent.Kind.ISSUED, at=at, actor=actor)
    # What reviewers have accepted is settled by them, in this transaction.
    otherwise = [
        award
        for award in awards
        if award.source != Award.Source.REVIEW and getattr(award.recipient, "is_put_forward", False)
    ]
    if otherwise:
        close_nominations(awards=otherwise, actor=actor, at=at)
    tell_awarded(awards=awards, at=at)
    record_all(records=[record_of(award, LearningRecord.Verb.EARNED, at) for award in awards])
    if actor is not None and len(awards) == 1 and awards[0].job is None:
        audit("award", awards[0], actor=actor, at=at, after={"achievement": awards[0].version.name})
    nudge_on_commit(SIGN)
