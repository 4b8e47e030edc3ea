"""Writing very many rows at once, as fast as the database takes them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models, transaction


def insert_rows(*, model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Insert rows in one transaction, all or none; returns how many were given.

    On PostgreSQL by COPY: `bulk_create` would build a model for each row. Values are stored as they are given, and
    columns that are not named must be nullable.

    Args:
        model: The table.
        fields: Names of the fields that have values.
        rows: For each row its values, in the order of the fields.

    Raises:
        IntegrityError: A row breaks a constraint; nothing was inserted.
    """
    values = list(rows)
    if not values:
        return 0
    with transaction.atomic():
        if connection.vendor == "postgresql":
            _copy(model, fields, values)
        else:
            attributes = [_field(model, name).attname for name in fields]
            manager = model._meta.default_manager
            assert manager is not None, "every concrete model has one"
            manager.bulk_create(model(**dict(zip(attributes, row, strict=True))) for row in values)
    return len(values)


def _copy(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(_field(model, name).column)) for name in fields)
    with connection.cursor() as cursor:
        statement = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"
        with connection.wrap_database_errors, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field), f"{name} is no column"
    return field
