"""Due, closes and counts until: three dates, three words, never mixed."""

import re
from datetime import date

import pytest
import time_machine

from lms.paths.models import Enrollment

NOON = "2026-11-24T12:00:00Z"


@pytest.fixture
def shown(ada, client_of, lesson_factory, path_factory):
    """Return a function that gives Ada an enrollment and returns what her pages say."""
    path = path_factory(lesson_factory(), title="Working with AI", slug="working-with-ai")

    def show(page, **facts):
        with time_machine.travel(NOON, tick=False):
            Enrollment.objects.create(
                learner=ada, path=path, source="rule", enrolled_at="2026-11-01T12:00:00Z", **facts
            )
            response = client_of(ada).get(page)
        return re.sub(r"\s+|<[^>]+>", " ", response.content.decode())

    return show


@pytest.mark.parametrize("page", ["/", "/learning/", "/paths/working-with-ai/"])
@pytest.mark.parametrize(
    ("facts", "words", "not_words"),
    [
        ({"due_on": date(2026, 12, 8)}, ["due 8 December"], ["closes", "was due"]),
        ({"due_on": date(2027, 1, 8)}, ["due 8 January 2027"], []),
        ({"due_on": date(2026, 11, 24)}, ["due 24 November"], ["was due"]),
        ({"due_on": date(2026, 11, 23)}, ["was due 23 November"], ["closed"]),
        (
            {"due_on": date(2026, 12, 8), "closes_on": date(2026, 12, 24)},
            ["due 8 December", "closes 24 December"],
            [],
        ),
        ({"due_on": date(2026, 11, 1), "closes_on": date(2026, 11, 23)}, ["closed 23 November"], ["was due"]),
        (
            {"due_on": date(2026, 11, 1), "paused_on": date(2026, 10, 30)},
            ["paused while you are on leave"],
            ["was due"],
        ),
    ],
)
def test_each_date_has_its_own_word(shown, page, facts, words, not_words):
    text = shown(page, **facts)

    assert [word for word in words if word not in text] == []
    assert [word for word in not_words if word in text] == []


@pytest.mark.parametrize("page", ["/learning/", "/paths/working-with-ai/"])
def test_a_completion_that_runs_out_says_until_when_it_counts(shown, page):
    text = shown(
        page, completed_at="2026-11-20T12:00:00Z", expires_on=date(2027, 11, 20), due_on=date(2026, 11, 1)
    )

    assert "counts until 20 November 2027" in text
    assert "was due" not in text


def test_what_is_withdrawn_is_on_no_page(shown):
    assert "Continue" not in shown("/learning/", withdrawn_at="2026-11-20T12:00:00Z")
