"""A program that starts workers, kills them with SIGKILL in the middle of a job, and lets others finish.

`python -m tests.jobs.killing <seed> <kills>` imports Django once and forks a worker for each attempt: a process of its
own, with a connection of its own, that runs the Celery task. It prints one JSON object for each job it has seen to the
end: the first of a job that nobody disturbed, then one for each that lost its worker.
"""

import hashlib
import json
import os
import random
import signal
import sys
import time

import django
from django.db import connection, connections
from django.utils import timezone

django.setup()

# What follows needs Django set up.
from lms.jobs import tasks  # noqa: E402
from lms.jobs.models import Job, JobRow  # noqa: E402
from lms.jobs.services import start_job  # noqa: E402
from lms.people.models import ExternalIdentity, User  # noqa: E402
from tests.jobs import kinds  # noqa: E402

ITEMS = 10_000
PEOPLE = 100
SECONDS_BETWEEN_LOOKS = 0.002
SECONDS_UNTIL_STUCK = 60


def main(seed: int, kills: int) -> None:
    """Do a job undisturbed, then as often again as workers shall be killed."""
    chance = random.Random(seed)
    people = User.objects.bulk_create(
        User(email=f"number{n}@larkfield.example", full_name=f"Number {n}") for n in range(PEOPLE)
    )
    people_pks = [person.pk for person in people]
    calm = start(people_pks)
    began = time.monotonic()
    wait_for(fork_worker())
    seconds = time.monotonic() - began
    report(calm, killed_at=None, people=people_pks)
    for _ in range(kills):
        job = start(people_pks)
        worker = fork_worker()
        killed_at = kill_at_random(worker, job, chance, seconds)
        wait_for(fork_worker())
        report(job, killed_at=killed_at, people=people_pks)


def start(people: list[int]) -> Job:
    """Begin anew: nothing given yet, and one job waiting."""
    ExternalIdentity.objects.all().delete()
    JobRow.objects.all().delete()
    Job.objects.all().delete()
    params = {"count": ITEMS, "people": people}
    return start_job(kind="tests.many_numbers", title="Numbers", actor=None, at=timezone.now(), params=params)


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


def wait_for(worker: int) -> None:
    """Wait for a worker to end by itself."""
    _, status = os.waitpid(worker, 0)
    assert status == 0, f"the worker ended with status {status}"


def kill_at_random(worker: int, job: Job, chance: random.Random, seconds: float) -> list[object]:
    """Kill a worker at a random moment of a random part of the job; return state and count that it left behind.

    How fast a machine is changes from second to second, so a delay alone would often miss the job: the worker is
    watched until it has come to a random item, and then given a random share of the time of a few chunks.
    """
    target = chance.randrange(ITEMS)
    delay = chance.uniform(0.0, seconds * 600 / ITEMS)
    stuck_at = time.monotonic() + SECONDS_UNTIL_STUCK
    while Job.objects.values_list("done_count", flat=True).get(pk=job.pk) < target - 600:
        assert time.monotonic() < stuck_at, "the worker does nothing"
        time.sleep(SECONDS_BETWEEN_LOOKS)
    time.sleep(delay)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    connection.close()
    job.refresh_from_db()
    return [job.state, job.handled_count]


def report(job: Job, *, killed_at: list[object] | None, people: list[int]) -> None:
    """Print where a job stands in the end, and a digest of every row that it wrote."""
    job.refresh_from_db()
    digest = hashlib.sha256()
    written = ExternalIdentity.objects.order_by("value", "pk").values_list("value", "person")
    for value, person in written.iterator():
        digest.update(f"{value} {people.index(person)}\n".encode())
    rows = JobRow.objects.order_by("number", "pk").values_list("number", "reference", "outcome", "message")
    for row in rows.iterator():
        digest.update(f"{row}\n".encode())
    counts = [job.state, job.total, job.done_count, job.failed_count, job.cursor, job.attempts, job.error]
    facts = {"counts": counts, "written": written.count(), "rows": rows.count(), "digest": digest.hexdigest()}
    print(json.dumps({"killed_at": killed_at, "end": facts}), flush=True)


if __name__ == "__main__":
    kinds.register()
    main(int(sys.argv[1]), int(sys.argv[2]))
