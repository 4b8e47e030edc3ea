"""Channels that are out of order or ask for time: how long they are left alone, and what becomes of what waits."""

from datetime import timedelta

import pytest

from lms.notifications.channels import CHANNELS
from lms.notifications.channels.base import Channel, ChannelDown
from lms.notifications.models import ChannelState, Delivery
from lms.notifications.services.limiting import (
    fall_back,
    leave_alone,
    note_that_it_works,
    take_allowance,
)
from tests.notifications.notifying import use_server

pytestmark = pytest.mark.django_db
State = Delivery.State
LATER = timedelta(minutes=2)


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


def test_what_a_server_says_is_kept_without_addresses(noon):
    class Pigeons(Channel):
        name = "pigeons"

    said = "421 4.7.0 too many for <ada@larkfield.example>, try later"
    state = leave_alone(channel=Pigeons(), why=ChannelDown(said), now=noon)

    assert state.reason == "421 4.7.0 too many for <(address)>, try later"
