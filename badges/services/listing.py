"""Awarding to a list of people: planned first, then confirmed, then done by a job that can be taken back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.models import Achievement, Award
from badges.services.awarding import AchievementNotOpen, OwnAward, award_all
from badges.services.revoking import revoke_awards
from lms.core.errors import ActionRefused
from lms.jobs.models import Job, JobRow
from lms.jobs.registry import Item, RowResult
from lms.jobs.services import confirm_job, replan_job, start_job
from lms.people.batches import in_batches
from lms.people.listed import MAX_LINES, Entry, read_list
from lms.people.models import User
from lms.people.selectors import find_listed

AWARD_LISTED = "badges.award_listed"
Outcome = JobRow.Outcome


class PlanStale(ActionRefused):
    """The plan was made anew, because people have changed since; it wants to be read again."""


@transaction.atomic
def plan_awards(
    *,
    achievement: Achievement,
    text: str,
    actor: User,
    at: datetime,
    narrative: str = "",
    key: str = "",
) -> Job:
    """Plan to award an achievement to everyone on a list; nobody gets it before the plan is confirmed.

    Args:
        achievement: What they earn.
        text: Addresses or employee numbers, see `lms.people.listed`.
        actor: Who plans it.
        at: Now.
        narrative: What for, for everyone to read.
        key: Whoever sends the same list again with the same key gets the plan there is.

    Raises:
        AchievementNotOpen: It is a draft, or no longer awarded.
        ActionRefused: The list is empty or too long, or the key was used for another one.
    """
    entries = read_list(text)
    _check(achievement, entries)
    params = {
        "achievement": achievement.pk,
        "name": str(achievement),
        "narrative": narrative.strip()[:1000],
        "entries": [list(entry) for entry in entries],
    }
    job_key = f"{AWARD_LISTED}:{achievement.public_id}:{key}"[:200] if key else None
    job = Job.objects.filter(key=job_key).first() if job_key else None
    if job is None:
        rows = _plan(achievement.pk, entries, {actor.pk}, at)
        people = len({row.data["person"] for row in rows if row.data and "person" in row.data})
        title = ngettext("Award “%(name)s” to %(n)d person", "Award “%(name)s” to %(n)d people", people)
        job = start_job(
            kind=AWARD_LISTED,
            title=title % {"n": people, "name": achievement},
            actor=actor,
            at=at,
            params=params,
            key=job_key,
            rows=rows,
            previewed=True,
        )
    if job.params != params:
        raise ActionRefused(
            _("This list was sent before with other lines. Nothing has changed; send it anew.")
        )
    return job


def _check(achievement: Achievement, entries: Sequence[Entry]) -> None:
    if achievement.state != Achievement.State.OPEN:
        raise AchievementNotOpen(
            _("“%(name)s” cannot be awarded now: it is a draft, or retired. Open it first.")
            % {"name": achievement}
        )
    if not entries:
        raise ActionRefused(_("The list is empty. Paste one address or employee number in each line."))
    if len(entries) > MAX_LINES:
        raise ActionRefused(
            _("The list has %(lines)d lines; %(most)d is the most at once. Split it up.")
            % {"lines": len(entries), "most": MAX_LINES}
        )


def confirm_awards(*, job: Job, actor: User, at: datetime) -> Job:
    """Let a plan be done, once, if it still is what would happen.

    Raises:
        ActionRefused: Somebody was faster, it was discarded, or the achievement is not open any more.
        PlanStale: The plan has been made anew, and waits to be read.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
        achievement = Achievement.objects.select_related("live").get(pk=job.params["achievement"])
        entries = [Entry(*entry) for entry in job.params["entries"]]
        if job.state == Job.State.PREVIEWED:
            _check(achievement, entries)
        if job.state != Job.State.PREVIEWED or not _replan(job, entries, actor, at):
            return confirm_job(job=job, actor=actor, at=at)
    # Only now: the new plan stays, although nothing is confirmed.
    raise PlanStale(_("People have changed since you looked. Nothing was awarded. This is the plan now."))


def _replan(job: Job, entries: Sequence[Entry], actor: User, at: datetime) -> bool:
    """Make a plan anew if another one follows from what holds now; returns whether it did."""
    now = _plan(job.params["achievement"], entries, {job.actor_id, actor.pk}, at)
    planned = job.rows.order_by("number").values_list("outcome", "message", "data")
    if list(planned) == [(row.outcome, row.message, row.data or {}) for row in now]:
        return False
    replan_job(job=job, rows=now)
    return True


