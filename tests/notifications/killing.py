"""A program that lets workers send 1,000 tips, kills them with SIGKILL at random points, and lets others finish.

`python -m tests.notifications.killing <seed> <kills> <mail port> <file of accepted recipients>` imports Django once and
forks a worker for each attempt: a process of its own, with connections of its own, that runs the Celery task. Claims of
killed workers end when the clock that the next worker is given has gone on. It prints one JSON object.
"""

import json
import os
import random
import signal
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import django
from django.db import connections

django.setup()

# What follows needs Django set up.
from lms.notifications.channels import CHANNELS  # noqa: E402
from lms.notifications.services.sending import LEASE, send_due, settle_left_behind  # noqa: E402
from lms.people.models import User  # noqa: E402
from lms.tips.models import Tip, TipDelivery  # noqa: E402

RECIPIENTS = 1000
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
"""When the workers believe to begin: not in anybody's quiet hours."""
STARTED = time.monotonic()
LINE = len("number500@larkfield.example\n")
SECONDS_BETWEEN_LOOKS = 0.002
SECONDS_UNTIL_STUCK = 60


def main(seed: int, kills: int, accepted: Path) -> None:
    """Queue a tip for everybody; kill as many workers as told; let a last one finish; say what became of it."""
    chance = random.Random(seed)
    queue()
    clock = timedelta(0)
    for _ in range(kills):
        kill_at_random(fork_worker(clock), accepted, chance)
        clock += LEASE + timedelta(seconds=1)
    began = time.monotonic()
    wait_for(fork_worker(clock))
    seconds = time.monotonic() - began
    states = TipDelivery.objects.values_list("recipient__email", "state")
    doubted = TipDelivery.objects.exclude(doubted_at=None).values_list("recipient__email", flat=True)
    said = {"states": dict(states), "doubted": list(doubted), "seconds": seconds}
    print(json.dumps(said), flush=True)


def queue() -> None:
    """Make a thousand people and a tip for each, due now."""
    people = User.objects.bulk_create(
        User(email=f"number{number}@larkfield.example", full_name=f"Number {number}")
        for number in range(RECIPIENTS)
    )
    tip = Tip.objects.create(
        title="Ask for the doubt",
        slug="doubt",
        body="<p>Ask for the doubt.</p>",
        try_it="Try it.",
        review_by=date(2099, 1, 1),
        live=True,
    )
    TipDelivery.objects.bulk_create(
        TipDelivery(
            recipient=person,
            tip=tip,
            channel="email",
            due_at=NOON,
            planned_at=NOON,
            week=date(2026, 11, 30),
            why="everybody",
            propensity=1.0,
        )
        for person in people
    )


def fork_worker(clock: timedelta) -> int:
    """Start a worker process that settles what others left and sends what is due; a fork shares no connection."""
    connections.close_all()
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        settle_left_behind(now=now(clock))
        until = now(clock) + timedelta(seconds=120)
        send_due(channel=CHANNELS["email"], now=lambda: now(clock), until=until)
        connections.close_all()
        code = 0
    finally:
        os._exit(code)


def now(clock: timedelta) -> datetime:
    """Return the present, as far as the clock of a worker has been put on."""
    return NOON + timedelta(seconds=time.monotonic() - STARTED) + clock


def wait_for(worker: int) -> None:
    """Wait for a worker to end by itself."""
    _, status = os.waitpid(worker, 0)
    assert status == 0, f"the worker ended with status {status}"


def kill_at_random(worker: int, accepted: Path, chance: random.Random) -> None:
    """Kill a worker at a random moment after it has begun to send: between any two steps of any message."""
    target = size(accepted) + chance.randrange(1, RECIPIENTS // 25) * LINE
    stuck_at = time.monotonic() + SECONDS_UNTIL_STUCK
    while size(accepted) < target:
        assert time.monotonic() < stuck_at, "the worker sends nothing"
        time.sleep(SECONDS_BETWEEN_LOOKS)
    time.sleep(chance.uniform(0.0, 0.01))
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)


def size(accepted: Path) -> int:
    """Return how many bytes of addresses the server has written down."""
    return accepted.stat().st_size


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
