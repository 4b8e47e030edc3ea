"""What becomes of rows of the ledger, against a real mail server."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from lms.notifications import ledgers
from lms.notifications.channels import CHANNELS
from lms.notifications.channels.base import Channel, ChannelDown
from lms.notifications.models import ChannelState, Delivery, DeliveryPreferences, Digest, Suppression
from lms.notifications.services.limiting import (
    fall_back,
    leave_alone,
    note_that_it_works,
    take_allowance,
)
from lms.notifications.services.sending import send_due, settle_left_behind
from tests.notifications.mail_server import HangUp
from tests.notifications.notifying import use_server

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


def test_without_a_server_everything_waits_and_nothing_counts_as_an_attempt(
    settings, mailbox, digest, ada, send_mail_due, noon
):
    use_server(settings, 1)  # nobody listens there
    row = digest(ada)

    assert send_mail_due() == 0

    row.refresh_from_db()
    state = ChannelState.objects.get(channel="email")
    assert (row.state, row.attempts, row.lease) == (State.QUEUED, 0, None)
    assert state.down_since == noon
    assert state.paused_until == noon + timedelta(seconds=15)


def test_a_channel_that_works_again_is_no_longer_left_alone(
    settings, mailbox, digest, ada, send_mail_due, noon
):
    ChannelState.objects.create(
        channel="email", failures=3, down_since=noon, paused_until=noon + timedelta(seconds=60)
    )
    digest(ada)

    assert send_mail_due() == 0
    assert send_mail_due(noon + timedelta(seconds=61)) == 1

    state = ChannelState.objects.get(channel="email")
    assert (state.failures, state.down_since, state.paused_until) == (0, None, None)


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


def test_a_message_that_is_late_waits_for_the_end_of_quiet_hours(mailbox, digest, ada, send_mail_due, noon):
    DeliveryPreferences.objects.create(person=ada, quiet_from=11, quiet_to=14)
    row = digest(ada)

    assert send_mail_due() == 0

    row.refresh_from_db()
    assert (row.state, row.due_at) == (State.QUEUED, noon + timedelta(hours=2))
    assert send_mail_due(noon + timedelta(hours=2)) == 1


def test_whoever_pauses_is_left_alone_until_that_day(mailbox, digest, ada, send_mail_due, noon):
    DeliveryPreferences.objects.create(person=ada, paused_until=noon.date() + timedelta(days=7))
    row = digest(ada)

    assert send_mail_due() == 0

    row.refresh_from_db()
    assert row.due_at == noon.replace(hour=7) + timedelta(days=7)


def claimed(digest, person, noon, **fields):
    row = digest(person)
    Digest.objects.filter(pk=row.pk).update(
        state=State.SENDING, lease=uuid4(), lease_until=noon + timedelta(seconds=60), **fields
    )
    return row


def test_what_a_lost_worker_had_not_begun_is_sent_by_another(mailbox, digest, ada, send_mail_due, noon):
    claimed(digest, ada, noon)

    assert settle_left_behind(now=noon + timedelta(seconds=59)) == 0
    assert settle_left_behind(now=noon + timedelta(seconds=61)) == 1

    assert send_mail_due(noon + LATER) == 1
    assert mailbox.recipients == [ada.email]


def test_what_a_lost_worker_was_handing_over_is_sent_once_more_and_keeps_the_mark(
    mailbox, digest, ada, send_mail_due, noon
):
    row = claimed(digest, ada, noon, begun_at=noon)

    settle_left_behind(now=noon + timedelta(seconds=61))
    send_mail_due(noon + LATER)

    row.refresh_from_db()
    assert (row.state, row.doubted_at) == (State.SENT, noon)
    assert [mail.parsed["Message-ID"] for mail in mailbox.accepted] == [f"<{row.uuid}@localhost>"]


def test_what_has_cost_two_workers_is_not_tried_a_third_time(mailbox, digest, ada, send_mail_due, noon):
    row = claimed(digest, ada, noon, begun_at=noon, doubted_at=noon - LATER)

    settle_left_behind(now=noon + timedelta(seconds=61))
    send_mail_due(noon + LATER)

    row.refresh_from_db()
    assert row.state == State.UNKNOWN
    assert mailbox.accepted == []


def test_where_a_repetition_is_not_known_as_one_it_stays_in_doubt(digest, ada, noon):
    row = claimed(digest, ada, noon, begun_at=noon)
    Digest.objects.update(channel="slack")

    settle_left_behind(now=noon + timedelta(seconds=61))

    row.refresh_from_db()
    assert (row.state, row.doubted_at) == (State.UNKNOWN, noon)


def test_a_row_whose_claim_another_worker_took_over_is_not_handed_over(ada, digest, noon):
    row = digest(ada)
    mine, theirs = uuid4(), uuid4()
    rows = Digest.objects
    rows.claim(channel="email", lease=mine, now=noon, until=noon, limit=1)
    rows.filter(pk=row.pk).update(lease=theirs)

    assert not rows.all().hand_over(row=row.pk, lease=mine, at=noon, sent=None, provider_id="")

    row.refresh_from_db()
    assert (row.lease, row.begun_at) == (theirs, None)


def test_two_workers_never_claim_the_same_row(digest, person_factory, noon):
    for _ in range(6):
        digest(person_factory())
    until = noon + timedelta(seconds=60)

    def claim(limit: int) -> set[UUID]:
        rows = Digest.objects.claim(channel="email", lease=uuid4(), now=noon, until=until, limit=limit)
        return {row.uuid for row in rows}

    first, second, third = claim(4), claim(4), claim(4)

    assert (len(first), len(second), len(third)) == (4, 2, 0)
    assert not first & second


def test_the_number_of_queries_for_two_hundred_is_one_for_each_and_a_few(
    mailbox, digest, person_factory, send_mail_due, django_assert_max_num_queries
):
    for _ in range(50):
        digest(person_factory())

    with django_assert_max_num_queries(50 + 35):
        assert send_mail_due() == 50


def test_a_channel_that_is_not_there_for_hours_hands_its_messages_to_mail(
    mailbox, digest, ada, send_mail_due, noon
):
    digest(ada, channel="pigeons")
    ChannelState.objects.create(
        channel="pigeons",
        failures=9,
        down_since=noon - timedelta(hours=4),
        paused_until=noon + timedelta(seconds=1),
    )

    assert fall_back(now=noon - timedelta(seconds=1)) == 0
    assert fall_back(now=noon) == 1

    assert send_mail_due() == 1
    assert mailbox.recipients == [ada.email]


def test_once_its_rest_is_over_a_channel_is_asked_again_before_anything_goes_elsewhere(digest, ada, noon):
    digest(ada, channel="pigeons")
    ChannelState.objects.create(
        channel="pigeons", failures=9, down_since=noon - timedelta(hours=30), paused_until=noon
    )

    assert fall_back(now=noon) == 0


def test_an_outage_of_a_day_gives_nothing_up(settings, mailbox, digest, ada, send_mail_due, noon):
    def hang_up(_address):
        return "421 4.3.2 closing"

    mailbox.on_recipient = hang_up
    row = digest(ada)
    moment = noon
    while moment < noon + timedelta(hours=6):
        send_mail_due(moment)
        moment += timedelta(minutes=11)
    row.refresh_from_db()
    assert (row.state, mailbox.accepted) == (State.QUEUED, [])

    mailbox.on_recipient = lambda _address: None
    assert send_mail_due(moment + timedelta(minutes=11)) == 1


def test_another_worker_does_not_end_the_rest_that_a_channel_asked_for(noon):
    class Pigeons(Channel):
        name = "pigeons"

    leave_alone(channel=Pigeons(), why=ChannelDown("busy", retry_after=timedelta(seconds=120)), now=noon)
    leave_alone(channel=Pigeons(), why=ChannelDown("hung up"), now=noon)
    note_that_it_works(channel=Pigeons(), now=noon + timedelta(seconds=1))

    state = ChannelState.objects.get(channel="pigeons")
    assert (state.failures, state.paused_until) == (0, noon + timedelta(seconds=120))


def test_a_turn_that_is_over_gives_the_rest_back(mailbox, digest, person_factory, noon):
    for _ in range(5):
        digest(person_factory())
    moments = iter([noon] * 9 + [noon + timedelta(seconds=61)] * 20)

    send_due(channel=CHANNELS["email"], now=lambda: next(moments), until=noon + timedelta(seconds=60))

    assert 0 < len(mailbox.accepted) < 5
    assert sorted(set(states())) == [State.QUEUED, State.SENT]
    assert not Digest.objects.filter(state=State.SENDING).exists()


def test_a_channel_with_a_limit_takes_no_more_than_that(digest, person_factory, noon):
    class Pigeons(Channel):
        name, per_second, burst = "pigeons", 2.0, 5

    def take(wanted, seconds):
        return take_allowance(channel=Pigeons(), wanted=wanted, now=noon + timedelta(seconds=seconds))

    assert take(9, 0) == 5
    assert take(9, 0) == 0
    assert take(9, 1.5) == 3
    assert take(9, -60) == 0  # a clock that was set back gives nothing
    assert CHANNELS["email"].per_second is None


def test_a_channel_that_does_nothing_but_ask_for_time_is_out_of_order(noon):
    class Pigeons(Channel):
        name = "pigeons"

    moment = noon
    for _ in range(9):
        state = leave_alone(
            channel=Pigeons(), why=ChannelDown("busy", retry_after=timedelta(seconds=60)), now=moment
        )
        moment += timedelta(seconds=61)
    assert state.down_since is None

    state = leave_alone(
        channel=Pigeons(), why=ChannelDown("busy", retry_after=timedelta(seconds=60)), now=moment
    )

    assert state.down_since == moment


def test_no_channel_rests_longer_than_an_hour_whatever_it_asks_for_and_whatever_a_clock_said(noon):
    class Pigeons(Channel):
        name = "pigeons"

    state = leave_alone(channel=Pigeons(), why=ChannelDown("busy", retry_after=timedelta(days=9)), now=noon)
    assert state.rests_until(noon) == noon + timedelta(hours=1)

    ChannelState.objects.update(paused_until=noon + timedelta(days=365))
    assert take_allowance(channel=Pigeons(), wanted=3, now=noon) == 3


def test_a_claim_that_a_wrong_clock_made_endless_is_freed(digest, ada, noon):
    row = claimed(digest, ada, noon)
    Digest.objects.filter(pk=row.pk).update(lease_until=noon + timedelta(days=365))

    assert settle_left_behind(now=noon) == 1

    row.refresh_from_db()
    assert (row.state, row.lease) == (State.QUEUED, None)


def test_what_a_server_says_is_kept_without_addresses(noon):
    class Pigeons(Channel):
        name = "pigeons"

    said = "421 4.7.0 too many for <ada@larkfield.example>, try later"
    state = leave_alone(channel=Pigeons(), why=ChannelDown(said), now=noon)

    assert state.reason == "421 4.7.0 too many for <(address)>, try later"
