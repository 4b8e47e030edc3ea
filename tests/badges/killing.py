"""A program that awards a list, and kills each worker at it with SIGKILL until the last one may finish.

`python -m tests.badges.killing <job> <seed> <kills>` forks workers that run the Celery task, kills as many of them at
random points, and prints at which counts they died.
"""

import json
import os
import random
import signal
import sys
import time

import django
from django.db import connection, connections

django.setup()

# What follows needs Django set up.
from lms.jobs import tasks  # noqa: E402
from lms.jobs.models import Job  # noqa: E402

SECONDS_BETWEEN_LOOKS = 0.002
SECONDS_UNTIL_STUCK = 90
LONGEST_WAIT = 0.3


def main(key: int, seed: int, kills: int) -> None:
    """Kill so many workers, each further on than the one before, then let others finish."""
    chance = random.Random(seed)
    total = Job.objects.get(pk=key).rows.count()
    points = sorted(chance.randrange(total * 9 // 10) for _ in range(kills))
    killed_at = [kill_behind(key, point, chance) for point in points]
    while done(key)[0] in {"queued", "running"}:
        _, status = os.waitpid(fork_worker(), 0)
        assert status == 0, f"the worker ended with status {status}"
    print(json.dumps({"killed_at": killed_at, "end": done(key)}), flush=True)


def kill_behind(key: int, point: int, chance: random.Random) -> int:
    """Start a worker, and kill it some time after it has come to a point; return how far the job is then."""
    worker = fork_worker()
    stuck_at = time.monotonic() + SECONDS_UNTIL_STUCK
    while done(key)[1] < point - 500:
        assert time.monotonic() < stuck_at, "the worker does nothing"
        time.sleep(SECONDS_BETWEEN_LOOKS)
    time.sleep(chance.uniform(0, LONGEST_WAIT))
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    return done(key)[1]


def fork_worker() -> int:
    """Start a worker process that runs the task once; a fork shares no connection with its parent."""
    connections.close_all()
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        tasks.run_jobs()
        connections.close_all()
        code = 0
    finally:
        os._exit(code)


def done(key: int) -> tuple[str, int]:
    """Return where the job stands now."""
    connection.close()
    return Job.objects.values_list("state", "done_count").get(pk=key)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
