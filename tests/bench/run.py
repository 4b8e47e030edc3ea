"""One run: prepare a company, count what each page asks for, then put the pages under load in turns."""

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from courses.models import LearningPathPage, MicroLessonPage
from lms.people.models import JobRole, User
from lms.web.processes import Processes, Program
from tests.bench import company, counting, pages
from tests.bench.assignments import assigned
from tests.bench.company import Walk
from tests.bench.cpu import seconds_used
from tests.bench.credentials import credentials
from tests.bench.figures import Figure, median_ratio
from tests.bench.messages import messages
from tests.bench.pages import BARE, PAGES, STEPS_UNDER_LOAD, Page


@dataclass(frozen=True)
class Company:
    """What was prepared."""

    role: JobRole
    lessons: list[MicroLessonPage]
    paths: dict[int, LearningPathPage]

    def walk(self, steps: int) -> Walk:
        """Put somebody new halfway along the path of this many steps."""
        newcomer = User.objects.create(
            email=f"{uuid.uuid4()}@larkfield.example", full_name="Ada Okafor", job_role=self.role
        )
        return company.put_halfway(newcomer, self.paths[steps], self.lessons[:steps])


def figures_of(part: str | None, *, rounds: int, seconds: float) -> Iterator[Figure]:
    """Yield the figures of one part of the benchmark, or of all when None."""
    prepare_tables()
    if part in {None, "pages"}:
        prepared = prepare()
        yield from counted(prepared)
        yield from under_load(prepared, rounds=rounds, seconds=seconds)
    if part in {None, "assignments"}:
        yield from assigned(say)
    if part in {None, "credentials"}:
        yield from credentials(say)
    if part in {None, "messages"}:
        yield from messages(say)


def prepare_tables() -> None:
    """Make tables and static files."""
    say("preparing tables and static files")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)


def prepare() -> Company:
    """Make lessons and paths."""
    say("publishing lessons and paths")
    role = JobRole.objects.create(code="customer-service", name="Customer service")
    lessons = company.make_lessons(max(pages.STEPS))
    lengths = (*pages.STEPS, STEPS_UNDER_LOAD)
    return Company(role, lessons, {steps: company.make_path(lessons[:steps], role) for steps in lengths})


def counted(prepared: Company) -> Iterator[Figure]:
    """Yield queries, writes and bytes; they are the same on every machine."""
    queries: dict[str, list[int]] = defaultdict(list)
    writes: dict[str, list[int]] = defaultdict(list)
    for people in pages.PEOPLE:
        say(f"counting with {people:,} people")
        company.make_people(people, prepared.role)
        for steps in pages.STEPS:
            walk = prepared.walk(steps)
            for page in PAGES:
                cost = counting.cost_of_page(page, walk)
                queries[page.name].append(cost.queries)
                writes[page.name].append(cost.writes)
            queries["complete_step"].append(counting.queries_to_complete(walk))
            company.enroll_everybody(prepared.paths[steps])
    for name, bound in [
        *((page.name, page.queries) for page in PAGES),
        ("complete_step", pages.COMPLETE_QUERIES),
    ]:
        yield Figure(f"{name}_queries", max(queries[name]), "queries", f"<= {bound}")
        yield Figure(f"{name}_queries_growth", max(queries[name]) - min(queries[name]), "queries", "<= 0")
    yield Figure("page_view_writes", max(max(counts) for counts in writes.values()), "writes", "<= 0")
    yield from _bytes(prepared.walk(STEPS_UNDER_LOAD))


def _bytes(walk: Walk) -> Iterator[Figure]:
    path, _lesson, today = PAGES
    html = len(counting.cost_of_page(path, walk).html) / 1024
    bare = len(counting.cost_of_page(BARE, walk).html) / 1024
    load = counting.first_load(today, walk) / 1024
    yield Figure(f"path_html_{STEPS_UNDER_LOAD}_steps", html, "KB", f"<= {pages.MOST_PATH_KILOBYTES:g}")
    yield Figure("first_load_compressed", load, "KB", f"<= {pages.MOST_FIRST_LOAD_KILOBYTES:g}")
    yield Figure("bare_html", bare, "KB")


