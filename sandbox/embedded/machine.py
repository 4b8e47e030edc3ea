"""What this machine has to spare, and so which model it should run."""

import os
import shutil
from pathlib import Path

from sandbox.embedded.catalog import MODELS, EmbeddedModel

PROC = Path("/proc/meminfo")
CGROUP = Path("/sys/fs/cgroup")
NO_LIMIT = 1 << 62


def choose_tier(*, memory: int, disk: int) -> EmbeddedModel | None:
    """Return the best model for so many bytes of free memory and disk; None when there is no room for any."""
    for model in MODELS.values():
        if memory >= max(model.comfortable_memory, model.memory_needed) and disk >= model.disk_needed:
            return model
    return None


def free_memory(*, proc: Path = PROC, cgroup: Path = CGROUP) -> int:
    """Return the bytes that a new process could take: of the machine, or of the container when that has fewer."""
    return min(_machine_memory(proc), _container_memory(cgroup))


def free_disk(folder: Path) -> int:
    """Return the bytes free where a folder is, or would be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def core_count(*, cgroup: Path = CGROUP) -> int:
    """Return how many cores this process may use at the same time, at least one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limit = _numbers(cgroup / "cpu.max")
    if len(limit) == 2 and limit[1]:
        cores = min(cores, limit[0] // limit[1])
    return max(1, cores)


def _machine_memory(proc: Path) -> int:
    if proc.exists():
        for line in proc.read_text(encoding="ascii").splitlines():
            name, _colon, rest = line.partition(":")
            if name == "MemAvailable":
                return int(rest.split()[0]) * 1024
    # macOS does not say what is free without a program of its own; half of all is a careful guess.
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


def _container_memory(cgroup: Path) -> int:
    limit, used = _numbers(cgroup / "memory.max"), _numbers(cgroup / "memory.current")
    if not limit or not used:
        return NO_LIMIT
    return max(0, limit[0] - used[0] + _droppable(cgroup / "memory.stat"))


def _droppable(file: Path) -> int:
    """Return the bytes of files that the kernel keeps in memory only while nobody else wants it."""
    try:
        lines = file.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))


def _numbers(file: Path) -> list[int]:
    """Return the numbers in a file of the kernel; none when it is missing or says "max"."""
    try:
        words = file.read_text(encoding="ascii").split()
    except OSError:
        return []
    return [int(word) for word in words] if all(word.isdecimal() for word in words) else []
