"""A tip as a message, for every channel: what is the same for everybody is read once."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lms.core.token_paths import path_with
from lms.notifications.messages import (
    Choice,
    Link,
    Message,
    Part,
    Question,
    Run,
    paragraphs_of,
    plain,
    text_of,
)
from lms.notifications.services.stopping import stop_url
from lms.tips.models import Tip, TipAnswer, TipDelivery
from lms.tips.notification_types import WEEKLY
from lms.tips.questions import Asked, question_of
from lms.tips.services.answering import token_of

ANSWER = "tips.answer"


class Written:
    """A tip, and what every message about it says alike."""

    def __init__(self, tip: Tip) -> None:
        """Take a tip, with its lesson and its exercise."""
        self.tip = tip

    @cached_property
    def part(self) -> Part:
        """The thought, the try, and where it leads."""
        paragraphs = (*paragraphs_of(self.tip.body), (Run(self.tip.try_it, "italic"),))
        return Part(self.tip.title, paragraphs, _leads_to(self.tip))

    @cached_property
    def asked(self) -> Asked | None:
        """Its question."""
        return question_of(self.tip)

    @cached_property
    def question(self) -> str:
        """The words of its question; empty when it asks nothing."""
        return one_line(self.asked.text) if self.asked else ""

    @cached_property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """The id and the words of each answer."""
        options = self.asked.options if self.asked else ()
        return tuple((each.id.hex, one_line(each.text)) for each in options)


@dataclass(frozen=True)
class Addressed:
    """What makes a message the message of one recipient.

    Attributes:
        token: Names the delivery in buttons.
        page: Address of its page.
        stop_url: Stops tips without sign-in; empty when nothing can be stopped.
        why: Why this tip and no other.
    """

    token: str
    page: str
    stop_url: str
    why: TipDelivery.Why


def tip_message(
    delivery: TipDelivery,
    written: Written,
    *,
    recalled: Written | None = None,
    answer: TipAnswer | None = None,
) -> Message:
    """Return a tip as a message: with its question, or with what was answered and what that teaches.

    Args:
        delivery: To whom and why, with its recipient.
        written: Its tip.
        recalled: The tip whose question comes back instead of this one's; None for none.
        answer: What its recipient answered; None while they have not.
    """
    token = token_of(delivery)
    page = settings.BASE_URL + path_with("tip-answer", token)
    to = Addressed(token, page, stop_url(delivery, WEEKLY), TipDelivery.Why(delivery.why))
    return _message(to, written, recalled=recalled, answer=answer)


def sample_message(tip: Tip, *, page: str) -> Message:
    """Return a tip as its recipients get it, addressed to nobody: nothing in it records, and nothing stops.

    Args:
        tip: With its lesson and exercise; a draft, perhaps with gaps.
        page: Where its links lead instead of to a recipient's own page.
    """
    why = TipDelivery.Why.ROLE if tip.roles.exists() else TipDelivery.Why.EVERYBODY
    return _message(Addressed("sample", page, "", why), Written(tip))


def _message(
    to: Addressed, written: Written, *, recalled: Written | None = None, answer: TipAnswer | None = None
) -> Message:
    source = recalled if recalled and recalled.asked else written
    if answer is not None and answer.tip_id == written.tip.pk:
        source = written
    parts: tuple[Part, ...] = (written.part,)
    question = None
    if source.asked is not None and answer is None:
        question = _question(source, to, comes_back=source is recalled)
    elif source.asked is not None and answer is not None:
        parts += (feedback_part(source.asked, answer.choice),)
    said = _said(get_language(), to.why)
    return Message(
        subject=written.tip.title,
        parts=parts,
        question=question,
        why=said.why,
        footer=(
            Link(said.useful, f"{to.page}#useful"),
            Link(said.another_time, settings.BASE_URL + said.settings_path),
            Link(said.stop, to.stop_url or to.page),
        ),
        stop_url=to.stop_url,
    )


class _Said(NamedTuple):
    """What many messages say alike."""

    why: str
    useful: str
    another_time: str
    settings_path: str
    stop: str


@cache
def _said(language: str | None, why: TipDelivery.Why) -> _Said:
    """Return it in the language of the moment; looked up for each message it would take as long as all the rest."""
    del language  # only tells one result from another
    return _Said(
        why=_("You get one tip a week. This one: %(why)s.") % {"why": why.label},
        useful=_("Was it useful?"),
        another_time=_("Another day or hour"),
        settings_path=reverse("settings-messages") + "#when",
        stop=_("Stop the weekly tip"),
    )


def _question(source: Written, to: Addressed, *, comes_back: bool) -> Question:
    text = source.question
    if comes_back:
        told = {"title": source.tip.title, "question": text}
        text = _("From an earlier tip, “%(title)s”: %(question)s") % told
    choices = tuple(Choice(value, label, f"{to.page}?choice={value}") for value, label in source.choices)
    return Question(action=ANSWER, token=to.token, text=text, choices=choices)


def feedback_part(asked: Asked, choice: UUID) -> Part:
    """Return what an answer teaches, and the right one beside it when it was another."""
    option = asked.option(choice)
    if option is None:
        return Part(_("Answered"), (plain(_("The question has changed since.")),))
    chosen = plain(_("You chose: %(answer)s") % {"answer": one_line(option.text)})
    if option.is_right:
        return Part(_("Right"), (chosen, *paragraphs_of(option.feedback)))
    better = plain(_("Better: %(answer)s") % {"answer": one_line(asked.right.text)})
    return Part(
        _("Not quite"),
        (chosen, *paragraphs_of(option.feedback), better, *paragraphs_of(asked.right.feedback)),
    )


def one_line(rich_text: str) -> str:
    """Return the words of rich text in one line."""
    return " ".join(text_of(each).strip() for each in paragraphs_of(rich_text))


def _leads_to(tip: Tip) -> tuple[Link, ...]:
    links = []
    if tip.lesson is not None and tip.lesson.live:
        path = f"/lessons/{tip.lesson.slug}/"
        links.append(Link(_("Lesson: %(title)s") % {"title": tip.lesson}, settings.BASE_URL + path))
    if tip.exercise is not None and tip.exercise.live:
        path = tip.exercise.get_absolute_url()
        links.append(Link(_("Practice: %(title)s") % {"title": tip.exercise}, settings.BASE_URL + path))
    return tuple(links)
