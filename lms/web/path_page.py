"""The path page: its steps as lines of text.

Everything a line says is put into words here, once for equal lines, because a page may have hundreds: resolving a
name in a template costs more than all of Python's work for one line.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import NamedTuple

from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.design.templatetags.design import icon
from lms.paths.library import Card, ExerciseCard
from lms.paths.progress import Status, StepProgress
from lms.paths.selectors import PathStepView, PathView

ITEM = '<li class="{}"><span class="dot" aria-hidden="true">{}</span><div><h3>{}</h3><p>{}</p></div>{}</li>'
LINK = '<div class="does"><a class="{}" href="{}">{}<span class="visually-hidden"> {}</span></a></div>'


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


def step_lines(view: PathView) -> list[StepLine]:
    """Return the lines of a path, in order; no query."""
    day = cache(lambda on: formats.date_format(on, "j F Y"))
    return [_line(view, step, day) for step in view.steps]


def draw_lines(lines: list[StepLine]) -> SafeString:
    """Return the items of the list. Drawn here and not in the template for the reason given above."""
    return format_html_join("", ITEM, ((*line[:4], _drawn_link(line)) for line in lines))


def _drawn_link(line: StepLine) -> SafeString:
    if not line.address:
        return SafeString("")
    return format_html(LINK, line.button, line.address, line.verb, line.title)


def _line(view: PathView, step: PathStepView, day: Callable[[date], str]) -> StepLine:
    card, status = step.card, step.status
    is_next = view.enrollment is not None and step is view.next_step
    is_done = status == Status.DONE
    address = verb = button = ""
    if view.enrollment is not None and card is not None and card.is_live and status != Status.LOCKED:
        address = f"{card.address}?path={view.path.slug}"
        verb = _("Again") if is_done else _("Start")
        button = "again" if is_done else "btn" if is_next else "btn quiet"
    return StepLine(
        css=f"{status} next" if is_next else status,
        mark=icon("check", "mini") if is_done else str(step.progress.number),
        title=card.title if card else _("A step that was taken away"),
        facts=" · ".join(_facts(step, day)),
        address=address,
        verb=verb,
        button=button,
    )


def _facts(step: PathStepView, day: Callable[[date], str]) -> list[str]:
    facts = []
    if isinstance(step.card, ExerciseCard):
        minutes = step.card.minutes
        facts.append(ngettext("Exercise · %d minute", "Exercise · %d minutes", minutes) % minutes)
    elif step.card:
        minutes = step.card.minutes
        facts.append(ngettext("Lesson · %d minute", "Lesson · %d minutes", minutes) % minutes)
    if not step.is_required:
        facts.append(_("optional"))
    if step.progress.completed_at:
        facts.append(_("done %s") % day(timezone.localdate(step.progress.completed_at)))
    elif step.status == Status.LOCKED:
        facts.append(what_opens(step.progress))
    elif step.card is None or step.status == Status.UNAVAILABLE:
        facts.append(_("being revised; your path goes on without it"))
    else:
        facts.append(completion_contract(step.card))
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


def completion_contract(card: Card) -> str:
    """Return what completes a step, as an invitation."""
    if isinstance(card, ExerciseCard):
        return _("complete it by trying a prompt and reviewing the answer")
    questions = len(card.question_ids)
    if questions == 1:
        return _("complete it by answering one question")
    return _("complete it by answering %d questions") % questions
