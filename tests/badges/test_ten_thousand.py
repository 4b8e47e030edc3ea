"""Ten thousand people are awarded: workers die, clients ask again and again, and everyone has it once."""

import json
import os
import random
import subprocess
import sys

import pytest
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from badges.models import Award, AwardEvent, StatusList
from badges.services.listing import confirm_awards, plan_awards
from lms.core.errors import ActionRefused
from lms.jobs.models import Job, JobRow
from lms.jobs.services import run_jobs
from lms.people.models import User
from lms.records.models import LearningRecord
from tests.connections import other_connections
from tests.databases import ROOT

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]

PEOPLE = 10_000
KILLS = 6
CLIENTS, TIMES = 4, 5
SECONDS = 170


@pytest.fixture
def listing(db):
    """Make ten thousand people, and return their addresses, one in a line."""
    people = User.objects.bulk_create(
        User(email=f"number{n}@larkfield.example", full_name=f"Number {n}") for n in range(PEOPLE)
    )
    return "\n".join(person.email for person in people)


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


def everyone_has_it_once():
    """Hold the awards against all that is written with them."""
    assert Award.objects.count() == PEOPLE
    assert Award.objects.aggregate(n=Count("recipient", distinct=True)) == {"n": PEOPLE}
    assert Award.objects.aggregate(n=Count("status_index", distinct=True)) == {"n": PEOPLE}
    assert AwardEvent.objects.filter(kind="issued").count() == PEOPLE
    assert LearningRecord.objects.filter(verb="earned").count() == PEOPLE
    assert StatusList.objects.get().given_out == PEOPLE
    assert JobRow.objects.filter(outcome="done").count() == PEOPLE
    assert Job.objects.values_list("state", "done_count", "failed_count").get() == ("done", PEOPLE, 0)


def test_workers_killed_at_random_points_leave_exactly_ten_thousand_awards(
    environment, listing, prompt_craft, mei
):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    job = plan_awards(achievement=prompt_craft, text=listing, actor=mei, at=timezone.now())
    confirm_awards(job=job, actor=mei, at=timezone.now())

    command = [sys.executable, "-m", "tests.badges.killing", *map(str, (job.pk, seed, KILLS))]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )

    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    print(f"killed at {told['killed_at']}")
    assert sum(0 < at < PEOPLE for at in told["killed_at"]) >= KILLS / 2
    connection.close()  # which would keep looking at the past
    everyone_has_it_once()


def test_four_clients_that_send_one_list_five_times_each_with_one_key_leave_ten_thousand(
    listing, prompt_craft, mei
):
    def send():
        refusals = 0
        for _time in range(TIMES):
            job = plan_awards(
                achievement=prompt_craft, text=listing, actor=mei, at=timezone.now(), key="monday"
            )
            try:
                confirm_awards(job=job, actor=mei, at=timezone.now())
            except ActionRefused:
                refusals += 1
        return refusals

    with other_connections() as aside:
        refused = [aside(send) for _client in range(CLIENTS)]
    connection.close()

    assert sum(each.result() for each in refused) == CLIENTS * TIMES - 1
    while Job.objects.get().is_under_way:
        run_jobs(for_seconds=30)
    everyone_has_it_once()
