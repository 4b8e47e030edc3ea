"""Several programs run as one: started together, watched, stopped together with all they have started."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

SECONDS_BETWEEN_LOOKS = 0.1
LINES_SHOWN = 20


@dataclass(frozen=True)
class Program:
    """What to start, with which environment, and the file that receives all it prints.

    Attributes:
        is_optional: The others go on without it.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    is_optional: bool = False


class ProgramEnded(Exception):
    """A program ended by itself.

    Attributes:
        exit_code: As the shell reports it: 128 and more name the signal that ended it.
    """

    def __init__(self, program: Program, return_code: int) -> None:
        """Say which one, how, and show the end of its log."""
        self.exit_code = return_code if return_code >= 0 else 128 - return_code
        super().__init__(
            f"{program.name} ended with exit code {self.exit_code}. Its last lines, from {program.log}:\n"
            f"{last_lines(program.log)}"
        )


class NotReadyInTime(Exception):
    """The programs run and still do not do what was waited for."""


class Processes:
    """Running programs; leaving the `with` block stops them all.

    Each program leads a process group of its own. So Ctrl-C in the terminal reaches only us, the order of
    stopping is ours, and whatever a program has started ends with it.
    """

    def __init__(self, programs: Sequence[Program], *, seconds_to_stop: float = 10.0) -> None:
        """Take the programs in the order in which they start."""
        self.programs = programs
        self.seconds_to_stop = seconds_to_stop
        self._running: list[tuple[Program, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> Self:
        """Start all programs; when one cannot be started, stop those that were."""
        try:
            for program in self.programs:
                self._running.append((program, _start(program)))
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop all programs."""
        self.stop()

    @property
    def process_ids(self) -> list[int]:
        """The process ids, each also that of its process group, in the order of the programs."""
        return [process.pid for _program, process in self._running]

    def check(self) -> None:
        """Return while all programs run that must.

        Raises:
            ProgramEnded: One does not.
        """
        for program, process in self._running:
            return_code = process.poll()
            if return_code is not None and not program.is_optional:
                raise ProgramEnded(program, return_code)

    def wait_until(self, condition: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Return as soon as ``condition`` holds.

        Raises:
            ProgramEnded: A program ended meanwhile.
            NotReadyInTime: It did not hold within ``seconds``; ``what`` says what was waited for.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            self.check()
            if time.monotonic() > deadline:
                logs = "\n".join(f"{program.log}:\n{last_lines(program.log)}" for program in self.programs)
                raise NotReadyInTime(f"Waited {seconds:.0f} seconds in vain for {what}.\n{logs}")
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def watch(self) -> None:
        """Block for as long as all programs run.

        Raises:
            ProgramEnded: One ended.
        """
        while True:
            self.check()
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def stop(self) -> None:
        """Ask every program to end, wait, then end what is left of their process groups."""
        for _program, process in self._running:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + self.seconds_to_stop
        for _program, process in self._running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.0, deadline - time.monotonic()))
        for _program, process in self._running:
            _end_group(process)
        self._running.clear()


def last_lines(file: Path) -> str:
    """Return the end of a log; a sentence when there is nothing in it."""
    lines = (
        file.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES_SHOWN:]
        if file.exists()
        else []
    )
    return "\n".join(f"  {line}" for line in lines) or "  (it printed nothing)"


def _start(program: Program) -> subprocess.Popen[bytes]:
    program.log.parent.mkdir(parents=True, exist_ok=True)
    with program.log.open("wb") as log:
        return subprocess.Popen(  # noqa: S603  the command is written in our code
            program.command,
            env=dict(program.environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
