"""Whether a database is complete: what is set up after migrations waits for the last of them."""

from django.db import connections
from django.db.migrations.executor import MigrationExecutor


def is_fully_migrated(using: str) -> bool:
    """Return whether no migration is left to run on a database."""
    executor = MigrationExecutor(connections[using])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
