"""Administrators see how sending does, and put right what did not arrive."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lms.core.models import AuditEntry
from lms.core.services import claim_slot
from lms.notifications.models import ChannelState, Digest, Suppression
from lms.web.message_state_page import SCHEDULES

pytestmark = pytest.mark.django_db
PAGE = "/manage/messages/"
LOST = f"{PAGE}lost/digest/"


def everything_ran(at):
    for name, _label, every in SCHEDULES:
        claim_slot(name=name, every=every, at=at)


def page(response):
    return " ".join(response.content.decode().split())


def test_when_all_is_well_it_says_so(text_of):
    everything_ran(timezone.now())

    text = text_of(PAGE)

    assert "Everything goes out on time." in text
    assert text.count("on time") >= 4
    assert "None: no mail has come back." in text


def test_it_shows_depth_and_age_of_what_is_due(text_of, ada, digest):
    digest(ada, due_at=timezone.now() - timedelta(minutes=40))

    text = text_of(PAGE)

    assert "1 by email, the oldest for 40 minutes" in text
    assert "more than a quarter of an hour" in text
    assert "Everything goes out on time." not in text


def test_what_was_sent_once_more_in_doubt_is_counted_for_a_week(text_of, ada, bruno, mei, digest):
    now = timezone.now()
    digest(ada, state="sent", doubted_at=now - timedelta(days=6))
    digest(bruno, state="sent", doubted_at=now - timedelta(days=8))
    digest(mei, state="sent")

    assert "and 1 sent once more in doubt this week" in text_of(PAGE)


def test_a_schedule_that_left_out_runs_is_late(text_of):
    everything_ran(timezone.now() - timedelta(minutes=30))

    text = text_of(PAGE)

    assert text.count("late") >= 2  # digests every 5 minutes, and senders; tips every 10 are late after 40
    assert "Everything goes out on time." not in text


@pytest.fixture
def installed(db):
    """Return a function that lets the last migration have been run some time ago."""

    def installed(ago):
        MigrationRecorder.Migration.objects.update(applied=timezone.now() - ago)

    return installed


def test_right_after_the_first_start_nothing_is_late_yet(text_of, installed):
    installed(timedelta(minutes=2))

    text = text_of(PAGE)

    assert text.count("not yet") == len(SCHEDULES)
    assert "Praxis has just been installed." in text
    assert "Everything goes out on time." not in text
    assert ">late<" not in text


def test_what_has_not_run_some_time_after_the_installation_is_late(text_of, installed):
    """The plan of tips runs every ten minutes: it may leave out four."""
    installed(timedelta(minutes=39))
    text = text_of(PAGE)
    assert (text.count("</svg>late"), text.count("not yet")) == (len(SCHEDULES) - 1, 1)

    installed(timedelta(minutes=41))
    text = text_of(PAGE)
    assert (text.count("</svg>late"), text.count("not yet")) == (len(SCHEDULES), 0)


def test_a_channel_that_is_out_of_order_says_since_when_and_why(text_of):
    at = timezone.now()
    ChannelState.objects.create(
        channel="email", down_since=at, paused_until=at + timedelta(minutes=1), reason="connection refused"
    )

    text = text_of(PAGE)

    assert "out of order since" in text
    assert "connection refused" in text


def test_a_channel_that_asks_for_time_works(text_of):
    until = timezone.now() + timedelta(minutes=1)
    ChannelState.objects.create(channel="email", paused_until=until, reason="429")

    assert "asks to be left alone until" in text_of(PAGE)


def test_what_was_not_sent_stands_with_its_reason_and_goes_again(ada, bruno, mei, client_of, digest):
    row = digest(ada, state="failed", reason="552 Mailbox full", attempts=8)
    digest(bruno, state="unknown", reason="The worker ended.")
    client = client_of(mei)

    text = page(client.get(LOST))
    assert "Ada Okafor" in text
    assert "552 Mailbox full" in text
    assert "Bruno Salgado" not in text

    client.post(f"{LOST}{row.uuid}/again/")
    row.refresh_from_db()
    assert row.state == "queued"


def test_a_doubtful_one_asks_before_it_goes_again(bruno, mei, client_of, digest):
    row = digest(bruno, state="unknown", reason="The worker ended.")
    client = client_of(mei)

    text = page(client.get(f"{LOST}?show=doubtful"))
    assert "If it has arrived, it arrives a second time." in text

    refused = client.post(f"{LOST}{row.uuid}/again/", follow=True)
    assert "Confirm that it may come twice" in page(refused)
    row.refresh_from_db()
    assert row.state == "unknown"

    client.post(f"{LOST}{row.uuid}/again/", {"sure": "yes", "show": "doubtful"})
    row.refresh_from_db()
    assert row.state == "queued"


def test_all_go_again_at_once_and_doubtful_ones_only_when_somebody_is_sure(
    ada, bruno, linus, mei, client_of, digest
):
    digest(ada, state="failed")
    digest(bruno, state="unknown")
    digest(linus, state="unknown")
    client = client_of(mei)

    assert "1 is queued again." in page(client.post(f"{LOST}again/", follow=True))
    client.post(f"{LOST}again/", {"show": "doubtful"})
    assert Digest.objects.filter(state="unknown").count() == 2
    client.post(f"{LOST}again/", {"show": "doubtful", "sure": "yes"})
    assert Digest.objects.filter(state="queued").count() == 3


def test_a_ledger_that_does_not_exist_is_not_found(mei, client_of):
    client = client_of(mei)

    assert client.get(f"{PAGE}lost/letters/").status_code == 404
    assert client.post(f"{PAGE}lost/letters/again/").status_code == 404


def test_an_address_that_bounced_can_get_mail_again(mei, client_of, noon):
    Suppression.objects.create(address="ada@larkfield.example", reason="bounced", said="550 5.1.1", at=noon)
    client = client_of(mei)

    assert "It does not exist: 550 5.1.1" in page(client.get(f"{PAGE}addresses/"))
    post = {"address": "ada@larkfield.example"}
    told = page(client.post(f"{PAGE}addresses/works/", post, follow=True))
    assert "ada@larkfield.example gets mail again." in told
    assert "All addresses work" in told


def test_an_address_whose_bounce_came_later_is_added_by_hand(ada, mei, client_of, digest, send_mail_due):
    client = client_of(mei)
    post = {"address": "Ada@Larkfield.example", "reason": "bounced", "said": "mailbox full for 90 days"}

    told = page(client.post(f"{PAGE}addresses/", post, follow=True))

    assert "Ada@Larkfield.example gets no more mail." in told
    assert "It does not exist: mailbox full for 90 days" in told
    row = digest(ada)
    send_mail_due()
    row.refresh_from_db()
    assert (row.state, row.reason) == (
        "failed",
        "Mail to this address bounced. Correct the address, then try again.",
    )
    entry = AuditEntry.objects.get(action="notifications.stop_mail")
    assert (entry.object_id, entry.actor) == (str(ada.public_id), mei.as_actor)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", "This field is required."),
        ("ada at larkfield", "Enter a valid email address."),
        ("gone@larkfield.example", "This address gets no mail already. Nothing has changed."),
    ],
)
def test_an_address_that_is_none_or_stands_there_already_is_refused(mei, client_of, noon, address, told):
    Suppression.objects.create(address="gone@larkfield.example", reason="bounced", at=noon)

    response = client_of(mei).post(f"{PAGE}addresses/", {"address": address, "reason": "bounced"})

    assert response.status_code == 422
    assert told in page(response)
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "lost/digest/again/",
        f"lost/digest/{'0' * 8}-0000-4000-8000-000000000000/again/",
        "addresses/works/",
    ],
)
def test_nobody_else_may_do_anything_here(linus, client_of, address):
    client = client_of(linus)

    assert client.get(f"{PAGE}{address}").status_code in {404, 405}
    assert client.post(f"{PAGE}{address}", {"address": "x"}).status_code in {404, 405}


def test_a_long_list_goes_on_and_costs_the_same(mei, client_of, digest, person_factory):
    client, counts = client_of(mei), []
    for number in (1, 50):
        for _ in range(number):
            digest(person_factory(), state="failed")
        for address in (PAGE, LOST):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                response = client.get(address)
            counts.append(len(queries))

    assert counts[:2] == counts[2:]
    second = client.get(LOST, {"from": response.context["page"].next})
    assert [len(each.context["page"].rows) for each in (response, second)] == [50, 1]
