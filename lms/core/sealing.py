"""Numbering of committed rows, so that readers in order of position never miss one.

A bare sequence cannot order a log: transaction A takes number 7, B takes 8 and commits, a reader passes 8,
and A's row 7 appears behind the reader for ever. Here writers insert rows without a position and never wait
for each other. A sealer, one at a time, gives the next positions to rows that it can see, which are committed
by definition. A row that commits late is numbered late. Positions have no gaps and never change.

docs/decisions/0003-sealed-ledgers.md weighs this against the other ways.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from lms.core.models import AppendOnlyModel, SealHead

SetDigest = Callable[[Any, str], str]
"""Sets the digest of a row from that of the row before it, and returns it."""


def seal_committed_rows(
    model: type[AppendOnlyModel], *, set_digest: SetDigest | None = None, batch_size: int = 1000
) -> int:
    """Give the next positions to committed rows that have none, oldest first.

    Args:
        model: The append-only table.
        set_digest: Chains the rows; None for a table that is only ordered.
        batch_size: Rows sealed in one transaction.

    Returns:
        How many rows were sealed; less than `batch_size` when none is left.
    """
    with transaction.atomic():
        head = lock_head(model)
        unsealed = model.objects.filter(position=None).order_by("pk")
        if set_digest is None:
            unsealed = unsealed.only("pk")
        rows = list(unsealed[:batch_size])
        if not rows:
            return 0
        for row in rows:
            head.position += 1
            row.position = head.position
            if set_digest is not None:
                head.digest = set_digest(row, head.digest)
        _write_seals(model, rows, with_digest=set_digest is not None)
        head.save(update_fields=["position", "digest"])
    return len(rows)


def lock_head(model: type[AppendOnlyModel]) -> SealHead:
    """Return the head of a sealed table, which stays as it is until the caller's transaction ends.

    A second sealer waits here, and then reads what the first one has left. Writers are not held up.
    """
    head, _ = SealHead.objects.select_for_update().get_or_create(table=model.table_name())
    return head


def _write_seals(model: type[AppendOnlyModel], rows: list[Any], *, with_digest: bool) -> None:
    """Write what ordinary saving refuses on these models; psycopg sends all rows in one pipeline."""
    columns = ["position", "digest"] if with_digest else ["position"]
    quote = connection.ops.quote_name
    assignments = ", ".join(f"{quote(column)} = %s" for column in columns)
    statement = f"UPDATE {quote(model.table_name())} SET {assignments} WHERE id = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, [(*(getattr(row, c) for c in columns), row.pk) for row in rows])
