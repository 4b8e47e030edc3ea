"""When a question comes back: spaced by FSRS after an answer, stepping back without one, in weekly slots. Pure.

Source: Free Spaced Repetition Scheduler, version 6, as the package `fsrs` has it, wanting 0.9 of what was learned to be
remembered; without steps inside a day, since a tip comes once a week.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from fsrs import Card, Rating, Scheduler

from lms.notifications.slots import monday_of

WEEKS_WITHOUT_AN_ANSWER = (3, 9)
"""How many weeks a question waits that came back and was not answered, the first time and the second; then it rests."""

_SCHEDULER = Scheduler(
    desired_retention=0.9,
    learning_steps=(),
    relearning_steps=(),
    maximum_interval=180,
    enable_fuzzing=False,
)


def after_answer(
    state: dict[str, Any] | None, *, is_right: bool, at: datetime
) -> tuple[dict[str, Any], date]:
    """Return what is kept of a question, and the Monday of the week in which it comes back.

    Args:
        state: What was kept after the answer before; None when this is the first.
        is_right: Whether the answer was right.
        at: When it was given, in the zone of whoever gave it: their week counts.
    """
    card = Card.from_dict(state) if state else Card(card_id=1, due=at.astimezone(UTC))  # type: ignore[arg-type]
    rating = Rating.Good if is_right else Rating.Again
    card, _log = _SCHEDULER.review_card(card, rating, review_datetime=at.astimezone(UTC))
    return dict(card.to_dict()), slot_for(card.due, answered_at=at)


def slot_for(due: datetime, *, answered_at: datetime) -> date:
    """Return the Monday of the week that is nearest to when something is due, and after the present one."""
    weeks = round((due - answered_at) / timedelta(weeks=1))
    return monday_of(answered_at.date()) + timedelta(weeks=max(1, weeks))


class Waiting(NamedTuple):
    """A question that somebody has answered before.

    Attributes:
        due_week: The Monday from which it comes back after the last answer.
        asked: How often it has come back since, without an answer.
        last_asked: The Monday of the last week in which it did; None when it has not.
        card: Its key.
        tip: Key of the tip that it belongs to.
    """

    due_week: date
    asked: int
    last_asked: date | None
    card: int
    tip: int

    @property
    def comes_back(self) -> date | None:
        """The Monday from which it comes back; None while it rests.

        It goes on resting until it is answered where it was asked before, or with its own tip.
        """
        if self.last_asked is None:
            return self.due_week
        if self.asked > len(WEEKS_WITHOUT_AN_ANSWER):
            return None
        return self.last_asked + timedelta(weeks=WEEKS_WITHOUT_AN_ANSWER[self.asked - 1])


def first_to_come_back(waiting: Iterable[Waiting], week: date) -> Waiting | None:
    """Return the question that comes back in a week; None for none.

    Those that were left unanswered less often go first, then whichever has waited longest.

    Args:
        waiting: Of one person, in any order.
        week: Its Monday.
    """
    due = [(each.asked, at, each.card, each) for each in waiting if (at := each.comes_back) and at <= week]
    return min(due)[-1] if due else None
