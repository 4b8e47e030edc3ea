"""Tips in the CMS, in a real browser under the strict content security policy."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_author_lists_writes_looks_and_reads_without_a_violation(browse, grace, tip_factory):
    tip = tip_factory("Ask for the doubt")
    visit = browse(grace)
    snippets = "wagtailsnippets_tips_tip:{}".format

    for address in (
        reverse(snippets("list")),
        reverse(snippets("add")),
        reverse(snippets("copy"), args=[tip.pk]),
        reverse(snippets("history"), args=[tip.pk]),
        reverse(snippets("unpublish"), args=[tip.pk]),
        reverse("tips_insight", args=[tip.pk]),
        reverse("tips_report"),
        reverse("tips_sample", args=[tip.pk]),
        reverse(snippets("edit"), args=[tip.pk]),
    ):
        assert visit.open(address) == 200, address
        assert visit.page.locator("template[data-cms-start]").count() == 0, address
    assert visit.complaints == []


def test_each_channel_is_shown_in_the_editor_and_the_mail_looks_like_the_mail(browse, grace, tip_factory):
    tip = tip_factory("Ask for the doubt")
    visit = browse(grace)
    visit.open(reverse("wagtailsnippets_tips_tip:edit", args=[tip.pk]))

    visit.page.get_by_role("button", name="Toggle preview").first.click()
    panel = visit.page.frame_locator("[data-w-preview-target='iframe'], iframe").first
    expect(panel.locator("h1")).to_have_text("Ask for the doubt")
    mode = visit.page.get_by_label("Preview mode")
    mode.select_option("email")
    mail = panel.frame_locator("iframe.mail-body")
    expect(mail.locator("h2")).to_have_css("font-size", "20px")
    expect(mail.locator("a").filter(has_text="Answer 1")).to_have_css("display", "block")
    mode.select_option("email_text")
    expect(panel.locator("pre")).to_contain_text("- Answer 1")
    mode.select_option("slack")
    expect(panel.locator(".slack .chat-button")).to_have_count(3)
    mode.select_option("teams")
    expect(panel.locator(".teams .chat-button")).to_have_count(3)

    assert visit.complaints == []


def test_a_test_is_sent_from_the_menu_beside_save(browse, grace, tip_factory, mailbox):
    tip = tip_factory("Ask for the doubt")
    visit = browse(grace)
    visit.open(reverse("wagtailsnippets_tips_tip:edit", args=[tip.pk]))

    visit.page.locator("#id_title").fill("Ask what it doubts")
    visit.page.get_by_role("button", name="More actions").click()
    visit.page.get_by_role("button", name="Send a test to myself").click()

    expect(visit.page.locator(".messages .success")).to_contain_text(f"on its way to {grace.email}")
    assert mailbox.recipients == [grace.email]
    assert mailbox.accepted[0].parsed["Subject"] == "[Test] Ask what it doubts"
    tip.refresh_from_db()
    assert tip.get_latest_revision_as_object().title == "Ask what it doubts"
    assert visit.complaints == []


def test_a_test_of_what_nobody_changed_leaves_no_draft(browse, grace, tip_factory, mailbox, settings):
    settings.WAGTAIL_AUTOSAVE_INTERVAL = (
        0  # on a slow machine the editor itself may save first; here the button counts
    )
    tip = tip_factory("Ask for the doubt")
    visit = browse(grace)
    visit.open(reverse("wagtailsnippets_tips_tip:edit", args=[tip.pk]))

    visit.page.get_by_role("button", name="More actions").click()
    visit.page.get_by_role("button", name="Send a test to myself").click()

    expect(visit.page.locator(".messages .success")).to_be_visible()
    assert mailbox.recipients == [grace.email]
    assert tip.revisions.count() == 1
