"""`make bench`: what pages cost and how they compare with a bare view. docs/performance.md explains."""

import argparse
import os
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
from psycopg import sql

from tests.bench.figures import write

RESULT = Path(__file__).resolve().parent.parent.parent / "build" / "bench.json"
DATABASE = "praxis_bench"  # made anew by every run, whatever database the environment names


def main() -> int:
    """Measure, print and write; return 1 when a bound is missed."""
    options = parse_options()
    settle_environment()
    make_database()
    django.setup()
    from tests.bench.run import figures_of  # noqa: PLC0415  needs all of the above

    figures = []
    for figure in figures_of(options.only, rounds=options.rounds, seconds=options.seconds):
        print(figure, flush=True)
        figures.append(figure)
    write(figures, RESULT)
    missed = [figure.name for figure in figures if not figure.holds]
    print(f"missed: {', '.join(missed) or 'none'}", file=sys.stderr)
    return 1 if missed else 0


def parse_options() -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--rounds", type=int, default=5, help="how often each page has its turn")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of each turn")
    parser.add_argument(
        "--only", choices=["pages", "assignments", "credentials", "messages"], help="measure this part alone"
    )
    return parser.parse_args()


def settle_environment() -> None:
    """Fill in local servers where none are named, and settle on our settings."""
    server = os.environ.get("PRAXIS_DATABASE_URL", "postgresql://postgres@127.0.0.1")
    os.environ["PRAXIS_DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=f"/{DATABASE}"))
    os.environ.setdefault("PRAXIS_REDIS_URL", "redis://127.0.0.1:6379/7")
    os.environ["BENCH_RUN"] = uuid.uuid4().hex
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"


def make_database() -> None:
    """Make the database anew."""
    server = urlunsplit(urlsplit(os.environ["PRAXIS_DATABASE_URL"])._replace(path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE))
        )
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


if __name__ == "__main__":
    sys.exit(main())
