"""What becomes of rows of the ledger, against a real mail server."""

from datetime import timedelta

import pytest

from lms.notifications import ledgers
from lms.notifications.models import ChannelState, Delivery, DeliveryPreferences, Digest, Suppression
from tests.notifications.mail_server import HangUp

pytestmark = pytest.mark.django_db
State = Delivery.State
LATER = timedelta(minutes=2)


def states():
    return sorted(Digest.objects.values_list("state", flat=True))


def test_a_due_message_goes_out_once(mailbox, digest, ada, send_mail_due, noon):
    row = digest(ada)

    assert send_mail_due() == 1
    assert send_mail_due(noon + timedelta(days=1)) == 0

    assert mailbox.recipients == [ada.email]
    row.refresh_from_db()
    assert (row.state, row.sent_at, row.provider_id) == (State.SENT, noon, "OK queued as 1")


def test_nothing_goes_out_before_its_moment(mailbox, digest, ada, send_mail_due, noon):
    digest(ada, due_at=noon + timedelta(seconds=1))

    assert send_mail_due() == 0
    assert mailbox.accepted == []


def test_the_mail_has_what_providers_ask_for(mailbox, digest, ada, send_mail_due):
    row = digest(ada)

    send_mail_due()

    mail = mailbox.accepted[0].parsed
    assert mail["To"] == f"{ada.full_name} <{ada.email}>"
    assert mail["Message-ID"] == f"<{row.uuid}@localhost>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<http://localhost:8000/stop/")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"] == f"News for {ada}"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert f"News for {ada}" in text.get_content()
    assert f"News for {ada}</h2>" in html.get_content()
    assert "<script" not in html.get_content()
    assert "<img" not in html.get_content()


def test_one_connection_carries_many_messages(mailbox, digest, person_factory, send_mail_due):
    for _ in range(30):
        digest(person_factory())

    assert send_mail_due() == 30
    assert len(set(mailbox.recipients)) == 30
    assert mailbox.connections == 1


def test_a_mailbox_that_does_not_exist_is_asked_once(mailbox, digest, ada, linus, send_mail_due, noon):
    mailbox.on_recipient = lambda address: "550 5.1.1 no such user" if address == ada.email else None
    row = digest(ada)
    digest(linus)

    send_mail_due()
    again = digest(ada, day=noon.date() + timedelta(days=1))
    send_mail_due(noon + LATER)

    assert mailbox.recipients == [linus.email]
    row.refresh_from_db()
    again.refresh_from_db()
    assert (row.state, row.reason) == (State.FAILED, "550 5.1.1 no such user")
    assert (again.state, again.reason) == (
        State.FAILED,
        "Mail to this address bounced. Correct the address, then try again.",
    )
    assert list(Suppression.objects.values_list("address", "reason")) == [(ada.email, "bounced")]


def test_a_refusal_in_the_middle_keeps_the_connection_whether_commands_go_together_or_one_by_one(
    mailbox, digest, ada, linus, send_mail_due, noon
):
    mailbox.on_recipient = lambda to: "550 5.1.1 no such user" if to == ada.email else None
    for several in (True, False):
        mailbox.takes_several, mailbox.connections = several, 0
        mailbox.accepted.clear()
        Suppression.objects.all().delete()
        refused, sent = digest(ada), digest(linus, due_at=noon)

        send_mail_due()

        refused.refresh_from_db()
        sent.refresh_from_db()
        assert (refused.state, refused.begun_at, sent.state) == (State.FAILED, None, State.SENT)
        assert (mailbox.connections, mailbox.recipients) == (1, [linus.email])
        Digest.objects.all().delete()


def test_a_server_that_refuses_a_recipient_and_hangs_up_has_refused_them(
    mailbox, digest, ada, linus, send_mail_due, noon
):
    mailbox.on_recipient = lambda to: "550 5.1.1 no such user" if to == ada.email else None
    mailbox.hangs_up_after_refusal = True
    row = digest(ada, due_at=noon - timedelta(seconds=1))
    digest(linus)

    send_mail_due()
    send_mail_due(noon + LATER)

    row.refresh_from_db()
    assert (row.state, row.reason, row.begun_at) == (State.FAILED, "550 5.1.1 no such user", None)
    assert Suppression.objects.get().address == ada.email
    assert mailbox.recipients == [linus.email]


@pytest.mark.parametrize("several", [True, False])
def test_a_server_that_takes_nothing_from_us_is_out_of_order_and_sets_nothing_aside(
    mailbox, digest, ada, send_mail_due, several
):
    mailbox.takes_several = several
    mailbox.on_sender = lambda _address: "530 5.7.0 authentication required"
    row = digest(ada)

    assert send_mail_due() == 0

    row.refresh_from_db()
    assert (row.state, row.begun_at) == (State.QUEUED, None)
    assert "takes nothing from us: 530 5.7.0" in ChannelState.objects.get(channel="email").reason


def test_a_server_that_would_take_a_text_for_nobody_gets_none_and_takes_the_next(
    mailbox, digest, ada, linus, send_mail_due, noon
):
    mailbox.on_recipient = lambda to: "550 5.1.1 no such user" if to == ada.email else None
    mailbox.takes_text_for_nobody = True
    digest(ada, due_at=noon - timedelta(seconds=1))
    digest(linus)

    assert send_mail_due() == 1

    assert [(mail.recipients, bool(mail.content.strip())) for mail in mailbox.accepted] == [
        (["nobody"], False),
        ([linus.email], True),
    ]


