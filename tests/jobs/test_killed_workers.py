"""Workers are killed with SIGKILL while they work, for real, and the end is the same as if they had not been."""

import json
import os
import random
import signal
import subprocess
import sys
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from lms.jobs.models import Job, JobRow
from lms.jobs.services import start_job
from lms.people.models import ExternalIdentity
from lms.web.processes import Processes, Program
from tests.databases import ROOT

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]

KILLS = 20
ITEMS = 10_000
SECONDS = 120  # a test that waits for longer is stuck


@pytest.fixture
def environment(tmp_path):
    """What a process needs to work on the database of this test, with a broker of its own."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        database_url = f"sqlite:///{name}"
    else:
        database_url = f"{os.environ['PRAXIS_DATABASE_URL'].rsplit('/', 1)[0]}/{name}"
    inherited = {key: value for key, value in os.environ.items() if key != "PRAXIS_REDIS_URL"}
    return inherited | {
        "PRAXIS_DATABASE_URL": database_url,
        "PRAXIS_DATA_DIR": str(tmp_path),
        "PRAXIS_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "tests.jobs.settings",
    }


def run_killing(environment: dict[str, str], seed: int) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.jobs.killing", str(seed), str(KILLS)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_twenty_workers_killed_at_random_points_leave_the_end_state_of_an_undisturbed_run(environment):
    seed = random.randrange(2**32)
    print(f"seed {seed}")

    calm, *disturbed = run_killing(environment, seed)

    assert calm["end"]["counts"] == ["done", ITEMS, ITEMS - 12, 12, ITEMS, 0, ""]
    assert (calm["end"]["written"], calm["end"]["rows"]) == (ITEMS - 12, 12)
    assert [run["end"] for run in disturbed] == [calm["end"]] * KILLS
    midway = [
        run for run in disturbed if run["killed_at"][0] == "running" and 0 < run["killed_at"][1] < ITEMS
    ]
    print(
        f"{len(midway)} of {KILLS} workers were killed midway: {[run['killed_at'][1] for run in disturbed]}"
    )
    assert len(midway) >= KILLS / 2, [run["killed_at"] for run in disturbed]


def progress() -> tuple[str, int]:
    connection.close()  # the connection of a test would keep looking at the past
    return Job.objects.values_list("state", "done_count").get()


def test_a_celery_worker_killed_in_mid_job_is_replaced_by_one_that_the_sweep_sends(
    environment, tmp_path, ada
):
    start_job(
        kind="tests.many_numbers",
        title="Numbers",
        actor=None,
        at=timezone.now(),
        params={"count": ITEMS, "people": [ada.pk]},
    )
    command = [sys.executable, "-m", "celery", "--app=config", "worker", "--beat", "--concurrency=1"]
    command += ["--include=tests.jobs.registered", "--without-gossip", "--without-mingle", "--loglevel=ERROR"]
    command += [f"--schedule={tmp_path / 'beat'}"]
    worker = Program("worker", command, environment, tmp_path / "worker.log")

    with Processes([worker]) as first:
        first.wait_until(lambda: progress()[1] > 0, seconds=SECONDS, what="the first chunk")
        os.killpg(first.process_ids[0], signal.SIGKILL)
    state, done = progress()
    assert state == "running"
    assert 0 < done < ITEMS

    with Processes([worker]) as second:
        second.wait_until(lambda: progress()[0] == "done", seconds=SECONDS, what="the end of the job")

    job = Job.objects.get()
    assert (job.total, job.done_count, job.failed_count) == (ITEMS, ITEMS - 12, 12)
    assert ExternalIdentity.objects.count() == ITEMS - 12
    assert JobRow.objects.count() == 12
