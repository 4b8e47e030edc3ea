"""Tips as they are published, and people who get them."""

import json
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lms.people.models import User
from lms.tips.models import Tip, TipDelivery, TipPlan
from tests.conftest import question_block

TipFactory = Callable[..., Tip]
DeliveryFactory = Callable[..., TipDelivery]


@pytest.fixture
def tip_factory(db: None) -> TipFactory:
    """Return a function that publishes a tip with a question whose first answer is right."""
    count = 0

    def create(title: str = "", *, publish: bool = True, **fields: Any) -> Tip:
        nonlocal count
        count += 1
        roles, skills = fields.pop("roles", []), fields.pop("skills", [])
        question = [question_block(uuid.uuid4())] if fields.pop("asks", True) else []
        tip = Tip(
            title=title or f"Tip {count}",
            slug=fields.pop("slug", f"tip-{count}"),
            body=fields.pop("body", "<p>Ask for <b>the doubt</b>, not only for the answer.</p>"),
            try_it=fields.pop("try_it", "Try it on the next summary."),
            question=json.dumps(question),
            review_by=fields.pop("review_by", date(2027, 5, 31)),
            live=False,
            **fields,
        )
        tip.roles.set(roles)
        tip.skills.set(skills)
        tip.save()
        revision = tip.save_revision()
        if publish:
            revision.publish()
        tip.refresh_from_db()
        return tip

    return create


@pytest.fixture
def weekly(db: None) -> TipPlan:
    """The plan for everybody: Tuesday at nine."""
    return TipPlan.objects.create(name="Weekly tip", weekday=2, hour=9, is_enabled=True)


@pytest.fixture
def tip_delivery(tip_factory: TipFactory, noon: datetime) -> DeliveryFactory:
    """Return a function that queues a tip for somebody."""

    def create(recipient: User, tip: Tip | None = None, **fields: Any) -> TipDelivery:
        values: dict[str, Any] = {
            "channel": "email",
            "due_at": noon,
            "planned_at": fields.get("due_at", noon),
            "week": date(2026, 11, 23),
            "why": TipDelivery.Why.EVERYBODY,
            "propensity": 1.0,
            "expires_at": noon + timedelta(days=6),
            **fields,
        }
        return TipDelivery.objects.create(recipient=recipient, tip=tip or tip_factory(), **values)

    return create


def queued() -> dict[int, datetime]:
    """Return when each person who has a tip gets it, by their keys."""
    return dict(TipDelivery.objects.values_list("recipient", "due_at"))


@pytest.fixture
def lisbon(person_factory: Callable[..., User]) -> User:
    """Return somebody who lives in Lisbon."""
    return person_factory(time_zone="Europe/Lisbon")
