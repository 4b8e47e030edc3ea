"""What one gets, when and where: it holds at once, also for what is queued."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.notifications.channels import CHANNELS
from lms.notifications.channels.base import Channel, ChannelDown
from lms.notifications.models import Digest, Notification, TypePreference
from lms.notifications.selectors.preferences import delivery_preferences_of, what_is_wanted
from lms.notifications.services.planning import plan_digests
from lms.notifications.services.preferences import ReachWish, set_pause, set_reach, set_types
from lms.notifications.services.stopping import set_wanted
from lms.tips.models import TipDelivery, TipPreferences
from lms.tips.services.preferences import TipTime, set_times, take_a_break

pytestmark = pytest.mark.django_db
USUAL = {"channel": "email", "digest_hour": 9, "quiet_from": 19, "quiet_to": 7, "weekly_cap": 3}


def wish(**changes):
    return ReachWish(**{**USUAL, **changes})


class Chat(Channel):
    """A channel that knows some people, or does not answer."""

    name, label = "chat", "Chat"
    known: dict[int, str] = {}
    is_down = False

    def is_set_up(self):
        return True

    def addresses_of(self, people):
        if self.is_down:
            raise ChannelDown("no answer")
        return {person.pk: "there" for person in people if person.pk in self.known}


@pytest.fixture
def chat(monkeypatch):
    channel = Chat()
    channel.known = {}
    monkeypatch.setitem(CHANNELS, "chat", channel)
    return channel


def holds(person, name):
    return next(each for each in what_is_wanted(person).choices if each.type.name == name)


def test_saving_what_holds_already_writes_nothing(ada, noon):
    set_reach(person=ada, wish=wish(), at=noon)
    set_types(person=ada, wanted={("tests.news", "message"): True}, at=noon)

    assert not AuditEntry.objects.exists()
    assert not TypePreference.objects.exists()


def test_a_change_is_in_the_audit_trail_with_what_it_was(ada, noon):
    set_reach(person=ada, wish=wish(digest_hour=10), at=noon)

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action) == (ada.as_actor, "notifications.set_reach")
    assert (entry.before, entry.after) == ({"digest_hour": 9}, {"digest_hour": 10})


def test_a_queued_digest_follows_to_another_hour(ada, tell, noon):
    tell(ada, at=noon - timedelta(hours=1))
    plan_digests(now=noon)
    assert Digest.objects.get().due_at == datetime(2026, 11, 25, 9, tzinfo=UTC)

    set_reach(person=ada, wish=wish(digest_hour=16), at=noon)

    assert Digest.objects.get().due_at == datetime(2026, 11, 24, 16, tzinfo=UTC)


def test_a_digest_that_is_being_sent_or_was_tried_stays_as_it_is(ada, digest, noon):
    row = digest(ada, due_at=noon + timedelta(hours=1), attempts=1)

    set_reach(person=ada, wish=wish(digest_hour=16), at=noon)

    assert list(Digest.objects.values_list("pk", "due_at")) == [(row.pk, noon + timedelta(hours=1))]


@pytest.mark.parametrize("hour", [19, 23, 0, 6])
def test_an_hour_of_the_digest_in_the_quiet_hours_is_refused(ada, noon, hour):
    with pytest.raises(
        ActionRefused, match=f"{hour:02d}:00 lies in your quiet hours, 19:00 to 07:00"
    ) as told:
        set_reach(person=ada, wish=wish(digest_hour=hour), at=noon)

    assert told.value.field == "digest_hour"
    assert delivery_preferences_of(ada).pk is not None
    assert not AuditEntry.objects.exists()


def test_a_channel_takes_with_it_what_is_queued_in_every_ledger(ada, digest, tip_delivery, chat, noon):
    digest(ada, due_at=noon + timedelta(hours=1), attempts=1)
    tip_delivery(ada, due_at=noon + timedelta(hours=2))
    tip_delivery(ada, state="sent", week=noon.date())
    chat.known = {ada.pk: "there"}

    set_reach(person=ada, wish=wish(channel="chat"), at=noon)

    assert Digest.objects.get().channel == "chat"
    assert set(TipDelivery.objects.values_list("state", "channel")) == {("queued", "chat"), ("sent", "email")}


def test_a_channel_that_does_not_know_somebody_is_refused(ada, chat, noon):
    with pytest.raises(ActionRefused, match=r"Chat knows nobody with the address ada@larkfield\.example"):
        set_reach(person=ada, wish=wish(channel="chat"), at=noon)


def test_a_channel_that_does_not_answer_is_refused_for_now(ada, chat, noon):
    chat.is_down = True

    with pytest.raises(ActionRefused, match="does not answer at the moment"):
        set_reach(person=ada, wish=wish(channel="chat"), at=noon)


def test_a_channel_that_is_not_there_is_refused(ada, noon):
    with pytest.raises(ActionRefused, match="does not exist here any more"):
        set_reach(person=ada, wish=wish(channel="pigeon"), at=noon)


def test_a_type_that_is_not_wanted_leaves_what_is_queued_and_comes_back_when_it_is(
    ada, digest, send_mail_due, noon, mailbox
):
    digest(ada)
    set_types(person=ada, wanted={("tests.news", "message"): False}, at=noon)

    assert send_mail_due() == 0
    assert not mailbox.accepted

    set_types(person=ada, wanted={("tests.news", "message"): True}, at=noon)
    assert Notification.objects.waiting().count() == 1


def test_what_is_required_cannot_be_unticked(ada, tell, noon):
    changed = set_types(
        person=ada, wanted={("tests.duty", "message"): False, ("tests.duty", "inbox"): False}, at=noon
    )
    tell(ada, type="tests.duty")

    assert changed == 0
    assert Notification.objects.waiting().in_inbox().count() == 1


def test_the_tip_stands_in_no_inbox_whatever_is_posted(ada, noon):
    assert set_types(person=ada, wanted={("tips.weekly", "inbox"): True}, at=noon) == 0
    assert holds(ada, "tips.weekly").inbox is False


def test_everything_is_stopped_also_what_was_wanted_apart(ada, noon):
    set_types(person=ada, wanted={("tests.news", "inbox"): False}, at=noon)
    set_wanted(person=ada, type="*", is_wanted=False, at=noon)
    set_types(person=ada, wanted={("tips.weekly", "message"): True}, at=noon)
    assert holds(ada, "tips.weekly").message is True

    set_wanted(person=ada, type="*", is_wanted=False, at=noon)

    wanted = what_is_wanted(ada)
    assert wanted.is_stopped
    assert all(each.message == each.type.is_required for each in wanted.choices)
    assert holds(ada, "tests.news").inbox is False


def test_stopping_everything_holds_for_a_digest_that_is_queued_but_not_for_duties(
    ada, tell, digest, send_mail_due, noon, mailbox
):
    digest(ada)
    tell(ada, type="tests.duty", title="Your training is due", at=noon - timedelta(hours=1))
    set_wanted(person=ada, type="*", is_wanted=False, at=noon)

    send_mail_due()

    [message] = mailbox.accepted
    assert "Your training is due" in str(message)
    assert "News for" not in str(message)


def test_nobody_who_has_stopped_is_planned_for_again_and_again(ada, tell, noon):
    tell(ada, at=noon - timedelta(hours=1))
    set_wanted(person=ada, type="*", is_wanted=False, at=noon)

    assert plan_digests(now=noon) == 0


@pytest.mark.parametrize(("days", "told"), [(0, "after today"), (-1, "after today"), (367, "a year at most")])
def test_a_break_begins_now_and_ends_within_a_year(ada, noon, days, told):
    with pytest.raises(ActionRefused, match=told):
        set_pause(person=ada, until=noon.date() + timedelta(days=days), at=noon)

    assert not AuditEntry.objects.exists()


def test_a_break_moves_the_digest_behind_it_and_its_end_brings_it_back(ada, tell, noon):
    tell(ada, at=noon - timedelta(hours=1))
    plan_digests(now=noon)

    set_pause(person=ada, until=date(2026, 12, 1), at=noon)
    assert Digest.objects.get().due_at == datetime(2026, 12, 1, 9, tzinfo=UTC)

    set_pause(person=ada, until=None, at=noon)
    assert Digest.objects.get().due_at == datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def queued_tip(weekly, ada, tip_delivery):
    """Ada's tip of the week from 23 November, on Wednesday at nine."""
    return tip_delivery(ada, plan=weekly, due_at=datetime(2026, 11, 25, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("tip", "expected"),
    [
        (TipTime(5, 15), datetime(2026, 11, 27, 15, tzinfo=UTC)),
        (TipTime(7, 18), datetime(2026, 11, 29, 18, tzinfo=UTC)),
        (TipTime(1, 9), datetime(2026, 11, 24, 12, tzinfo=UTC)),  # over this week: at once
    ],
)
def test_a_queued_tip_moves_with_the_wish_and_stays_in_its_week(ada, queued_tip, noon, tip, expected):
    set_times(person=ada, wish=wish(), tip=tip, at=noon)

    queued_tip.refresh_from_db()
    assert (queued_tip.due_at, queued_tip.week) == (expected, date(2026, 11, 23))


def test_a_tip_that_was_sent_does_not_move(ada, queued_tip, noon):
    TipDelivery.objects.update(state="sent")

    set_times(person=ada, wish=wish(), tip=TipTime(5, 15), at=noon)

    queued_tip.refresh_from_db()
    assert queued_tip.due_at == datetime(2026, 11, 25, 9, tzinfo=UTC)


def test_the_wish_can_be_given_up_for_the_plan(ada, queued_tip, noon):
    set_times(person=ada, wish=wish(), tip=TipTime(5, 15), at=noon)
    set_times(person=ada, wish=wish(), tip=None, at=noon)

    assert not TipPreferences.objects.exists()
    assert [entry.after for entry in AuditEntry.objects.order_by("pk")] == [
        {"tip_time": "Friday, 15:00"},
        {"tip_time": "as the company plans"},
    ]


def test_an_hour_of_the_tip_in_the_quiet_hours_is_refused_and_nothing_is_saved(ada, queued_tip, noon):
    with pytest.raises(ActionRefused, match="21:00 lies in your quiet hours, 18:00 to 07:00") as told:
        set_times(person=ada, wish=wish(quiet_from=18), tip=TipTime(3, 21), at=noon)

    assert told.value.field == "tip_hour"
    assert not TipPreferences.objects.exists()
    assert not AuditEntry.objects.exists()


def test_later_quiet_hours_move_a_tip_of_the_plan_to_their_end(ada, queued_tip, noon):
    set_times(person=ada, wish=wish(digest_hour=11, quiet_to=10), tip=None, at=noon - timedelta(days=1))

    queued_tip.refresh_from_db()
    assert queued_tip.due_at == datetime(2026, 11, 24, 10, tzinfo=UTC)


def test_a_tip_comes_back_from_a_break_that_ends_early(ada, queued_tip, noon):
    take_a_break(person=ada, until=date(2026, 11, 28), at=noon - timedelta(days=1))
    queued_tip.refresh_from_db()
    assert queued_tip.due_at == datetime(2026, 11, 28, 7, tzinfo=UTC)

    take_a_break(person=ada, until=None, at=noon - timedelta(days=1))

    queued_tip.refresh_from_db()
    assert queued_tip.due_at == datetime(2026, 11, 24, 9, tzinfo=UTC)
