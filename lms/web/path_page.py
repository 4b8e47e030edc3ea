"""The path page: its steps as lines of text.

Everything a line says is put into words here, once for equal lines, because a page may have hundreds: resolving a
name in a template costs more than all of Python's work for one line.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.design.templatetags.design import icon
from lms.paths.library import LessonCard, PathOutline
from lms.paths.progress import Status, StepProgress
from lms.paths.selectors import PathStepView, PathView
from lms.people.models import JobRole


class StepLine(NamedTuple):
    """One step of the page.

    Attributes:
        css: Classes of the line.
        mark: What stands in its circle: a number, or a check mark.
        title: Title of the lesson.
        facts: Kind, minutes, and how it is completed, was completed, or opens.
        address: Where its link leads; empty without a link.
        verb: What the link says.
        button: Classes of the link.
    """

    css: str
    mark: str
    title: str
    facts: str
    address: str = ""
    verb: str = ""
    button: str = ""


def role_of(path: PathOutline) -> JobRole | None:
    """Return the role a path is for; None for everybody's. One query."""
    return JobRole.objects.filter(pk=path.role_id).first() if path.role_id else None


def step_lines(view: PathView) -> list[StepLine]:
    """Return the lines of a path, in order; no query."""
    day = cache(lambda moment: formats.date_format(timezone.localtime(moment), "j F Y"))
    return [_line(view, step, day) for step in view.steps]


def _line(view: PathView, step: PathStepView, day: Callable[[datetime], str]) -> StepLine:
    lesson, status = step.lesson, step.status
    is_next = view.enrollment is not None and step is view.next_step
    line = StepLine(
        css=f"{status} next" if is_next else status,
        mark=icon("check", "mini") if status == Status.DONE else str(step.progress.number),
        title=lesson.title if lesson else _("A lesson that was taken away"),
        facts=" · ".join(_facts(step, day)),
    )
    if view.enrollment is None or lesson is None or not lesson.is_live or status == Status.LOCKED:
        return line
    is_done = status == Status.DONE
    return line._replace(
        address=f"{reverse('lesson', args=[lesson.slug])}?path={view.path.slug}",
        verb=_("Again") if is_done else _("Start"),
        button="again" if is_done else "btn" if is_next else "btn quiet",
    )


def _facts(step: PathStepView, day: Callable[[datetime], str]) -> list[str]:
    facts = []
    if step.lesson:
        minutes = step.lesson.minutes
        facts.append(ngettext("Lesson · %d minute", "Lesson · %d minutes", minutes) % minutes)
    if not step.is_required:
        facts.append(_("optional"))
    if step.progress.completed_at:
        facts.append(_("done %s") % day(step.progress.completed_at))
    elif step.status == Status.LOCKED:
        facts.append(what_opens(step.progress))
    elif step.lesson is None or step.status == Status.UNAVAILABLE:
        facts.append(_("being revised; your path goes on without it"))
    else:
        facts.append(completion_contract(step.lesson))
    return facts


def what_opens(progress: StepProgress) -> str:
    """Return what a locked step waits for, as the rest of a sentence."""
    if progress.opens_at:
        moment = formats.date_format(timezone.localtime(progress.opens_at), "l j F, H:i")
        return _("opens on %s") % moment
    numbers = ", ".join(map(str, progress.waits_for))
    if days := progress.step.delay.days:
        text = ngettext(
            "opens %(days)d day after step %(steps)s", "opens %(days)d days after step %(steps)s", days
        )
        return text % {"days": days, "steps": numbers}
    return ngettext(
        "opens when step %s is complete", "opens when steps %s are complete", len(progress.waits_for)
    ) % (numbers)


def completion_contract(lesson: LessonCard) -> str:
    """Return what completes a lesson, as an invitation."""
    questions = len(lesson.question_ids)
    if questions == 1:
        return _("complete it by answering one question")
    return _("complete it by answering %d questions") % questions
