"""How many messages the broker carries: the database says what is due, and workers are only woken."""

from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
import time_machine

from lms.notifications import tasks
from lms.notifications.models import ChannelState, Digest
from lms.notifications.selectors.waiting import senders_needed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("due", "messages"), [(0, 0), (1, 1), (200, 1), (201, 2), (801, 4), (5000, 4)])
def test_at_most_one_message_for_two_hundred_recipients(person_factory, noon, due, messages):
    person = person_factory()
    Digest.objects.bulk_create(
        Digest(recipient=person, channel="email", due_at=noon, day=noon.date() + timedelta(days=number))
        for number in range(due)
    )

    with time_machine.travel(noon), patch.object(tasks.send, "apply_async") as sent:
        tasks.wake_senders()

    assert sent.call_count == messages
    assert [call.args for call in sent.call_args_list] == [(["email"],)] * messages


def test_a_channel_that_is_left_alone_wakes_nobody(digest, ada, noon):
    digest(ada)
    ChannelState.objects.create(channel="email", paused_until=noon + timedelta(seconds=30))

    assert senders_needed(noon) == {}
    assert senders_needed(noon + timedelta(seconds=30)) == {"email": 1}


def test_senders_that_are_at_work_are_not_asked_for_again(person_factory, noon):
    person = person_factory()
    Digest.objects.bulk_create(
        Digest(recipient=person, channel="email", due_at=noon, day=noon.date() + timedelta(days=number))
        for number in range(601)
    )
    until = noon + timedelta(seconds=120)
    for _ in range(2):
        Digest.objects.claim(channel="email", lease=uuid4(), now=noon, until=until, limit=50)

    assert senders_needed(noon) == {"email": 1}  # 501 are left for three, two of whom are there
    assert senders_needed(until + timedelta(seconds=1)) == {"email": 3}  # those two are lost
