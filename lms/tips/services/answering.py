"""Hearing what people answer inside a tip, and what they say of it: once each, from wherever it comes."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from lms.people.time_zones import zone_or_default
from lms.records.models import LearningRecord
from lms.records.services import record_learning
from lms.tips.models import RecallCard, Tip, TipAnswer, TipDelivery
from lms.tips.questions import Asked, Option, question_of
from lms.tips.recall import after_answer

SALT = "lms.tips.delivery"


class NoSuchTip(Exception):
    """The address or token was cut off, changed, or speaks of a delivery that is gone."""


def token_of(delivery: TipDelivery) -> str:
    """Return what names a delivery in links and buttons; only we can make it, and it is valid for ever."""
    return signing.Signer(salt=SALT).sign(delivery.uuid.hex)


def read_token(token: str) -> TipDelivery:
    """Return the delivery that a token names, with its tip, the question that came back, and its recipient.

    Raises:
        NoSuchTip: It is none of ours.
    """
    try:
        uuid = UUID(hex=signing.Signer(salt=SALT).unsign(token))
        rows = TipDelivery.objects.select_related(
            "tip__lesson", "tip__exercise", "recall__tip", "recipient", "answer__tip"
        )
        found: TipDelivery = rows.get(uuid=uuid)
    except (signing.BadSignature, ValueError, TipDelivery.DoesNotExist):
        raise NoSuchTip from None
    return found


def asked_in(delivery: TipDelivery) -> tuple[Tip, Asked] | None:
    """Return the question of a delivery, and the tip it belongs to: one that comes back, or the tip's own.

    None when there is neither. What its author has taken back is not asked any more.
    """
    returning = [delivery.recall.tip] if delivery.recall is not None and delivery.recall.tip.live else []
    return next(_questions([*returning, delivery.tip]), None)


def _questions(tips: Iterable[Tip]) -> Iterator[tuple[Tip, Asked]]:
    for tip in tips:
        if (found := question_of(tip)) is not None:
            yield tip, found


def _answered_by(delivery: TipDelivery, choice: UUID) -> tuple[Tip, Asked, Option] | None:
    """Return what a choice answers; None for nothing.

    A message that went out keeps its buttons: the question in them may be the other one of the two by now.
    """
    tips = [delivery.recall.tip] if delivery.recall is not None else []
    for tip, asked in _questions([*tips, delivery.tip]):
        if (option := asked.option(choice)) is not None:
            return tip, asked, option
    return None


@transaction.atomic
def answer_tip(*, delivery: TipDelivery, choice: UUID, channel: str, at: datetime) -> TipAnswer:
    """Record an answer; the first that comes counts, and whatever comes after changes nothing.

    Args:
        delivery: As `read_token` returns it.
        choice: Id of the chosen option.
        channel: Where it was given.
        at: When.

    Returns:
        The answer that counts.

    Raises:
        ActionRefused: There is no question, or no such answer: the author changed it meanwhile.
    """
    found = _answered_by(delivery, choice)
    if found is None:
        raise ActionRefused(
            _("This question has changed since it was sent. Open the tip to answer it as it is now.")
        )
    tip, asked, option = found
    card = RecallCard.objects.select_for_update().filter(person=delivery.recipient_id, tip=tip).first()
    values = {
        "tip": tip,
        "choice": choice,
        "is_right": option.is_right,
        "is_first": card is None,
        "answered_at": at,
        "channel": channel,
    }
    # One question may hang on several deliveries that were not answered; the first answer since counts.
    since = TipAnswer.objects.filter(
        delivery__recipient=delivery.recipient_id, tip=tip, answered_at__gte=delivery.planned_at
    ).exclude(delivery=delivery)
    counts = not since.exists()
    answer, is_new = TipAnswer.objects.get_or_create(delivery=delivery, defaults=values)
    if is_new and counts:
        _schedule(delivery, tip, card, option, at)
        record_learning(
            actor=delivery.recipient,
            verb=LearningRecord.Verb.ANSWERED,
            object_type=LearningRecord.ObjectType.QUESTION,
            object_id=asked.id,
            object_title=tip.title,
            result={"success": option.is_right},
            context={"tip": str(tip.uuid)},
            at=at,
        )
    return answer


def _schedule(delivery: TipDelivery, tip: Tip, card: RecallCard | None, option: Option, at: datetime) -> None:
    zone = zone_or_default(delivery.recipient.time_zone, settings.PRAXIS_TIME_ZONE)
    state, due_week = after_answer(
        card.state if card else None, is_right=option.is_right, at=at.astimezone(zone)
    )
    RecallCard.objects.update_or_create(
        person=delivery.recipient, tip=tip, defaults={"state": state, "due_week": due_week}
    )


def say_useful(*, delivery: TipDelivery, is_useful: bool, at: datetime) -> None:
    """Note what a recipient says of a tip; they may change their mind."""
    said = TipDelivery.Usefulness.USEFUL if is_useful else TipDelivery.Usefulness.NOT_USEFUL
    TipDelivery.objects.filter(pk=delivery.pk).update(usefulness=said, rated_at=at)
    delivery.usefulness = said


def note_opened(*, delivery: TipDelivery, at: datetime) -> None:
    """Note that a tip was opened on its page, the first time."""
    TipDelivery.objects.filter(pk=delivery.pk, opened_at=None).update(opened_at=at)
