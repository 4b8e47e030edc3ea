"""An administrator writes a rule, sees whom it concerns, confirms and watches; the learner asks why."""

import pytest
from playwright.sync_api import expect

from lms.jobs.services import run_jobs
from lms.paths.models import Enrollment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def path(lesson_factory, path_factory):
    return path_factory(lesson_factory("Ask for the source"), title="Working with AI", slug="working-with-ai")


@pytest.mark.parametrize("java_script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_from_a_sentence_to_the_people_it_means(browse, ada, bruno, mei, path, java_script):
    visit = browse(mei, java_script=java_script)
    page = visit.page
    visit.open("/manage/assignments/")
    page.get_by_role("link", name="Write the first rule").click()

    page.get_by_label("Name of the rule").fill("Customer service")
    page.get_by_label("Learning path").select_option(label="Working with AI")
    page.get_by_label("Condition to add").select_option(label="Job role")
    page.get_by_role("button", name="Add condition").click()
    expect(page.get_by_label("applies or not")).to_be_focused()
    page.get_by_role("checkbox", name="Customer service").check()
    page.get_by_label("Condition to add").select_option(label="Is one of these people")
    page.get_by_role("button", name="Add condition").click()
    expect(page.get_by_label("Name of the rule")).to_have_value("Customer service")
    expect(page.get_by_role("checkbox", name="Customer service")).to_be_checked()
    page.get_by_label("E-mail addresses or employee numbers").fill("ada@larkfield.example")
    page.get_by_label("Due", exact=True).select_option(label="so many days after a person gets it")
    page.get_by_label("Days").first.fill("14")
    page.get_by_role("button", name="Save and see who it concerns").click()

    expect(page.get_by_role("heading", name="Something changes for 1 person")).to_be_visible()
    expect(page.get_by_role("link", name="Ada Okafor")).to_be_visible()
    expect(page.get_by_role("link", name="Bruno Salgado")).to_have_count(0)
    assert Enrollment.objects.count() == 0
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Apply the rule “Customer service”")).to_be_visible()
    run_jobs(for_seconds=20)
    page.reload()
    expect(page.get_by_text("1 of 1 done")).to_be_visible()
    assert visit.complaints == []

    learner = browse(ada, java_script=java_script)
    learner.open("/paths/working-with-ai/")
    learner.page.get_by_role("link", name="Why?").click()
    expect(learner.page.get_by_text("the rule “Customer service”, confirmed by Mei Tanaka")).to_be_visible()
    expect(learner.page.get_by_text("role is Customer service: yes")).to_be_visible()
    assert learner.complaints == []


def test_the_editor_is_used_by_keyboard_alone(browse, ada, mei, path):
    visit = browse(mei)
    page = visit.page
    visit.open("/manage/assignments/new/")

    page.get_by_label("Name of the rule").focus()
    page.keyboard.type("Everyone")
    page.get_by_label("Learning path").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_label("Everyone who works here").focus()
    page.keyboard.press("Space")
    page.get_by_label("Name of the rule").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="If you confirm this rule")).to_be_visible()
    expect(page.get_by_text("This rule applies to everyone who works here.")).to_be_visible()
    assert visit.complaints == []


def test_back_from_the_preview_shows_the_rule_as_it_was_written(browse, ada, mei, path):
    visit = browse(mei)
    page = visit.page
    visit.open("/manage/assignments/new/")
    page.get_by_label("Name of the rule").fill("Everyone")
    page.get_by_label("Learning path").select_option(label="Working with AI")
    page.get_by_label("Everyone who works here").check()
    page.get_by_role("button", name="Save and see who it concerns").click()
    expect(page.get_by_role("heading", name="If you confirm this rule")).to_be_visible()

    page.get_by_role("link", name="Edit").click()

    expect(page.get_by_label("Name of the rule")).to_have_value("Everyone")
    expect(page.get_by_label("Everyone who works here")).to_be_checked()