@dataclass(frozen=True)
class Turn:
    """What one page served during one turn."""

    per_second: float
    p95: float
    cpu_ms: float


def under_load(prepared: Company, *, rounds: int, seconds: float) -> Iterator[Figure]:
    """Yield throughput relative to the bare view, from turns taken in rounds: bare, path, lesson, today."""
    walks = [prepared.walk(STEPS_UNDER_LOAD) for _ in range(pages.SESSIONS)]
    cookies = [company.sign_in(walk.learner) for walk in walks]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()
    turns: dict[tuple[str, int], list[Turn]] = defaultdict(list)
    with _server() as (port, group), _load_generator() as generator:
        for number in range(rounds):
            say(f"round {number + 1} of {rounds}")
            for page in _rotated([BARE, *PAGES], number):
                for connections in pages.CONNECTIONS:
                    order = {
                        "port": port,
                        "addresses": [walk.address(page.address) for walk in walks],
                        "cookies": cookies,
                        "connections": connections,
                        "seconds": seconds,
                    }
                    turns[page.name, connections].append(_take_turn(generator, order, group))
    for page in PAGES:
        yield from _compared(page, turns)
    yield from _described(turns)


def _rotated(row: list[Page], by: int) -> list[Page]:
    """Let somebody else begin each round, so that no page always follows the same one."""
    by %= len(row)
    return [*row[by:], *row[:by]]


def _take_turn(generator: subprocess.Popen[str], order: dict[str, object], group: int) -> Turn:
    assert generator.stdin
    assert generator.stdout
    database = connection.settings_dict["NAME"]
    before = seconds_used(group, database)
    generator.stdin.write(json.dumps(order) + "\n")
    generator.stdin.flush()
    answer = json.loads(generator.stdout.readline() or '{"error": "the load generator ended"}')
    if "error" in answer:
        raise counting.Unexpected(answer["error"])
    used = seconds_used(group, database) - before
    return Turn(answer["per_second"], answer["p95"], 1000 * used / answer["all_requests"])


def _compared(page: Page, turns: dict[tuple[str, int], list[Turn]]) -> Iterator[Figure]:
    few, many = pages.CONNECTIONS
    ours, bare = turns[page.name, many], turns[BARE.name, many]
    share = median_ratio([turn.per_second for turn in ours], [turn.per_second for turn in bare])
    cpu = median_ratio([turn.cpu_ms for turn in bare], [turn.cpu_ms for turn in ours])
    steady = median_ratio(
        [turn.per_second for turn in ours], [turn.per_second for turn in turns[page.name, few]]
    )
    yield Figure(f"{page.name}_vs_bare", share, "%", f">= {100 * page.share_of_bare:g}")
    yield Figure(f"{page.name}_vs_bare_by_cpu", cpu, "%")
    yield Figure(f"{page.name}_at_{many}_vs_{few}", steady, "%", f">= {100 * pages.LEAST_AT_32_VS_8:g}")


def _described(turns: dict[tuple[str, int], list[Turn]]) -> Iterator[Figure]:
    for (name, connections), taken in turns.items():
        yield Figure(
            f"{name}_throughput_{connections}", median(turn.per_second for turn in taken), "requests/s"
        )
        yield Figure(f"{name}_p95_{connections}", median(turn.p95 for turn in taken), "ms")
        yield Figure(f"{name}_cpu_{connections}", median(turn.cpu_ms for turn in taken), "ms/request")


@contextmanager
def _server() -> Iterator[tuple[int, int]]:
    """Run the site as in production; yield its port and its process group."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config=python:config.gunicorn", "--workers=2"]
    command += [
        "--keep-alive=60",
        f"--bind=127.0.0.1:{port}",
        "config.wsgi:application",
    ]
    program = Program("web", command, os.environ, settings.DATA_DIR / "web.log")
    with Processes([program]) as processes:
        processes.wait_until(lambda: _is_ready(port), seconds=60, what="the web server")
        yield port, processes.process_ids[0]


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def _load_generator() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.bench.load"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as generator:
        yield generator
        assert generator.stdin
        generator.stdin.close()


def say(text: str) -> None:
    """Tell what is being done."""
    print(f"... {text}", file=sys.stderr, flush=True)
