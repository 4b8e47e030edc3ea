"""Whether a database is complete: what is set up after migrations waits for the last of them."""

from datetime import datetime

from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max


def is_fully_migrated(using: str) -> bool:
    """Return whether no migration is left to run on a database."""
    executor = MigrationExecutor(connections[using])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def last_migrated_at() -> datetime:
    """Return when the last migration was run: this version has not run for longer. One query."""
    rows = MigrationRecorder(connection).migration_qs
    moment: datetime = rows.aggregate(last=Max("applied"))["last"]
    return moment
