"""A migration operation that makes PostgreSQL itself refuse to change an append-only table.

Django refuses in `lms.core.models.AppendOnlyModel`; this also stops raw SQL, other programs and a slip in a
console. SQLite gets no triggers: Django rebuilds a table there on most changes, and loses them.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

PROTECT = """
CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- Sealing: a row without a position receives one, with its digest, and nothing else changes.
        IF OLD.position IS NULL AND NEW.position IS NOT NULL
            AND to_jsonb(NEW) - ARRAY['position', 'digest'] = to_jsonb(OLD) - ARRAY['position', 'digest']
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'Rows of % are never changed or deleted. Write a new one.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_append_only();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only();
"""

UNPROTECT = """
DROP TRIGGER append_only_table ON {table};
DROP TRIGGER append_only_rows ON {table};
DROP FUNCTION {table}_append_only();
"""


class ProtectAppendOnlyTable(Operation):
    """Refuses UPDATE, DELETE and TRUNCATE of one table, except for the update that seals a row."""

    reversible = True

    def __init__(self, model_name: str) -> None:
        """Take the name of a model that derives from `AppendOnlyModel`."""
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing: Django's picture of the table stays the same."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002
        to_state: ProjectState,
    ) -> None:
        """Create the triggers."""
        self._execute(PROTECT, app_label, schema_editor, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,  # noqa: ARG002
    ) -> None:
        """Drop the triggers."""
        self._execute(UNPROTECT, app_label, schema_editor, from_state)

    def describe(self) -> str:
        """Return what `migrate` prints."""
        return f"Refuse changes of {self.model_name} rows in the database"

    @property
    def migration_name_fragment(self) -> str:
        """Return the part of a migration's name that stands for this operation."""
        return f"protect_{self.model_name.lower()}"

    def _execute(self, statements: str, app_label: str, schema_editor: Any, state: ProjectState) -> None:
        if schema_editor.connection.vendor == "postgresql":
            table = state.apps.get_model(app_label, self.model_name)._meta.db_table
            schema_editor.execute(statements.format(table=table), params=None)
