"""Trivial programs stand in for web server and worker."""

import os
import sys
import time
from pathlib import Path

import pytest

from lms.web.processes import NotReadyInTime, Processes, Program, ProgramEnded

FOREVER = "import time; time.sleep(60)"


@pytest.fixture
def program(tmp_path):
    def make(code: str, name: str = "web", **options: bool) -> Program:
        command = [sys.executable, "-S", "-c", code]
        return Program(name, command, os.environ, tmp_path / f"{name}.log", **options)

    return make


def is_running(process_id: int) -> bool:
    """A dead process that nobody has collected yet does not count."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def eventually(condition) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_waiting_ends_as_soon_as_the_condition_holds(program):
    web = program("print('listening', flush=True); " + FOREVER)

    with Processes([web]) as processes:
        processes.wait_until(lambda: web.log.read_text() == "listening\n", seconds=60, what="the web server")


def test_waiting_in_vain_says_for_what_and_shows_the_logs(program):
    web = program(FOREVER)

    with Processes([web]) as processes, pytest.raises(NotReadyInTime) as refusal:
        processes.wait_until(lambda: False, seconds=0, what="the web server")

    assert (
        str(refusal.value)
        == f"Waited 0 seconds in vain for the web server.\n{web.log}:\n  (it printed nothing)"
    )


def test_a_program_that_fails_is_reported_with_its_exit_code_and_its_last_lines(program):
    worker = program("import sys; print('no broker'); sys.exit(7)", "worker")

    with Processes([program(FOREVER), worker]) as processes, pytest.raises(ProgramEnded) as report:
        processes.watch()

    assert report.value.exit_code == 7
    assert str(report.value) == (
        f"worker ended with exit code 7. Its last lines, from {worker.log}:\n  no broker"
    )


def test_the_others_go_on_without_a_program_that_is_optional(program):
    web = program("print('listening', flush=True); " + FOREVER)
    model = program("print('no memory for it', flush=True); raise SystemExit(1)", "model", is_optional=True)

    with Processes([web, model]) as processes:
        processes.wait_until(lambda: "no memory" in model.log.read_text(), seconds=60, what="the model")
        processes.wait_until(
            lambda: not is_running(processes.process_ids[1]), seconds=60, what="the model's end"
        )
        processes.check()

        assert is_running(processes.process_ids[0])


def test_only_the_last_twenty_lines_are_shown(program):
    with (
        Processes([program("[print(n) for n in range(30)]")]) as processes,
        pytest.raises(ProgramEnded) as report,
    ):
        processes.watch()

    assert str(report.value).splitlines()[1:] == [f"  {n}" for n in range(10, 30)]


def test_a_program_that_was_killed_reports_the_signal_as_the_shell_does(program):
    with (
        Processes([program("import os; os.kill(os.getpid(), 9)")]) as processes,
        pytest.raises(ProgramEnded) as report,
    ):
        processes.watch()

    assert report.value.exit_code == 137


def test_a_program_may_finish_its_work_when_it_is_asked_to_end(program):
    web = program(
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('finished', flush=True), sys.exit(0)))\n"
        "print('listening', flush=True)\n"
        "time.sleep(60)"
    )

    with Processes([web]) as processes:
        processes.wait_until(lambda: "listening" in web.log.read_text(), seconds=60, what="the web server")

    assert web.log.read_text() == "listening\nfinished\n"


def test_what_a_program_has_started_ends_with_it_even_when_it_ignores_the_request(program):
    stubborn = (
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('up', flush=True)\n"
        "time.sleep(60)"
    )
    web = program(
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-S', '-c', {stubborn!r}], stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)"
    )

    with Processes([web]) as processes:
        processes.wait_until(lambda: web.log.read_text().endswith("\n"), seconds=60, what="the child")
        child = int(web.log.read_text())
        assert is_running(child)

    assert eventually(lambda: not is_running(child))


def test_a_program_that_cannot_be_started_stops_those_that_were(program, tmp_path):
    web = program("import os; print(os.getpid(), flush=True); " + FOREVER)
    missing = Program("worker", [str(tmp_path / "missing")], os.environ, tmp_path / "worker.log")
    processes = Processes([web, missing])

    with pytest.raises(FileNotFoundError):
        processes.__enter__()

    assert processes._running == []
    assert web.log.read_text() == "" or not is_running(int(web.log.read_text()))
