"""The content that a company starts with keeps its promises."""

from dataclasses import replace
from pathlib import Path

from django.test import TestCase

import courses
from courses.models import LearningPathPage, MicroLessonPage
from courses.services import load_content
from sandbox.exercise_definition import definition_of
from sandbox.guard import inspect
from sandbox.models import Exercise
from sandbox.rubric import score_prompt

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


class StarterContent(TestCase):
    """A company that has just begun; to load it takes seconds, so it is done once for all tests."""

    @classmethod
    def setUpTestData(cls):
        load_content(CONTENT)

    def test_everything_loads_and_keeps_its_promises(self):
        lessons = {lesson.pk: lesson for lesson in MicroLessonPage.objects.live()}
        paths = list(LearningPathPage.objects.live().select_related("role"))

        assert {path.role.code for path in paths} == ROLES
        assert len(lessons) >= 40
        assert {
            lesson.slug: lesson.minutes for lesson in lessons.values() if not 2 <= lesson.minutes <= 7
        } == {}
        assert {
            path.slug: len(path.path_steps()) for path in paths if not 8 <= len(path.path_steps()) <= 12
        } == {}
        on_a_path = {step.lesson_page_id for path in paths for step in path.path_steps()} - {None}
        assert set(lessons) == on_a_path
        for lesson in lessons.values():
            kinds = [block.value["kind"] for block in lesson.body if block.block_type == "callout"]
            assert {"limit", "may_i", "today"} <= set(kinds), lesson.slug
            assert any(block.block_type == "prompt_pair" for block in lesson.body), lesson.slug
            assert len(lesson.question_ids) >= 1, lesson.slug

        silent = [
            (lesson.slug, str(answer["text"]))
            for lesson in MicroLessonPage.objects.live()
            for block in lesson.body
            if block.block_type == "question"
            for answer in block.value["answers"]
            if len(answer["feedback"].source) < 40
        ]

        assert silent == []

    def test_every_exercise_can_be_learned_from_without_any_model(self):
        exercises = list(Exercise.objects.live())
        linked = {
            block.value["exercise"].pk
            for lesson in MicroLessonPage.objects.live()
            for block in lesson.body
            if block.block_type == "exercise"
        }

        assert {
            exercise.slug for exercise in exercises if exercise.roles.exists() and exercise.pk not in linked
        } == set()
        for exercise in exercises:
            definition = definition_of(exercise)
            assert definition.planted_answer is not None
            assert 2 <= len(definition.planted_answer.mistakes) <= 3, exercise.slug
            assert 3 <= len(definition.checks) <= 6, exercise.slug
            assert 2 <= len(definition.facts) <= 6, exercise.slug
            assert sum(definition.weights.values()) == 100, exercise.slug
            assert len(definition.reference_prompt) > 100, exercise.slug
            assert 5 <= exercise.minutes <= 15, exercise.slug
            assert not inspect(definition.released_text).is_blocked, exercise.slug

    def test_a_reference_prompt_scores_better_than_a_naive_one(self):
        worse = {}
        for exercise in Exercise.objects.live():
            definition = definition_of(exercise)
            naive = score_prompt(f"{exercise.task}, please.", definition).total
            good = score_prompt(
                f"{definition.reference_prompt}", replace(definition, reference_prompt="")
            ).total
            if naive is None or good is None or good - naive < 30:
                worse[exercise.slug] = (naive, good)

        assert worse == {}
