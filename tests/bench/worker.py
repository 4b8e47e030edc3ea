"""A worker in a process of its own: does all jobs there are, and tells what it took."""

import json
from pathlib import Path
from time import perf_counter

import django

if __name__ == "__main__":
    django.setup()
    from lms.jobs.services import run_jobs

    began_at = perf_counter()
    items = run_jobs(for_seconds=600)
    took = perf_counter() - began_at
    # Not from getrusage: that begins with the peak of the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
    print(json.dumps({"items": items, "seconds": took, "peak_kilobytes": peak}))
