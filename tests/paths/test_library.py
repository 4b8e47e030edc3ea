"""The library in memory is never older than the database, however a page came to change."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from courses.models import MicroLessonPage
from lms.paths.library import library


@pytest.fixture
def path(lesson_factory, path_factory):
    return path_factory(lesson_factory("First", slug="first"), title="The path", slug="the-path")


def the_path():
    path = library().path("the-path")
    assert path is not None
    return path


def titles():
    return [lesson.title for lesson in the_path().cards]


def availability():
    return [step.is_available for step in the_path().steps]


def test_reading_it_again_asks_one_query(path, django_assert_num_queries):
    library()

    with django_assert_num_queries(1):
        library()


def test_a_publication_is_seen_at_once(path):
    assert titles() == ["First"]
    lesson = MicroLessonPage.objects.get(slug="first")

    lesson.title = "Better"
    lesson.save_revision().publish()

    assert titles() == ["Better"]


def test_taking_a_lesson_back_is_seen_at_once(path):
    assert availability() == [True]

    MicroLessonPage.objects.get(slug="first").unpublish()

    assert availability() == [False]


def test_a_scheduled_publication_is_seen_once_it_has_happened(path, time_machine):
    library()
    lesson = MicroLessonPage.objects.get(slug="first")
    lesson.title = "Tomorrow’s"
    lesson.go_live_at = timezone.now() + timedelta(days=1)
    lesson.save_revision().publish()
    assert titles() == ["First"]

    time_machine.move_to(timezone.now() + timedelta(days=2))
    call_command("publish_scheduled")

    assert titles() == ["Tomorrow’s"]


def test_a_scheduled_retraction_is_seen_once_it_has_happened(path, time_machine):
    lesson = MicroLessonPage.objects.get(slug="first")
    lesson.expire_at = timezone.now() + timedelta(days=1)
    lesson.save_revision().publish()
    assert availability() == [True]

    time_machine.move_to(timezone.now() + timedelta(days=2))
    call_command("publish_scheduled")

    assert availability() == [False]


def test_a_deleted_lesson_is_gone_at_once(path):
    library()

    MicroLessonPage.objects.get(slug="first").delete()

    assert the_path().cards == (None,)
    assert availability() == [False]


def test_what_is_not_committed_is_forgotten_with_its_transaction(path):
    lesson = MicroLessonPage.objects.get(slug="first")
    with transaction.atomic():
        lesson.title = "Never"
        lesson.save_revision().publish()
        assert titles() == ["Never"]
        transaction.set_rollback(True)

    assert titles() == ["First"]
