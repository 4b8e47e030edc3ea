"""Nominations in words: where each stands, and the one next step."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from badges.models import Nomination, Review
from badges.reviewing import LEVELS, SENTENCES
from badges.selectors.nominations import Waiting

State = Nomination.State
PILLS = {State.SUBMITTED: "plum", State.RETURNED: "gold", State.ACCEPTED: "ok", State.CLOSED: "ok"}


@dataclass(frozen=True)
class Card:
    """One nomination in a list.

    Attributes:
        nomination: Which one.
        state: Where it stands, in a few words.
        pill: How that is shown.
        next_step: What the reader does next; empty when there is nothing to do.
    """

    nomination: Nomination
    state: str
    pill: str
    next_step: str


@dataclass(frozen=True)
class Said:
    """What a reviewer has decided and written, for the nominee: without a name.

    Attributes:
        decision: What was decided, in a word.
        levels: Criterion and level in words.
    """

    review: Review
    decision: str
    levels: list[tuple[str, str]]


@dataclass(frozen=True)
class QueueLine:
    """One nomination in the queue; `why_not` is empty for who may decide."""

    waiting: Waiting
    why_not: str


def own_card(nomination: Nomination) -> Card:
    """Return a nomination as the nominee reads it."""
    steps = {
        State.DRAFT: _("Add evidence and submit"),
        State.SUBMITTED: "",
        State.RETURNED: _("Read the comment, change what is missing, submit again"),
        State.ACCEPTED: _("See your credential"),
        State.DECLINED: _("Read why; you can appeal once") if nomination.can_be_appealed else "",
        State.WITHDRAWN: "",
        State.CLOSED: _("See your credential"),
    }
    state = State(nomination.state)
    return Card(nomination, str(state.label), PILLS.get(state, ""), steps[state])


def made_card(nomination: Nomination) -> Card:
    """Return a nomination as whoever made it reads it: what reviewers think is the nominee's own business."""
    words = {
        State.DRAFT: _("waits for them"),
        State.SUBMITTED: _("with the reviewers"),
        State.RETURNED: _("with the reviewers"),
        State.ACCEPTED: _("awarded"),
        State.CLOSED: _("awarded"),
    }
    state = State(nomination.state)
    pill = "ok" if state in {State.ACCEPTED, State.CLOSED} else ""
    return Card(nomination, words.get(state, _("ended")), pill, "")


def said_about(nomination: Nomination) -> list[Said]:
    """Return what reviewers have written, newest first; one query."""
    words = {
        Review.Decision.ACCEPT: _("Accepted"),
        Review.Decision.RETURN: _("Returned with a comment"),
        Review.Decision.DECLINE: _("Declined"),
    }
    reviews = nomination.reviews.order_by("-round", "-pk")
    return [
        Said(
            review,
            words[Review.Decision(review.decision)],
            [(each, str(LEVELS.get(level, ""))) for each, level in review.levels.items()],
        )
        for review in reviews
    ]


def queue_line(waiting: Waiting) -> QueueLine:
    """Return a line of the queue."""
    return QueueLine(waiting, str(SENTENCES[waiting.hindrance]) if waiting.hindrance else "")
