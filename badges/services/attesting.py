"""The word of somebody above a person: given once for what they have seen, and taken back."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from badges.models import Achievement, Attestation
from badges.selectors.attesting import WordAsked, can_take_back, words_about, words_asked_about
from badges.services.history import actor_name
from lms.core.errors import ActionRefused
from lms.core.services import write_audit_entry
from lms.people.models import ReportingLine, User
from lms.records.models import LearningRecord
from lms.records.services import record_learning

LONGEST_STATEMENT = 500


def vouch_for(
    *, achievement: Achievement, person: User, manager: User, statement: str, at: datetime
) -> Attestation:
    """Keep what a manager has seen a person do; rules that ask for that word follow it from the ledger.

    A word from before the time for renewal began is replaced where the rule of renewal asks for a new one.

    Args:
        achievement: What it is about.
        person: Somebody below the manager.
        manager: Who says so.
        statement: What they have seen; the person and administrators read it.
        at: Now.

    Raises:
        ActionRefused: Nothing is said, the manager is not above the person, the person does not work here, no rule in
            force asks for it, or somebody was faster.
    """
    statement = _said(statement)
    asked = _asked(achievement, person, manager, at)
    if asked.word is not None and not asked.is_needed:
        raise ActionRefused(_already(person, asked.word, manager))
    try:
        with transaction.atomic():
            if asked.word is not None:
                Attestation.objects.filter(pk=asked.word.pk, at=asked.word.at).delete()
            word = Attestation.objects.create(
                achievement=achievement, person=person, attested_by=manager, statement=statement, at=at
            )
            _record(word)
            _audit("vouch", word, manager, at)
    except IntegrityError:
        faster = words_about(person).filter(achievement=achievement).first()
        raise ActionRefused(_already(person, faster, manager)) from None
    return word


@transaction.atomic
def take_word_back(*, word: Attestation, actor: User, at: datetime) -> None:
    """Let a word count no more; what was awarded because of it stays until a rule lets it lapse or somebody revokes it.

    That it was given stays in the ledger, and who took it back stands in the audit trail.

    Args:
        word: What was said.
        actor: Who gave it; once they are no longer above the person, somebody who is, or an administrator.
        at: Now.

    Raises:
        ActionRefused: It is not theirs to take back, or was taken back already.
    """
    locked = words_about(word.person).select_for_update(of=("self",)).filter(pk=word.pk)
    found = locked.select_related("achievement__live", "person", "attested_by").first()
    if found is None:
        raise ActionRefused(_("It was taken back already. Nothing has changed."))
    if not can_take_back(found, actor):
        raise ActionRefused(
            _(
                "While they are above the person, only whoever gave their word takes it back. Nothing has changed."
            )
        )
    is_own = found.attested_by_id == actor.pk
    _audit("take_word_back" if is_own else "take_back_word_of_another", found, actor, at)
    found.delete()


def _said(statement: str) -> str:
    statement = statement.strip()
    if not statement:
        raise ActionRefused(_("Say in a few words what you have seen them do."), field="statement")
    if len(statement) > LONGEST_STATEMENT:
        raise ActionRefused(_("Shorten it to 500 characters."), field="statement")
    return statement


def _asked(achievement: Achievement, person: User, manager: User, at: datetime) -> WordAsked:
    person.refresh_from_db(fields=["status"])
    if not ReportingLine.objects.filter(manager=manager, report=person).exclude(report=manager).exists():
        raise ActionRefused(_("Only somebody above %(name)s can vouch for them.") % {"name": person})
    if person.status not in User.MAY_SIGN_IN:
        raise ActionRefused(
            _("%(name)s does not work here now. Nothing new is said about them.") % {"name": person}
        )
    for asked in words_asked_about(person, at=at):
        if asked.achievement == achievement and asked.is_asked:
            return asked
    raise ActionRefused(_("No rule asks for your word on “%(what)s” now.") % {"what": achievement})


def _already(person: User, word: Attestation | None, manager: User) -> str:
    if word is None:
        return _("Somebody else was faster, and has taken it back. Try again.")
    facts = {"name": person, "who": word.attested_by, "day": date_format(localtime(word.at), "j F Y")}
    if word.attested_by is None:
        return _("Somebody vouched for %(name)s on %(day)s. One word is enough.") % facts
    if word.attested_by == manager:
        return _("You vouched for %(name)s on %(day)s. One word is enough.") % facts
    return _("%(who)s vouched for %(name)s on %(day)s. One word is enough.") % facts


def _record(word: Attestation) -> None:
    version = word.achievement.live
    record_learning(
        actor=word.person,
        verb=LearningRecord.Verb.ATTESTED,
        object_type=LearningRecord.ObjectType.ACHIEVEMENT,
        object_id=word.achievement.public_id,
        object_title=str(word.achievement),
        object_version=str(version.number) if version else "",
        at=word.at,
    )


def _audit(action: str, word: Attestation, manager: User, at: datetime) -> None:
    """Write down that it was said, and nothing of what was said."""
    write_audit_entry(
        actor=actor_name(manager),
        action=f"badges.{action}",
        object_type="people.user",
        object_id=str(word.person.public_id),
        at=at,
        after={"achievement": str(word.achievement)},
    )
