"""When an answered question comes back: spaced by FSRS, in weekly slots. Pure.

Source: Free Spaced Repetition Scheduler, version 6, as the package `fsrs` has it, wanting 0.9 of what was learned to be
remembered; without steps inside a day, since a tip comes once a week.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from fsrs import Card, Rating, Scheduler

from lms.notifications.slots import monday_of

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
