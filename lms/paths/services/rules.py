"""The life of an assignment rule: written, looked at, confirmed, paused, archived."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import LearningPathPage
from lms.core.errors import ActionRefused
from lms.core.services import write_audit_entry
from lms.jobs.models import Job
from lms.jobs.services import start_job
from lms.paths.models import Assignment, AssignmentVersion
from lms.paths.selectors.previews import Preview, preview_rule
from lms.paths.services.problems import faults_of
from lms.people.audience_rules import parse_rule
from lms.people.models import User
from lms.people.selectors import company_day

APPLY = "paths.apply_rule"
State = Assignment.State


@dataclass(frozen=True)
class RuleText:
    """What a version says; see `AssignmentVersion` for each field."""

    audience: dict[str, Any] = field(default_factory=lambda: {"any": []})
    reason: str = ""
    is_required: bool = True
    due_basis: str = ""
    due_days: int | None = None
    due_day: date | None = None
    closes_basis: str = ""
    closes_days: int | None = None
    closes_day: date | None = None
    on_leaving: str = AssignmentVersion.OnLeaving.WITHDRAW
    repeat_months: int | None = None
    opens_days_before: int = 30


class PreviewStale(ActionRefused):
    """What was looked at is not what would happen now; `preview` is."""

    def __init__(self, message: str, preview: Preview) -> None:
        """Keep what would happen now."""
        super().__init__(message)
        self.preview = preview


class NumberNotTyped(ActionRefused):
    """So many people are affected that their number has to be typed, and it was not, or another one."""


@transaction.atomic
def create_rule(
    *, name: str, path: LearningPathPage, text: RuleText, actor: User | None, at: datetime
) -> Assignment:
    """Write a new rule as a draft; nobody gains anything before it is confirmed.

    Raises:
        InvalidRule: The audience cannot be understood.
    """
    parse_rule(text.audience)
    rule = Assignment.objects.create(name=name, path=path, created_by=actor, created_at=at)
    AssignmentVersion.objects.create(
        assignment=rule, number=1, created_by=actor, created_at=at, **asdict(text)
    )
    _audit("create", rule, actor, at, after={"name": name, "path": path.title})
    return rule


@transaction.atomic
def edit_rule(*, rule: Assignment, name: str, text: RuleText, actor: User, at: datetime) -> AssignmentVersion:
    """Write what a rule shall say; what it says now stays in force until the new text is confirmed.

    Raises:
        InvalidRule: The audience cannot be understood.
        ActionRefused: The rule is archived.
    """
    parse_rule(text.audience)
    rule = _locked(rule)
    if rule.state == State.ARCHIVED:
        raise ActionRefused(_("This rule is archived. Duplicate it, and change the copy."))
    if rule.name != name:
        _audit("rename", rule, actor, at, before={"name": rule.name}, after={"name": name})
        rule.name = name
        rule.save(update_fields=["name"])
    draft = rule.versions.filter(confirmed_at=None).first()
    if draft is None:
        latest = rule.versions.first()
        number = latest.number + 1 if latest else 1
        draft = AssignmentVersion(assignment=rule, number=number)
    before = _said(draft) if draft.pk else {}
    for name_of_field, value in asdict(text).items():
        setattr(draft, name_of_field, value)
    draft.created_by, draft.created_at = actor, at
    draft.save()
    changed = {key: value for key, value in _said(draft).items() if before.get(key) != value}
    if changed:
        old = {key: before[key] for key in changed if key in before}
        _audit("edit", rule, actor, at, before=old or None, after=changed)
    return draft


@transaction.atomic
def discard_draft(*, rule: Assignment, actor: User, at: datetime) -> None:
    """Throw away a text that was never confirmed; a rule that never had another one goes with it."""
    rule = _locked(rule)
    draft = rule.versions.filter(confirmed_at=None).first()
    if draft is None:
        return
    _audit("discard_draft", rule, actor, at, before={"number": draft.number})
    draft.delete()
    if rule.live is None:
        rule.delete()


@transaction.atomic
def confirm_rule(*, rule: Assignment, seen: str, typed: str, actor: User, at: datetime) -> Job:
    """Put the draft of a rule, or what it said before a pause, into force, and start the job that applies it.

    The same preview confirmed twice, by one person or by two, is done once: the second gets the same job.

    Args:
        rule: The rule.
        seen: Fingerprint of the preview that was looked at.
        typed: The number of people who gain or lose something, where `Preview.must_be_typed`.
        actor: Who confirms.
        at: The present.

    Raises:
        PreviewStale: Something has changed since; nothing was applied.
        NumberNotTyped: The number is missing or another one.
        ActionRefused: The rule has faults or is archived; each is named.
    """
    rule = _locked(rule)
    if (job := _job_of(rule, seen)) and rule.state == State.ACTIVE:
        return job
    if rule.state == State.ARCHIVED:
        raise ActionRefused(_("This rule is archived. Duplicate it, and confirm the copy."))
    version = version_to_confirm(rule)
    if version is None:
        raise ActionRefused(_("There is nothing to confirm: this rule is in force as it stands."))
    if faults := faults_of(rule, version, company_day(at)):
        raise ActionRefused(" ".join(faults))
    _require_seen(preview_rule(rule, version, at), seen, typed)
    before = {"state": rule.state, "version": rule.live.number if rule.live else None}
    rule.state, rule.live, rule.problem, rule.round = State.ACTIVE, version, "", rule.round + 1
    rule.save(update_fields=["state", "live", "problem", "round"])
    if version.confirmed_at is None:
        version.confirmed_by, version.confirmed_at = actor, at
        version.save(update_fields=["confirmed_by", "confirmed_at"])
    job = start_job(
        kind=APPLY,
        title=_("Apply the rule “%s”") % rule.name,
        actor=actor,
        at=at,
        params={"assignment": rule.pk, "version": version.pk},
        key=_key(rule, seen),
    )
    after = {"state": rule.state, "version": version.number, "job": str(job.public_id), **_said(version)}
    _audit("confirm", rule, actor, at, before=before, after=after)
    return job


@transaction.atomic
def archive_rule(*, rule: Assignment, seen: str, typed: str, actor: User, at: datetime) -> Job | None:
    """End a rule for ever; what happens to those it holds is what it says about leaving its audience.

    Returns:
        The job that does it; None for a rule that was never in force and is simply put away.

    Raises:
        PreviewStale: As `confirm_rule`.
        NumberNotTyped: As `confirm_rule`.
    """
    rule = _locked(rule)
    if rule.state == State.ARCHIVED:
        if job := _job_of(rule, seen):
            return job
        raise ActionRefused(_("This rule is archived already."))
    before = {"state": rule.state}
    if rule.live is not None:
        _require_seen(preview_rule(rule, rule.live, at, archiving=True), seen, typed)
    rule.state, rule.problem, rule.round = State.ARCHIVED, "", rule.round + 1
    rule.save(update_fields=["state", "problem", "round"])
    _audit("archive", rule, actor, at, before=before, after={"state": rule.state})
    if rule.live is None:
        return None
    return start_job(
        kind=APPLY,
        title=_("Archive the rule “%s”") % rule.name,
        actor=actor,
        at=at,
        params={"assignment": rule.pk, "version": rule.live.pk, "archive": True},
        key=_key(rule, seen),
    )


@transaction.atomic
def pause_rule(*, rule: Assignment, actor: User | None, at: datetime, reason: str = "") -> Assignment:
    """Let a rule rest: nobody gains or loses anything by it until it is confirmed again."""
    rule = _locked(rule)
    if rule.state == State.ACTIVE:
        _rest(rule, actor, at, reason)
    return rule


@transaction.atomic
def rest_instead_of_ending(*, rule: Assignment, actor: User | None, at: datetime, reason: str) -> Assignment:
    """Let a rule rest whose job was cancelled or taken back, an archived one too: its people are held again."""
    rule = _locked(rule)
    if rule.state in {State.ACTIVE, State.ARCHIVED}:
        _rest(rule, actor, at, reason)
    return rule


def _rest(rule: Assignment, actor: User | None, at: datetime, reason: str) -> None:
    before, rule.state = rule.state, State.PAUSED
    rule.save(update_fields=["state"])
    _audit("pause", rule, actor, at, before={"state": before}, after={"state": rule.state}, reason=reason)


@transaction.atomic
def duplicate_rule(*, rule: Assignment, actor: User, at: datetime) -> Assignment:
    """Write a new draft that says what a rule says in its latest version."""
    latest = rule.versions.order_by("-number")[0]
    text = RuleText(**{name: getattr(latest, name) for name in RuleText.__dataclass_fields__})
    name = (_("%s (copy)") % rule.name)[:200]
    return create_rule(name=name, path=rule.path, text=text, actor=actor, at=at)


def version_to_confirm(rule: Assignment) -> AssignmentVersion | None:
    """Return the draft, or for a paused rule what it said before; None when nothing waits for confirmation."""
    draft = rule.versions.filter(confirmed_at=None).first()
    return draft or (rule.live if rule.state == State.PAUSED else None)


def _require_seen(preview: Preview, seen: str, typed: str) -> None:
    if preview.seen != seen:
        raise PreviewStale(
            _(
                "People or the rule have changed since you looked. Nothing was applied. This is how it stands now."
            ),
            preview,
        )
    if preview.must_be_typed and typed.strip() != str(preview.affected):
        raise NumberNotTyped(
            ngettext(
                "This concerns %d person. Type that number to confirm; nothing was applied yet.",
                "This concerns %d people. Type that number to confirm; nothing was applied yet.",
                preview.affected,
            )
            % preview.affected
        )


def _job_of(rule: Assignment, seen: str) -> Job | None:
    job: Job | None = Job.objects.filter(key=_key(rule, seen)).first()
    return job


def _key(rule: Assignment, seen: str) -> str:
    return f"{APPLY}:{rule.pk}:{seen}"


def _locked(rule: Assignment) -> Assignment:
    locked: Assignment = (
        Assignment.objects.select_for_update(of=("self",)).select_related("live").get(pk=rule.pk)
    )
    return locked


def _said(version: AssignmentVersion) -> dict[str, Any]:
    return {name: getattr(version, name) for name in RuleText.__dataclass_fields__}


def _audit(verb: str, rule: Assignment, actor: User | None, at: datetime, **facts: Any) -> None:
    write_audit_entry(
        actor=f"user:{actor.public_id}" if actor else "system:rules",
        action=f"paths.{verb}_rule" if "_" not in verb else f"paths.{verb}",
        object_type="paths.assignment",
        object_id=str(rule.public_id),
        at=at,
        **facts,
    )
