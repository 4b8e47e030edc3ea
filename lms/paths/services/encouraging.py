"""Words between a manager and a person: a reminder of what is required, and thanks for what was done.

They are nobody's learning, so the ledger and the audit trail know nothing of them. The recipient sees them on Today.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from lms.paths.dates import monday_of
from lms.paths.models import Encouragement, Enrollment
from lms.paths.selectors.team import nudges_this_week
from lms.paths.services.telling import tell_encouraged
from lms.people.models import User
from lms.people.selectors import today_of

Kind = Encouragement.Kind
LONGEST_NOTE = 300


@dataclass(frozen=True)
class Nudged:
    """What became of reminding one person.

    Attributes:
        nudge: None when they were not reminded.
        refusal: Why not; empty when they were.
    """

    person: User
    nudge: Encouragement | None = None
    refusal: str = ""


@transaction.atomic
def send_nudge(*, enrollment: Enrollment, sender: User, at: datetime) -> Encouragement:
    """Remind a person of one required path, at most once in a calendar week from anybody.

    Two managers at the same moment: a constraint lets one through, the other one is told who was.

    Args:
        enrollment: One of a person below the sender.
        sender: Their manager, directly or over others.
        at: The present.

    Raises:
        ActionRefused: They were reminded this week, are away, or have nothing to do there.
    """
    enrollment = Enrollment.objects.select_related("learner", "path").get(pk=enrollment.pk)
    if refusal := _why_not(enrollment.learner, enrollment, at):
        raise ActionRefused(refusal)
    nudge = _nudge(enrollment, sender, at)
    kept, is_new = Encouragement.objects.get_or_create(
        kind=Kind.NUDGE,
        recipient=enrollment.learner,
        week=nudge.week,
        defaults={"enrollment": enrollment, "sender": sender, "at": at},
    )
    if not is_new:
        raise ActionRefused(_reminded_already(kept, enrollment.learner, sender, at))
    tell_encouraged(words=[kept], at=at)
    return kept


@transaction.atomic
def nudge_people(*, people: Collection[User], sender: User, at: datetime) -> list[Nudged]:
    """Remind several people, each of what presses most; six queries, however many.

    Args:
        people: People below the sender.
        sender: Their manager, directly or over others.
        at: The present.

    Returns:
        What became of each, in the order given.
    """
    presses = _most_pressing(people, sender, at)
    refusals = {person.pk: _why_not(person, presses.get(person.pk), at) for person in people}
    before = nudges_this_week(people, at)
    wanted = [
        _nudge(presses[person.pk], sender, at)
        for person in people
        if not refusals[person.pk] and person.pk not in before
    ]
    Encouragement.objects.bulk_create(wanted, ignore_conflicts=True)
    kept = nudges_this_week(people, at)
    results = []
    for person in people:
        nudge, refusal = kept.get(person.pk), refusals[person.pk]
        if refusal or nudge is None:
            results.append(Nudged(person, refusal=refusal))
        elif person.pk in before or nudge.sender_id != sender.pk or nudge.at != at:
            results.append(Nudged(person, refusal=_reminded_already(nudge, person, sender, at)))
        else:
            nudge.recipient, nudge.enrollment = person, presses[person.pk]  # known already; no query for them
            results.append(Nudged(person, nudge))
    tell_encouraged(words=[each.nudge for each in results if each.nudge], at=at)
    return results


def _most_pressing(people: Iterable[User], sender: User, at: datetime) -> dict[int, Enrollment]:
    """Return one open enrollment of each person who has any; what closed comes last, it cannot be done."""
    by_key: dict[int, User] = {person.pk: person for person in people}
    visible = Enrollment.objects.visible_to_manager(sender).in_progress().filter(learner__in=by_key)
    chosen: dict[int, Enrollment] = {}
    for enrollment in sorted(visible.select_related("path").defer("path__steps"), key=_soonest):
        enrollment.learner = by_key[enrollment.learner_id]
        best = chosen.setdefault(enrollment.learner_id, enrollment)
        if _is_closed(best, at) and not _is_closed(enrollment, at):
            chosen[enrollment.learner_id] = enrollment
    return chosen


def _soonest(enrollment: Enrollment) -> tuple[date, int]:
    days = [day for day in (enrollment.due_on, enrollment.closes_on) if day]
    return min(days, default=date.max), enrollment.pk


def _is_closed(enrollment: Enrollment, at: datetime) -> bool:
    closes_on = enrollment.closes_on
    return closes_on is not None and closes_on < today_of(enrollment.learner, at)


def _why_not(person: User, enrollment: Enrollment | None, at: datetime) -> str:
    """Return why a person cannot be reminded; empty when they can."""
    if person.status != User.Status.ACTIVE:
        status = User.Status(person.status).label
        return _("%(name)s is not reminded now: %(status)s.") % {"name": person, "status": status}
    if enrollment is None or not (enrollment.is_required and enrollment.is_latest and enrollment.is_open):
        return _("%(name)s has nothing open to be reminded of.") % {"name": person}
    if enrollment.closes_on is not None and _is_closed(enrollment, at):
        return _("“%(path)s” closed on %(day)s. Give %(name)s more time first, then remind them.") % {
            "path": enrollment.path.title,
            "day": date_format(enrollment.closes_on, "j F"),
            "name": person,
        }
    return ""


def _nudge(enrollment: Enrollment, sender: User, at: datetime) -> Encouragement:
    return Encouragement(
        kind=Kind.NUDGE,
        enrollment=enrollment,
        recipient=enrollment.learner,
        sender=sender,
        week=monday_of(today_of(enrollment.learner, at)),
        at=at,
    )


def _on_day(day: date, today: date) -> str:
    """Return when something of this week was, such as "on Tuesday"."""
    return _("today") if day == today else _("on %s") % date_format(day, "l")


def _reminded_already(nudge: Encouragement, person: User, asking: User, at: datetime) -> str:
    facts = {
        "name": person,
        "sender": nudge.sender,
        "day": _on_day(today_of(person, nudge.at), today_of(person, at)),
        "monday": date_format(nudge.week + timedelta(days=7), "l j F"),
    }
    if nudge.sender_id == asking.pk:
        return _("You reminded %(name)s %(day)s; the next reminder is possible on %(monday)s.") % facts
    return (
        _("%(name)s was reminded %(day)s by %(sender)s; the next reminder is possible on %(monday)s.") % facts
    )


@transaction.atomic
def recognize_completion(
    *, enrollment: Enrollment, sender: User, note: str = "", at: datetime
) -> Encouragement:
    """Thank a person for a required path that they completed, once.

    Args:
        enrollment: One of a person below the sender.
        sender: Their manager, directly or over others.
        note: A few words, at most 300 characters; may be empty.
        at: The present.

    Raises:
        ActionRefused: It is not complete, the sender has thanked for it before, or the note is too long.
    """
    enrollment = Enrollment.objects.select_related("learner", "path").get(pk=enrollment.pk)
    person, note = enrollment.learner, note.strip()
    if enrollment.completed_at is None or not enrollment.is_required:
        raise ActionRefused(_("%(name)s has not completed it yet.") % {"name": person})
    if len(note) > LONGEST_NOTE:
        raise ActionRefused(
            _("That is %(long)d characters. Say it in %(most)d.") % {"long": len(note), "most": LONGEST_NOTE},
            field="note",
        )
    thanks, is_new = Encouragement.objects.get_or_create(
        kind=Kind.RECOGNITION,
        enrollment=enrollment,
        sender=sender,
        defaults={"recipient": person, "note": note, "week": monday_of(today_of(person, at)), "at": at},
    )
    if not is_new:
        raise ActionRefused(
            _("You thanked %(name)s for “%(path)s” on %(day)s. They get it once.")
            % {
                "name": person,
                "path": enrollment.path.title,
                "day": date_format(today_of(person, thanks.at), "j F"),
            }
        )
    tell_encouraged(words=[thanks], at=at)
    return thanks


@transaction.atomic
def see_encouragement(*, encouragement: Encouragement, at: datetime) -> None:
    """Put a word away for its recipient, and with a reminder the earlier ones of the same path."""
    same = Encouragement.objects.filter(recipient=encouragement.recipient_id, seen_at=None)
    if encouragement.kind == Kind.NUDGE:
        same = same.filter(kind=Kind.NUDGE, enrollment=encouragement.enrollment_id, at__lte=encouragement.at)
    else:
        same = same.filter(pk=encouragement.pk)
    same.update(seen_at=at)
