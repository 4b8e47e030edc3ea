"""Loading content files into Wagtail."""

import uuid
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Revision

from courses.models import LearningPathPage, LessonIndexPage, MicroLessonPage, Skill, Tool
from courses.services import LoadResult, load_content
from lms.core.models import AuditEntry
from lms.people.models import JobRole
from tests.courses.conftest import (
    REPLY_LESSON,
    SERVICE_PATH,
    SUMMARY_LESSON,
    ContentWriter,
    lesson_file,
    path_file,
)

SUMMARY_FILE = "lessons/customer-service/trustworthy-thread-summary.md"
REPLY_FILE = "lessons/customer-service/clear-reply.md"
PATH_FILE = "paths/customer-service.md"

pytestmark = pytest.mark.django_db


def edit_in_cms(page: MicroLessonPage, *, publish: bool = False, **changes: Any) -> Revision:
    """Do what the editor does: save a new revision and perhaps publish it."""
    for name, value in changes.items():
        setattr(page, name, value)
    revision = page.save_revision()
    if publish:
        revision.publish()
    return revision


def test_loading_makes_published_pages_with_roles_skills_and_tools(content_folder: Path):
    result = load_content(content_folder)

    assert result == LoadResult(created=[REPLY_FILE, SUMMARY_FILE, PATH_FILE])
    lesson = MicroLessonPage.objects.get(uuid=SUMMARY_LESSON)
    assert lesson.live
    assert lesson.slug == "trustworthy-thread-summary"
    assert lesson.get_parent().specific == LessonIndexPage.objects.get()
    assert [role.name for role in lesson.roles.all()] == ["Customer service"]
    assert [skill.name for skill in lesson.skills.all()] == ["Checking", "Summarizing"]
    assert [tool.name for tool in lesson.tools.all()] == ["Copilot"]
    assert lesson.sources == "GDPR, Article 9"
    assert lesson.minutes == 1
    assert lesson.latest_revision == lesson.live_revision
    path = LearningPathPage.objects.get(uuid=SERVICE_PATH)
    assert path.live
    assert path.role == JobRole.objects.get(code="customer-service")
    assert [(step.lesson_page_id, step.is_required, step.delay_days) for step in path.path_steps()] == [
        (lesson.pk, True, 0),
        (MicroLessonPage.objects.get(uuid=REPLY_LESSON).pk, False, 2),
    ]


def test_loading_twice_changes_nothing_and_asks_three_questions(
    content_folder: Path, django_assert_num_queries: Callable[..., Any]
):
    load_content(content_folder)
    revisions = Revision.objects.count()

    with django_assert_num_queries(3):
        result = load_content(content_folder)

    assert result == LoadResult(unchanged=[REPLY_FILE, SUMMARY_FILE, PATH_FILE])
    assert Revision.objects.count() == revisions


def test_a_dry_run_says_the_same_and_stores_nothing(content_folder: Path):
    result = load_content(content_folder, dry_run=True)

    assert result == LoadResult(created=[REPLY_FILE, SUMMARY_FILE, PATH_FILE])
    assert MicroLessonPage.objects.count() == 0
    assert LearningPathPage.objects.count() == 0
    assert Skill.objects.count() == 0
    assert Tool.objects.count() == 0
    assert AuditEntry.objects.count() == 0


def test_a_changed_file_publishes_a_new_revision_and_keeps_the_old_one(
    summary_lesson: MicroLessonPage, write: ContentWriter
):
    first = summary_lesson.live_revision
    folder = write(SUMMARY_FILE, lesson_file(opening="Twenty messages, and you take over."))

    result = load_content(folder)

    assert result.updated == [SUMMARY_FILE]
    assert result.unchanged == [REPLY_FILE, PATH_FILE]
    lesson = MicroLessonPage.objects.get(uuid=SUMMARY_LESSON)
    assert lesson.pk == summary_lesson.pk
    assert lesson.live_revision != first
    assert lesson.body[0].value.source == "<p>Twenty messages, and you take over.</p>"
    assert (
        first.as_object().body[0].value.source == "<p>A complaint has wandered through nineteen messages.</p>"
    )
    assert load_content(folder).updated == []


def test_a_reloaded_question_keeps_the_ids_that_answers_refer_to(
    summary_lesson: MicroLessonPage, write: ContentWriter
):
    def question_ids() -> list[str]:
        lesson = MicroLessonPage.objects.get(uuid=SUMMARY_LESSON)
        block = next(block for block in lesson.body if block.block_type == "question")
        return [block.id, *(answer.id for answer in block.value["answers"].bound_blocks)]

    before = question_ids()

    load_content(write(SUMMARY_FILE, lesson_file(opening="Another beginning.")))

    assert question_ids() == before
    assert len(set(before)) == 3


def test_a_renamed_file_renames_its_page(
    summary_lesson: MicroLessonPage, content_folder: Path, write: ContentWriter
):
    (content_folder / SUMMARY_FILE).rename(content_folder / "lessons/customer-service/summary-to-trust.md")
    write(PATH_FILE, path_file().replace("trustworthy-thread-summary", "summary-to-trust"))

    result = load_content(content_folder)

    assert result.updated == ["lessons/customer-service/summary-to-trust.md", PATH_FILE]
    lesson = MicroLessonPage.objects.get(uuid=SUMMARY_LESSON)
    assert (lesson.pk, lesson.slug) == (summary_lesson.pk, "summary-to-trust")