def _plan(
    achievement: int, entries: Sequence[Entry], deciding: Collection[int | None], at: datetime
) -> list[RowResult]:
    """Return what would happen to each line; a few queries for each five hundred.

    Args:
        achievement: Its key.
        entries: The lines.
        deciding: Keys of whoever plans or confirms it: they do not award to themselves.
        at: Now.
    """
    found = find_listed([entry.text for entry in entries])
    latest = _latest_awards(achievement, {person.pk for person in found.values()})
    named: dict[int, int] = {}
    rows = []
    for entry in entries:
        outcome: str
        person = found.get(entry.text.lower())
        data: dict[str, Any] = {"line": entry.line, "name": person.full_name if person else ""}
        if person is None:
            outcome, message = (
                Outcome.FAILED,
                _("Nobody has this address or number. Check how it is written."),
            )
        elif person.pk in named:
            outcome, message = Outcome.SKIPPED, _("The same person as in line %d.") % named[person.pk]
        elif person.pk in deciding:
            outcome, message = Outcome.FAILED, OwnAward().message
        else:
            outcome, message = _outcome(person, latest.get(person.pk), at)
        if person is not None:
            named.setdefault(person.pk, entry.line)
            data["person"] = person.pk
        rows.append(RowResult(entry.text, outcome, message, data))
    return rows


def _latest_awards(achievement: int, people: set[int]) -> dict[int, Award]:
    latest: dict[int, Award] = {}
    fields = ["pk", "recipient", "state", "valid_from", "valid_until", "revoked_at"]
    for batch in in_batches(sorted(people)):
        awards = Award.objects.filter(achievement=achievement, recipient__in=batch).only(*fields)
        latest |= {award.recipient_id: award for award in awards.order_by("pk") if award.recipient_id}
    return latest


def _outcome(person: User, award: Award | None, at: datetime) -> tuple[str, str]:
    if person.status == User.Status.LEFT:
        return Outcome.FAILED, _("Has left the company. What they hold stays theirs; nothing new is awarded.")
    if award is None:
        return Outcome.PLANNED, ""
    if award.state == Award.State.REVOKED and award.revoked_at is not None:
        told = _("Was revoked on %s; this awards it anew.")
        return Outcome.PLANNED, told % date_format(localtime(award.revoked_at), "j F Y")
    if award.valid_until is not None and award.has_expired_at(at):
        told = _("Theirs expired on %s; this replaces it.")
        return Outcome.PLANNED, told % date_format(localtime(award.valid_until), "j F Y")
    return Outcome.UNCHANGED, _("Holds it already.")


def award_listed(*, job: Job, rows: Sequence[JobRow], at: datetime) -> list[RowResult]:
    """Award to the people of some planned rows; whoever holds it by now, or has left, is passed over."""
    achievement = Achievement.objects.select_related("live", "issuer").get(pk=job.params["achievement"])
    deciding = {job.actor_id, job.confirmed_by_id}
    people = User.objects.in_bulk([row.data["person"] for row in rows if row.data["person"] not in deciding])
    awarded = award_all(
        pairs=[(achievement, person) for person in people.values()],
        at=at,
        source=Award.Source.LIST,
        actor=job.confirmed_by or job.actor,
        narrative=job.params["narrative"],
        job=job,
    )
    new = {award.recipient_id for award in awarded.new}
    held = {person for _achievement, person in awarded.held}
    results = []
    for row in rows:
        person = row.data["person"]
        if person in held:
            told = _("Holds it already.")
            results.append(RowResult(row.reference, Outcome.UNCHANGED, told, number=row.number))
        elif person in deciding:
            told = OwnAward().message
            results.append(RowResult(row.reference, Outcome.FAILED, told, number=row.number))
        elif person not in new:
            told = _("Has left the company in the meantime; nothing was awarded.")
            results.append(RowResult(row.reference, Outcome.SKIPPED, told, number=row.number))
    return results


def take_back_awards(*, job: Job, items: Sequence[Item], at: datetime) -> list[RowResult]:
    """Revoke what another job awarded, as far as it still stands; the value of an item is the key of an award."""
    keys = [item.value for item in items]
    revoked = revoke_awards(awards=keys, actor=job.actor, at=at, code=Award.Code.UNDONE)
    done = {award.pk for award in revoked}
    told = _("Revoked or replaced in the meantime; it stays as it is.")
    return [
        RowResult(item.reference, Outcome.SKIPPED, told, number=item.number)
        for item in items
        if item.value not in done
    ]
