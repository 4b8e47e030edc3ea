"""The main job in a real browser: with a mouse, with a keyboard alone, and without JavaScript."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from lms.paths.models import Enrollment, StepCompletion
from lms.paths.services import enroll_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def path(ada, lesson_factory, path_factory):
    """Ada's path of two lessons, not begun."""
    path = path_factory(
        lesson_factory("Write a clear reply", slug="reply"),
        lesson_factory("Trust a summary", slug="summary"),
        title="AI at the service desk",
        slug="service",
        role=ada.job_role,
    )
    enroll_person(learner=ada, path=path, source=Enrollment.Source.RULE, at=timezone.now())
    return path


def learn(page, *, with_java_script):
    page.get_by_label("Answer 2").check()
    page.get_by_role("button", name="Check my answer").click()
    expect(page.get_by_text("Not quite. Read this, then choose again.")).to_be_visible()
    expect(page.get_by_text("Feedback 2")).to_be_visible()
    page.get_by_label("Answer 1").check()
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_text("That holds.")).to_be_visible()
    if with_java_script:
        expect(page.locator("[data-news]")).to_be_focused()
    page.get_by_role("button", name="Complete and continue").click()


@pytest.mark.parametrize("java_script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_ada_follows_her_path_to_its_end(browse, ada, path, java_script):
    visit = browse(ada, java_script=java_script)
    page = visit.page
    visit.open("/")

    page.get_by_role("link", name="Start").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Write a clear reply")
    learn(page, with_java_script=java_script)

    expect(page.get_by_text("1 of 2 steps")).to_be_visible()
    assert page.locator(".track").first.locator("i.done").count() == 1
    page.get_by_role("link", name="Go on").click()
    learn(page, with_java_script=java_script)

    expect(page.get_by_text("You have completed “AI at the service desk”")).to_be_visible()
    page.get_by_role("link", name="Open my record").click()
    expect(page.get_by_role("listitem").filter(has_text="AI at the service desk")).to_be_visible()
    assert StepCompletion.objects.count() == 2
    assert visit.complaints == []


def test_the_whole_lesson_works_by_keyboard_alone(browse, ada, path):
    visit = browse(ada)
    page = visit.page
    visit.open("/lessons/reply/?path=service")

    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That holds.")).to_be_visible()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Complete and continue":
            break
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Next: Trust a summary")).to_be_visible()
    assert visit.complaints == []


def test_going_back_and_reloading_repeat_nothing(browse, ada, path):
    visit = browse(ada)
    page = visit.page
    visit.open("/paths/service/")
    page.get_by_role("link", name="Start Write a clear reply").click()
    learn(page, with_java_script=True)
    expect(page.get_by_role("heading", name="Next: Trust a summary")).to_be_visible()

    page.reload()
    expect(page.get_by_role("heading", name="Next: Trust a summary")).to_be_visible()
    page.get_by_role("link", name="Enough for now").click()
    expect(page).to_have_url(re.compile("/paths/service/"))
    page.go_back()

    expect(page.get_by_role("heading", name="Next: Trust a summary")).to_be_visible()
    assert StepCompletion.objects.count() == 1


def test_a_locked_step_shows_why_and_leads_to_the_open_one(browse, ada, path):
    visit = browse(ada)
    visit.open("/paths/service/")

    expect(visit.page.get_by_text("opens when step 1 is complete")).to_be_visible()
    visit.open("/lessons/summary/")
    visit.page.get_by_role("link", name="Go to step 1").click()

    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Write a clear reply")


def test_a_lost_connection_keeps_the_choice_and_says_what_to_do(browse, ada, path):
    visit = browse(ada)
    page = visit.page
    visit.open("/lessons/reply/?path=service")
    page.get_by_label("Answer 3").check()

    page.route("**/answer/", lambda route: route.abort())
    page.get_by_role("button", name="Check my answer").click()

    expect(page.get_by_text("The server could not be reached.")).to_be_visible()
    expect(page.get_by_label("Answer 3")).to_be_checked()


def test_the_demo_signs_in_with_one_click(browse, ada, path):
    visit = browse(None)
    visit.open("/")

    visit.page.get_by_role("link", name="Choose a person").click()
    visit.page.get_by_role("button", name="Be Ada").click()

    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Hello, Ada.")


def test_ada_can_choose_dark_and_it_stays(browse, ada, path):
    visit = browse(ada)
    visit.open("/me/settings/")

    visit.page.get_by_label("Colors").select_option("dark")
    visit.page.get_by_role("button", name="Save").click()

    expect(visit.page.get_by_text("Saved.")).to_be_visible()
    expect(visit.page.locator("html")).to_have_attribute("data-theme", "dark")
