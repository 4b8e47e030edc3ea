"""Processor time from /proc: steadier than throughput on a machine that others use too."""

import os
from pathlib import Path

SECONDS_PER_TICK = 1 / os.sysconf("SC_CLK_TCK")


def seconds_used(group: int, database: str) -> float:
    """Return user and system seconds of a process group and of PostgreSQL's work on one database.

    0.0 where there is no /proc; without PostgreSQL's share when it runs on another machine.
    """
    return sum(
        (int(fields[11]) + int(fields[12])) * SECONDS_PER_TICK
        for command, fields in _processes()
        if int(fields[2]) == group or (command.startswith("postgres:") and f" {database} " in command)
    )


def _processes() -> list[tuple[str, list[str]]]:
    """Return the command line of every process and the fields of its status that follow its name."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_text(encoding="utf-8", errors="replace")
            status = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # it ended meanwhile
        found.append((command, status.rpartition(")")[2].split()))
    return found
