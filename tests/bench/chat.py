"""How soon an answer given inside Slack is acknowledged while workers are busy, and how often it counts.

``python -m tests.bench.chat`` serves the site with gunicorn as in production, on a PostgreSQL of its own. Two processes
send mail from the same database all the while, as fast as they can. Every person answers a tip of theirs, and each
answer is delivered three times, the second and third time as Slack repeats what it thinks was lost. Beside each stands
a request that asks for nothing (``/healthz``), so that a machine which keeps everything waiting is seen as such.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import django
import psycopg
from psycopg import sql

from tests.bench.figures import Figure

DATABASE = "praxis_bench_chat"  # made anew by every run
PEOPLE = 300
WAITING = 30_000
BUSY = """
import django; django.setup()
from datetime import timedelta
from django.conf import settings
from django.utils import timezone
from lms.notifications.channels import CHANNELS
from lms.notifications.services.sending import send_due
settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
while True:
    send_due(channel=CHANNELS["email"], now=timezone.now, until=timezone.now() + timedelta(seconds=60))
"""


def main() -> int:
    """Measure and print; return 1 when a bound is missed."""
    settle_environment()
    django.setup()
    figures = list(measure())
    print(*figures, sep="\n")
    return int(not all(figure.holds for figure in figures))


def settle_environment() -> None:
    """Settle on a database of our own, made anew, and on Slack's secrets."""
    server = urlsplit(os.environ.get("PRAXIS_DATABASE_URL", "postgresql://postgres@127.0.0.1"))
    with psycopg.connect(urlunsplit(server._replace(path="/postgres")), autocommit=True) as connection:
        name = sql.Identifier(DATABASE)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    os.environ["PRAXIS_DATABASE_URL"] = urlunsplit(server._replace(path=f"/{DATABASE}"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    from tests.notifications.fake_slack import SECRET, TOKEN  # noqa: PLC0415  needs the settings

    os.environ.update(PRAXIS_SLACK_BOT_TOKEN=TOKEN, PRAXIS_SLACK_SIGNING_SECRET=SECRET)


def measure() -> Iterator[Figure]:
    """Yield what was measured."""
    from django.core.management import call_command  # noqa: PLC0415  needs the settings, as all below

    from tests.notifications.fake_slack import slack_server  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    buttons = prepare()
    with slack_server() as slack:
        os.environ["PRAXIS_SLACK_API_URL"] = f"{slack.address}/api/"
        with gunicorn() as port:
            press_all(slack, port, buttons[:20])  # what is made with the first request
            quiet, _bare = press_all(slack, port, buttons[20:120])
            with busy_workers():
                busy, bare = press_all(slack, port, buttons[120:])
            slack.wait_until(lambda: len(slack.feedback) == 3 * PEOPLE)
    yield Figure("slack_ack_quiet_median", median(quiet), "ms")
    yield Figure("slack_ack_busy_median", median(busy), "ms")
    yield Figure("slack_ack_busy_95th", quantiles(busy, n=20)[-1], "ms")
    yield Figure("slack_ack_busy_99th", quantiles(busy, n=100)[-1], "ms")
    yield Figure("slack_ack_busy_slowest", max(busy), "ms", "<= 500")
    yield Figure("slack_ack_busy_above_500", sum(each > 500 for each in busy), f"of {len(busy)}")
    yield Figure("bare_busy_median", median(bare), "ms")
    yield Figure("bare_busy_99th", quantiles(bare, n=100)[-1], "ms")
    yield Figure("bare_busy_slowest", max(bare), "ms")
    yield from counted()


def counted() -> Iterator[Figure]:
    """Yield how many answers and records three hundred answers, each delivered three times, have left."""
    from lms.notifications.models import Digest  # noqa: PLC0415
    from lms.records.models import LearningRecord  # noqa: PLC0415
    from lms.tips.models import TipAnswer  # noqa: PLC0415

    records = LearningRecord.objects.filter(verb="answered").count()
    yield Figure("load_of_the_machine", os.getloadavg()[0], "processes")
    yield Figure("mails_sent_meanwhile", Digest.objects.filter(state="sent").count(), "mails", ">= 1")
    yield Figure("answers_counted_twice", TipAnswer.objects.count() - PEOPLE, "answers", "<= 0")
    yield Figure("answers_lost", PEOPLE - TipAnswer.objects.count(), "answers", "<= 0")
    yield Figure("records_too_many", records - PEOPLE, "records", "<= 0")


def prepare() -> list[dict[str, Any]]:
    """Give every person a tip, and many others mail that waits; return the right button of each tip."""
    from django.utils import timezone  # noqa: PLC0415

    from lms.notifications.channels.slack_form import as_blocks  # noqa: PLC0415
    from lms.people.models import User  # noqa: PLC0415
    from lms.tips.messages import Written, tip_message  # noqa: PLC0415
    from lms.tips.models import TipDelivery  # noqa: PLC0415
    from tests.notifications.fake_slack import buttons  # noqa: PLC0415

    now = timezone.now()
    people = User.objects.bulk_create(
        [User(email=f"p{number}@larkfield.example", full_name=f"Person {number}") for number in range(PEOPLE)]
    )
    queue_mail(people, now)
    tip = publish_tip()
    found = []
    for person in people:
        delivery = TipDelivery.objects.create(
            recipient=person,
            tip=tip,
            channel="slack",
            due_at=now,
            planned_at=now,
            state="sent",
            week=date(2026, 11, 23),
            why=TipDelivery.Why.EVERYBODY,
            propensity=1.0,
        )
        found.append(buttons(as_blocks(tip_message(delivery, Written(tip))))[0])
    return found


def publish_tip() -> Any:
    """Return a tip with a question."""
    import json  # noqa: PLC0415
    import uuid  # noqa: PLC0415

    from lms.tips.models import Tip  # noqa: PLC0415
    from tests.conftest import question_block  # noqa: PLC0415

    tip = Tip(
        title="Ask for the doubt",
        slug="doubt",
        body="<p>Ask for <b>the doubt</b>.</p>",
        try_it="Try it on the next summary.",
        question=json.dumps([question_block(uuid.uuid4())]),
        review_by=date(2027, 5, 31),
        live=False,
    )
    tip.save()
    tip.save_revision().publish()
    tip.refresh_from_db()
    return tip


def queue_mail(people: list[Any], now: datetime) -> None:
    """Queue mail for days that are long over, so that there is always more to send."""
    from lms.notifications.models import DeliveryPreferences, Digest, Notification  # noqa: PLC0415

    days = WAITING // len(people)
    today = date(2026, 11, 24)
    rows = (
        Digest(
            recipient=person,
            channel="email",
            due_at=now - timedelta(days=day),
            day=today - timedelta(days=day),
        )
        for day in range(days)
        for person in people
    )
    digests = Digest.objects.bulk_create(rows, batch_size=5000)
    told = (
        Notification(
            recipient_id=each.recipient_id,
            type="bench",
            event=str(each.pk),
            title="News",
            at=now,
            digest=each,
        )
        for each in digests
    )
    Notification.objects.bulk_create(told, batch_size=5000)
    DeliveryPreferences.objects.bulk_create(
        [DeliveryPreferences(person=person, quiet_from=0, quiet_to=0) for person in people]
    )


def press_all(slack: Any, port: int, buttons: list[dict[str, Any]]) -> tuple[list[float], list[float]]:
    """Press each button, three times over; return how many milliseconds each delivery, and each bare request, took."""
    from tests.notifications.fake_slack import press  # noqa: PLC0415

    took, bare = [], []
    for button in buttons:
        body = urlencode(press(slack, button))
        for attempt in range(3):
            took.append(deliver(port, body, attempt))
            bare.append(timed(port, "GET", "/healthz", "", {}))
    return took, bare


def deliver(port: int, body: str, attempt: int) -> float:
    """Deliver a request as Slack does, on a connection of its own; return the milliseconds until the answer."""
    from tests.notifications.fake_slack import ADDRESS, signature  # noqa: PLC0415

    timestamp = int(time.time())
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": signature(timestamp, body),
        **({"X-Slack-Retry-Num": str(attempt)} if attempt else {}),
    }
    return timed(port, "POST", ADDRESS, body, headers)


def timed(port: int, method: str, address: str, body: str, headers: dict[str, str]) -> float:
    """Send a request; return the milliseconds until its answer was read, which must be 200."""
    began_at = time.perf_counter()
    wire = HTTPConnection("127.0.0.1", port)
    wire.request(method, address, body, headers)
    answer = wire.getresponse()
    content = answer.read()
    took = 1000 * (time.perf_counter() - began_at)
    wire.close()
    assert answer.status == 200, (answer.status, content[:300])
    return took


@contextlib.contextmanager
def busy_workers(number: int = 2) -> Iterator[None]:
    """Let processes send mail as fast as they can."""
    workers = [subprocess.Popen([sys.executable, "-c", BUSY]) for _each in range(number)]
    time.sleep(8)  # they take a while to begin
    try:
        yield
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()


@contextlib.contextmanager
def gunicorn() -> Iterator[int]:
    """Serve the site as in production, with two processes; give the port."""
    port = 8977
    command = ["gunicorn", "--config=python:config.gunicorn", f"--bind=127.0.0.1:{port}", "--workers=2"]
    program = str(Path(sys.executable).with_name(command[0]))
    server = subprocess.Popen([program, *command[1:], "config.wsgi:application"])
    try:
        for _each in range(300):
            with contextlib.suppress(OSError):
                wire = HTTPConnection("127.0.0.1", port)
                wire.request("GET", "/healthz")
                wire.getresponse().read()
                break
            time.sleep(0.2)
        yield port
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
