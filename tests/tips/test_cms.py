"""Writing tips in the CMS."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Workflow, WorkflowContentType, WorkflowTask
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from courses.services import publish_scheduled_pages
from lms.records.models import LearningRecord
from lms.tips.models import Tip, TipAnswer, TipDelivery
from lms.tips.services.permitting import ensure_permissions
from tests.courses.editor import GOOD_QUESTION, answer, question, words_of

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"wagtailsnippets_tips_tip:{name}", args=args)


def form(*blocks, **fields):
    """Return what the editor posts for a tip."""
    return nested_form_data(
        {
            "title": "Ask for the doubt",
            "slug": "ask-for-the-doubt",
            "body": rich_text("<p>Ask for the doubt.</p>", features=["bold", "italic", "code"]),
            "try_it": "Try it on the next summary.",
            "question": streamfield(list(blocks)),
            "level": "basic",
            "sources": "",
            "review_by": "2027-05-31",
            **fields,
        }
    )


def messages_of(response) -> str:
    return re.sub(r"<[^>]+>", "", " ".join(str(message) for message in response.context["messages"]))


def test_groups_may_do_with_tips_what_they_may_with_exercises():
    def allowed() -> dict[str, set[str]]:
        return {
            group.name: {
                each.codename.removesuffix("_tip")
                for each in group.permissions.filter(
                    codename__endswith="_tip", content_type__app_label="tips"
                )
            }
            for group in Group.objects.all()
        }

    before = allowed()
    Group.objects.get(name="Authors").permissions.clear()
    ensure_permissions()
    ensure_permissions()

    assert allowed() == before
    assert before == {
        "Authors": {"add", "change", "view", "publish"},
        "Reviewers": {"add", "change", "view", "publish", "lock", "unlock"},
        "Admins": {"add", "change", "view", "publish", "lock", "unlock", "delete"},
    }


# --- writing ------------------------------------------------------------------------------------------


def test_an_author_publishes_a_tip(grace, client_of):
    client_of(grace).post(url("add"), form(GOOD_QUESTION, owner=grace.pk, **{"action-publish": "1"}))

    tip = Tip.objects.get(slug="ask-for-the-doubt")
    assert (tip.live, tip.owner) == (True, grace)
    assert [block.block_type for block in tip.question] == ["question"]


@pytest.mark.parametrize(
    ("blocks", "fields", "message"),
    [
        ((), {"body": rich_text("<p>" + "word " * 61 + "</p>")}, "It has 61 words; 60 are the most."),
        (
            (question(answer("x" * 76, is_right=True), answer("Guess.")),),
            {},
            "An answer is longer than 75 characters and does not fit on a button.",
        ),
        ((question(answer("A"), answer("B")),), {}, "Mark the right answer."),
    ],
)
def test_what_does_not_fit_a_channel_may_be_drafted_and_not_published(
    grace, client_of, blocks, fields, message
):
    client = client_of(grace)

    refused = client.post(url("add"), form(*blocks, **fields, **{"action-publish": "1"}))
    assert message in words_of(refused)
    assert not Tip.objects.exists()

    client.post(url("add"), form(*blocks, **fields))
    assert not Tip.objects.get().live


def test_only_those_who_write_can_own_a_tip(grace, ada, client_of):
    page = words_of(client_of(grace).get(url("add")))

    assert str(grace) in page
    assert str(ada) not in page


def test_a_copy_is_another_tip_that_nobody_has_answered(grace, client_of, tip_factory):
    tip = tip_factory("Ask for the doubt", slug="doubt")
    client = client_of(grace)

    page = client.get(url("copy", tip.pk))
    copied = page.context["form"].instance
    assert copied.slug == "doubt-2"
    ids = [copied.question[0].id, *(each.id for each in copied.question[0].value["answers"].bound_blocks)]
    assert not set(ids) & set(re.findall(r"[0-9a-f-]{36}", json.dumps(tip.question.get_prep_value())))

    client.post(page.context["action_url"], form(GOOD_QUESTION, slug="doubt-2"))
    copy = Tip.objects.get(slug="doubt-2")
    assert copy.uuid != tip.uuid
    assert (copy.loaded_digest, copy.loaded_revision, copy.live) == ("", None, False)


def test_the_list_says_for_whom_and_filters_with_as_many_queries_for_ten_tips_as_for_one(
    grace, client_of, tip_factory, customer_service, django_assert_max_num_queries
):
    client = client_of(grace)
    tip_factory("For agents", roles=[customer_service])
    client.get(url("list"))

    def queries() -> int:
        with django_assert_max_num_queries(100) as captured:
            page = client.get(url("list"))
        assert "Customer service" in words_of(page)
        return len(captured)

    one = queries()
    for _ in range(9):
        tip_factory(roles=[customer_service])
    assert queries() == one

    tip_factory("For everybody", slug="everybody")
    page = words_of(client.get(url("list"), {"roles": customer_service.pk, "q": "agents"}))
    assert "For agents" in page
    assert "For everybody" not in page


# --- guards -------------------------------------------------------------------------------------------


def test_a_tip_that_somebody_had_is_not_deleted_and_one_that_nobody_had_is(
    mei, ada, client_of, tip_factory, tip_delivery
):
    tip, unused = tip_factory("Ask for the doubt"), tip_factory()
    tip_delivery(ada, tip)
    client = client_of(mei)

    refused = client.post(url("delete", tip.pk), follow=True)
    client.post(url("delete", unused.pk))

    assert "Nothing was deleted: people have had “Ask for the doubt”" in messages_of(refused)
    assert list(Tip.objects.all()) == [tip]


def test_several_tips_are_not_deleted_together_when_somebody_had_one(
    mei, ada, client_of, tip_factory, tip_delivery
):
    tips = [tip_factory(), tip_factory()]
    tip_delivery(ada, tips[0])
    bulk = reverse("wagtail_bulk_action", args=["tips", "tip", "delete"])

    client_of(mei).post(f"{bulk}?id={tips[0].pk}&id={tips[1].pk}&next={url('list')}")

    assert Tip.objects.count() == 2


def test_authors_and_reviewers_do_not_delete_tips(grace, radia, client_of, tip_factory):
    tip = tip_factory()

    for person in (grace, radia):
        client_of(person).post(url("delete", tip.pk))

    assert Tip.objects.get() == tip


def test_unpublishing_says_that_nobody_gets_it_any_more(grace, client_of, tip_factory):
    tip = tip_factory("Ask for the doubt")
    client = client_of(grace)

    assert "Nobody will get it any more" in words_of(client.get(url("unpublish", tip.pk)))
    client.post(url("unpublish", tip.pk))

    tip.refresh_from_db()
    assert not tip.live


def test_a_tip_is_published_and_taken_back_on_schedule(grace, client_of, tip_factory, noon):
    tip = tip_factory(publish=False)
    tip.go_live_at, tip.expire_at = noon, noon + timedelta(days=7)
    tip.save_revision(approved_go_live_at=noon)

    seen = []
    for at in (noon - timedelta(hours=1), noon + timedelta(hours=1), noon + timedelta(days=8)):
        with time_machine.travel(at, tick=False):
            publish_scheduled_pages(at=at)
        tip.refresh_from_db()
        seen.append(tip.live)

    assert seen == [False, True, False]


@pytest.fixture
def review(db) -> Workflow:
    """Tips are reviewed before they are published."""
    task = GroupApprovalTask.objects.create(name="Review")
    task.groups.add(Group.objects.get(name="Reviewers"))
    workflow = Workflow.objects.create(name="Review of tips")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    WorkflowContentType.objects.create(workflow=workflow, content_type=ContentType.objects.get_for_model(Tip))
    return workflow


def test_where_tips_are_reviewed_a_reviewer_publishes_what_an_author_submits(
    grace, radia, client_of, tip_factory, review
):
    tip = tip_factory(publish=False)
    author = client_of(grace)

    offered = words_of(author.get(url("edit", tip.pk)))
    refused = author.post(url("edit", tip.pk), form(**{"action-publish": "1"}), follow=True)
    assert 'name="action-publish"' not in offered
    assert "tips are reviewed here first" in messages_of(refused)
    author.post(url("edit", tip.pk), form(**{"action-submit": "1"}))
    tip.refresh_from_db()
    assert (tip.live, tip.workflow_in_progress) == (False, True)

    state = tip.current_workflow_task_state
    client_of(radia).post(url("workflow_action", tip.pk, "approve", state.pk), {"comment": ""})

    tip.refresh_from_db()
    assert (tip.live, tip.title) == (True, "Ask for the doubt")


def test_usage_of_a_tip_says_nothing_of_those_who_got_it(ada, grace, client_of, tip_factory, tip_delivery):
    tip = tip_factory()
    row = tip_delivery(ada, tip)
    row.save()

    page = words_of(client_of(grace).get(url("usage", tip.pk)))

    assert str(row.uuid) not in page
    assert "Private" not in page


def test_overdue_tips_stand_on_the_first_page_of_the_cms(grace, client_of, tip_factory):
    today = timezone.localdate()
    tip_factory("Long overdue", review_by=today - timedelta(days=3))
    tip_factory("Due soon", review_by=today + timedelta(days=20))
    tip_factory("Fresh", review_by=today + timedelta(days=90))
    tip_factory("Draft", review_by=today, publish=False)

    page = words_of(client_of(grace).get(reverse("wagtailadmin_home")))
    panel = page[page.index("Tips due for review") :]

    assert panel.index("Long overdue") < panel.index("and sent to nobody") < panel.index("Due soon")
    assert "Fresh" not in panel
    assert "Draft" not in panel.partition("</section>")[0]


# --- looking at it ------------------------------------------------------------------------------------


def previewed(client, tip: Tip, mode: str):
    address = url("preview_on_edit", tip.pk)
    typed = client.post(address, form(GOOD_QUESTION, title="As typed just now", slug=tip.slug))
    assert typed.json() == {"is_valid": True, "is_available": True}
    response = client.get(address, {"mode": mode})
    assert response.status_code == 200
    return response


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("", "For authors: what each answer hears"),
        ("email", "srcdoc="),
        ("email_text", "- Look it up."),
        ("slack", "chat slack"),
        ("teams", "chat teams"),
    ],
)
def test_a_preview_shows_the_draft_as_a_channel_does(grace, client_of, tip_factory, mode, words):
    page = words_of(previewed(client_of(grace), tip_factory(), mode))

    assert "As typed just now" in page
    assert "Look it up." in page
    assert words in page


def test_the_mail_preview_allows_the_styles_of_the_mail_and_nothing_else(grace, client_of, tip_factory):
    response = previewed(client_of(grace), tip_factory(), "email")

    policy = dict(
        each.partition(" ")[::2] for each in response.headers["Content-Security-Policy"].split("; ")
    )
    assert "'unsafe-inline'" not in policy["style-src"]
    assert policy["style-src"].startswith("'self' 'unsafe-hashes' 'sha256-")
    assert policy["script-src"] == "'self'"
    assert 'sandbox=""' in words_of(response)


def test_a_new_tip_can_be_looked_at_before_it_is_saved(grace, client_of):
    client = client_of(grace)
    client.post(url("preview_on_add"), form(GOOD_QUESTION))

    for mode in ("", "email", "email_text", "slack", "teams"):
        assert client.get(url("preview_on_add"), {"mode": mode}).status_code == 200
    assert not Tip.objects.exists()


# --- a test to oneself --------------------------------------------------------------------------------


def test_an_author_mails_the_draft_to_themselves_and_it_counts_nowhere(
    grace, client_of, tip_factory, mailbox
):
    tip = tip_factory("As published")
    client = client_of(grace)
    typed = form(GOOD_QUESTION, title="As typed just now", slug=tip.slug, **{"action-send-test": "1"})

    response = client.post(url("edit", tip.pk), typed, follow=True)

    assert f"A test is on its way to {grace.email}" in messages_of(response)
    assert mailbox.recipients == [grace.email]
    mail = mailbox.accepted[0].parsed
    assert mail["Subject"] == "[Test] As typed just now"
    assert mail["List-Unsubscribe"] is None
    text = mail.get_body(("plain",)).get_content()
    link = text.split("- Look it up.")[1].split()[0].removeprefix("http://localhost:8000")
    page = words_of(client.get(link))
    assert "nothing is recorded" in page
    assert "Because." in page
    assert not TipDelivery.objects.exists()
    assert not TipAnswer.objects.exists()
    assert not LearningRecord.objects.filter(verb="answered").exists()
    tip.refresh_from_db()
    assert (tip.title, tip.get_latest_revision_as_object().title) == ("As published", "As typed just now")


def test_when_no_mail_can_be_sent_the_author_is_told_and_the_draft_is_kept(
    grace, client_of, tip_factory, mailbox
):
    mailbox.on_data = lambda _mail: "550 5.7.1 We do not relay"
    tip = tip_factory()

    response = client_of(grace).post(
        url("edit", tip.pk), form(title="Kept", slug=tip.slug, **{"action-send-test": "1"}), follow=True
    )

    told = messages_of(response)
    assert "No test was sent: the mail server did not take it." in told
    assert "550 5.7.1 We do not relay" in told
    tip.refresh_from_db()
    assert tip.get_latest_revision_as_object().title == "Kept"


def test_the_page_of_a_test_is_for_those_who_write(ada, client_of, tip_factory):
    tip = tip_factory()

    assert client_of(ada).get(reverse("tips_sample", args=[tip.pk])).status_code in {302, 404}
