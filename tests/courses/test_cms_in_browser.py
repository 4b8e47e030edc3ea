"""The CMS in a real browser under the strict content security policy."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from courses.models import LearningPathPage, LessonIndexPage, MicroLessonPage, Skill
from lms.people.models import User
from tests.browser import Visit

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Browse = Callable[..., Visit]


def pages_of_an_author(lesson: MicroLessonPage, path: LearningPathPage, skill: Skill) -> list[str]:
    """Return addresses that everyone in the CMS opens."""
    page = "wagtailadmin_pages:{}".format
    lessons = LessonIndexPage.objects.get()
    return [
        reverse("wagtailadmin_home"),
        reverse("lessons:index"),
        reverse("learning_paths:index"),
        reverse("wagtailadmin_explore", args=[lessons.pk]),
        reverse(page("edit"), args=[lesson.pk]),
        reverse(page("edit"), args=[path.pk]),
        reverse(page("add"), args=["courses", "microlessonpage", lessons.pk]),
        reverse(page("history"), args=[lesson.pk]),
        reverse(page("view_draft"), args=[lesson.pk]),
        reverse(page("view_draft"), args=[path.pk]),
        reverse(page("search")),
        reverse("wagtailsnippets:index"),
        reverse("wagtailsnippets_courses_skill:list"),
        reverse("wagtailsnippets_courses_skill:add"),
        reverse("wagtailsnippets_courses_skill:edit", args=[skill.pk]),
        reverse("wagtailimages:index"),
        reverse("wagtailimages:add"),
        reverse("wagtaildocs:index"),
        reverse("wagtaildocs:add"),
        reverse("wagtailadmin_reports:site_history"),
        reverse("wagtailadmin_reports:aging_pages"),
        reverse("wagtailadmin_reports:workflow"),
        reverse("wagtailadmin_account"),
    ]


def pages_of_an_admin() -> list[str]:
    """Return addresses that only admins open."""
    return [
        reverse("wagtailadmin_explore_root"),
        reverse("wagtailadmin_reports:locked_pages"),
        reverse("wagtailadmin_workflows:index"),
        reverse("wagtailadmin_workflows:add"),
        reverse("wagtailadmin_workflows:task_index"),
        reverse("wagtailadmin_workflows:add_task", args=["wagtailcore", "groupapprovaltask"]),
    ]


def pages_of_the_superuser(person: User) -> list[str]:
    """Return addresses that are left to the break-glass account."""
    return [
        reverse("wagtailsites:index"),
        reverse("wagtailsites:add"),
        reverse("wagtailusers_users:index"),
        reverse("wagtailusers_users:edit", args=[person.pk]),
        reverse("wagtailusers_groups:index"),
        reverse("wagtailusers_groups:add"),
        reverse("wagtailadmin_collections:index"),
    ]


def complaints_on(visit: Visit, addresses: list[str]) -> dict[str, Any]:
    """Return what the browser complains about and which widgets did not start, by address."""
    found = {}
    for address in addresses:
        visit.complaints.clear()
        assert visit.open(address) == 200, address
        waiting = visit.page.locator("template[data-cms-start]").count()
        if visit.complaints or waiting:
            found[address] = [*visit.complaints, f"{waiting} waiting"]
    return found


@pytest.mark.proof
def test_an_author_meets_no_violation(
    browse: Browse, grace: User, summary_lesson: MicroLessonPage, service_path: LearningPathPage
):
    addresses = pages_of_an_author(summary_lesson, service_path, Skill.objects.get(slug="checking"))

    assert complaints_on(browse(grace), addresses) == {}


@pytest.mark.proof
def test_an_admin_meets_no_violation(browse: Browse, mei: User, summary_lesson: MicroLessonPage):
    assert complaints_on(browse(mei), pages_of_an_admin()) == {}


@pytest.mark.proof
def test_the_superuser_meets_no_violation(
    browse: Browse, person_factory: Callable[..., User], summary_lesson: MicroLessonPage
):
    root = person_factory(is_superuser=True)

    assert complaints_on(browse(root), pages_of_the_superuser(root)) == {}


def test_the_date_chooser_sets_the_day_of_review(
    browse: Browse, grace: User, summary_lesson: MicroLessonPage
):
    visit = browse(grace)
    visit.open(reverse("wagtailadmin_pages:edit", args=[summary_lesson.pk]) + "#tab-settings")

    visit.page.locator("#id_review_by").click()
    visit.page.locator(".xdsoft_datetimepicker:visible td[data-date='17'][data-month='4']").click()

    expect(visit.page.locator("#id_review_by")).to_have_value("2027-05-17")
    assert visit.complaints == []


def test_a_block_is_added_written_and_saved(browse: Browse, grace: User, summary_lesson: MicroLessonPage):
    visit = browse(grace)
    visit.open(reverse("wagtailadmin_pages:edit", args=[summary_lesson.pk]))

    visit.page.locator("button.c-sf-add-button[title='Insert a block']:visible").last.click()
    visit.page.get_by_role("option", name=re.compile("Checklist")).first.click()
    titles = visit.page.locator("input[name^='body-'][name$='-value-title']")
    expect(titles).to_have_count(2)
    visit.page.wait_for_function(  # the editor's own styles arrive without being inline
        """() => document.adoptedStyleSheets.some(
            (sheet) => [...sheet.cssRules].some((rule) => rule.cssText.includes("Write something")))"""
    )
    titles.last.fill("Before lunch")
    visit.page.get_by_role("button", name="Save draft").click()
    expect(visit.page.locator(".messages .success")).to_be_visible()

    assert visit.complaints == []
    body = MicroLessonPage.objects.get(pk=summary_lesson.pk).get_latest_revision_as_object().body
    assert sorted(block.value["title"] for block in body if block.block_type == "checklist") == [
        "Before lunch",
        "Before you send it on",
    ]


def test_preview_and_checks_look_at_the_draft(browse: Browse, grace: User, summary_lesson: MicroLessonPage):
    visit = browse(grace)
    visit.open(reverse("wagtailadmin_pages:edit", args=[summary_lesson.pk]))

    visit.page.get_by_role("button", name="Toggle preview").first.click()
    expect(visit.page.frame_locator("iframe").first.locator("h1")).to_have_text(summary_lesson.title)
    visit.page.get_by_role("button", name="Toggle checks").first.click()
    expect(visit.page.locator("[data-content-word-count]")).to_have_text(re.compile(r"^\d+$"))

    assert visit.complaints == []


def test_a_chooser_opens_and_takes_a_page(browse: Browse, mei: User, summary_lesson: MicroLessonPage):
    visit = browse(mei)
    visit.open(reverse("wagtailadmin_workflows:add"))

    visit.page.get_by_role("button", name="Choose a page", exact=True).first.click()
    visit.page.locator(".modal-body").get_by_role("link", name="Praxis", exact=True).first.click()

    home = LessonIndexPage.objects.get().get_parent()
    expect(visit.page.locator("#id_pages-0-page")).to_have_value(str(home.pk))
    assert visit.complaints == []
