"""One migrated database per schema, copied for every test process.

Migrating takes longer than most of the suite, so it is done once into a template, named after the migrations that
made it, and each test process works on a copy. After a test that commits, the copy is made anew.
"""

import hashlib
import itertools
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from filelock import FileLock
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "test"
COPIES = itertools.count(1)
# Every migration builds all models again; looking through them for garbage takes a fifth of the time.
MIGRATE = """
import gc
from django.core.management import execute_from_command_line
gc.disable()
execute_from_command_line(["manage.py", "migrate", "--verbosity=0"])
"""


def schema_name() -> str:
    """Return a name that changes whenever a migration or a package that brings migrations changes."""
    digest = hashlib.sha256(str(ROOT).encode())
    migrations = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("lms/*/migrations/*.py")]
    for file in [
        *sorted(migrations),
        ROOT / "courses" / "services" / "library.py",
    ]:  # it runs after migrations
        digest.update(file.read_bytes())
    digest.update((ROOT / "courses/services/library.py").read_bytes())  # fills the database after migrating
    for package in ["django", "wagtail", "django-allauth"]:
        digest.update(version(package).encode())
    return f"praxis_{digest.hexdigest()[:12]}"


def use_fresh_copy(worker: str) -> None:
    """Point Django's connection of this process at a new copy of the migrated template."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    connection.close()
    with FileLock(FOLDER / "template.lock"):
        name = _copy_sqlite(worker) if connection.vendor == "sqlite" else _copy_postgresql(worker)
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name


def url_of_copy() -> str:
    """Return where another process finds the database of the test that runs now."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['PRAXIS_DATABASE_URL'].rsplit('/', 1)[0]}/{name}"


def _copy_sqlite(worker: str) -> str:
    template = FOLDER / f"{schema_name()}.sqlite3"
    if not template.exists():
        unfinished = template.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        _migrate(f"sqlite:///{unfinished}")
        unfinished.rename(template)
    for leftover in FOLDER.glob(f"{worker}-*.sqlite3*"):
        leftover.unlink()
    # Under a new name each time: a last request of the test before, still under way in a thread of the live
    # server, would leave its write-ahead log beside the new copy and spoil it.
    copy = FOLDER / f"{worker}-{next(COPIES)}.sqlite3"
    shutil.copyfile(template, copy)
    return str(copy)


def _copy_postgresql(worker: str) -> str:
    template, copy = schema_name(), f"{schema_name()}_{worker}"
    given = settings.DATABASES["default"]
    with psycopg.connect(
        host=given["HOST"] or None,
        port=given["PORT"] or None,
        user=given["USER"] or None,
        password=given["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    ) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
            unfinished = f"{template}_unfinished"
            server.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(unfinished))
            )
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
            base = os.environ["PRAXIS_DATABASE_URL"].rsplit("/", 1)[0]
            _migrate(f"{base}/{unfinished}")
            server.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(unfinished), sql.Identifier(template)
                )
            )
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy)))
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(copy), sql.Identifier(template))
        )
    return copy


def _migrate(database_url: str) -> None:
    environment = {
        **os.environ,
        "PRAXIS_DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
    }
    subprocess.run([sys.executable, "-c", MIGRATE], cwd=ROOT, env=environment, check=True)
