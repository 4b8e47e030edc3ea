"""An author looks at a draft as its learner will meet it, and at the feedback on every answer."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from courses.models import MicroLessonPage
from courses.rendering import render_content
from lms.people.models import User
from tests.conftest import LessonFactory
from tests.courses.editor import edit_url, inline, lesson_form, question, text, words_of

ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db

LEARNER, FEEDBACK = "", "feedback"
SITUATION = "The summary says a refund was promised. What do you do?"


@pytest.fixture
def lesson(lesson_factory: LessonFactory) -> MicroLessonPage:
    return lesson_factory("As published", slug="check-the-date")


def answer(number: int, *, is_right: bool = False) -> dict[str, Any]:
    value = {"text": inline(f"Answer {number}"), "feedback": inline(f"Feedback {number}")}
    return value | ({"is_right": "on"} if is_right else {})


def choices(*answers: dict[str, Any], **settings: str) -> tuple[str, dict[str, Any]]:
    kind, value = question(*answers)
    return (kind, value | {"question": inline(SITUATION)} | settings)


ONE_RIGHT = choices(answer(1, is_right=True), answer(2), answer(3))
TWO_RIGHT = choices(answer(1, is_right=True), answer(2, is_right=True), answer(3), several="on")


def preview(client: Client, lesson: MicroLessonPage, asked: tuple[str, dict[str, Any]], **query: str) -> str:
    """Do what the editor does: send what is typed, then show it."""
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[lesson.pk])
    opening = ("text", text("<p>You take over at four o’clock.</p>"))
    typed = client.post(address, lesson_form(opening, asked, slug=lesson.slug, title="Check the date"))
    assert typed.json() == {"is_valid": True, "is_available": True}
    response = client.get(address, query)
    assert response.status_code == 200
    return re.sub(r' data-block-key="\w+"', "", words_of(response))


def heard_in(page: str) -> list[str]:
    said = ["Feedback 1", "Feedback 2", "Feedback 3", "Right:", "Not quite:", "That holds."]
    return [words for words in said if words in page]


def test_the_editor_offers_both_views_and_starts_with_the_learners(
    grace: User, client_of: ClientOf, lesson: MicroLessonPage
):
    page = words_of(client_of(grace).get(edit_url(lesson)))

    assert lesson.default_preview_mode == LEARNER
    assert re.findall(r'<option value="(\w*)"[^>]*>\s*(As a learner sees it|With every feedback)', page) == [
        ("", "As a learner sees it"),
        ("feedback", "With every feedback"),
    ]


@pytest.mark.parametrize("query", [{}, {"mode": LEARNER}], ids=["opened", "chosen"])
def test_as_a_learner_the_question_waits_for_an_answer(
    grace: User, client_of: ClientOf, lesson: MicroLessonPage, query: dict[str, str]
):
    page = preview(client_of(grace), lesson, ONE_RIGHT, **query)

    assert '<p class="eyebrow">Lesson · 1 minute</p>' in page
    assert "<h1>Check the date</h1>" in page
    assert "You take over at four o’clock." in page
    assert re.findall(r"<legend>(.*?)</legend>", page) == [f"<p>{SITUATION}</p>"]
    choices_shown = re.findall(
        r'<label><input type="radio" name="chosen-[\w-]+" value="[\w-]+"><span>(.*?)</span>', page
    )
    assert choices_shown == ["<p>Answer 1</p>", "<p>Answer 2</p>", "<p>Answer 3</p>"]
    assert '<button class="btn" type="button" disabled>Check my answer</button>' in page
    assert heard_in(page) == []


def test_a_question_with_several_right_answers_has_boxes_to_tick(
    grace: User, client_of: ClientOf, lesson: MicroLessonPage
):
    page = preview(client_of(grace), lesson, TWO_RIGHT)

    assert page.count('<label><input type="checkbox"') == 3
    assert "Several answers are right. Tick all that apply." in page
    assert heard_in(page) == []


def test_every_feedback_is_shown_when_asked_for(grace: User, client_of: ClientOf, lesson: MicroLessonPage):
    page = preview(client_of(grace), lesson, ONE_RIGHT, mode=FEEDBACK)

    assert '<p class="eyebrow">Preview with every feedback · 1 minute</p>' in page
    assert heard_in(page) == ["Feedback 1", "Feedback 2", "Feedback 3", "Right:", "Not quite:"]
    assert "Check my answer" not in page


def test_a_record_still_shows_the_feedback_a_person_learned_from(lesson_factory: LessonFactory):
    page = render_to_string("courses/_partials/body.html", {"content": render_content(lesson_factory())})

    assert heard_in(page) == ["Feedback 1", "Feedback 2", "Feedback 3", "Right:", "Not quite:"]
