"""Which model a machine runs is decided by what it has to spare."""

from pathlib import Path

import pytest

from sandbox.embedded.catalog import GB
from sandbox.embedded.machine import choose_tier, core_count, free_disk, free_memory

MEMINFO = "MemTotal:       24000000 kB\nMemFree:         100000 kB\nMemAvailable:   5000000 kB\n"


@pytest.mark.parametrize(
    ("memory", "disk", "key"),
    [
        (4 * GB, 2.5 * GB, "good"),
        (4 * GB - 1, 2.5 * GB, "small"),
        (4 * GB, 2.5 * GB - 1, "small"),
        (0.6 * GB, 0.25 * GB, "small"),
        (0.6 * GB - 1, 0.25 * GB, None),
        (64 * GB, 0.25 * GB - 1, None),
    ],
)
def test_the_best_model_that_fits_is_chosen(memory, disk, key):
    chosen = choose_tier(memory=int(memory), disk=int(disk))

    assert (chosen.key if chosen else None) == key


@pytest.fixture
def kernel(tmp_path):
    """Write files as the kernel does, and return where they are."""

    def write(**files: str) -> dict[str, Path]:
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text)
        return {"proc": tmp_path / "meminfo", "cgroup": tmp_path}

    return write


def test_outside_of_a_container_the_machine_says_what_is_free(kernel):
    assert free_memory(**kernel(meminfo=MEMINFO)) == 5_000_000 * 1024


def test_a_container_without_a_limit_has_what_the_machine_has(kernel):
    files = kernel(meminfo=MEMINFO, memory_max="max\n", memory_current="7\n")

    assert free_memory(**files) == 5_000_000 * 1024


def test_a_limited_container_has_what_its_limit_leaves_and_cached_files_do_not_count(kernel):
    files = kernel(
        meminfo=MEMINFO,
        memory_max="3000\n",
        memory_current="2500\n",
        memory_stat="anon 400\ninactive_file 2000\nactive_file 100\n",
    )

    assert free_memory(**files) == 2500


def test_a_container_beyond_its_limit_has_nothing(kernel):
    assert free_memory(**kernel(meminfo=MEMINFO, memory_max="1\n", memory_current="2\n")) == 0


def test_where_the_kernel_says_nothing_half_of_all_memory_is_the_guess(tmp_path, monkeypatch):
    monkeypatch.setattr("os.sysconf", {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 1000}.__getitem__)

    assert free_memory(proc=tmp_path / "none", cgroup=tmp_path) == 2_048_000


@pytest.mark.parametrize(
    ("cores", "limit", "count"),
    [(8, None, 8), (8, "max 100000\n", 8), (8, "250000 100000\n", 2), (2, "50000 100000\n", 1), (1, None, 1)],
)
def test_cores_are_those_this_process_may_use(kernel, monkeypatch, cores, limit, count):
    monkeypatch.setattr("os.sched_getaffinity", lambda _process: set(range(cores)), raising=False)
    files = kernel(**({"cpu_max": limit} if limit else {}))

    assert core_count(cgroup=files["cgroup"]) == count


def test_the_disk_of_a_folder_that_is_not_there_yet_is_that_of_the_nearest_one(tmp_path):
    assert abs(free_disk(tmp_path / "not" / "yet") - free_disk(tmp_path)) < GB
