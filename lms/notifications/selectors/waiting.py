"""What waits in the ledgers, and how the channels are doing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min

from lms.notifications.channels import channels_set_up
from lms.notifications.models import ChannelState, Delivery
from lms.notifications.registry import all_ledgers

FOR_ONE_SENDER = 200
MOST_SENDERS = 4


def senders_needed(now: datetime) -> dict[str, int]:
    """Return how many workers have something to do on each channel: one for 200 messages, four at most.

    Cost: one query for each ledger, and one.
    """
    due: dict[str, int] = {}
    for ledger in all_ledgers().values():
        rows = ledger.rows.due(now).order_by()
        for channel, number in rows.values_list("channel").annotate(Count("pk")):
            due[channel] = due.get(channel, 0) + number
    paused = set(ChannelState.objects.filter(paused_until__gt=now).values_list("channel", flat=True))
    return {
        channel.name: min(MOST_SENDERS, -(-due[channel.name] // FOR_ONE_SENDER))
        for channel in channels_set_up()
        if due.get(channel.name) and channel.name not in paused
    }


@dataclass(frozen=True)
class LedgerFigures:
    """One ledger at one moment.

    Attributes:
        waiting: How many are due and not sent, by channel.
        oldest_due_at: Since when the oldest of them waits; None when none does.
        states: How many rows there are in each state.
    """

    name: str
    waiting: dict[str, int]
    oldest_due_at: datetime | None
    states: dict[str, int]


def ledger_figures(now: datetime) -> list[LedgerFigures]:
    """Return how each ledger stands; three queries for each."""
    figures = []
    for name, ledger in sorted(all_ledgers().items()):
        rows = ledger.rows.order_by()
        due = rows.due(now)
        figures.append(
            LedgerFigures(
                name=name,
                waiting=dict(due.values_list("channel").annotate(Count("pk"))),
                oldest_due_at=due.aggregate(oldest=Min("due_at"))["oldest"],
                states=dict(rows.values_list("state").annotate(Count("pk"))),
            )
        )
    return figures


def failed_deliveries(ledger: str, limit: int) -> Sequence[Any]:
    """Return the newest rows that were not sent, or of which nobody knows, with their recipients; one query."""
    rows = all_ledgers()[ledger].rows.filter(state__in=[Delivery.State.FAILED, Delivery.State.UNKNOWN])
    return list(rows.select_related("recipient").order_by("-due_at", "-pk")[:limit])
