"""Migrations keep up with the models, say what they do, and can be undone."""

from collections.abc import Iterable, Iterator

import pytest
from django.core.management import call_command
from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from tests.architecture.floors import our_apps


def our_migrations():
    ours = {app.label for app in our_apps()}
    migrations = MigrationLoader(None).disk_migrations.values()
    return sorted((migration for migration in migrations if migration.app_label in ours), key=str)


def all_operations(operations: Iterable[Operation]) -> Iterator[Operation]:
    for operation in operations:
        yield operation
        yield from all_operations(getattr(operation, "database_operations", []))


def irreversible(operations: Iterable[Operation]) -> list[str]:
    return [operation.describe() for operation in all_operations(operations) if not operation.reversible]


def test_no_migration_is_missing(db, capsys):
    labels = [app.label for app in our_apps()]

    call_command("makemigrations", *labels, check_changes=True, dry_run=True, verbosity=1)

    assert capsys.readouterr().out.startswith("No changes detected")


@pytest.mark.parametrize("migration", our_migrations(), ids=str)
def test_every_migration_can_be_undone(migration):
    assert irreversible(migration.operations) == []


@pytest.mark.parametrize("migration", our_migrations(), ids=str)
def test_every_migration_is_named_for_what_it_does(migration):
    assert "_auto_" not in migration.name


def test_an_operation_without_a_way_back_is_found_at_any_depth():
    one_way = migrations.RunSQL("SELECT 1")
    both_ways = migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop)
    nested = migrations.SeparateDatabaseAndState(database_operations=[both_ways, one_way])

    assert irreversible([both_ways]) == []
    assert irreversible([nested]) == ["Raw SQL operation"]