def test_a_refusal_that_is_not_about_the_mailbox_suppresses_nobody(mailbox, digest, ada, send_mail_due):
    mailbox.on_recipient = lambda _address: "550 5.7.1 we do not relay"
    digest(ada)

    send_mail_due()

    assert states() == [State.FAILED]
    assert not Suppression.objects.exists()


def test_what_is_not_taken_now_is_tried_again_for_days(mailbox, digest, ada, send_mail_due, noon):
    mailbox.on_data = lambda _mail: "451 4.3.0 try later"
    row = digest(ada)
    moment, moments = noon, []

    while row.state == State.QUEUED:
        send_mail_due(moment)
        row.refresh_from_db()
        moments.append(row.due_at - moment)
        moment = row.due_at

    assert moments[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert timedelta(days=2) < moment - noon < timedelta(days=6)  # quiet hours add to it
    assert (row.state, row.attempts, row.reason) == (State.FAILED, 40, "451 4.3.0 try later")
    assert mailbox.accepted == []


def test_a_server_that_hangs_up_before_saying_yes_is_given_the_same_mail_once_more(
    mailbox, digest, ada, linus, send_mail_due, noon
):
    def hang_up_on_ada(mail):
        if ada.email in mail.recipients:
            refused.append(mail.parsed["Message-ID"])
            raise HangUp

    refused: list[str] = []
    mailbox.on_data = hang_up_on_ada
    row = digest(ada)
    digest(linus, due_at=noon + timedelta(seconds=1))

    send_mail_due(noon + timedelta(seconds=1))
    row.refresh_from_db()
    assert (row.state, row.doubted_at) == (State.QUEUED, noon + timedelta(seconds=1))

    send_mail_due(noon + LATER)
    send_mail_due(noon + 2 * LATER)
    send_mail_due(noon + 3 * LATER)

    row.refresh_from_db()
    assert row.state == State.UNKNOWN
    assert "hung up before it said yes or no" in row.reason
    assert refused == [f"<{row.uuid}@localhost>"] * 2
    assert mailbox.recipients == [linus.email]


def test_a_text_that_cannot_be_written_is_set_aside_and_the_others_go(
    mailbox, digest, ada, linus, send_mail_due, monkeypatch
):
    written = ledgers.DigestLedger.compose

    def compose(self, delivery, prepared):
        if delivery.recipient_id == ada.pk:
            raise KeyError("first_name")
        return written(self, delivery, prepared)

    monkeypatch.setattr(ledgers.DigestLedger, "compose", compose)
    row = digest(ada)
    digest(linus)

    send_mail_due()

    row.refresh_from_db()
    assert (row.state, row.reason) == (State.FAILED, "The message cannot be written: 'first_name'")
    assert mailbox.recipients == [linus.email]


@pytest.mark.parametrize("status", ["left", "suspended", "on_leave", "prehire"])
def test_whoever_is_not_here_any_more_gets_nothing(mailbox, digest, ada, send_mail_due, status):
    digest(ada)
    ada.status = status
    ada.save()

    send_mail_due()

    assert states() == [State.DROPPED]
    assert mailbox.accepted == []


def test_what_is_not_worth_sending_any_more_is_dropped(mailbox, digest, ada, send_mail_due, noon):
    digest(ada, expires_at=noon)

    send_mail_due()

    assert states() == [State.DROPPED]
    assert mailbox.accepted == []


def test_what_may_have_arrived_is_in_doubt_even_if_nobody_wants_it_any_more(digest, ada, send_mail_due, noon):
    row = digest(ada, doubted_at=noon - LATER)
    ada.status = "left"
    ada.save()

    send_mail_due()

    row.refresh_from_db()
    assert (row.state, row.reason) == (State.UNKNOWN, "Its recipient is left.")


def test_a_message_that_is_late_waits_for_the_end_of_quiet_hours(mailbox, digest, ada, send_mail_due, noon):
    DeliveryPreferences.objects.create(person=ada, quiet_from=11, quiet_to=14)
    row = digest(ada)

    assert send_mail_due() == 0

    row.refresh_from_db()
    assert (row.state, row.due_at) == (State.QUEUED, noon + timedelta(hours=2))
    assert send_mail_due(noon + timedelta(hours=2)) == 1


def test_fifty_that_wait_for_the_same_hour_are_put_off_at_once(
    mailbox, digest, person_factory, send_mail_due, noon, django_assert_max_num_queries
):
    for _ in range(50):
        digest(person_factory(time_zone="UTC"), due_at=noon)

    with django_assert_max_num_queries(35):
        assert send_mail_due(noon + timedelta(hours=9)) == 0

    assert set(Digest.objects.values_list("state", "due_at")) == {
        (State.QUEUED, noon.replace(hour=7) + timedelta(days=1))
    }


def test_whoever_pauses_is_left_alone_until_that_day(mailbox, digest, ada, send_mail_due, noon):
    DeliveryPreferences.objects.create(person=ada, paused_until=noon.date() + timedelta(days=7))
    row = digest(ada)

    assert send_mail_due() == 0

    row.refresh_from_db()
    assert row.due_at == noon.replace(hour=7) + timedelta(days=7)


def test_the_number_of_queries_for_two_hundred_is_one_for_each_and_a_few(
    mailbox, digest, person_factory, send_mail_due, django_assert_max_num_queries
):
    for _ in range(50):
        digest(person_factory())

    with django_assert_max_num_queries(50 + 35):
        assert send_mail_due() == 50
