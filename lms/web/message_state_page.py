"""How sending does, for administrators: what waits, what did not arrive, which channels work, what runs on time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.core.migrated import last_migrated_at
from lms.core.selectors import last_runs
from lms.notifications.models import Suppression
from lms.notifications.selectors.waiting import (
    ChannelFigures,
    LedgerFigures,
    channel_figures,
    ledger_figures,
)
from lms.notifications.tasks import PLANNING as DIGESTS
from lms.notifications.tasks import SWEEP
from lms.tips.tasks import PLANNING as TIPS

SCHEDULES: list[tuple[str, Promise, timedelta]] = [
    ("wake-senders", _("Looks for what is due, and wakes senders"), SWEEP),
    ("plan-digests", _("Plans digests"), DIGESTS),
    ("plan-tips", _("Plans weekly tips"), TIPS),
]
LATE_AFTER = 4
"""A schedule that has left out so many runs is late: a worker may be busy for one or two."""
FIRST_MINUTES = timedelta(minutes=15)
"""For so long after an installation, which may first load a company, nothing that has never run is late."""
SLOW_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Schedule:
    """One schedule.

    Attributes:
        last: When it last ran; None when it never did, or not within a day.
        is_late: Whether it should have run since.
        is_to_come: Whether it has not run yet and need not have: Praxis was installed minutes ago.
    """

    label: Any
    every: timedelta
    last: datetime | None
    is_late: bool
    is_to_come: bool

    @property
    def minutes(self) -> float:
        """Minutes between two runs."""
        return self.every.total_seconds() / 60


@dataclass(frozen=True)
class MessageState:
    """What the page shows.

    Attributes:
        suppressed: How many addresses get no mail.
        waits_too_long: Whether something has waited for longer than a quarter of an hour.
    """

    ledgers: Sequence[LedgerFigures]
    channels: Sequence[ChannelFigures]
    schedules: Sequence[Schedule]
    suppressed: int
    waits_too_long: bool

    @property
    def works(self) -> bool:
        """Whether nothing asks for anybody."""
        late = any(each.is_late for each in self.schedules)
        down = any(each.down_since for each in self.channels)
        lost = any(each.failed or each.unknown for each in self.ledgers)
        return not (late or self.begins or down or lost or self.waits_too_long)

    @property
    def begins(self) -> bool:
        """Whether Praxis has just been installed and something has not run yet."""
        return any(each.is_to_come for each in self.schedules)


def message_state(now: datetime) -> MessageState:
    """Return how sending does; two queries for each ledger, and four."""
    runs, installed_at = last_runs(), last_migrated_at()
    ledgers = ledger_figures(now)
    oldest = min((each.since for ledger in ledgers for each in ledger.waiting), default=now)
    return MessageState(
        ledgers=ledgers,
        channels=channel_figures(now),
        schedules=[
            _schedule(label, every, now, last=runs.get(name), installed_at=installed_at)
            for name, label, every in SCHEDULES
        ],
        suppressed=Suppression.objects.count(),
        waits_too_long=now - oldest > SLOW_AFTER,
    )


def _schedule(
    label: Any, every: timedelta, now: datetime, *, last: datetime | None, installed_at: datetime
) -> Schedule:
    patience = LATE_AFTER * every
    if last is not None:
        return Schedule(label, every, last, is_late=now - last > patience, is_to_come=False)
    is_to_come = now - installed_at < max(patience, FIRST_MINUTES)
    return Schedule(label, every, None, is_late=not is_to_come, is_to_come=is_to_come)
