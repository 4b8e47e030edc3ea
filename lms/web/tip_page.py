"""One weekly tip as its recipient reads it on the web: on Today, on a page of its own, and in a list of all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lms.people.models import User
from lms.tips.models import TipAnswer, TipDelivery
from lms.tips.questions import Asked, Option, question_of
from lms.tips.selectors.own import tips_had
from lms.tips.services.answering import asked_in, token_of
from lms.web.keyset import KeysetPage, keyset_page

TIPS_ON_A_PAGE = 20


@dataclass(frozen=True)
class TipPage:
    """All that is shown of one tip.

    Attributes:
        token: Names the delivery in addresses.
        asked: Its question, or the one that was answered; None when it has none.
        comes_back: Whether that is the question of an earlier tip.
        answer: What its recipient answered; None while they have not.
        given: The option they chose; None while they have not, or when the author has removed it since.
        chosen: The option that was clicked in the message and is not confirmed yet.
    """

    delivery: TipDelivery
    token: str
    asked: Asked | None
    comes_back: bool
    answer: TipAnswer | None
    given: Option | None
    chosen: UUID | None


def tip_page(delivery: TipDelivery, *, chosen: UUID | None = None) -> TipPage:
    """Return what is shown of one delivery; no query beyond those that loaded it with its tip and its answer."""
    answer: TipAnswer | None = getattr(delivery, "answer", None)
    if answer is not None:
        tip, asked = answer.tip, question_of(answer.tip)
    else:
        tip, asked = asked_in(delivery) or (delivery.tip, None)
    return TipPage(
        delivery=delivery,
        token=token_of(delivery),
        asked=asked,
        comes_back=tip.pk != delivery.tip_id,
        answer=answer,
        given=asked.option(answer.choice) if asked and answer else None,
        chosen=chosen,
    )


@dataclass(frozen=True)
class OwnTips:
    """A page of the tips that somebody has had, newest first."""

    page: KeysetPage[TipDelivery]

    @property
    def lines(self) -> list[TipPage]:
        """Each as it is shown."""
        return [tip_page(row) for row in self.page.rows]


def own_tips(person: User, now: datetime, cursor: str) -> OwnTips:
    """Return a page of somebody's tips; one query."""
    had = tips_had(person, now)
    return OwnTips(keyset_page(had, order=("-week", "-pk"), cursor=cursor, size=TIPS_ON_A_PAGE))
