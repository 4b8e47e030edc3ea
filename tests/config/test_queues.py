"""What a worker takes first, asked of a real worker and a real broker."""

import os
import re
import sys
import time

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from lms.web.processes import Processes, Program
from tests.databases import url_of_copy
from tests.notifications.mail_server import free_port
from tests.redis_server import redis_server

SECONDS = 60
SECONDS_BETWEEN_LOOKS = 0.2
WORK, URGENT, MESSAGES = (
    "lms.jobs.tasks.delete_old_results",
    "badges.tasks.sign_awards",
    "lms.notifications.tasks.send",
)
pytestmark = [pytest.mark.proof, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def broker_url():
    port = free_port()
    server = redis_server(port)
    yield f"redis://127.0.0.1:{port}/0"
    server.kill()
    server.wait()


def test_what_somebody_waits_for_goes_before_what_came_earlier(broker_url, tmp_path):
    send_all(broker_url, [(MESSAGES, ["email"])] * 2 + [(WORK, [])] * 3 + [(URGENT, [])] * 2)
    log = tmp_path / "worker.log"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "PRAXIS_DATABASE_URL": url_of_copy(),
        "PRAXIS_REDIS_URL": broker_url,
        "PRAXIS_DATA_DIR": str(tmp_path),
    }
    command = ["celery", "--app=config", "worker", "--concurrency=1", "--loglevel=INFO"]

    with Processes([Program("worker", [sys.executable, "-m", *command], environment, log)]) as processes:
        until = time.monotonic() + SECONDS
        while len(begun := re.findall(r"Task (\S+)\[.*\] received", log.read_text())) < 7:
            processes.check()
            assert time.monotonic() < until, log.read_text()[-3000:]
            time.sleep(SECONDS_BETWEEN_LOOKS)

    assert begun == [URGENT] * 2 + [WORK] * 3 + [MESSAGES] * 2


def send_all(broker_url, tasks):
    """Send tasks as Praxis does, to a broker that may just be starting."""
    sender = Celery(broker=broker_url, set_as_current=False)
    sender.config_from_object("django.conf:settings", namespace="CELERY")
    sender.conf.broker_url = broker_url
    sender.conf.broker_transport_options = {}
    until = time.monotonic() + SECONDS
    for name, arguments in tasks:
        while True:
            try:
                sender.send_task(name, arguments, retry=False)
                break
            except OperationalError:
                assert time.monotonic() < until
                time.sleep(SECONDS_BETWEEN_LOOKS)
    sender.close()
