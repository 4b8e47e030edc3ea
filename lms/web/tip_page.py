"""One weekly tip as its recipient reads it on the web."""

from dataclasses import dataclass
from uuid import UUID

from lms.tips.models import TipAnswer, TipDelivery
from lms.tips.questions import Asked, Option
from lms.tips.services.answering import asked_in


@dataclass(frozen=True)
class TipPage:
    """All that the page shows.

    Attributes:
        asked: Its question; None when it has none.
        comes_back: Whether that is the question of an earlier tip.
        answer: What its recipient answered; None while they have not.
        given: The option they chose; None while they have not, or when the author has removed it since.
        chosen: The option that was clicked in the message and is not confirmed yet.
    """

    delivery: TipDelivery
    asked: Asked | None
    comes_back: bool
    answer: TipAnswer | None
    given: Option | None
    chosen: UUID | None


def tip_page(delivery: TipDelivery, *, chosen: UUID | None) -> TipPage:
    """Return what the page of one delivery shows; no query beyond those of `read_token`."""
    found = asked_in(delivery)
    answer = getattr(delivery, "answer", None)
    asked = found[1] if found else None
    return TipPage(
        delivery=delivery,
        asked=asked,
        comes_back=bool(found and found[0].pk != delivery.tip_id),
        answer=answer,
        given=asked.option(answer.choice) if asked and answer else None,
        chosen=chosen,
    )
