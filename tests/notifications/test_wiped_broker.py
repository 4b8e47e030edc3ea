"""A broker that is killed and comes back empty in the middle of sending: nothing is lost, and nobody gets two.

Redis, the worker, the mail server are real. The test sends what beat would send, and nothing else.
"""

import contextlib
import os
import signal
import sys
import time
from collections import Counter
from datetime import date

import pytest
from celery import Celery
from django.utils import timezone
from kombu.exceptions import OperationalError

from lms.notifications.models import DeliveryPreferences
from lms.people.models import User
from lms.tips.models import TipDelivery
from lms.web.processes import Processes, Program
from tests.databases import url_of_copy
from tests.notifications.mail_server import free_port
from tests.redis_server import redis_server

RECIPIENTS = 1000
SECONDS = 120
SECONDS_BETWEEN_LOOKS = 0.2
WAKE = "lms.notifications.tasks.wake_senders"
pytestmark = [pytest.mark.proof, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def queued(tip_factory):
    """A tip for each of a thousand people, due now, whatever hour it is."""
    people = User.objects.bulk_create(
        User(email=f"number{number}@larkfield.example", full_name=f"Number {number}")
        for number in range(RECIPIENTS)
    )
    DeliveryPreferences.objects.bulk_create(
        DeliveryPreferences(person=person, quiet_from=0, quiet_to=0) for person in people
    )
    tip = tip_factory()
    TipDelivery.objects.bulk_create(
        TipDelivery(
            recipient=person, tip=tip, channel="email", due_at=timezone.now(), planned_at=timezone.now(),
            week=date(2026, 11, 30), why="everybody", propensity=1.0,
        )
        for person in people
    )  # fmt: skip


def test_a_broker_killed_and_wiped_in_mid_send_loses_nothing_and_doubles_nothing(queued, tmp_path):
    accepted, mail_port, broker_port = tmp_path / "accepted", free_port(), free_port()
    accepted.touch()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "PRAXIS_DATABASE_URL": url_of_copy(),
        "PRAXIS_REDIS_URL": f"redis://127.0.0.1:{broker_port}/0",
        "PRAXIS_EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "PRAXIS_DATA_DIR": str(tmp_path),
    }
    python = [sys.executable, "-m"]
    programs = [
        Program(
            "mail",
            [*python, "tests.notifications.mail_server", str(mail_port), str(accepted)],
            environment,
            tmp_path / "mail.log",
        ),
        Program(
            "worker",
            [*python, "celery", "--app=config", "worker", "--concurrency=2", "--loglevel=WARNING"],
            environment,
            tmp_path / "worker.log",
        ),
    ]
    beat = Celery(broker=f"redis://127.0.0.1:{broker_port}/0", set_as_current=False)
    broker = redis_server(broker_port)
    killed_at = 0
    try:
        with Processes(programs) as processes:
            until = time.monotonic() + SECONDS
            while (arrived := accepted.read_text().count("\n")) < RECIPIENTS:
                processes.check()
                assert time.monotonic() < until, (tmp_path / "worker.log").read_text()[-3000:]
                if not killed_at and arrived > RECIPIENTS // 5:
                    killed_at = arrived
                    broker.send_signal(signal.SIGKILL)
                    broker.wait()
                    broker = redis_server(broker_port)
                with contextlib.suppress(OperationalError):  # as with beat: the next one comes through
                    beat.send_task(WAKE, queue="urgent", expires=15, retry=False)
                time.sleep(SECONDS_BETWEEN_LOOKS)
            while TipDelivery.objects.exclude(state="sent").exists():
                assert time.monotonic() < until, Counter(TipDelivery.objects.values_list("state", flat=True))
                time.sleep(SECONDS_BETWEEN_LOOKS)
    finally:
        broker.kill()
        broker.wait()
        beat.close()

    counts = Counter(accepted.read_text().split())
    assert 0 < killed_at < RECIPIENTS
    assert set(counts) == set(User.objects.values_list("email", flat=True))
    assert {address: count for address, count in counts.items() if count > 1} == {}
