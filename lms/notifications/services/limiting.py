"""How much a channel takes, and when it is left alone: one row for each channel, shared by all workers."""

from datetime import datetime, timedelta

from django.db import transaction

from lms.notifications.channels import FALLBACK, channels_set_up
from lms.notifications.channels.base import Channel, ChannelDown
from lms.notifications.messages import without_addresses
from lms.notifications.models import ChannelState
from lms.notifications.models.channels import LONGEST_REST
from lms.notifications.registry import all_ledgers

FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=5)
HOURS_BEFORE_FALLING_BACK = 4
LONG_AGO = timedelta(hours=1)
ASKED_FOR_TIME_TOO_OFTEN = 10
"""Times in a row, with nothing taken between them."""


@transaction.atomic
def take_allowance(*, channel: Channel, wanted: int, now: datetime) -> int:
    """Return how many messages may go out now, at most as many as are wanted; 0 while the channel is left alone.

    Taken is taken: what is not used comes back only with time.
    """
    state = _locked(channel.name)
    if state.rests_until(now):
        return 0
    if channel.per_second is None:
        return wanted
    passed = (now - state.counted_at).total_seconds() if state.counted_at else float("inf")
    # A clock that was set back gives nothing and takes nothing.
    available = min(float(channel.burst), state.allowance + max(0.0, passed) * channel.per_second)
    granted = min(wanted, int(available))
    state.allowance, state.counted_at = available - granted, now
    state.save(update_fields=["allowance", "counted_at"])
    return granted


@transaction.atomic
def leave_alone(*, channel: Channel, why: ChannelDown, now: datetime) -> ChannelState:
    """Ask a channel nothing for a while: as long as it said, an hour at most, or longer each time it fails."""
    state = _locked(channel.name)
    if state.paused_until is not None and now - state.paused_until > LONG_AGO:
        state.down_since = None  # nobody has asked it since, so that was another outage
    state.failures += 1
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(state.failures - 1, 10))
    rest_until = now + min(LONGEST_REST, why.retry_after if why.retry_after is not None else pause)
    # Another worker may have been asked to wait for longer.
    state.paused_until = max(rest_until, state.rests_until(now) or rest_until)
    # A channel that asks for time works, unless it does nothing else.
    if why.retry_after is None or state.failures >= ASKED_FOR_TIME_TOO_OFTEN:
        state.down_since = state.down_since or now
    state.reason = without_addresses(str(why))[:500]
    state.save()
    return state


@transaction.atomic
def note_that_it_works(*, channel: Channel, now: datetime) -> None:
    """Forget an outage once something has gone out again; a rest that another worker was asked for goes on."""
    failed = ChannelState.objects.filter(channel=channel.name).exclude(failures=0)
    failed.filter(paused_until__lte=now).update(paused_until=None)
    failed.update(failures=0, down_since=None, reason="")


def fall_back(*, now: datetime) -> int:
    """Send by e-mail what waits for channels that have been out of order for hours; returns how many.

    Only while a channel is left alone: when its rest is over, what is due then finds out whether it works again.
    """
    since = now - timedelta(hours=HOURS_BEFORE_FALLING_BACK)
    broken = ChannelState.objects.filter(down_since__lte=since).exclude(channel=FALLBACK)
    names = [state.channel for state in broken if state.rests_until(now)]
    return sum(
        ledger.rows.move_to(FALLBACK, from_channel=name, now=now)
        for ledger in all_ledgers().values()
        for name in names
    )


def fall_back_from_what_is_gone(*, now: datetime) -> int:
    """Send by e-mail what is due on channels that are not set up any more; returns how many."""
    names = [channel.name for channel in channels_set_up()]
    return sum(
        ledger.rows.due(now).exclude(channel__in=names).update(channel=FALLBACK)
        for ledger in all_ledgers().values()
    )


def _locked(name: str) -> ChannelState:
    ChannelState.objects.get_or_create(channel=name)
    return ChannelState.objects.select_for_update().get(channel=name)
