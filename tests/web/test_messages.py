"""The page of what one gets, and stopping without signing in."""

from datetime import timedelta

import pytest
from django.test import Client

from lms.core.models import AuditEntry
from lms.notifications.models import Delivery, DeliveryPreferences, TypePreference
from lms.notifications.services.stopping import stop_token
from lms.people.selectors import today_of
from lms.tips.models import TipPreferences

pytestmark = pytest.mark.django_db
PAGE = "/me/settings/messages/"
TIMES = {
    "channel": "email",
    "tip_weekday": "4",
    "tip_hour": "15",
    "digest_hour": "10",
    "weekly_cap": "2",
    "quiet_from": "18",
    "quiet_to": "8",
}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def text(response):
    return " ".join(response.content.decode().split())


def test_the_matrix_shows_what_holds_and_required_ones_as_fixed(ada, client_of):
    page = text(client_of(ada).get(PAGE))

    assert '<input type="checkbox" name="message-tests.news" checked>' in page
    assert 'name="message-tests.duty"' not in page
    assert "your company requires it of you" in page
    assert 'name="inbox-tips.weekly"' not in page


def test_ticks_are_saved_and_shown(ada, client_of):
    client = client_of(ada)
    page = client.get(PAGE)
    every = [each.type for each in page.context["shown"].choices]
    kept = {f"message-{each.name}": "on" for each in every if each.in_digest}  # as they are before
    kept |= {f"inbox-{each.name}": "on" for each in every}
    del kept["message-tests.news"]

    client.post(f"{PAGE}types/", kept)

    assert list(TypePreference.objects.values_list("type", "place", "is_wanted")) == [
        ("tests.news", "message", False)
    ]
    assert '<input type="checkbox" name="message-tests.news">' in text(client.get(PAGE))


def test_day_hour_quiet_hours_and_cap_are_saved(ada, weekly, client_of):
    response = client_of(ada).post(PAGE, TIMES, follow=True)

    assert "Saved. It holds from now on" in text(response)
    own, tip = DeliveryPreferences.objects.get(), TipPreferences.objects.get()
    assert (own.digest_hour, own.weekly_cap, own.quiet_from, own.quiet_to) == (10, 2, 18, 8)
    assert (tip.weekday, tip.hour) == (4, 15)


def test_a_tip_in_the_quiet_hours_is_refused_beside_its_hour(ada, client_of):
    response = client_of(ada).post(PAGE, {**TIMES, "tip_hour": "19"})

    assert response.status_code == 422
    assert list(response.context["shown"].times.errors) == ["tip_hour"]
    assert "19:00 lies in your quiet hours, 18:00 to 08:00." in text(response)
    assert not DeliveryPreferences.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("tip_hour", "24"), ("weekly_cap", "-1"), ("channel", "pigeon"), ("tip_weekday", "8")],
)
def test_values_that_do_not_exist_are_refused(ada, client_of, field, value):
    response = client_of(ada).post(PAGE, {**TIMES, field: value})

    assert response.status_code == 422
    assert list(response.context["shown"].times.errors) == [field]


def test_the_plan_of_the_company_is_named(ada, weekly, client_of):
    assert "as planned: Tuesday, 09:00" in text(client_of(ada).get(PAGE))


def test_one_click_pauses_for_a_week_and_another_ends_it(ada, client_of):
    client = client_of(ada)

    page = text(client.post(f"{PAGE}pause/", {"how": "week"}, follow=True))
    assert "You have a break until" in page
    in_a_week = today_of(ada, AuditEntry.objects.get().at) + timedelta(days=7)
    assert DeliveryPreferences.objects.get().paused_until == in_a_week

    page = text(client.post(f"{PAGE}pause/", {"how": "end"}, follow=True))
    assert "You have a break" not in page


@pytest.mark.parametrize(("until", "told"), [("2020-01-01", "Choose a day after today."), ("", "required")])
def test_a_break_until_a_day_that_cannot_be_is_refused(ada, client_of, until, told):
    response = client_of(ada).post(f"{PAGE}pause/", {"how": "until", "until": until})

    assert response.status_code == 422
    assert told in text(response)


def test_one_click_stops_everything_and_another_lets_it_come_again(ada, client_of):
    client = client_of(ada)

    assert "You have stopped messages" in text(client.post(f"{PAGE}stop/", follow=True))
    assert "You have stopped messages" not in text(client.post(f"{PAGE}stop/", {"again": "yes"}, follow=True))


@pytest.fixture
def tip(tip_delivery, ada):
    return tip_delivery(ada)


def stop_page(delivery, scope="tips.weekly"):
    return f"/stop/{stop_token(delivery, scope)}/"


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_opens_the_link_changes_nothing(client, tip, method):
    response = getattr(client, method)(stop_page(tip))

    assert response.status_code == 200
    assert not TypePreference.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_page_asks_what_stops_and_takes_a_post_without_sign_in_or_token(tip):
    browser = Client(enforce_csrf_checks=True)

    asked = text(browser.get(stop_page(tip)))
    told = text(browser.post(stop_page(tip)))

    assert "The weekly tip" in asked
    assert "csrfmiddlewaretoken" not in asked
    assert "No more messages of this sort go to ada@larkfield.example" in told
    assert list(TypePreference.objects.values_list("type", "is_wanted")) == [("tips.weekly", False)]


def test_a_mailbox_provider_stops_with_one_click_and_what_is_queued_is_not_sent(tip, send_mail_due, mailbox):
    response = Client(enforce_csrf_checks=True).post(stop_page(tip), ONE_CLICK)

    assert response.status_code == 200
    assert send_mail_due() == 0
    tip.refresh_from_db()
    assert (tip.state, tip.reason) == (Delivery.State.DROPPED, "Its recipient has stopped tips.")
    assert not mailbox.accepted


def test_one_click_in_a_digest_stops_what_is_queued(ada, digest, send_mail_due, mailbox):
    row = digest(ada)

    Client(enforce_csrf_checks=True).post(stop_page(row, "*"), ONE_CLICK)

    assert send_mail_due() == 0
    row.refresh_from_db()
    assert row.state == Delivery.State.DROPPED
    assert not mailbox.accepted


def test_stopping_twice_is_said_again_and_written_once(client, tip):
    client.post(stop_page(tip), ONE_CLICK)
    client.post(stop_page(tip), ONE_CLICK)

    assert AuditEntry.objects.count() == 1
    assert "Let them come again" in text(client.get(stop_page(tip)))


def test_they_can_come_again(client, tip):
    client.post(stop_page(tip))

    assert "They come again" in text(client.post(stop_page(tip), {"again": "yes"}))
    assert list(TypePreference.objects.values_list("is_wanted", flat=True)) == [True]


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_was_cut_off_says_so_and_changes_nothing(client, tip, method):
    response = getattr(client, method)(stop_page(tip)[:-6] + "/")

    assert response.status_code == 404
    assert "It may have been cut off on its way" in text(response)
    assert not TypePreference.objects.exists()


def test_nobody_stops_the_messages_of_another_with_a_made_up_address(client, tip, bruno):
    token = stop_token(tip, "tips.weekly").replace(tip.recipient.public_id.hex, bruno.public_id.hex)

    assert client.post(f"/stop/{token}/").status_code == 404
    assert not TypePreference.objects.exists()
