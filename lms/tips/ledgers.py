"""The message of a weekly tip: the thought, the try, the question, why this one, and one click to stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.core.errors import ActionRefused
from lms.notifications.registry import Answered, NotWanted, Outgoing, message_action, outgoing
from lms.notifications.selectors.reach import who_stopped
from lms.tips.messages import ANSWER, Written, tip_message
from lms.tips.models import RecallCard, Tip, TipDelivery, TipPlan
from lms.tips.notification_types import WEEKLY
from lms.tips.services.answering import NoSuchTip, answer_tip, read_token


@dataclass(frozen=True)
class Prepared:
    """What composing a batch needs.

    Attributes:
        tips: The tips of its deliveries and of questions that come back, by key.
        recalled: For each card the key of its tip.
        stopped: Keys of people who want no tips any more.
        today: The day on which they go out.
        plans: The plans by which its deliveries were queued, by key.
    """

    tips: dict[int, Tip]
    recalled: dict[int, int]
    stopped: set[int]
    today: date
    plans: dict[int, TipPlan]

    @cached_property
    def written(self) -> dict[int, Written]:
        """Each tip, read once however many people get it."""
        return {key: Written(tip) for key, tip in self.tips.items()}


@outgoing("tips")
class TipLedger(Outgoing):
    """Weekly tips."""

    model = TipDelivery
    label = gettext_lazy("Weekly tips")
    stop_scope = WEEKLY

    def prepare(self, deliveries: Sequence[TipDelivery], now: datetime) -> Prepared:
        """Return what a batch needs; four queries."""
        cards = {each.recall_id for each in deliveries if each.recall_id is not None}
        recalled = dict(RecallCard.objects.filter(pk__in=cards).values_list("pk", "tip"))
        wanted = {each.tip_id for each in deliveries} | set(recalled.values())
        return Prepared(
            tips=Tip.objects.select_related("lesson", "exercise").in_bulk(wanted),
            recalled=recalled,
            stopped=who_stopped([each.recipient_id for each in deliveries], WEEKLY),
            today=now.date(),
            plans=TipPlan.objects.in_bulk({each.plan_id for each in deliveries} - {None}),
        )

    def compose(self, delivery: Any, prepared: Prepared) -> Any:
        """Return the message of one delivery.

        Raises:
            NotWanted: Its recipient has stopped tips, the tip was taken back, or its plan is off or has ended.
        """
        if delivery.recipient_id in prepared.stopped:
            raise NotWanted(_("Its recipient has stopped tips."))
        written = prepared.written[delivery.tip_id]
        if not written.tip.live:
            raise NotWanted(_("The tip was taken back."))
        if written.tip.review_by <= prepared.today:
            raise NotWanted(_("The tip is overdue for review."))
        plan = prepared.plans.get(delivery.plan_id)
        if plan is not None and not plan.is_in_force(delivery.week):
            raise NotWanted(_("The weekly tip was switched off, or its campaign ended."))
        recalled = prepared.written.get(prepared.recalled.get(delivery.recall_id, 0))
        if recalled and not (recalled.tip.live and recalled.tip.review_by > prepared.today):
            recalled = None  # what is wrong or may be wrong does not come back
        return tip_message(delivery, written, recalled=recalled)


@message_action(ANSWER)
def answered_in_place(token: str, value: str, at: datetime) -> Answered:
    """Record an answer that was given inside a message, and return the message with what it teaches.

    Raises:
        ActionRefused: The token or the value is none of ours.
    """
    try:
        delivery = read_token(token)
        choice = UUID(hex=value)
    except (NoSuchTip, ValueError):
        raise ActionRefused(_("This tip cannot be answered any more.")) from None
    answer = answer_tip(delivery=delivery, choice=choice, channel=delivery.channel, at=at)
    recalled = Written(delivery.recall.tip) if delivery.recall else None
    return Answered(tip_message(delivery, Written(delivery.tip), recalled=recalled, answer=answer))
