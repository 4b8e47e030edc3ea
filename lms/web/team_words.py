"""What Praxis says to a manager about one required path, in words with an icon; color alone says nothing."""

from datetime import date
from typing import Any, NamedTuple

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.paths.models import Enrollment, EnrollmentChange
from lms.paths.selectors import RequiredPath
from lms.paths.team_status import Standing
from lms.people.selectors import today_of

What = EnrollmentChange.What


class Pill(NamedTuple):
    """A standing at a glance.

    Attributes:
        css: Its color, which says what the words say.
        icon: Name of a Heroicon.
    """

    css: str
    icon: str
    text: str


class PathLine(NamedTuple):
    """One required path of one person.

    Attributes:
        more: The other days and how far the person is, in the order to read them.
    """

    title: str
    pill: Pill
    more: str


def path_line(path: RequiredPath) -> PathLine:
    """Return what the list says about a path."""
    return PathLine(path.title, pill_of(path), " · ".join([steps_text(path), *_other_days(path)]))


def short_day(day: date, today: date) -> str:
    """Return a day, with its year only when it is another one."""
    return date_format(day, "j M" if day.year == today.year else "j M Y")


def steps_text(path: RequiredPath) -> str:
    """Return how many of the required steps are done."""
    text = ngettext("%(done)d of %(total)d step", "%(done)d of %(total)d steps", path.step_count)
    return text % {"done": path.done_count, "total": path.step_count}


def pill_of(path: RequiredPath) -> Pill:
    """Return the pill of a path; the day in it is the one that made its standing."""
    enrollment, standing = path.enrollment, path.standing
    css, icon, text, day = {
        Standing.CLOSED: ("bad", "lock-closed", _("closed %s"), enrollment.closes_on),
        Standing.OVERDUE: ("bad", "exclamation-triangle", _("overdue since %s"), enrollment.due_on),
        Standing.EXPIRED: ("bad", "exclamation-triangle", _("certificate expired %s"), enrollment.expires_on),
        Standing.CLOSES_SOON: ("gold", "lock-closed", _("closes %s"), enrollment.closes_on),
        Standing.DUE_SOON: ("gold", "clock", _("due %s, not begun"), enrollment.due_on),
        Standing.EXPIRES_SOON: ("gold", "academic-cap", _("certificate expires %s"), enrollment.expires_on),
        Standing.OPEN: ("", "clock", _("due %s"), enrollment.due_on),
        Standing.PAUSED: ("", "pause", _("paused while on leave"), None),
        Standing.DONE: ("ok", "check", _("completed %s"), _completed_on(path)),
    }[standing]
    if standing == Standing.OPEN and day is None:
        return Pill(css, icon, _("no due date"))
    return Pill(css, icon, text % short_day(day, path.today) if day else text)


def _completed_on(path: RequiredPath) -> date | None:
    enrollment = path.enrollment
    return enrollment.completed_at and today_of(enrollment.learner, enrollment.completed_at)


def _other_days(path: RequiredPath) -> list[str]:
    """Return the days that the pill does not name; the three kinds stay apart."""
    enrollment, standing = path.enrollment, path.standing
    if enrollment.completed_at is not None:
        completed, expires_on = _completed_on(path), enrollment.expires_on
        if standing != Standing.DONE and completed:
            return [_("completed %s") % short_day(completed, path.today)]
        return [_("certificate until %s") % short_day(expires_on, path.today)] if expires_on else []
    days = []
    if enrollment.due_on and standing not in {Standing.OVERDUE, Standing.DUE_SOON, Standing.OPEN}:
        days.append(_("due %s") % short_day(enrollment.due_on, path.today))
    if enrollment.closes_on and standing not in {Standing.CLOSED, Standing.CLOSES_SOON}:
        days.append(_("closes %s") % short_day(enrollment.closes_on, path.today))
    return days


def why_required(enrollment: Enrollment) -> str:
    """Return who asked for it; a choice of the person's own is never named."""
    rule = enrollment.version.assignment if enrollment.version else None
    if rule is not None:
        return _("Required by the rule “%s”.") % rule
    if enrollment.enrolled_by is not None:
        return _("Required by %s.") % enrollment.enrolled_by
    return _("Required by the company.")


def change_text(change: EnrollmentChange) -> str:
    """Return one thing that happened to an enrollment as a sentence; empty for what is nobody's business.

    Nothing here says that a person chose a path, and the reason of an exclusion stays with the administrators.
    """
    rule = change.version.assignment if change.version else None
    days = _changed_days(change.before, change.after)
    match change.what:
        case What.EXTENDED:
            said = _("extended by %s") % change.actor
        case What.ASSIGNED if change.actor is not None:
            said = _("made required by %s") % change.actor
        case What.ASSIGNED:
            said = _("assigned by the rule “%s”") % rule if rule else _("assigned by a rule")
        case What.WITHDRAWN if change.actor is not None:
            return _("withdrawn by %s") % change.actor
        case What.RETURNED if change.after.get("source") == Enrollment.Source.SELF:
            return ""
        case _:
            said = change.get_what_display()
    parts = [": ".join(filter(None, [said, days]))]
    return f"{parts[0]}. “{change.reason}”" if change.reason else parts[0]


def _changed_days(before: dict[str, Any], after: dict[str, Any]) -> str:
    names = {"due_on": _("due %(new)s"), "closes_on": _("closes %(new)s")}
    instead = {
        "due_on": _("due %(new)s instead of %(old)s"),
        "closes_on": _("closes %(new)s instead of %(old)s"),
    }
    said = []
    for name, text in names.items():
        old, new = _day(before.get(name)), _day(after.get(name))
        if new and new != old:
            said.append((instead[name] if old else text) % {"new": new, "old": old})
        elif old and not new and name in after:
            said.append(_("no longer closes") if name == "closes_on" else _("no longer due on a day"))
    return ", ".join(said)


def _day(value: Any) -> str:
    day = parse_date(value) if isinstance(value, str) else value
    return date_format(day, "j M Y") if day else ""
