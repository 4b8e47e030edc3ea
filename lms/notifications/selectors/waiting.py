"""What waits in the ledgers, and how the channels are doing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min

from lms.notifications.channels import channels_set_up
from lms.notifications.models import ChannelState, Delivery
from lms.notifications.querysets import DeliveryQuerySet
from lms.notifications.registry import Outgoing, all_ledgers

FOR_ONE_SENDER = 200
MOST_SENDERS = 4
DAYS = 7


def senders_needed(now: datetime) -> dict[str, int]:
    """Return how many more workers have something to do on each channel: one for 200 messages, four at most.

    Those that send already go on with what is due, and are not asked for again. Cost: two queries for each ledger, and
    one.
    """
    due: Counter[str] = Counter()
    busy: Counter[str] = Counter()
    for ledger in all_ledgers().values():
        waiting, sending = ledger.rows.due(now), ledger.rows.claimed(now)
        due.update(dict(waiting.order_by().values_list("channel").annotate(Count("pk"))))
        busy.update(dict(sending.order_by().values_list("channel").annotate(Count("lease", distinct=True))))
    paused = {state.channel for state in ChannelState.objects.all() if state.rests_until(now)}
    needed = {
        channel.name: min(MOST_SENDERS, -(-due[channel.name] // FOR_ONE_SENDER)) - busy[channel.name]
        for channel in channels_set_up()
        if channel.name not in paused
    }
    return {channel: number for channel, number in needed.items() if number > 0}


@dataclass(frozen=True)
class Waiting:
    """What is due on one channel and not sent.

    Attributes:
        since: When the oldest of it was due.
    """

    channel: str
    number: int
    since: datetime


@dataclass(frozen=True)
class LedgerFigures:
    """One ledger at one moment.

    Attributes:
        label: What its messages are called.
        waiting: What is due and not sent, by channel.
        failed: How many were not sent.
        unknown: Of how many nobody knows whether they arrived.
        repeated: How many were sent once more in the last `DAYS` although the first may have arrived.
    """

    name: str
    label: Any
    waiting: Sequence[Waiting]
    failed: int
    unknown: int
    repeated: int


def ledger_figures(now: datetime) -> list[LedgerFigures]:
    """Return how each ledger stands; three queries for each, all of them of few rows."""
    figures = []
    for name, ledger in sorted(all_ledgers().items()):
        due = ledger.rows.due(now).order_by("channel").values_list("channel")
        lost = dict(ledger.rows.lost().order_by().values_list("state").annotate(Count("pk")))
        figures.append(
            LedgerFigures(
                name=name,
                label=ledger.label or name,
                waiting=[Waiting(*row) for row in due.annotate(Count("pk"), Min("due_at"))],
                failed=lost.get(Delivery.State.FAILED, 0),
                unknown=lost.get(Delivery.State.UNKNOWN, 0),
                repeated=ledger.rows.repeated(since=now - timedelta(days=DAYS)).count(),
            )
        )
    return figures


def lost_deliveries(ledger: Outgoing, *, is_doubtful: bool) -> DeliveryQuerySet:
    """Return what was not sent, or that of which nobody knows, with its recipients; in no order."""
    state = Delivery.State.UNKNOWN if is_doubtful else Delivery.State.FAILED
    return ledger.rows.lost().filter(state=state).select_related("recipient")


@dataclass(frozen=True)
class ChannelFigures:
    """How one channel does.

    Attributes:
        down_since: Since when it does not work; None while it does.
        paused_until: When it is asked again; None when it may be asked now.
        reason: What it said last.
    """

    name: str
    label: Any
    down_since: datetime | None
    paused_until: datetime | None
    reason: str


def channel_figures(now: datetime) -> list[ChannelFigures]:
    """Return how each channel that is set up does; one query."""
    states = {state.channel: state for state in ChannelState.objects.all()}
    figures = []
    for channel in channels_set_up():
        state = states.get(channel.name, ChannelState())
        until = state.rests_until(now)
        reason = state.reason if state.down_since or until else ""
        figures.append(ChannelFigures(channel.name, channel.label, state.down_since, until, reason))
    return figures