@pytest.mark.parametrize("publish", [False, True])
def test_a_lesson_edited_in_the_cms_is_left_alone(
    summary_lesson: MicroLessonPage, write: ContentWriter, publish: bool
):
    revision = edit_in_cms(summary_lesson, title="Grace says it better", publish=publish)
    folder = write(SUMMARY_FILE, lesson_file(opening="Twenty messages."))

    result = load_content(folder)

    assert result == LoadResult(unchanged=[REPLY_FILE, PATH_FILE], left_alone=[SUMMARY_FILE])
    lesson = MicroLessonPage.objects.get(uuid=SUMMARY_LESSON)
    assert lesson.latest_revision == revision
    assert lesson.draft_title == "Grace says it better"


def test_a_lesson_unpublished_in_the_cms_is_left_alone(summary_lesson: MicroLessonPage, write: ContentWriter):
    summary_lesson.unpublish()
    folder = write(SUMMARY_FILE, lesson_file(opening="Twenty messages."))

    assert load_content(folder).left_alone == [SUMMARY_FILE]
    assert not MicroLessonPage.objects.get(uuid=SUMMARY_LESSON).live


def test_a_broken_file_stops_only_the_paths_that_use_it(content_folder: Path, write: ContentWriter):
    write(REPLY_FILE, lesson_file(lesson_uuid=REPLY_LESSON).replace("- [x]", "- [ ]"))

    result = load_content(content_folder)

    assert result.created == [SUMMARY_FILE]
    assert [problem.file for problem in result.problems] == [REPLY_FILE, PATH_FILE]
    assert list(MicroLessonPage.objects.values_list("uuid", flat=True)) == [SUMMARY_LESSON]
    assert not LearningPathPage.objects.exists()


def test_a_name_that_an_author_has_taken_is_refused_and_the_rest_is_loaded(
    summary_lesson: MicroLessonPage, write: ContentWriter
):
    other = MicroLessonPage(title="Grace's own", slug="brief-first", review_by="2027-01-01", live=False)
    LessonIndexPage.objects.get().add_child(instance=other)
    new = uuid.UUID("5d3a1f0a-6f0c-4f0e-9a53-3f6b3b6a7c10")
    folder = write("lessons/marketing/brief-first.md", lesson_file(lesson_uuid=new))

    result = load_content(folder)

    assert result.unchanged == [REPLY_FILE, SUMMARY_FILE, PATH_FILE]
    assert [str(problem) for problem in result.problems] == [
        "lessons/marketing/brief-first.md: Another page in the CMS is called brief-first already."
        " Rename that page or this file."
    ]
    assert not MicroLessonPage.objects.filter(uuid=new).exists()


def test_a_lesson_that_was_deleted_comes_back_and_its_path_follows(
    reply_lesson: MicroLessonPage, content_folder: Path
):
    reply_lesson.delete()

    result = load_content(content_folder)

    assert result == LoadResult(created=[REPLY_FILE], updated=[PATH_FILE], unchanged=[SUMMARY_FILE])
    steps = LearningPathPage.objects.get(uuid=SERVICE_PATH).path_steps()
    assert steps[1].lesson_page_id == MicroLessonPage.objects.get(uuid=REPLY_LESSON).pk


def test_loading_is_written_into_the_audit_trail(content_folder: Path):
    load_content(content_folder)

    lesson = AuditEntry.objects.get(action="courses.create", object_id=str(SUMMARY_LESSON))
    assert lesson.actor == "command:load_content"
    assert lesson.after is not None
    assert lesson.after["file"] == SUMMARY_FILE
    path = AuditEntry.objects.get(action="courses.publish_path")
    assert path.actor == "command:load_content"
    assert path.before is None
    assert path.after is not None
    assert [step["lesson"] for step in path.after["steps"]] == [str(SUMMARY_LESSON), str(REPLY_LESSON)]


def run(*arguments: Any) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("load_content", *arguments, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), f"{err.getvalue()}{error}"
    return out.getvalue(), err.getvalue()


def test_the_command_tells_what_it_did(content_folder: Path):
    assert run(content_folder) == (
        f"created: {REPLY_FILE}\ncreated: {SUMMARY_FILE}\ncreated: {PATH_FILE}\n"
        "3 created, 0 updated, 0 unchanged, 0 left alone, 0 broken\n",
        "",
    )
    assert run(content_folder, "--dry-run") == (
        "0 would be created, 0 would be updated, 3 unchanged, 0 left alone, 0 broken\n",
        "",
    )


def test_the_command_fails_on_a_broken_file_and_loads_the_good_ones(
    content_folder: Path, write: ContentWriter
):
    write(REPLY_FILE, lesson_file(lesson_uuid=REPLY_LESSON).replace("basic", "easy"))

    out, err = run(content_folder)

    assert out == f"created: {SUMMARY_FILE}\n1 created, 0 updated, 0 unchanged, 0 left alone, 2 broken\n"
    assert err.splitlines()[0] == (
        f"{REPLY_FILE}:5: “level” is “easy”. Write one of: basic, intermediate, advanced."
    )
    assert err.splitlines()[-1] == "2 files could not be used; repair and run again."


def test_the_command_refuses_a_folder_that_is_none_or_empty(tmp_path: Path):
    assert run(tmp_path / "none") == ("", f"There is no folder {tmp_path / 'none'}.")
    assert run(tmp_path)[1] == f"{tmp_path} holds no lessons/*/*.md and no paths/*.md."
