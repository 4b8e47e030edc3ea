"""What is written once is never changed or deleted: not through Django, and on PostgreSQL not by anybody."""

import importlib

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.migrations.state import ProjectState

from lms.core.models import AuditEntry
from lms.core.querysets import AppendOnlyViolation
from lms.core.sealing import seal_committed_rows
from lms.core.services import seal_audit_trail, write_audit_entry
from lms.records.models import LearningRecord


@pytest.fixture(params=[LearningRecord, AuditEntry])
def row(request, write):
    """A row of each append-only table, not sealed yet."""
    if request.param is LearningRecord:
        return write("A")[0]
    return write_audit_entry(
        actor="tests", action="tests.try", object_type="row", object_id="A", reason="as it was"
    )


def as_stored(model):
    return list(model.objects.values())


CHANGES = {
    "saving it again": lambda row: row.save(),
    "saving another under its number": lambda row: copy_of(row).save(),
    "creating another under its number": lambda row: type(row).objects.create(**values_of(row)),
    "deleting it": lambda row: row.delete(),
    "updating all": lambda row: type(row).objects.update(position=7),
    "updating some": lambda row: type(row).objects.filter(pk=row.pk).update(position=7),
    "updating in bulk": lambda row: type(row).objects.bulk_update([row], ["position"]),
    "updating or creating": lambda row: type(row).objects.update_or_create(
        pk=row.pk, defaults={"position": 7}
    ),
    "creating over it in bulk": lambda row: type(row).objects.bulk_create(
        [copy_of(row)], update_conflicts=True, unique_fields=["id"], update_fields=["position"]
    ),
    "ignoring it in bulk": lambda row: type(row).objects.bulk_create([copy_of(row)], ignore_conflicts=True),
    "deleting all": lambda row: type(row).objects.all().delete(),
    "deleting some": lambda row: type(row).objects.filter(pk=row.pk).delete(),
}


def values_of(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def copy_of(row):
    return type(row)(**values_of(row))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_django_refuses_to_change_a_row_that_is_written(change, row):
    before = as_stored(type(row))

    with pytest.raises((TypeError, IntegrityError)), transaction.atomic():
        change(row)

    assert as_stored(type(row)) == before


def test_the_refusal_says_what_to_do_instead(row):
    with pytest.raises(AppendOnlyViolation, match=r"rows are never changed\. Write a new one\."):
        row.save()


FORBIDDEN_SQL = {
    "change a fact": "UPDATE {table} SET at = at + interval '1 second'",
    "change a fact while sealing": "UPDATE {table} SET position = 99, at = at + interval '1 second'",
    "take a position back": "UPDATE {table} SET position = NULL",
    "change a position": "UPDATE {table} SET position = 99 WHERE position IS NOT NULL",
    "change nothing": "UPDATE {table} SET at = at",
    "delete": "DELETE FROM {table}",
    "empty the table": "TRUNCATE {table} CASCADE",
}


@pytest.mark.postgresql
@pytest.mark.parametrize("statement", FORBIDDEN_SQL.values(), ids=FORBIDDEN_SQL.keys())
@pytest.mark.parametrize("is_sealed", [True, False], ids=["sealed", "unsealed"])
def test_postgresql_itself_refuses_to_change_or_delete_a_row(statement, is_sealed, row):
    if is_sealed:
        seal(type(row))
    elif "WHERE position" in statement:
        statement = "UPDATE {table} SET position = NULL"
    before = as_stored(type(row))

    with pytest.raises(IntegrityError, match="are never changed or deleted"):
        execute(statement, type(row))

    assert as_stored(type(row)) == before


@pytest.mark.postgresql
def test_postgresql_itself_refuses_another_digest_than_the_sealed_one(db):
    write_audit_entry(actor="tests", action="tests.try", object_type="row", object_id="A")
    with pytest.raises(IntegrityError, match="are never changed or deleted"):
        execute("UPDATE {table} SET digest = 'forged'", AuditEntry)
    seal_audit_trail()

    with pytest.raises(IntegrityError, match="are never changed or deleted"):
        execute("UPDATE {table} SET digest = 'forged'", AuditEntry)

    assert AuditEntry.objects.get().digest != "forged"


@pytest.mark.postgresql
def test_the_protection_can_be_taken_off_and_put_on_again_by_its_migration(db):
    migration = importlib.import_module("lms.core.migrations.0003_protect_audit_entries").Migration
    (protection,) = migration.operations
    state = ProjectState.from_apps(apps)
    write_audit_entry(actor="tests", action="tests.try", object_type="row", object_id="A")

    with connection.schema_editor() as editor:
        protection.database_backwards("core", editor, state, state)
    execute("UPDATE {table} SET reason = 'changed'", AuditEntry)
    with connection.schema_editor() as editor:
        protection.database_forwards("core", editor, state, state)

    with pytest.raises(IntegrityError, match="are never changed or deleted"):
        execute("UPDATE {table} SET reason = 'changed again'", AuditEntry)
    assert AuditEntry.objects.get().reason == "changed"


def seal(model):
    if model is AuditEntry:
        seal_audit_trail()
    else:
        seal_committed_rows(model)


def execute(statement, model):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement.format(table=model._meta.db_table))
