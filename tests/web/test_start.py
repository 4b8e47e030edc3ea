"""`manage.py start`: everything on one machine, and nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from lms.web.management.commands import start
from lms.web.processes import Program
from tests.databases import ROOT

HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def _nothing_is_ignored():
    """Whoever starts the suite in the background has a shell that lets it ignore Ctrl-C; these tests are about it."""
    before: dict[int, Any] = {
        each: signal.signal(each, signal.SIG_DFL) for each in HANDLED if each != signal.SIGINT
    }
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def migrated(transactional_db, tmp_path):
    """The environment of a second start: a database that is migrated already."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        database_url = f"sqlite:///{name}"
    else:
        database_url = f"{os.environ['PRAXIS_DATABASE_URL'].rsplit('/', 1)[0]}/{name}"
    connection.close()
    own = {
        "PRAXIS_DATABASE_URL": database_url,
        "PRAXIS_DATA_DIR": str(tmp_path),
        "PRAXIS_PRACTICE_MODEL": "0",  # nothing is fetched by a test
    }
    return os.environ | own | {"DJANGO_SETTINGS_MODULE": "config.settings.dev", "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def trivial_programs(monkeypatch, settings, tmp_path):
    """Let `start` run one program that ends at once with exit code 3, on a database nobody looks at."""
    settings.DATA_DIR = tmp_path
    settings.PRAXIS_DEMO = False
    monkeypatch.setattr(start, "has_pending_migrations", lambda: False)
    monkeypatch.setattr(connection, "close", lambda: None)
    command = [sys.executable, "-S", "-c", "print('no such table: people_user'); raise SystemExit(3)"]
    monkeypatch.setattr(
        start, "programs", lambda _port: [Program("web", command, os.environ, tmp_path / "web.log")]
    )


def processes_with(text: str) -> list[int]:
    """Environments are searched too, since the children of a worker share it."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid():
            try:
                known = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
            except OSError:
                continue
            if text.encode() in known:
                found.append(int(folder.name))
    return found


def eventually(condition) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(condition())


@pytest.mark.proof
def test_it_gets_ready_says_where_and_stops_completely_on_ctrl_c(migrated, free_port, tmp_path):
    command = [sys.executable, "manage.py", "start", f"--port={free_port}"]
    running = subprocess.Popen(command, cwd=ROOT, env=migrated, stdout=subprocess.PIPE, text=True)
    try:
        said = ""
        for line in running.stdout or []:
            said += line
            if "Ctrl-C stops everything" in line:
                break
        with urllib.request.urlopen(f"http://localhost:{free_port}/healthz", timeout=5) as answer:
            health = answer.status
        running.send_signal(signal.SIGINT)
        rest, _ = running.communicate(timeout=120)
    finally:
        running.kill()

    assert f"http://localhost:{free_port}\n" in said
    assert health == 200
    assert rest == "Stopping; the worker finishes its task first ...\nStopped.\n"
    assert running.returncode == 0
    assert eventually(lambda: processes_with(str(tmp_path)) == [])


def test_the_web_server_streams_and_the_practice_model_is_there_when_it_is_wanted_but_not_needed(settings):
    settings.PRAXIS_PRACTICE_MODEL = True
    wanted = start.programs(8123)
    settings.PRAXIS_PRACTICE_MODEL = False
    unwanted = start.programs(8123)

    assert [(each.name, each.is_optional) for each in wanted] == [
        ("web", False),
        ("worker", False),
        ("model", True),
    ]
    assert [each.name for each in unwanted] == ["web", "worker"]
    assert list(wanted[0].command[1:4]) == ["-m", "uvicorn", "config.asgi:application"]
    assert list(wanted[2].command[1:]) == ["manage.py", "sandbox_model", "serve", "--fetch"]


@pytest.mark.parametrize("request_to_stop", HANDLED)
def test_every_request_to_stop_is_heard_and_a_second_one_does_not_interrupt(request_to_stop):
    heard = 0
    with start.stop_signals_raise():
        try:
            signal.raise_signal(request_to_stop)
        except start.StopRequested:
            heard += 1
            signal.raise_signal(request_to_stop)

    assert heard == 1


def test_what_the_shell_ignores_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with start.stop_signals_raise():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_taken_port_is_named_with_a_way_out_and_nothing_is_started(trivial_programs, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(CommandError) as refusal:
            call_command("start", port=port)

    assert str(refusal.value) == (
        f"Port {port} is taken by another program, perhaps a Praxis that still runs. "
        f"Stop that one, or choose another port: PORT={port + 1} make run"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_refuses_is_reported_in_its_own_words(
    trivial_programs, monkeypatch, free_port, tmp_path
):
    def fail():
        raise OperationalError("disk I/O error\n")

    monkeypatch.setattr(start, "has_pending_migrations", fail)

    with pytest.raises(CommandError) as refusal:
        call_command("start", port=free_port)

    assert str(refusal.value) == (
        "The database could not be prepared: disk I/O error\n"
        "Nothing was started. If the embedded database is damaged or from a newer version, move "
        f"{tmp_path} away and start again; otherwise check PRAXIS_DATABASE_URL."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_dies_ends_the_run_with_its_exit_code_and_last_lines(
    trivial_programs, free_port, tmp_path
):
    with pytest.raises(CommandError) as report:
        call_command("start", port=free_port)

    assert report.value.returncode == 3
    assert str(report.value).splitlines() == [
        f"web ended with exit code 3. Its last lines, from {tmp_path / 'web.log'}:",
        "  no such table: people_user",
    ]


def test_the_demo_company_is_loaded_only_when_it_is_wanted(trivial_programs, monkeypatch, settings):
    called = []
    monkeypatch.setattr(start, "call_command", lambda name, **_options: called.append(name))

    start.Command().prepare_database()
    settings.PRAXIS_DEMO = True
    start.Command().prepare_database()

    assert called == ["load_demo"]


def test_a_database_that_is_up_to_date_is_not_migrated_again(trivial_programs, monkeypatch):
    called = []
    monkeypatch.setattr(start, "call_command", lambda name, **_options: called.append(name))

    start.Command().prepare_database()
    monkeypatch.setattr(start, "has_pending_migrations", lambda: True)
    start.Command().prepare_database()

    assert called == ["migrate"]


def test_the_cast_of_the_demo_is_introduced_with_the_part_each_plays(
    ada, linus, settings, capsys, monkeypatch
):
    settings.PRAXIS_DEMO = True
    monkeypatch.setattr(connection, "close", lambda: None)

    start.Command().welcome(8123, 4.4)

    assert capsys.readouterr().out.splitlines() == [
        "",
        "Praxis is ready after 4 seconds: http://localhost:8123",
        "",
        "Sign in as",
        "  Ada Okafor        ada@larkfield.example     in customer service, about to start the path of her role",
        "  Linus Berg        linus@larkfield.example   leads the team in Porto",
        "",
        f"Logs, sign-in codes among them: {Path(settings.DATA_DIR) / 'log'}. Ctrl-C stops everything.",
    ]


def test_signal_handlers_are_as_before_afterwards(trivial_programs, free_port):
    before = [signal.getsignal(each) for each in HANDLED]

    with pytest.raises(CommandError):
        call_command("start", port=free_port)

    assert [signal.getsignal(each) for each in HANDLED] == before
