"""Rules that cannot be applied: they rest and say why, instead of taking a path away from everybody."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.core.services import write_audit_entry
from lms.paths.dates import DateRule
from lms.paths.library import library
from lms.paths.models import Assignment, AssignmentVersion, Enrollment
from lms.paths.selectors.previews import reach_of
from lms.people.audience_checks import contradictions
from lms.people.audience_rules import InvalidRule, Rule, parse_rule
from lms.people.selectors import company_day, missing_by_rule, missing_from

LONGEST = timedelta(days=3660)
LEAVE_FREELY = 20
SHARE_LEAVES_FREELY = 0.25
"""More people at once, and a greater share of those a rule holds, leave it only after somebody has looked."""


@transaction.atomic
def without_problems(*, rules: Sequence[Assignment]) -> list[Assignment]:
    """Return those of the active rules that can be applied; note at the others why not.

    A rule that names a unit which is gone would match nobody. It rests instead, and nobody gains or loses anything
    until somebody has chosen another unit, or the unit is back. A few queries, however many rules.
    """
    parsed = {rule.pk: _parsed(rule) for rule in rules}
    missing = missing_by_rule({pk: each for pk, each in parsed.items() if not isinstance(each, str)})
    sound = []
    for rule in rules:
        problem = _problem(parsed[rule.pk], missing.get(rule.pk, []), is_live=rule.has_live_path)
        if problem != rule.problem:
            _note(rule, problem)
        if not problem:
            sound.append(rule)
    return sound


def faults_of(rule: Assignment, version: AssignmentVersion, today: date) -> list[str]:
    """Return a sentence for everything that keeps a version from being put into force; empty when nothing does.

    Args:
        rule: The rule.
        version: What it would say.
        today: The day it is in the zone of the company.
    """
    try:
        audience = parse_rule(version.audience)
    except InvalidRule as invalid:
        return [str(problem) for problem in invalid.problems]
    faults = [*contradictions(audience), *missing_from(audience)]
    if not library().paths[rule.path_id].is_live:
        faults.append(_("The path is not published. Publish it first."))
    due, closes = version.due, version.closes
    for day in (due.day, closes.day):
        if day is not None and day < today:
            faults.append(_("%s is over. Choose a later day.") % date_format(day, "j F Y"))
        elif day is not None and day > today + LONGEST:
            faults.append(_("%s is more than ten years away. Choose an earlier day.") % day.isoformat())
    if due.basis and due.basis == closes.basis and _length(closes) < _length(due):
        faults.append(
            _("It would close before it is due. Choose a later day to close it, or an earlier due date.")
        )
    return faults


def pause_if_most_leave(*, rule: Assignment, at: datetime) -> bool:
    """Pause a rule if so many people have left its audience that somebody should look first; say whether it was.

    All who have left are counted, not those whom the caller looks at: three thousand people leave in many pieces.

    Args:
        rule: A rule in force, locked.
        at: The present.
    """
    assert rule.live is not None, "an active rule has been confirmed"
    reach = reach_of(rule, parse_rule(rule.live.audience), company_day(at))
    leaving = reach.leaving.exclude(version__on_leaving=AssignmentVersion.OnLeaving.KEEP).count()
    held = Enrollment.objects.in_progress().filter(version__assignment=rule).count()
    if leaving <= max(LEAVE_FREELY, held * SHARE_LEAVES_FREELY):
        return False
    rule.state = Assignment.State.PAUSED
    rule.problem = _(
        "%(leaving)d of the %(held)d people who have the path by this rule would lose it at once, as happens when a "
        "unit is merged or renamed. So far nobody has: the rule was paused. Look whom it concerns, then confirm it "
        "or change it."
    ) % {"leaving": leaving, "held": held}
    rule.save(update_fields=["state", "problem"])
    write_audit_entry(
        actor="system:rules",
        action="paths.pause_rule",
        object_type="paths.assignment",
        object_id=str(rule.public_id),
        before={"state": Assignment.State.ACTIVE},
        after={"state": rule.state, "problem": rule.problem},
        at=at,
    )
    return True


def _parsed(rule: Assignment) -> Rule | str:
    assert rule.live is not None, "an active rule has been confirmed"
    try:
        return parse_rule(rule.live.audience)
    except InvalidRule as invalid:
        return invalid.message


def _problem(parsed: Rule | str, missing: list[str], *, is_live: bool) -> str:
    if isinstance(parsed, str):
        return parsed
    if not is_live:
        return _("The path is not published. The rule goes on once it is.")
    return " ".join(missing)


def _note(rule: Assignment, problem: str) -> None:
    before, rule.problem = rule.problem, problem
    rule.save(update_fields=["problem"])
    write_audit_entry(
        actor="rule:check",
        action="paths.note_problem",
        object_type="paths.assignment",
        object_id=str(rule.public_id),
        before={"problem": before},
        after={"problem": problem},
    )


def _length(asked: DateRule) -> int:
    return asked.day.toordinal() if asked.day else asked.days or 0
