"""What messages cost: planning a week for 100,000 people, and handing mail to a server."""

import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from smtplib import SMTP
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from uuid import uuid4

import django
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import Skill
from lms.notifications.channels import CHANNELS
from lms.notifications.channels.base import Envelope
from lms.notifications.channels.email_form import mail_bytes, sender
from lms.notifications.services.sending import send_due
from lms.people.models import JobRole, User
from lms.tips.ledgers import TipLedger
from lms.tips.models import Tip, TipDelivery, TipPlan
from lms.tips.services.planning import plan_tips
from tests.bench.figures import Figure, median_ratio
from tests.bench.workforce import TOTAL, make_workforce, tidy
from tests.conftest import question_block
from tests.notifications.mail_server import free_port

MONDAY = date(2026, 11, 30)
BEFORE = datetime(2026, 11, 30, 14, tzinfo=UTC)
"""From here on the hour of every zone in the workforce is at most 26 hours away."""
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
TIPS = 80
WEEKS_BEFORE = 4
ROUNDS = 3
MAILS = 400
MAIL_ROUNDS = 7
COLUMNS = [field.column for field in TipDelivery._meta.concrete_fields if not field.primary_key]
MOST_TIMES_INSERT = 3
LEAST_PERCENT = 60


def messages(say: Callable[[str], None]) -> Iterator[Figure]:
    """Yield every figure about messages."""
    role, _ = JobRole.objects.get_or_create(code="customer-service", defaults={"name": "Customer service"})
    if User.objects.count() < TOTAL:
        say(f"making {TOTAL:,} people")
        make_workforce(role)
    say(f"making {TIPS} tips and what {TOTAL:,} people have had in {WEEKS_BEFORE} weeks")
    tips = make_tips()
    make_past(tips)
    TipPlan.objects.create(name="Weekly", weekday=2, hour=9, is_enabled=True)
    tidy()
    say("planning a week, in turns with one INSERT ... SELECT of the same rows")
    yield from _planning()
    say(f"handing {MAILS} mails to a server, in turns with a bare connection")
    yield from _sending(tips)


def make_tips() -> list[Tip]:
    """Make tips for everybody and for roles, each about a skill and with a question."""
    skills = [Skill.objects.create(slug=f"skill-{number}", name=f"Skill {number}") for number in range(10)]
    roles = list(JobRole.objects.order_by("pk")[:20])
    tips = []
    for number in range(TIPS):
        tip = Tip(
            title=f"Tip {number}", slug=f"tip-{number}", body="<p>" + "Ask for the doubt. " * 12 + "</p>",
            try_it="Try it on the next summary.", review_by=date(2099, 1, 1), live=True,
        )  # fmt: skip
        tip.question = Tip._meta.get_field("question").to_python([question_block(uuid4())])
        tip.skills.set([skills[number % len(skills)]])
        tip.roles.set([roles[number % len(roles)]] if number % 2 else [])
        tip.save()
        tips.append(tip)
    return tips


def make_past(tips: list[Tip]) -> None:
    """Let everybody have had some of the tips in the weeks before."""
    keys = [tip.pk for tip in tips[::2]]
    with connection.cursor() as cursor:
        for week in range(1, WEEKS_BEFORE + 1):
            monday = MONDAY - timedelta(weeks=week)
            cursor.execute(
                """
                INSERT INTO tips_tipdelivery (uuid, recipient_id, channel, due_at, planned_at, state, attempts,
                    provider_id, reason, week, time_zone, tip_id, why, propensity, usefulness, sent_at)
                SELECT gen_random_uuid(), id, 'email', %s, %s, 'sent', 0, '', '', %s, time_zone,
                    (%s::bigint[])[1 + mod(id + %s, %s)], 'everybody', 1.0, '', %s
                FROM people_user
                """,
                [monday, monday, monday, keys, week, len(keys), monday],
            )


