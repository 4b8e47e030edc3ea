"""Somebody is put forward: an achievement that takes nominations, and short ways to get on with one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from badges.models import Achievement, Evidence, Nomination
from badges.services.evidence import NewEvidence, add_evidence
from badges.services.nominating import nominate, submit_nomination
from badges.services.reviewing import review_nomination
from lms.people.models import User

RUBRIC = ["Checks what the model says", "Passes it on to others"]
SHOWN = dict.fromkeys(RUBRIC, 2)


@pytest.fixture
def coach(achievement_factory) -> Achievement:
    """An achievement that people are put forward for; one reviewer decides."""
    return achievement_factory("AI coach", takes_nominations=True, rubric=RUBRIC)


@pytest.fixture
def link() -> NewEvidence:
    return NewEvidence(kind=Evidence.Kind.LINK, title="Our guide", url="https://wiki.example/guide")


@pytest.fixture
def submitted(coach: Achievement, ada: User, link: NewEvidence, noon: datetime) -> Nomination:
    """Ada has put herself forward and submitted."""
    nomination = nominate(
        achievement=coach, nominee=ada, nominated_by=ada, why="I help my team every week.", at=noon
    )
    add_evidence(nomination=nomination, actor=ada, new=link, at=noon)
    return submit_nomination(nomination=nomination, actor=ada, at=noon)


@pytest.fixture
def decide(noon: datetime) -> Callable[..., Any]:
    """Return a function that lets somebody decide about a nomination as it is now."""

    def review(nomination: Nomination, reviewer: User, decision: str = "accept", **given: Any) -> Any:
        nomination.refresh_from_db()
        defaults = {"levels": SHOWN, "comment": "Show one more case.", "at": noon}
        values = {"seen_round": nomination.round, **defaults, **given}
        return review_nomination(nomination=nomination, reviewer=reviewer, decision=decision, **values)

    return review
