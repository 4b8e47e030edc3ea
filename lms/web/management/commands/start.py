"""Praxis on one machine: migrate, load the demo company, then web server, worker and beat until Ctrl-C."""

import contextlib
import http.client
import os
import signal
import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from lms.core.signs_of_life import sign_of_life
from lms.people.models import User
from lms.web.demo_company import CAST
from lms.web.processes import NotReadyInTime, Processes, Program, ProgramEnded
from lms.web.readiness import has_pending_migrations

SECONDS_TO_GET_READY = 60


class StopRequested(BaseException):
    """Somebody wants us to end. No `except Exception` on the way may swallow it."""


class Command(BaseCommand):
    help = "Prepare the database, then run web server, worker and beat together until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Allow another port."""
        parser.add_argument("--port", type=int, default=settings.PRAXIS_PORT, help="PRAXIS_PORT if absent")

    def handle(self, *_args: Any, port: int, **_options: Any) -> None:
        """Run until asked to stop; fail when a program fails.

        Raises:
            CommandError: The port is taken, the database cannot be prepared, or a program ended by itself.
        """
        try:
            with stop_signals_raise():
                self.run(port)
        except StopRequested:
            self.stdout.write("Stopped.")
        except ProgramEnded as error:
            raise CommandError(str(error), returncode=error.exit_code or 1) from error
        except NotReadyInTime as error:
            raise CommandError(str(error)) from error

    def run(self, port: int) -> None:
        """Prepare, start, wait until it works, welcome, and watch."""
        began_at = time.monotonic()
        refuse_taken_port(port)
        self.prepare_database()
        for folder in ("queue", "control"):
            (Path(settings.DATA_DIR) / "tasks" / folder).mkdir(parents=True, exist_ok=True)
        sign_of_life("worker").unlink(missing_ok=True)
        with Processes(programs(port)) as processes:
            # From here on there is something to stop: a Ctrl-C right behind the welcome must say so too.
            try:
                for condition, what in (
                    (lambda: answers(port), "the web server"),
                    (sign_of_life("worker").exists, "the worker"),
                ):
                    processes.wait_until(condition, seconds=SECONDS_TO_GET_READY, what=what)
                self.welcome(port, time.monotonic() - began_at)
                processes.watch()
            except StopRequested:
                self.stdout.write("Stopping; the worker finishes its task first ...")
                raise

    def prepare_database(self) -> None:
        """Migrate when there is something to migrate; load the demo company when it is wanted.

        Raises:
            CommandError: The database refuses.
        """
        try:
            if has_pending_migrations():
                self.stdout.write("Preparing the database ...")
                call_command("migrate", interactive=False, verbosity=0)
            if settings.PRAXIS_DEMO:
                self.stdout.write("Loading the demo company ...")
                call_command("load_demo", verbosity=0)
        except DatabaseError as error:
            raise CommandError(
                f"The database could not be prepared: {str(error).strip()}\n"
                "Nothing was started. If the embedded database is damaged or from a newer version, move "
                f"{settings.DATA_DIR} away and start again; otherwise check PRAXIS_DATABASE_URL."
            ) from error
        connection.close()

    def welcome(self, port: int, seconds: float) -> None:
        """Print the address, who to sign in as, and where the logs are."""
        names = dict(User.objects.filter(email__in=CAST).values_list("email", "full_name"))
        connection.close()
        cast = [(names[email], email, part) for email, part in CAST.items() if email in names]
        lines = ["", f"Praxis is ready after {seconds:.0f} seconds: {address(port)}", ""]
        if settings.PRAXIS_DEMO and cast:
            lines += ["Sign in as", *(f"  {name:<18}{email:<26}{part}" for name, email, part in cast), ""]
        lines += [f"Logs, sign-in codes among them: {log_folder()}. Ctrl-C stops everything."]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def programs(port: int) -> list[Program]:
    """Return the web server, the worker, which carries beat, and the practice model, which nobody waits for."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings.dev"),
        "PRAXIS_BASE_URL": os.environ.get("PRAXIS_BASE_URL", address(port)),
        "PYTHONUNBUFFERED": "1",
    }
    # One process for pages and streams; in production each has its own (docker-compose.yml).
    web = ["uvicorn", "config.asgi:application", f"--port={port}", "--timeout-graceful-shutdown=5"]
    # A single worker needs no talk with other workers; without it the start is seconds shorter.
    worker = ["celery", "--app=config", "worker", "--beat", "--concurrency=1", "--loglevel=INFO"]
    worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    started = [
        Program(name, [sys.executable, "-m", *command], environment, log_folder() / f"{name}.log")
        for name, command in (("web", web), ("worker", worker))
    ]
    if settings.PRAXIS_PRACTICE_MODEL:
        model = [sys.executable, "manage.py", "sandbox_model", "serve", "--fetch"]
        started.append(Program("model", model, environment, log_folder() / "model.log", is_optional=True))
    return started


def log_folder() -> Path:
    """Return where each program's output goes."""
    return Path(settings.DATA_DIR) / "log"


def address(port: int) -> str:
    """Return what a person opens."""
    return f"http://localhost:{port}"


def answers(port: int) -> bool:
    """Return whether /readyz says 200."""
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        asking.request("GET", "/readyz")
        return asking.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        asking.close()


def refuse_taken_port(port: int) -> None:
    """Return when the port is free.

    Raises:
        CommandError: Another program listens there.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is taken by another program, perhaps a Praxis that still runs. "
                f"Stop that one, or choose another port: PORT={port + 1} make run"
            ) from error


@contextlib.contextmanager
def stop_signals_raise() -> Iterator[None]:
    """Turn the first Ctrl-C, SIGTERM or SIGHUP inside the block into `StopRequested`."""
    # What is ignored already stays so: `nohup` ignores SIGHUP on purpose.
    every = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    ours = [each for each in every if signal.getsignal(each) != signal.SIG_IGN]

    def request_stop(_signal: int, _frame: FrameType | None) -> NoReturn:
        for each in ours:
            signal.signal(each, signal.SIG_IGN)  # a second one must not interrupt the stopping
        raise StopRequested

    before = {each: signal.signal(each, request_stop) for each in ours}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
