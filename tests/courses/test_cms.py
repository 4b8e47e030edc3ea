"""Writing in the CMS: what each persona can do there, and what becomes of it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from wagtail.admin.menu import admin_menu
from wagtail.models import Revision

from courses.models import LearningPathPage, LessonIndexPage, MicroLessonPage
from courses.services import load_content
from lms.core.models import AuditEntry
from lms.people.models import User
from tests.courses.editor import (
    GOOD_QUESTION,
    answer,
    edit_url,
    lesson_form,
    question,
    text,
    words_of,
)

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db


# --- writing ------------------------------------------------------------------------------------------


def test_an_author_publishes_a_new_lesson(grace: User, client_of: ClientOf):
    url = reverse(
        "wagtailadmin_pages:add", args=["courses", "microlessonpage", LessonIndexPage.objects.get().pk]
    )

    form = lesson_form(
        ("text", text("<p>Two words.</p>")), GOOD_QUESTION, owner=grace.pk, **{"action-publish": "1"}
    )

    client_of(grace).post(url, form)

    lesson = MicroLessonPage.objects.get(slug="brief-first")
    assert lesson.live
    assert lesson.owner == grace
    assert [block.block_type for block in lesson.body] == ["text", "question"]
    assert lesson.url == "/lessons/brief-first/"


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        (
            [("text", text("<p>Only text.</p>"))],
            "Add a check question: answering it is how a learner completes",
        ),
        ([question(answer("A"), answer("B"))], "Mark the right answer."),
        ([question(answer("A", is_right=True), answer("B", is_right=True))], "Every answer is marked right."),
        (
            [question(answer("A", is_right=True), answer("B", is_right=True), answer("C"))],
            "Two answers are marked right.",
        ),
        (
            [("text", text("<h3>Deep</h3><p>Text.</p>")), GOOD_QUESTION],
            "is a subheading (H3) with no heading above it. Make it a heading (H2).",
        ),
    ],
)
def test_a_lesson_that_cannot_be_learned_from_is_not_published(
    grace: User, client_of: ClientOf, summary_lesson: MicroLessonPage, blocks: list[Any], message: str
):
    live = summary_lesson.live_revision
    form = lesson_form(*blocks, slug=summary_lesson.slug, **{"action-publish": "1"})

    response = client_of(grace).post(edit_url(summary_lesson), form)

    assert response.status_code == 200
    assert message in words_of(response)
    summary_lesson.refresh_from_db()
    assert summary_lesson.live_revision == live
    assert summary_lesson.latest_revision == live


def test_a_draft_may_have_gaps(grace: User, client_of: ClientOf, summary_lesson: MicroLessonPage):
    live = summary_lesson.live_revision
    form = lesson_form(
        ("text", text("<p>Half.</p>")), question(answer("A"), answer("B")), slug=summary_lesson.slug
    )

    client_of(grace).post(edit_url(summary_lesson), form)

    summary_lesson.refresh_from_db()
    assert summary_lesson.live_revision == live
    assert summary_lesson.latest_revision.as_object().body[0].value.source.count("Half.") == 1


def test_publishing_again_leaves_what_people_learned_from(
    grace: User, client_of: ClientOf, summary_lesson: MicroLessonPage
):
    learned_from = summary_lesson.live_revision
    form = lesson_form(
        ("text", text("<p>New.</p>")), GOOD_QUESTION, slug=summary_lesson.slug, **{"action-publish": "1"}
    )

    client_of(grace).post(edit_url(summary_lesson), form)

    summary_lesson.refresh_from_db()
    assert summary_lesson.title == "Brief first"
    assert summary_lesson.live_revision != learned_from
    assert (
        Revision.objects.get(pk=learned_from.pk).as_object().title
        == "Turn a long thread into a summary you can trust"
    )


def test_a_draft_that_was_published_meanwhile_is_not_written_over(
    grace: User, client_of: ClientOf, summary_lesson: MicroLessonPage
):
    client = client_of(grace)
    client.post(edit_url(summary_lesson), lesson_form(GOOD_QUESTION, slug=summary_lesson.slug))
    draft = Revision.objects.get(pk=MicroLessonPage.objects.get(pk=summary_lesson.pk).latest_revision_id)
    draft.publish()

    client.post(
        edit_url(summary_lesson),
        lesson_form(GOOD_QUESTION, slug=summary_lesson.slug, title="Later", overwrite_revision_id=draft.pk),
    )

    summary_lesson.refresh_from_db()
    assert summary_lesson.live_revision == draft
    assert summary_lesson.title == "Brief first"
    assert Revision.objects.get(pk=draft.pk).content["title"] == "Brief first"
    assert summary_lesson.draft_title == "Later"


def test_a_copy_is_another_lesson(grace: User, client_of: ClientOf, summary_lesson: MicroLessonPage):
    url = reverse("wagtailadmin_pages:copy", args=[summary_lesson.pk])

    client_of(grace).post(
        url,
        {"new_title": "A copy", "new_slug": "a-copy", "new_parent_page": summary_lesson.get_parent().pk},
    )

    copy = MicroLessonPage.objects.get(slug="a-copy")
    assert copy.uuid != summary_lesson.uuid
    assert copy.loaded_revision is None
    assert copy.get_latest_revision_as_object().uuid == copy.uuid


def test_renaming_keeps_the_identity(grace: User, client_of: ClientOf, summary_lesson: MicroLessonPage):
    identity = summary_lesson.uuid
    form = lesson_form(GOOD_QUESTION, slug="another-name", **{"action-publish": "1"})

    client_of(grace).post(edit_url(summary_lesson), form)

    summary_lesson.refresh_from_db()
    assert (summary_lesson.slug, summary_lesson.uuid) == ("another-name", identity)


def test_minutes_follow_from_the_text(summary_lesson: MicroLessonPage):
    long_text = [{"type": "text", "value": f"<p>{'word ' * 800}</p>"}]

    summary_lesson.body = summary_lesson.body.stream_block.to_python(long_text)
    summary_lesson.title = "Four words of title"

    assert summary_lesson.computed_minutes() == 4  # 804 words at 200 a minute, no question


def test_the_editor_is_sent_under_the_strict_policy_with_nothing_inline(
    grace: User, client_of: ClientOf, summary_lesson: MicroLessonPage
):
    response = client_of(grace).get(edit_url(summary_lesson))

    assert "script-src 'self'; style-src 'self';" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", words_of(response)) == []


# --- who may ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ada", {"dashboard": 302, "edit": 302, "add": 302, "skills": 302, "workflows": 302}),
        ("grace", {"dashboard": 200, "edit": 200, "add": 200, "skills": 200, "workflows": 302}),
        ("radia", {"dashboard": 200, "edit": 200, "add": 200, "skills": 200, "workflows": 302}),
        ("mei", {"dashboard": 200, "edit": 200, "add": 200, "skills": 200, "workflows": 200}),
    ],
)
def test_each_persona_reaches_their_part_of_the_cms(
    name: str,
    expected: dict[str, int],
    request: pytest.FixtureRequest,
    client_of: ClientOf,
    summary_lesson: MicroLessonPage,
):
    folder = LessonIndexPage.objects.get()
    addresses = {
        "dashboard": reverse("wagtailadmin_home"),
        "edit": edit_url(summary_lesson),
        "add": reverse("wagtailadmin_pages:add", args=["courses", "microlessonpage", folder.pk]),
        "skills": reverse("wagtailsnippets_courses_skill:list"),
        "workflows": reverse("wagtailadmin_workflows:index"),
    }
    client = client_of(request.getfixturevalue(name))

    assert {what: client.get(address).status_code for what, address in addresses.items()} == expected


@pytest.mark.parametrize(("name", "is_unlocked"), [("grace", False), ("radia", True), ("mei", True)])
def test_only_reviewers_and_admins_unlock_what_someone_else_locked(
    name: str,
    is_unlocked: bool,
    request: pytest.FixtureRequest,
    client_of: ClientOf,
    person_factory: Callable[..., User],
    summary_lesson: MicroLessonPage,
):
    summary_lesson.locked, summary_lesson.locked_by = True, person_factory()
    summary_lesson.save()

    client_of(request.getfixturevalue(name)).post(
        reverse("wagtailadmin_pages:unlock", args=[summary_lesson.pk])
    )

    summary_lesson.refresh_from_db()
    assert summary_lesson.locked is not is_unlocked


def test_the_menu_of_an_author_is_short(grace: User, mei: User, rf: Any):
    def menu_of(person: User) -> list[str]:
        request = rf.get("/")
        request.user = person
        return [
            item.name
            for item in sorted(admin_menu.menu_items_for_request(request), key=lambda item: item.order)
        ]

    assert menu_of(grace) == [
        "lessons", "exercises", "learning-paths", "tips", "images", "snippets", "reports",
    ]  # fmt: skip
    assert menu_of(mei) == [
        "explorer", "lessons", "exercises", "learning-paths", "tips", "images", "documents", "snippets", "reports",
        "settings",
    ]  # fmt: skip


def test_only_people_of_the_cms_can_be_made_owner(
    ada: User, grace: User, radia: User, mei: User, client_of: ClientOf, summary_lesson: MicroLessonPage
):
    response = client_of(grace).get(edit_url(summary_lesson))

    assert set(response.context["form"].fields["owner"].queryset) == {grace, radia, mei}


def test_lists_show_what_must_be_read_again_first(
    grace: User, client_of: ClientOf, summary_lesson: MicroLessonPage, reply_lesson: MicroLessonPage
):
    MicroLessonPage.objects.filter(pk=reply_lesson.pk).update(review_by="2026-12-01")

    response = client_of(grace).get(reverse("lessons:index"))

    assert [page.pk for page in response.context["object_list"]] == [reply_lesson.pk, summary_lesson.pk]


@time_machine.travel(NOON)
def test_the_dashboard_shows_what_is_due_for_review(
    grace: User, client_of: ClientOf, summary_lesson: MicroLessonPage, reply_lesson: MicroLessonPage
):
    MicroLessonPage.objects.filter(pk=reply_lesson.pk).update(review_by="2026-11-19")

    page = words_of(client_of(grace).get(reverse("wagtailadmin_home")))

    assert "Due for review" in page
    assert "overdue since Nov. 19, 2026" in page
    assert page.count(f'href="{edit_url(summary_lesson)}"') == 0


# --- paths --------------------------------------------------------------------------------------------


def test_publishing_changed_steps_is_written_into_the_audit_trail(
    grace: User, service_path: LearningPathPage, summary_lesson: MicroLessonPage
):
    first = service_path.path_steps()[0]
    service_path.steps = service_path.steps.stream_block.to_python([service_path.steps.raw_data[0]])

    service_path.save_revision(user=grace).publish(user=grace)

    entry = AuditEntry.objects.filter(action="courses.publish_path").latest("id")
    assert entry.actor == f"user:{grace.public_id}"
    assert entry.object_id == str(service_path.uuid)
    assert len(entry.before["steps"]) == 2
    assert entry.after["steps"] == [
        {
            "id": str(first.id),
            "lesson": str(summary_lesson.uuid),
            "is_required": True,
            "opens": "after-previous",
            "delay_days": 0,
        }
    ]


def test_publishing_other_words_writes_no_entry_about_steps(service_path: LearningPathPage):
    entries = AuditEntry.objects.filter(action="courses.publish_path").count()
    service_path.summary = "Other words."

    service_path.save_revision().publish()

    assert AuditEntry.objects.filter(action="courses.publish_path").count() == entries


def test_a_path_edited_in_the_cms_is_left_alone_by_the_loader(
    service_path: LearningPathPage, content_folder: Any
):
    service_path.summary = "Other words."
    service_path.save_revision().publish()

    assert load_content(content_folder).left_alone == ["paths/customer-service.md"]
