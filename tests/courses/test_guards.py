"""What the CMS refuses in words, because learners need it, and what happens on schedule."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupApprovalTask, Revision, Workflow, WorkflowPage, WorkflowTask

from courses.models import ContentPage, LearningPathPage, LessonIndexPage, MicroLessonPage, PathIndexPage
from courses.services import publish_scheduled_pages
from lms.core.models import AuditEntry
from lms.paths.models import Enrollment, StepCompletion
from lms.people.models import User
from tests.courses.editor import GOOD_QUESTION, edit_url, lesson_form, messages_of, words_of

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db


# --- guards -------------------------------------------------------------------------------------------


def unpublish(client: Client, page: Any) -> Any:
    return client.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]), follow=True)


def delete(client: Client, page: Any) -> Any:
    return client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]), follow=True)


def in_bulk(client: Client, action: str, page: Any) -> Any:
    address = reverse("wagtail_bulk_action", args=["courses", "contentpage", action])
    return client.post(f"{address}?id={page.pk}&next=/cms/lessons/", follow=True)


def unpublish_in_bulk(client: Client, page: Any) -> Any:
    return in_bulk(client, "unpublish", page)


def delete_in_bulk(client: Client, page: Any) -> Any:
    return in_bulk(client, "delete", page)


NEEDED_BY_PATH = (
    "Nothing was changed: people meet this lesson on “Working with AI in customer service”."
    " Take it out there and publish the path first."
)


@pytest.mark.parametrize(
    "act",
    [unpublish, delete, unpublish_in_bulk, delete_in_bulk],
)
def test_a_lesson_on_a_published_path_stays(
    act: Callable[..., Any], grace: User, client_of: ClientOf, summary_lesson: MicroLessonPage
):
    response = act(client_of(grace), summary_lesson)

    assert messages_of(response) == [NEEDED_BY_PATH]
    summary_lesson.refresh_from_db()
    assert summary_lesson.live


def test_a_lesson_on_no_published_path_may_be_unpublished_and_deleted(
    grace: User, client_of: ClientOf, service_path: LearningPathPage, reply_lesson: MicroLessonPage
):
    service_path.unpublish()

    unpublish(client_of(grace), reply_lesson)
    assert not MicroLessonPage.objects.get(pk=reply_lesson.pk).live

    delete(client_of(grace), reply_lesson)
    assert not MicroLessonPage.objects.filter(pk=reply_lesson.pk).exists()


@pytest.fixture
def learned(ada: User, service_path: LearningPathPage, summary_lesson: MicroLessonPage) -> Enrollment:
    """Ada has completed the first step of a path that is published no more."""
    enrollment = Enrollment.objects.create(
        learner=ada, path=service_path, source=Enrollment.Source.SELF, enrolled_at=NOON
    )
    StepCompletion.objects.create(
        enrollment=enrollment,
        step_id=service_path.path_steps()[0].id,
        content_uuid=summary_lesson.uuid,
        revision=summary_lesson.live_revision,
        completed_at=NOON,
    )
    service_path.unpublish()
    return enrollment


@pytest.mark.parametrize("act", [delete, delete_in_bulk])
@pytest.mark.parametrize("what", ["summary_lesson", "service_path"])
def test_what_someone_has_learned_from_is_never_deleted(
    act: Callable[..., Any],
    what: str,
    request: pytest.FixtureRequest,
    mei: User,
    client_of: ClientOf,
    learned: Enrollment,
):
    page = request.getfixturevalue(what)

    response = act(client_of(mei), page)

    assert messages_of(response) == [
        f"Nothing was deleted: people have learned from “{page.title}”. Unpublish it instead."
    ]
    assert type(page).objects.filter(pk=page.pk).exists()
    assert StepCompletion.objects.count() == 1


@pytest.mark.parametrize("folder", [LessonIndexPage, PathIndexPage])
def test_the_folders_are_not_deleted(folder: Any, mei: User, client_of: ClientOf):
    page = folder.objects.get()

    response = delete(client_of(mei), page)

    assert messages_of(response) == [
        "Nothing was deleted: the folders of lessons and paths belong to Praxis."
    ]
    assert folder.objects.count() == 1


@pytest.mark.parametrize("what", ["summary_lesson", "service_path"])
def test_no_page_is_made_an_alias(
    what: str,
    request: pytest.FixtureRequest,
    grace: User,
    client_of: ClientOf,
    service_path: LearningPathPage,
):
    page = request.getfixturevalue(what)
    address = reverse("wagtailadmin_pages:copy", args=[page.pk])
    form = {"new_title": "Alias", "new_slug": "alias", "new_parent_page": page.get_parent().pk, "alias": "on"}
    count = ContentPage.objects.count()

    offered = words_of(client_of(grace).get(address))
    response = client_of(grace).post(address, form, follow=True)

    assert 'name="new_title"' in offered
    assert 'name="alias"' not in offered
    assert response.redirect_chain == [(address, 302)]
    assert messages_of(response) == [
        "Nothing was copied: a lesson or path cannot be at two addresses."
        " Use the lesson on several paths, or copy it without “Alias” to write another one."
    ]
    assert ContentPage.objects.count() == count


@pytest.fixture
def workflow(db: None) -> Workflow:
    """Lessons are reviewed before they are published."""
    workflow = Workflow.objects.create(name="Review")
    task = GroupApprovalTask.objects.create(name="Reviewers read it")
    task.groups.add(Group.objects.get(name="Reviewers"))
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=LessonIndexPage.objects.get())
    return workflow


def test_where_a_workflow_is_set_up_authors_submit_and_reviewers_publish(
    grace: User, radia: User, client_of: ClientOf, summary_lesson: MicroLessonPage, workflow: Workflow
):
    live = summary_lesson.live_revision
    author = client_of(grace)
    form = lesson_form(GOOD_QUESTION, slug=summary_lesson.slug)

    refused = author.post(edit_url(summary_lesson), form | {"action-publish": "1"}, follow=True)

    assert messages_of(refused)[-1] == (
        "Not published: lessons are reviewed here first. Your draft is kept; submit it to the reviewers."
    )
    assert 'name="action-publish"' not in words_of(refused)
    summary_lesson.refresh_from_db()
    assert summary_lesson.live_revision == live
    assert summary_lesson.draft_title == "Brief first"

    author.post(edit_url(summary_lesson), form | {"action-submit": "1"})
    summary_lesson.refresh_from_db()
    assert summary_lesson.current_workflow_task.name == "Reviewers read it"

    client_of(radia).post(
        edit_url(summary_lesson),
        form | {"action-workflow-action": "1", "workflow-action-name": "approve"},
    )
    summary_lesson.refresh_from_db()
    assert summary_lesson.title == "Brief first"
    assert summary_lesson.live_revision != live


# --- schedules ----------------------------------------------------------------------------------------


def schedule(lesson: MicroLessonPage, *, title: str, at: datetime) -> Revision:
    """Do what an author does who publishes with a moment in the future."""
    lesson.title, lesson.go_live_at = title, at
    revision = lesson.save_revision()
    revision.publish()
    return revision


def test_a_scheduled_revision_is_published_when_its_moment_has_come(summary_lesson: MicroLessonPage):
    with time_machine.travel(NOON):
        revision = schedule(summary_lesson, title="From Monday on", at=NOON + timedelta(days=3))

    publish_scheduled_pages(at=NOON + timedelta(days=2))
    summary_lesson.refresh_from_db()
    assert summary_lesson.title == "Turn a long thread into a summary you can trust"

    with time_machine.travel(NOON + timedelta(days=4)):
        publish_scheduled_pages(at=NOON + timedelta(days=4))
    summary_lesson.refresh_from_db()
    assert (summary_lesson.title, summary_lesson.live_revision) == ("From Monday on", revision)


def test_a_schedule_that_cannot_be_kept_holds_up_no_other(
    summary_lesson: MicroLessonPage, reply_lesson: MicroLessonPage, caplog: pytest.LogCaptureFixture
):
    with time_machine.travel(NOON):
        broken = schedule(reply_lesson, title="Broken", at=NOON + timedelta(days=1))
        schedule(summary_lesson, title="Fine", at=NOON + timedelta(days=2))
    broken.content["body"] = "[]"
    broken.save()

    with time_machine.travel(NOON + timedelta(days=4)):
        publish_scheduled_pages(at=NOON + timedelta(days=4))

    assert MicroLessonPage.objects.get(pk=summary_lesson.pk).title == "Fine"
    assert MicroLessonPage.objects.get(pk=reply_lesson.pk).title == "Write a clear reply from your notes"
    assert "“Broken” could not be published as scheduled" in caplog.text


def test_a_page_that_cannot_be_unpublished_holds_up_no_other(
    summary_lesson: MicroLessonPage,
    reply_lesson: MicroLessonPage,
    service_path: LearningPathPage,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
):
    service_path.unpublish()
    MicroLessonPage.objects.filter(pk=summary_lesson.pk).update(expire_at=NOON)
    MicroLessonPage.objects.filter(pk=reply_lesson.pk).update(expire_at=NOON + timedelta(hours=1))
    original = MicroLessonPage.unpublish

    def breaks_after_half_the_work(page: MicroLessonPage, **options: Any) -> None:
        original(page, **options)
        if page.pk == summary_lesson.pk:
            raise RuntimeError("the disk is full")

    monkeypatch.setattr(MicroLessonPage, "unpublish", breaks_after_half_the_work)

    publish_scheduled_pages(at=NOON + timedelta(days=1))

    assert MicroLessonPage.objects.get(pk=summary_lesson.pk).live
    assert not MicroLessonPage.objects.get(pk=reply_lesson.pk).live
    [record] = caplog.records
    assert record.getMessage() == f"“{summary_lesson.title}” could not be unpublished as scheduled"
    assert "the disk is full" in caplog.text


def test_a_revision_that_cannot_be_read_holds_up_no_other(
    summary_lesson: MicroLessonPage, reply_lesson: MicroLessonPage, caplog: pytest.LogCaptureFixture
):
    with time_machine.travel(NOON):
        broken = schedule(reply_lesson, title="Broken", at=NOON + timedelta(days=1))
        schedule(summary_lesson, title="Fine", at=NOON + timedelta(days=2))
    broken.content["uuid"] = "not a uuid"
    broken.save()

    with time_machine.travel(NOON + timedelta(days=4)):
        publish_scheduled_pages(at=NOON + timedelta(days=4))

    assert MicroLessonPage.objects.get(pk=summary_lesson.pk).title == "Fine"
    assert "“Broken” could not be published as scheduled" in caplog.text


def test_an_expired_lesson_leaves_unless_a_published_path_needs_it(
    summary_lesson: MicroLessonPage, service_path: LearningPathPage
):
    MicroLessonPage.objects.filter(pk=summary_lesson.pk).update(expire_at=NOON)

    publish_scheduled_pages(at=NOON + timedelta(days=1))
    assert MicroLessonPage.objects.get(pk=summary_lesson.pk).live

    service_path.unpublish()
    publish_scheduled_pages(at=NOON + timedelta(days=1))
    assert not MicroLessonPage.objects.get(pk=summary_lesson.pk).live


def test_that_an_expired_lesson_stays_is_said_once_for_each_moment_its_author_sets(
    summary_lesson: MicroLessonPage, caplog: pytest.LogCaptureFixture
):
    said = f"“{summary_lesson.title}” has expired and stays published. {NEEDED_BY_PATH}"
    MicroLessonPage.objects.filter(pk=summary_lesson.pk).update(expire_at=NOON)

    for minute in range(1, 4):
        publish_scheduled_pages(at=NOON + timedelta(minutes=minute))

    assert caplog.messages == [said]
    entry = AuditEntry.objects.get(action="courses.keep_expired")
    assert (entry.object_type, entry.object_id) == ("microlessonpage", str(summary_lesson.uuid))
    assert entry.after == {"expire_at": "2026-11-20T12:00:00+00:00"}
    assert entry.reason == NEEDED_BY_PATH

    MicroLessonPage.objects.filter(pk=summary_lesson.pk).update(expire_at=NOON + timedelta(days=7))
    publish_scheduled_pages(at=NOON + timedelta(days=8))
    assert caplog.messages == [said, said]


def test_a_path_and_its_lessons_that_expire_together_leave_together(
    summary_lesson: MicroLessonPage, service_path: LearningPathPage, caplog: pytest.LogCaptureFixture
):
    ContentPage.objects.filter(pk__in=[summary_lesson.pk, service_path.pk]).update(expire_at=NOON)

    publish_scheduled_pages(at=NOON + timedelta(minutes=1))

    pages = ContentPage.objects.filter(pk__in=[summary_lesson.pk, service_path.pk])
    assert list(pages.values_list("live", flat=True)) == [False, False]
    assert caplog.messages == []
