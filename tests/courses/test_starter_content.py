"""The content that a company starts with keeps its promises."""

from pathlib import Path

import pytest

import courses
from courses.models import LearningPathPage, MicroLessonPage
from courses.services import load_content

CONTENT = Path(courses.__file__).parent / "content"
ROLES = {
    "customer-service",
    "marketing",
    "human-resources",
    "operations",
    "sales",
    "finance",
    "engineering",
    "people-manager",
}


@pytest.fixture
def loaded(db):
    return load_content(CONTENT)


def test_everything_loads_and_keeps_its_promises(loaded):
    lessons = {lesson.pk: lesson for lesson in MicroLessonPage.objects.live()}
    paths = list(LearningPathPage.objects.live().select_related("role"))

    assert {path.role.code for path in paths} == ROLES
    assert len(lessons) >= 40
    assert {lesson.slug: lesson.minutes for lesson in lessons.values() if not 2 <= lesson.minutes <= 7} == {}
    assert {
        path.slug: len(path.path_steps()) for path in paths if not 8 <= len(path.path_steps()) <= 12
    } == {}
    on_a_path = {step.lesson_page_id for path in paths for step in path.path_steps()}
    assert set(lessons) == on_a_path
    for lesson in lessons.values():
        kinds = [block.value["kind"] for block in lesson.body if block.block_type == "callout"]
        assert {"limit", "may_i", "today"} <= set(kinds), lesson.slug
        assert any(block.block_type == "prompt_pair" for block in lesson.body), lesson.slug
        assert len(lesson.question_ids) >= 1, lesson.slug


def test_every_answer_of_every_question_teaches(loaded):
    silent = [
        (lesson.slug, str(answer["text"]))
        for lesson in MicroLessonPage.objects.live()
        for block in lesson.body
        if block.block_type == "question"
        for answer in block.value["answers"]
        if len(answer["feedback"].source) < 40
    ]

    assert silent == []
