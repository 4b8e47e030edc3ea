"""What screens ask about the audit trail, and about schedules."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max, QuerySet

from lms.core.models import AuditEntry, ScheduleRun, SealHead

NEWEST_FIRST = ("-at", "-pk")


@dataclass(frozen=True)
class AuditSearch:
    """What entries must have in common; what is None or empty asks nothing.

    Attributes:
        actors: Any of these; an empty collection matches no entry, None matches all.
        object_id: Public id of what changed.
        since: From this moment on.
        until: Before this moment.
    """

    actors: Collection[str] | None = None
    action: str = ""
    object_type: str = ""
    object_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


def find_audit_entries(search: AuditSearch) -> QuerySet[AuditEntry]:
    """Return the entries that a search asks for, newest first; for a page, or to stream all of them."""
    entries: QuerySet[AuditEntry] = AuditEntry.objects.order_by(*NEWEST_FIRST)
    if search.actors is not None:
        entries = entries.filter(actor__in=search.actors)
    if search.since:
        entries = entries.filter(at__gte=search.since)
    if search.until:
        entries = entries.filter(at__lt=search.until)
    texts = {"action": search.action, "object_type": search.object_type, "object_id": search.object_id}
    return entries.filter(**{name: value for name, value in texts.items() if value})


def known_actions() -> list[str]:
    """Return every action that the trail speaks of, in order; as many steps in an index as there are actions.

    `SELECT DISTINCT` would read the whole index: 1,000,000 entries for twenty words.
    """
    table = connection.ops.quote_name(AuditEntry.table_name())
    statement = f"""
        WITH RECURSIVE known(action) AS (
            SELECT MIN(action) FROM {table}
            UNION ALL
            SELECT (SELECT MIN(action) FROM {table} WHERE action > known.action)
            FROM known WHERE known.action IS NOT NULL
        )
        SELECT action FROM known WHERE action IS NOT NULL
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [action for (action,) in cursor.fetchall()]


def sealed_count() -> int:
    """Return how many entries are chained, which is the position of the last; one row is read."""
    head = SealHead.objects.filter(table=AuditEntry.table_name()).first()
    return head.position if head else 0


def unsealed_since(now: datetime, *, longer_than: timedelta) -> datetime | None:
    """Return the moment of the oldest entry that has waited too long to be chained; None when none has."""
    oldest = AuditEntry.objects.filter(position=None).order_by("pk").values_list("at", flat=True).first()
    return oldest if oldest and oldest < now - longer_than else None


def last_runs() -> dict[str, datetime]:
    """Return when each schedule that claims its slots last ran; one query."""
    rows = ScheduleRun.objects.order_by().values_list("name").annotate(Max("at"))
    return dict(rows)
