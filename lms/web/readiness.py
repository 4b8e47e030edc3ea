"""Can this process serve a page? Asked by /readyz and by `manage.py start`."""

from dataclasses import dataclass
from functools import cache

from celery import current_app
from django.core.cache import cache as shared_cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


@dataclass(frozen=True)
class Readiness:
    """What answered. Pages need the database and its tables; without cache or broker they are only slower."""

    database: bool
    migrations: bool
    cache: bool
    broker: bool

    @property
    def is_ready(self) -> bool:
        """Whether requests should be sent here."""
        return self.database and self.migrations

    @property
    def is_degraded(self) -> bool:
        """Whether something is missing that pages can do without."""
        return not (self.cache and self.broker)


class MigrationsPending(Exception):
    """The database is older than the code."""


def check_readiness() -> Readiness:
    """Return what answers now: one query, and one exchange each with cache and broker."""
    database = _database_answers()
    return Readiness(
        database=database,
        migrations=database and _migrations_are_applied(),
        cache=_cache_answers(),
        broker=_broker_answers(),
    )


def has_pending_migrations() -> bool:
    """Return whether `migrate` would do something; reads the migration files and one table."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@cache
def require_migrations() -> None:
    """Return when every migration is applied; the answer is kept, since a process never sees it undone.

    Raises:
        MigrationsPending: Some are not. This answer is not kept.
    """
    if has_pending_migrations():
        raise MigrationsPending


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return False
    return True


def _migrations_are_applied() -> bool:
    try:
        require_migrations()
    except (MigrationsPending, DatabaseError):
        return False
    return True


def _cache_answers() -> bool:
    try:
        shared_cache.get("praxis.readiness")
    except Exception:  # noqa: BLE001  every cache library fails with errors of its own
        return False
    return True


def _broker_answers() -> bool:
    try:
        with current_app.connection_for_write() as broker:
            broker.connect()
    except Exception:  # noqa: BLE001  every broker library fails with errors of its own
        return False
    return True
