"""What authors publish changes what people have left to do; the audit trail says so each time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from courses.models import LearningPathPage, MicroLessonPage
from courses.services import publish_scheduled_pages
from lms.core.models import AuditEntry
from lms.paths.models import Enrollment, StepCompletion
from lms.paths.selectors import path_view
from lms.people.models import User
from tests.conftest import LessonFactory, PathFactory
from tests.courses.editor import GOOD_QUESTION, edit_url, lesson_form

ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db


def entries_of(lesson: MicroLessonPage) -> list[AuditEntry]:
    found = AuditEntry.objects.filter(object_type="microlessonpage", object_id=str(lesson.uuid))
    return list(found.order_by("id"))


def named(path: LearningPathPage) -> dict[str, str]:
    return {"id": str(path.uuid), "title": path.title}


@pytest.fixture
def first(lesson_factory: LessonFactory) -> MicroLessonPage:
    return lesson_factory("First")


@pytest.fixture
def second(lesson_factory: LessonFactory) -> MicroLessonPage:
    """A lesson that is still a draft."""
    return lesson_factory("Second", slug="second", publish=False)


@pytest.fixture
def path(path_factory: PathFactory, first: MicroLessonPage, second: MicroLessonPage) -> LearningPathPage:
    return path_factory(first, second, title="Service desk")


@pytest.fixture
def progress(
    ada: User, path: LearningPathPage, first: MicroLessonPage, noon: datetime
) -> Callable[[], tuple[int, int]]:
    """Return a function that says how many of how many steps Ada has done; she has done the first."""
    enrollment = Enrollment.objects.create(
        learner=ada, path=path, source=Enrollment.Source.SELF, enrolled_at=noon
    )
    StepCompletion.objects.create(
        enrollment=enrollment,
        step_id=path.path_steps()[0].id,
        content_uuid=first.uuid,
        revision=first.live_revision,
        completed_at=noon,
    )

    def look() -> tuple[int, int]:
        view = path_view(ada, path.slug, noon)
        assert view is not None
        return view.progress.done_count, len(view.progress.counted)

    return look


def test_publishing_a_lesson_of_a_path_says_who_did_it_and_which_paths_it_is_on(
    grace: User, client_of: ClientOf, path: LearningPathPage, second: MicroLessonPage
):
    form = lesson_form(GOOD_QUESTION, slug=second.slug, **{"action-publish": "1"})

    client_of(grace).post(edit_url(second), form)

    second.refresh_from_db()
    [entry] = entries_of(second)
    assert (entry.action, entry.actor) == ("courses.publish_lesson", f"user:{grace.public_id}")
    assert entry.after == {"revision": second.live_revision_id, "paths": [named(path)]}


def test_unpublishing_it_is_written_down_too(
    grace: User, client_of: ClientOf, path: LearningPathPage, first: MicroLessonPage
):
    path.unpublish()

    client_of(grace).post(reverse("wagtailadmin_pages:unpublish", args=[first.pk]))

    first.refresh_from_db()
    assert not first.live
    [entry] = entries_of(first)
    assert (entry.action, entry.actor) == ("courses.unpublish_lesson", f"user:{grace.public_id}")
    assert entry.after == {"revision": None, "paths": [named(path)]}


def test_who_publishes_what_someone_else_wrote_is_the_one_who_is_named(
    grace: User, radia: User, client_of: ClientOf, path: LearningPathPage, second: MicroLessonPage
):
    second.save_revision(user=grace)
    form = lesson_form(GOOD_QUESTION, slug=second.slug, **{"action-publish": "1"})

    client_of(radia).post(edit_url(second), form)

    assert [entry.actor for entry in entries_of(second)] == [f"user:{radia.public_id}"]


def test_a_program_that_publishes_names_itself(path: LearningPathPage, second: MicroLessonPage):
    second.save_revision().publish()

    assert [entry.actor for entry in entries_of(second)] == ["system:publishing"]


def test_a_lesson_on_no_path_or_only_on_drafts_needs_no_entry(
    path_factory: PathFactory, lesson_factory: LessonFactory
):
    lesson, other = lesson_factory(), lesson_factory()
    path = path_factory(other)
    path.steps = [("lesson", {"lesson": lesson, "is_required": True, "opens": "any-time"})]
    path.save_revision()

    lesson.save_revision().publish()
    lesson.unpublish()

    assert entries_of(lesson) == []


def test_a_lesson_that_is_only_scheduled_is_written_down_when_it_appears(
    path: LearningPathPage, second: MicroLessonPage, noon: datetime
):
    with time_machine.travel(noon):
        second.go_live_at = noon + timedelta(days=1)
        second.save_revision().publish()
    assert entries_of(second) == []

    with time_machine.travel(noon + timedelta(days=2)):
        publish_scheduled_pages(at=noon + timedelta(days=2))

    assert [entry.action for entry in entries_of(second)] == ["courses.publish_lesson"]


def test_progress_never_decreases_without_an_entry(
    path: LearningPathPage,
    first: MicroLessonPage,
    second: MicroLessonPage,
    lesson_factory: LessonFactory,
    progress: Callable[[], tuple[int, int]],
):
    def publish(page: Any) -> None:
        type(page).objects.get(pk=page.pk).save_revision().publish()

    def unpublish(page: Any) -> None:
        type(page).objects.get(pk=page.pk).unpublish()

    def add_step() -> None:
        changed = LearningPathPage.objects.get(pk=path.pk)
        value = {"lesson": lesson_factory("Third"), "is_required": True, "opens": "any-time"}
        changed.steps.append(("lesson", value))
        changed.save_revision().publish()

    acts: list[Callable[[], None]] = [
        lambda: publish(second),
        lambda: unpublish(path),
        lambda: unpublish(second),
        lambda: publish(second),  # while the path is not published, and Ada still sees it
        lambda: publish(path),
        add_step,
        lambda: unpublish(first),
    ]
    seen = [progress()]
    written: list[list[str]] = []
    for act in acts:
        last = AuditEntry.objects.latest("id").pk
        act()
        seen.append(progress())
        written.append(list(AuditEntry.objects.filter(pk__gt=last).values_list("action", flat=True)))

    assert seen == [(1, 1), (1, 2), (1, 2), (1, 1), (1, 2), (1, 2), (1, 3), (1, 3)]
    assert written == [
        ["courses.publish_lesson"],
        [],
        ["courses.unpublish_lesson"],
        ["courses.publish_lesson"],
        [],
        ["courses.publish_path"],
        ["courses.unpublish_lesson"],
    ]
