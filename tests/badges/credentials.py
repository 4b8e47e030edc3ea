"""Larkfield vouches for what its people can do: an issuer, achievements and awards for tests."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from badges.models import Achievement, Award, Issuer
from badges.services.achievements import make_achievement, open_achievement
from badges.services.awarding import award_achievement
from badges.services.issuers import make_issuer
from lms.people.models import User
from lms.records import contributions
from lms.records.models import LearningRecord
from lms.records.services import record_learning

AchievementFactory = Callable[..., Achievement]


@pytest.fixture
def larkfield(db, settings, noon: datetime) -> Issuer:
    settings.PRAXIS_BADGE_KEYS = ["b25seS1mb3ItdGVzdHMtMDEyMzQ1Njc4OS1hYmNkZWc="]
    return make_issuer(
        slug="larkfield",
        name="Larkfield",
        base_url="https://praxis.example",
        url="https://larkfield.example",
        email="learning@larkfield.example",
        actor="command:tests",
        at=noon,
    )


@pytest.fixture
def achievement_factory(larkfield: Issuer, noon: datetime) -> AchievementFactory:
    """Return a function that makes an achievement that can be earned; every word and term can be given."""
    count = 0

    def create(name: str = "", **words: Any) -> Achievement:
        nonlocal count
        count += 1
        achievement = make_achievement(
            issuer=larkfield,
            actor=None,
            at=noon,
            **{
                "name": name or f"Prompt craft {count}",
                "description": "Hands cases over so that nobody promises what was not promised.",
                "criteria": "Complete the path for customer service and pass its practice.",
                "validity_months": 12,
                **words,
            },
        )
        return open_achievement(achievement=achievement, actor=None, at=noon)

    return create


@pytest.fixture
def prompt_craft(achievement_factory: AchievementFactory) -> Achievement:
    return achievement_factory("Prompt craft")


@pytest.fixture
def awarded(prompt_craft: Achievement, ada: User, mei: User, noon: datetime) -> Award:
    """Ada holds prompt craft."""
    return award_achievement(
        achievement=prompt_craft, recipient=ada, at=noon, source=Award.Source.PERSON, actor=mei
    )


@pytest.fixture
def learned(noon: datetime) -> Callable[..., LearningRecord]:
    """Return a function that writes to the ledger that somebody has completed something."""

    def record(
        person: User, object_id: Any, kind: str = "path", *, at: datetime | None = None, **scores: int
    ):
        return record_learning(
            actor=person,
            verb="completed",
            object_type=kind,
            object_id=object_id,
            object_title="Something",
            at=at or noon,
            result={"score": scores} if scores else {},
        )

    return record


@pytest.fixture
def no_communities(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing records contributions."""
    monkeypatch.setattr(contributions, "_contributions", {})


@pytest.fixture
def communities(no_communities: None) -> None:
    """Two ways to contribute are declared, as an app does that records them."""
    for name, verb, label in (
        ("workflow_shared", "shared", "share a workflow"),
        ("workflow_confirmed", "confirmed", "try the workflow of somebody else"),
    ):
        contributions.declare_contribution(name, verb=verb, object_type="workflow", label=label)


@pytest.fixture
def contributed(noon: datetime) -> Callable[..., LearningRecord]:
    """Return a function that writes to the ledger that somebody has contributed to a community."""

    def record(
        person: User, object_id: Any, verb: str = "shared", kind: str = "workflow", at: datetime | None = None
    ) -> LearningRecord:
        return record_learning(
            actor=person,
            verb=verb,
            object_type=kind,
            object_id=object_id,
            object_title="Hand-over",
            at=at or noon,
        )

    return record


@pytest.fixture
def measured(noon: datetime) -> Callable[..., LearningRecord]:
    """Return a function that writes to the ledger that reviewers have confirmed a result of somebody."""

    def record(person: User, object_id: Any, at: datetime | None = None) -> LearningRecord:
        return record_learning(
            actor=person,
            verb="measured",
            object_type="achievement",
            object_id=object_id,
            object_title="AI coach",
            at=at or noon,
            result={"success": True},
        )

    return record