def _planning() -> Iterator[Figure]:
    ours, theirs, rows = [], [], 0
    for round_number in range(ROUNDS):
        began = perf_counter()
        rows = plan_tips(now=BEFORE)
        ours.append(perf_counter() - began)
        theirs.append(_insert_the_same())
        if round_number < ROUNDS - 1:
            _clear_week()
    yield Figure("planning.rows", rows, "rows", f">= {TOTAL}")
    yield Figure("planning.seconds", median(ours), "s")
    yield Figure(
        "planning.against_insert", median_ratio(ours, theirs) / 100, "times", f"<= {MOST_TIMES_INSERT}"
    )
    _clear_week()
    with CaptureQueriesContext(connection) as queries:
        plan_tips(now=BEFORE)
    yield Figure("planning.queries_for_500", 500 * len(queries) / TOTAL, "queries", "<= 1")
    yield from _memory()


def _insert_the_same() -> float:
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_copy")
        cursor.execute(
            f"CREATE TEMPORARY TABLE bench_copy AS SELECT {names} FROM tips_tipdelivery WHERE week = %s",
            [MONDAY],
        )
    _clear_week()
    began = perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO tips_tipdelivery ({names}) SELECT {names} FROM bench_copy")
    return perf_counter() - began


def _clear_week() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM tips_tipdelivery WHERE week = %s", [MONDAY])
    tidy()


def _memory() -> Iterator[Figure]:
    """Yield how much is held at most for a fifth of the people and for all."""
    first = User.objects.order_by("pk").values_list("pk", flat=True)[0]
    peaks = []
    for share in (5, 1):
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM tips_tipdelivery WHERE week = %s AND recipient_id <= %s",
                [MONDAY, first + TOTAL // share],
            )
        tracemalloc.start()
        plan_tips(now=BEFORE)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    yield Figure("planning.peak_mb", peaks[1] / 1e6, "MB")
    yield Figure("planning.peak_growth", peaks[1] / peaks[0], "times for five times the people", "<= 1.3")


def _sending(tips: list[Tip]) -> Iterator[Figure]:
    TipDelivery.objects.all().delete()
    tidy()  # half a million deleted rows would be vacuumed meanwhile
    people = list(User.objects.order_by("pk")[: MAILS * MAIL_ROUNDS])
    User.objects.filter(pk__in=[person.pk for person in people]).update(time_zone="Europe/Lisbon")
    with _server() as port:
        _use(port)
        ready = _ready_bytes(people[0], tips[0])
        ours, theirs = [], []
        for number in range(MAIL_ROUNDS):
            theirs.append(MAILS / _bare(ready, port))
            batch = people[number * MAILS : (number + 1) * MAILS]
            TipDelivery.objects.bulk_create(_due(person, tips) for person in batch)
            began = perf_counter()
            sent = send_due(channel=CHANNELS["email"], now=lambda: NOON, until=NOON + timedelta(seconds=1))
            ours.append(MAILS / (perf_counter() - began))
            assert sent == MAILS, f"{sent} were sent"
    yield Figure("sending.bare", median(theirs), "mails/s")
    yield Figure("sending.ours", median(ours), "mails/s")
    yield Figure("sending.against_bare", median_ratio(ours, theirs), "%", f">= {LEAST_PERCENT}")


def _due(person: User, tips: list[Tip]) -> TipDelivery:
    return TipDelivery(
        recipient=person,
        tip=tips[person.pk % 20],
        channel="email",
        due_at=NOON,
        planned_at=NOON,
        week=MONDAY,
        why="everybody",
        propensity=1.0,
    )


@contextmanager
def _server() -> Iterator[int]:
    port = free_port()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "accepted"
        command = [sys.executable, "-m", "tests.notifications.mail_server", str(port), str(file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield port
            process.kill()


def _use(port: int) -> None:
    options = {"host": "127.0.0.1", "port": port, "timeout": 10}
    backend = "django.core.mail.backends.smtp.EmailBackend"
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
    else:
        settings.EMAIL_BACKEND = backend
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port


def _ready_bytes(person: User, tip: Tip) -> bytes:
    ledger, row = TipLedger(), _due(person, [tip] * 20)
    message = ledger.compose(row, ledger.prepare([row], NOON))
    return mail_bytes(Envelope(row.uuid, person.email, person.full_name, message))


def _bare(content: bytes, port: int) -> float:
    """Return how long a bare connection takes to hand over as many mails, ready as they are."""
    address = parseaddr(sender())[1]
    began = perf_counter()
    with SMTP("127.0.0.1", port, "localhost") as server:
        for number in range(MAILS):
            server.sendmail(address, [f"number{number}@larkfield.example"], content)
    return perf_counter() - began
