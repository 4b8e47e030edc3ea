"""Loading tip files into Wagtail."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Revision

from courses.services import LoadResult
from lms.core.models import AuditEntry
from lms.people.models import JobRole
from lms.tips.models import Tip
from lms.tips.services.loading import load_tips
from tests.tips.files import DOUBT, tip_file

FILE = "shared/ask-for-the-doubt.md"

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(tmp_path):
    """Return a function that writes one tip and returns the folder."""

    def write(content: str = "", name: str = FILE) -> Path:
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(content or tip_file(), encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def loaded(write) -> Tip:
    assert load_tips(write()) == LoadResult(created=[FILE])
    return Tip.objects.get()


def test_loading_publishes_a_tip_with_everything_in_its_file(loaded):
    assert loaded.live
    assert (loaded.uuid, loaded.slug, loaded.title) == (DOUBT, "ask-for-the-doubt", "Ask for the doubt")
    assert [role.name for role in loaded.roles.all()] == ["Customer service"]
    assert [skill.name for skill in loaded.skills.all()] == ["Checking"]
    assert loaded.loaded_revision == loaded.latest_revision_id == loaded.live_revision_id
    assert [block.value["several"] for block in loaded.question] == [False]
    entry = AuditEntry.objects.get(action="tips.create")
    assert (entry.actor, entry.object_type, entry.object_id) == ("command:load_tips", "tip", str(DOUBT))
    assert entry.after is not None
    assert entry.after["file"] == FILE


def test_loading_twice_changes_nothing_and_asks_three_questions(loaded, write, django_assert_num_queries):
    revisions = Revision.objects.count()

    with django_assert_num_queries(3):
        assert load_tips(write()) == LoadResult(unchanged=[FILE])

    assert Revision.objects.count() == revisions


def test_a_dry_run_says_the_same_and_stores_nothing(write):
    assert load_tips(write(), dry_run=True) == LoadResult(created=[FILE])
    assert not Tip.objects.exists()
    assert not JobRole.objects.exists()


def test_a_changed_file_publishes_a_new_revision_and_keeps_the_ids_that_answers_refer_to(loaded, write):
    first, question = loaded.live_revision_id, loaded.question.get_prep_value()

    result = load_tips(write(tip_file(title="Ask what it doubts").replace("Ten seconds", "A minute")))

    assert result == LoadResult(updated=[FILE])
    tip = Tip.objects.get()
    assert (tip.title, tip.live) == ("Ask what it doubts", True)
    assert tip.live_revision_id != first
    changed = json.loads(json.dumps(question).replace("Ten seconds", "A minute"))
    assert tip.question.get_prep_value() == changed


@pytest.mark.parametrize("publish", [False, True])
def test_a_tip_that_an_author_has_edited_is_left_alone(loaded, write, publish):
    loaded.title = "Grace says it better"
    revision = loaded.save_revision()
    if publish:
        revision.publish()

    result = load_tips(write(tip_file(title="Another")))

    assert result == LoadResult(left_alone=[FILE])
    assert Tip.objects.get().latest_revision == revision


def test_a_tip_that_was_taken_back_stays_so(loaded, write):
    loaded.unpublish()

    assert load_tips(write(tip_file(title="Another"))) == LoadResult(left_alone=[FILE])
    assert not Tip.objects.get().live


def test_a_tip_leads_to_a_lesson_by_its_address(write, lesson_factory):
    folder = write(tip_file().replace("sources: []", "sources: []\nlesson: check-first"))

    [problem] = load_tips(folder).problems
    assert str(problem) == (
        f"{FILE}: It leads to the lesson “check-first”, and none has this address in the CMS."
        " Run load_content first, or correct the name."
    )
    lesson = lesson_factory(slug="check-first")
    assert load_tips(folder) == LoadResult(created=[FILE])
    assert Tip.objects.get().lesson == lesson


def test_a_broken_tip_takes_nothing_with_it(write):
    write(tip_file().replace("- [x]", "- [ ]"), name="sales/broken.md")

    result = load_tips(write())

    assert result.created == [FILE]
    assert [str(problem) for problem in result.problems] == [
        "sales/broken.md:16: This question has no right answer. Mark one with [x]."
    ]


def test_a_name_that_an_author_has_taken_is_refused(write, tip_factory):
    tip_factory(slug="ask-for-the-doubt")

    [problem] = load_tips(write()).problems

    assert problem.message == (
        "Another tip in the CMS is called ask-for-the-doubt already. Rename that tip or this file."
    )


def test_the_command_tells_what_it_did(write, tmp_path):
    out = StringIO()

    call_command("load_tips", write(), stdout=out)

    assert out.getvalue() == f"created: {FILE}\n1 created, 0 updated, 0 unchanged, 0 left alone, 0 broken\n"
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError, match=r"holds no \*/\*\.md\.$"):
        call_command("load_tips", tmp_path / "empty", stdout=StringIO())
