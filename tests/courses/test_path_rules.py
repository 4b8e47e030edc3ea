"""A path is published only when it can be completed as it reads; a draft may be anything."""

import html
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from courses.models import LearningPathPage, MicroLessonPage, PathIndexPage
from lms.people.models import User
from tests.conftest import LessonFactory, PathFactory
from tests.courses.editor import edit_url, inline, words_of

ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db

REPEATED = "On this path more than once: {}. Remove the steps that repeat."
NONE_REQUIRED = "Make at least one step required: a path without one is never complete."
PUBLISH = {"action-publish": "1"}


def step(lesson: MicroLessonPage, *, is_required: bool = True) -> tuple[str, dict[str, Any]]:
    value = {"lesson": lesson.pk, "opens": "after-previous", "delay_days": "0"}
    return ("lesson", value | ({"is_required": "on"} if is_required else {}))


def path_form(*steps: tuple[str, dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """Return what the editor posts for a path with these steps."""
    return nested_form_data(
        {
            "title": "First weeks",
            "slug": "first-weeks",
            "summary": "Short steps.",
            "introduction": inline(""),
            "outcome": "You check before you send.",
            "level": "basic",
            "review_by": "2027-05-31",
            "steps": streamfield(list(steps)),
            "comments": inline_formset([]),
            **fields,
        }
    )


def add_url() -> str:
    return reverse(
        "wagtailadmin_pages:add", args=["courses", "learningpathpage", PathIndexPage.objects.get().pk]
    )


def test_an_author_publishes_a_path(grace: User, client_of: ClientOf, lesson_factory: LessonFactory):
    first, second = lesson_factory(), lesson_factory()

    client_of(grace).post(add_url(), path_form(step(first), step(second, is_required=False), **PUBLISH))

    path = LearningPathPage.objects.get(slug="first-weeks")
    assert path.live
    assert [(s.lesson_page_id, s.is_required) for s in path.path_steps()] == [
        (first.pk, True),
        (second.pk, False),
    ]


def test_a_lesson_that_is_a_step_twice_is_named_and_nothing_is_published(
    grace: User, client_of: ClientOf, lesson_factory: LessonFactory, path_factory: PathFactory
):
    dates, names, once = (lesson_factory(title) for title in ("Check dates", "Check names", "Once"))
    path = path_factory(once)
    form = path_form(step(dates), step(names), step(once), step(dates), step(names), slug=path.slug)

    response = client_of(grace).post(edit_url(path), form | PUBLISH)

    assert response.status_code == 200
    message = REPEATED.format("“Check dates” and “Check names”")
    assert response.context["form"].errors == {"steps": [message]}
    assert json.dumps(message)[1:-1] in html.unescape(words_of(response))
    before = path.live_revision_id
    path.refresh_from_db()
    assert (path.live_revision_id, path.latest_revision_id) == (before, before)


def test_two_lessons_of_one_title_are_two_lessons(
    grace: User, client_of: ClientOf, lesson_factory: LessonFactory
):
    twins = [lesson_factory("Check dates"), lesson_factory("Check dates")]

    client_of(grace).post(add_url(), path_form(*map(step, twins), **PUBLISH))

    assert LearningPathPage.objects.get(slug="first-weeks").live


def test_a_path_without_a_required_step_is_not_published(
    grace: User, client_of: ClientOf, lesson_factory: LessonFactory
):
    response = client_of(grace).post(
        add_url(), path_form(step(lesson_factory(), is_required=False), **PUBLISH)
    )

    assert NONE_REQUIRED in words_of(response)
    assert not LearningPathPage.objects.filter(slug="first-weeks").exists()


def test_a_draft_of_a_path_may_have_gaps(grace: User, client_of: ClientOf, lesson_factory: LessonFactory):
    lesson = lesson_factory()
    steps = [step(lesson, is_required=False), step(lesson, is_required=False)]

    client_of(grace).post(add_url(), path_form(*steps))

    path = LearningPathPage.objects.get(slug="first-weeks")
    assert not path.live
    assert len(path.path_steps()) == 2

    client_of(grace).post(edit_url(path), path_form(*steps, title="Second draft"))

    path.refresh_from_db()
    assert (path.live, path.draft_title) == (False, "Second draft")


def test_no_program_publishes_it_either(lesson_factory: LessonFactory, path_factory: PathFactory):
    lesson = lesson_factory("Check dates")
    path = path_factory(lesson)
    path.steps = [("lesson", {"lesson": lesson, "is_required": True, "opens": "any-time"})] * 2

    with pytest.raises(ValidationError) as refused:
        path.save_revision()

    assert refused.value.message_dict == {"steps": [REPEATED.format("“Check dates”")]}

    path.has_gaps = True
    draft = path.save_revision()
    with pytest.raises(ValidationError):
        draft.publish()
    assert len(LearningPathPage.objects.get(pk=path.pk).path_steps()) == 1
