"""Putting somebody forward, and what the nominee does about it: submit, withdraw, appeal."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from badges.models import Achievement, AchievementVersion, Award, Nomination
from badges.ob3.guard import UnsafeToSign
from badges.selectors.earning import award_to_renew
from badges.selectors.evidence import public_evidence_of
from badges.selectors.reviewers import reviewers_missing
from badges.services.history import actor_name
from badges.services.signing import check_signable
from badges.services.telling import tell_nominated, tell_reviewers, tell_too_few
from lms.core.errors import ActionRefused
from lms.core.services import write_audit_entry
from lms.people.models import ReportingLine, User

LONGEST_WORDS = 1000


def nominate(
    *, achievement: Achievement, nominee: User, nominated_by: User, why: str, at: datetime
) -> Nomination:
    """Put somebody forward for an achievement; the nominee then adds evidence and submits, or does not.

    Whoever holds it can be put forward once it can be renewed.

    Raises:
        ActionRefused: It takes no nominations, the nominee has left, holds it for longer, or was put forward already.
    """
    why = _words(why, "why", _("Say in a few words why. Reviewers begin with it."))
    version = _version_to_go_by(achievement)
    nominee.refresh_from_db(fields=["status"])
    if nominee.status not in User.MAY_SIGN_IN:
        raise ActionRefused(
            _("%(name)s does not work here now, so nobody can put them forward.") % {"name": nominee},
            field="nominee",
        )
    held = Award.objects.of(nominee).valid_at(at).filter(achievement=achievement)
    if held.exists() and award_to_renew(achievement, nominee, at=at) is None:
        raise _already(nominee, nominated_by)
    try:
        with transaction.atomic():
            nomination = Nomination.objects.create(
                achievement=achievement, version=version, nominee=nominee, nominated_by=nominated_by,
                kind=_kind(nominee, nominated_by), why=why, created_at=at,
            )  # fmt: skip
            note_nomination(
                "nominate", nomination, actor=nominated_by, at=at, after={"kind": nomination.kind}
            )
            tell_nominated(nomination=nomination, at=at)
    except IntegrityError:
        raise _already(nominee, nominated_by) from None
    return nomination


@transaction.atomic
def submit_nomination(*, nomination: Nomination, actor: User, at: datetime) -> Nomination:
    """Hand a nomination to the reviewers, for the first time or after it was returned.

    From now on the words it is reviewed by do not change any more: changing them makes another version.

    Raises:
        ActionRefused: It is not the actor's own, nothing in it is for reviewers to see, it is with them already, or
            it takes no nominations any more.
    """
    nomination = lock_own(nomination, actor)
    if nomination.state not in Nomination.CAN_CHANGE:
        raise ActionRefused(_("It is with the reviewers already, or it has ended. Nothing has changed."))
    if not nomination.evidence.for_reviewers().exists():
        raise ActionRefused(
            _("Add at least one thing that reviewers may see. Then submit; what you have written is kept.")
        )
    version = _version_to_go_by(nomination.achievement)
    _check_words(nomination, version, at)
    AchievementVersion.objects.filter(pk=version.pk, frozen_at=None).update(frozen_at=at)
    nomination.version, nomination.submitted_at = version, at
    _move(nomination, Nomination.State.SUBMITTED)
    note_nomination("submit_nomination", nomination, actor=actor, at=at, after={"round": nomination.round})
    _tell_reviewers(nomination, at)
    return nomination


@transaction.atomic
def withdraw_nomination(*, nomination: Nomination, actor: User, at: datetime) -> Nomination:
    """End a nomination: its nominee may until it is decided, whoever made it until it is submitted.

    Raises:
        ActionRefused: It has ended, or it is the nominee's now.
    """
    nomination = lock_nomination(nomination)
    if nomination.state not in Nomination.OPEN:
        raise ActionRefused(_("It has ended already. Nothing has changed."))
    is_own = nomination.nominee_id == actor.pk
    is_made_by_them = nomination.nominated_by_id == actor.pk and nomination.state == Nomination.State.DRAFT
    if not is_own and not is_made_by_them:
        raise ActionRefused(_("Only the person it is about can withdraw it now. Talk to them."))
    nomination.state, nomination.ended_at = Nomination.State.WITHDRAWN, at
    nomination.save(update_fields=["state", "ended_at"])
    note_nomination("withdraw_nomination", nomination, actor=actor, at=at)
    return nomination


@transaction.atomic
def appeal_nomination(*, nomination: Nomination, actor: User, words: str, at: datetime) -> Nomination:
    """Ask once that somebody else looks at what was declined.

    Raises:
        ActionRefused: It is not the actor's own, was not declined, was appealed already, or another one is open.
    """
    words = _words(words, "words", _("Say in a few words what the reviewers have missed."))
    nomination = lock_own(nomination, actor)
    if not nomination.can_be_appealed:
        raise ActionRefused(_("Only what was declined can be appealed, and only once. Nothing has changed."))
    _version_to_go_by(nomination.achievement)
    if Nomination.objects.of(actor).open().filter(achievement=nomination.achievement_id).exists():
        raise ActionRefused(
            _("You have been put forward for it again. Go on there, or withdraw that one first.")
        )
    nomination.appeal, nomination.appealed_at = words, at
    nomination.appeal_round, nomination.ended_at = nomination.round + 1, None
    nomination.submitted_at = at
    _move(nomination, Nomination.State.SUBMITTED)
    note_nomination("appeal_nomination", nomination, actor=actor, at=at, after={"round": nomination.round})
    _tell_reviewers(nomination, at)
    return nomination


def _tell_reviewers(nomination: Nomination, at: datetime) -> None:
    tell_reviewers(nomination=nomination, at=at)
    if reviewers_missing([nomination])[nomination.pk]:
        tell_too_few(nomination=nomination, at=at)


def lock_nomination(nomination: Nomination) -> Nomination:
    """Return a nomination as it is now; whoever else wants to change it waits."""
    rows = Nomination.objects.select_for_update(of=("self",))
    locked: Nomination = rows.select_related(
        "achievement__live", "achievement__issuer", "version", "nominee"
    ).get(pk=nomination.pk)
    return locked


def lock_own(nomination: Nomination, actor: User) -> Nomination:
    """Return a nomination as it is now, locked.

    Raises:
        ActionRefused: It is about somebody else.
    """
    nomination = lock_nomination(nomination)
    if nomination.nominee_id != actor.pk:
        raise ActionRefused(_("Only the person it is about can do this."))
    return nomination


def note_nomination(
    action: str, nomination: Nomination, *, actor: User, at: datetime, after: dict[str, Any] | None = None
) -> None:
    """Write to the audit trail what was done, and nothing of what was written."""
    write_audit_entry(
        actor=actor_name(actor),
        action=f"badges.{action}",
        object_type="nomination",
        object_id=str(nomination.public_id),
        at=at,
        after=after,
    )


def _move(nomination: Nomination, state: Nomination.State) -> None:
    nomination.state, nomination.round = state, nomination.round + 1
    nomination.save()


def _version_to_go_by(achievement: Achievement) -> AchievementVersion:
    achievement = Achievement.objects.select_related("live", "issuer").get(pk=achievement.pk)
    version = achievement.live
    if achievement.state != Achievement.State.OPEN or version is None or not version.takes_nominations:
        raise ActionRefused(
            _("Nobody can be put forward for “%(name)s” now. Ask those who look after credentials.")
            % {"name": achievement}
        )
    version.achievement = achievement
    return version


def _check_words(nomination: Nomination, version: AchievementVersion, at: datetime) -> None:
    """See that the credential could be signed with all that its nominee wants everyone to see."""
    try:
        check_signable(
            version=version, holder=nomination.nominee, evidence=public_evidence_of(nomination), at=at
        )
    except UnsafeToSign as unsafe:
        raise ActionRefused(
            _(
                "What everyone shall see cannot stand in a signed credential like this. Remove it and add it anew. "
                "%(problems)s"
            )
            % {"problems": " ".join(unsafe.problems)}
        ) from None


def _kind(nominee: User, nominated_by: User) -> Nomination.Kind:
    if nominee == nominated_by:
        return Nomination.Kind.SELF
    is_above = ReportingLine.objects.filter(manager=nominated_by, report=nominee).exists()
    return Nomination.Kind.MANAGER if is_above else Nomination.Kind.PEER


def _already(nominee: User, nominated_by: User) -> ActionRefused:
    if nominee == nominated_by:
        return ActionRefused(_("You hold it, or you are put forward for it already. See your nominations."))
    sentence = _("%(name)s cannot be put forward for it now: they hold it, or somebody else was faster.")
    return ActionRefused(sentence % {"name": nominee}, field="nominee")


def _words(text: str, field: str, if_missing: str) -> str:
    text = text.strip()
    if not text:
        raise ActionRefused(if_missing, field=field)
    if len(text) > LONGEST_WORDS:
        raise ActionRefused(_("Shorten it to 1,000 characters."), field=field)
    return text
