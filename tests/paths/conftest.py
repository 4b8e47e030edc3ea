"""A small company with rules."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from lms.jobs.services import run_jobs
from lms.paths.library import LessonCard
from lms.paths.models import Assignment, Enrollment
from lms.paths.selectors import path_view
from lms.paths.selectors.previews import Preview, preview_rule
from lms.paths.services import RuleText, complete_lesson, confirm_rule, create_rule, version_to_confirm
from lms.people.models import Employment, User
from tests.journeys.pages import answered

IN_SERVICE = {"any": [{"all": [{"role": ["customer-service"]}]}]}


@pytest.fixture
def path(lesson_factory, path_factory):
    return path_factory(lesson_factory(), lesson_factory(), title="Working with AI", slug="working-with-ai")


RuleFactory = Callable[..., Assignment]


@pytest.fixture
def rule_factory(mei, path, noon) -> RuleFactory:
    """Return a function that writes a rule; it is in force and applied unless `draft`."""

    def create(audience: Any = None, *, draft: bool = False, at: Any = None, **text: Any) -> Assignment:
        name = text.pop("name", "Customer service")
        on = text.pop("path", path)
        says = RuleText(audience=audience or IN_SERVICE, **text)
        rule = create_rule(name=name, path=on, text=says, actor=mei, at=at or noon)
        if not draft:
            confirm(rule, mei, at or noon)
        return rule

    return create


def preview_of(rule: Assignment, at: Any) -> Preview:
    """Return what confirming a rule would do."""
    rule.refresh_from_db()
    version = version_to_confirm(rule)
    assert version is not None
    return preview_rule(rule, version, at)


def confirm(rule: Assignment, actor: User, at: Any) -> Any:
    """Confirm what the preview shows, and let the job run to its end."""
    preview = preview_of(rule, at)
    job = confirm_rule(rule=rule, seen=preview.seen, typed=str(preview.affected), actor=actor, at=at)
    work(at)
    job.refresh_from_db()
    rule.refresh_from_db()
    return job


def work(at: Any) -> None:
    """Let all jobs run to their end, at that moment."""
    with time_machine.travel(at, tick=False):
        run_jobs(for_seconds=60)


def on_path(path: Any) -> list[str]:
    """Return the first names of everyone who is on a path, in order."""
    learners = Enrollment.objects.current().filter(path=path).values_list("learner__full_name", flat=True)
    return sorted(name.split()[0] for name in learners)


def employed(person: User, **facts: Any) -> Employment:
    """Give a person a job."""
    facts = {"number": f"n{person.pk}", "effective_from": "2026-01-01", "hired_on": "2026-01-01", **facts}
    return Employment.objects.create(person=person, **facts)


@pytest.fixture
def done_one() -> Callable[..., None]:
    """Return a function that lets a person complete the first open step of a path."""
    return complete_next


@pytest.fixture
def done_all() -> Callable[..., None]:
    """Return a function that lets a person complete a path."""

    def complete(person: User, path: Any, at: Any) -> None:
        while Enrollment.objects.in_progress().filter(learner=person, path=path).exists():
            complete_next(person, path, at)

    return complete


def complete_next(person: User, path: Any, at: Any) -> None:
    """Answer and complete the next step of a path."""
    lesson = next_lesson(person, path, at)
    answered(person, lesson, right=True, at=at)
    complete_lesson(learner=person, slug=lesson.slug, revision_id=None, at=at, path_slug=path.slug)


def next_lesson(person: User, path: Any, at: Any) -> LessonCard:
    """Return the lesson that a person would take now."""
    view = path_view(person, path.slug, at)
    assert view is not None
    assert view.next_step is not None
    assert isinstance(view.next_step.card, LessonCard)
    return view.next_step.card
