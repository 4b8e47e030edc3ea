"""Telling people what is required of them and by when, and their managers once it is a week late.

Managers learn of nothing else: what somebody chose themselves, and how they do on a path, is not told.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.notifications.services.notifying import Notice, notify_all
from lms.paths.models import Encouragement, Enrollment
from lms.paths.notification_types import (
    DUE,
    NUDGED,
    OVERDUE,
    REPORT_OVERDUE,
    REQUIRED,
    THANKED,
)
from lms.paths.querysets import day_is_before, day_is_over, day_is_within
from lms.people.models import User

TOGETHER = 1000
EACH = timedelta(hours=4)
"""How often beat asks; the schedule in the settings says the same."""
NEW_FOR = timedelta(days=2)
DAYS_AHEAD = (7, 1)
LATE = timedelta(days=7)


def tell_of_required_paths(*, now: datetime, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Tell everyone what is new, due soon or overdue, each once for a day; returns how many were looked at.

    Args:
        now: The present.
        goes_on: Asked between batches; the next run does what is left.
    """
    looked_at = 0
    rounds = _rounds(now)
    first = int(now.timestamp() // EACH.total_seconds()) % len(
        rounds
    )  # so that none always comes when time is over
    for kind, condition, notice in rounds[first:] + rounds[:first]:
        for batch in _batches(condition, goes_on):
            notify_all(type=kind, notices=[each for each in map(notice, batch) if each], at=now)
            looked_at += len(batch)
    return looked_at


def _rounds(now: datetime) -> list[tuple[str, Q, Callable[[Enrollment], Notice | None]]]:
    over = day_is_over("due_on", now)
    tomorrow = day_is_within("due_on", 1, now)
    within = {7: day_is_within("due_on", 7, now) & ~tomorrow, 1: tomorrow}  # one reminder on a day
    is_new = Q(enrolled_at__gt=now - NEW_FOR) & ~Q(source=Enrollment.Source.SELF)
    late = day_is_before("due_on", -LATE, now, "learner__time_zone")
    return [
        (REQUIRED, is_new, _required),
        *((DUE, Q(due_on__isnull=False) & within[days] & ~over, _due_within(days)) for days in DAYS_AHEAD),
        (OVERDUE, Q(due_on__isnull=False) & over, _overdue),
        (REPORT_OVERDUE, Q(due_on__isnull=False, learner__manager__isnull=False) & late, _report_overdue),
    ]


def _batches(condition: Q, goes_on: Callable[[], bool]) -> Iterator[list[Enrollment]]:
    rows = Enrollment.objects.current().required().in_progress().filter(condition, paused_on=None)
    rows = rows.filter(learner__status=User.Status.ACTIVE).select_related("path", "learner")
    rows, last = rows.defer("path__steps").order_by("pk"), 0
    while goes_on() and (batch := list(rows.filter(pk__gt=last)[:TOGETHER])):
        yield batch
        last = batch[-1].pk


def _required(enrollment: Enrollment) -> Notice:
    text = enrollment.reason or str(enrollment.get_source_display()).capitalize() + "."
    return _notice(enrollment, "required", _("“%(path)s” is required of you"), text)


def _due_within(days: int) -> Callable[[Enrollment], Notice | None]:
    def notice(enrollment: Enrollment) -> Notice | None:
        title = _("“%(path)s” is due on %(day)s")
        return _notice(enrollment, f"due:{enrollment.due_on}:{days}", title, _closes(enrollment))

    return notice


def _overdue(enrollment: Enrollment) -> Notice:
    title = _("“%(path)s” was due on %(day)s")
    return _notice(enrollment, f"overdue:{enrollment.due_on}", title, _closes(enrollment))


def _report_overdue(enrollment: Enrollment) -> Notice | None:
    learner = enrollment.learner
    if learner.manager_id is None or enrollment.due_on is None:
        return None
    facts = {"name": learner, "path": enrollment.path.title, "day": date_format(enrollment.due_on, "j F")}
    return Notice(
        learner.manager_id,
        f"{enrollment.pk}:{enrollment.due_on}",
        _("%(name)s is a week late with “%(path)s”") % facts,
        _("It was due on %(day)s. You can remind them, or give them more time.") % facts,
        reverse("team-person", args=[learner.public_id]),
    )


def _closes(enrollment: Enrollment) -> str:
    if enrollment.closes_on is None:
        return ""
    return _("It closes on %(day)s.") % {"day": date_format(enrollment.closes_on, "j F")}


def _notice(enrollment: Enrollment, event: str, title: str, text: str) -> Notice:
    day = date_format(enrollment.due_on, "j F") if enrollment.due_on else ""
    return Notice(
        enrollment.learner_id,
        f"{enrollment.pk}:{event}",
        title % {"path": enrollment.path.title, "day": day},
        text,
        reverse("path", args=[enrollment.path.slug]),
    )


def tell_encouraged(*, words: Iterable[Encouragement], at: datetime) -> None:
    """Tell people that their manager reminds or thanks them; two queries for each kind."""
    by_kind: dict[str, list[Notice]] = {NUDGED: [], THANKED: []}
    for word in words:
        is_nudge = word.kind == Encouragement.Kind.NUDGE
        title = (
            _("%(name)s reminds you of “%(path)s”") if is_nudge else _("%(name)s thanks you for “%(path)s”")
        )
        by_kind[NUDGED if is_nudge else THANKED].append(
            Notice(
                word.recipient_id,
                f"{word.kind}:{word.enrollment_id}:{word.sender_id}:{word.week}",
                title % {"name": word.sender, "path": word.enrollment.path.title},
                word.note,
                reverse("path", args=[word.enrollment.path.slug]),
            )
        )
    for kind, notices in by_kind.items():
        if notices:
            notify_all(type=kind, notices=notices, at=at)
