"""The audit trail as people read it: names instead of ids, and what was before beside what came after."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from badges.models import Achievement, Award, Issuer
from lms.core.models import AuditEntry
from lms.core.selectors import NEWEST_FIRST, AuditSearch, find_audit_entries
from lms.jobs.models import Job
from lms.paths.models import Assignment
from lms.people.batches import BATCH, in_batches
from lms.people.models import User
from lms.people.selectors import named_like
from lms.web import audit_sentences as sentences
from lms.web.credential_words import with_rules_in_words
from lms.web.keyset import KeysetPage, keyset_page
from sandbox.models import Provider

PERSON = "people.user"
NAMED: dict[str, tuple[type[Any], str]] = {
    "paths.assignment": (Assignment, "name"),
    "jobs.job": (Job, "title"),
    "sandbox.provider": (Provider, "name"),
    "achievement": (Achievement, "live__name"),
    "award": (Award, "version__name"),
    "issuer": (Issuer, "name"),
}
"""Things that have a public id, and the column with their name."""
NAMES_FOUND = 50
SHOWN_AT_ONCE = 3
IDS_LOOKED_UP = 2000
"""An import that removed thousands names them all in one entry; nobody reads that many."""

FILE_HEADER: list[Promise] = [
    _("Number"),
    _("When (UTC)"),
    _("Who"),
    _("Who, as stored"),
    _("What was done"),
    _("What was done, as stored"),
    _("To what"),
    _("Kind of thing"),
    _("Its id"),
    _("Before"),
    _("After"),
    _("Why"),
    _("Digest"),
]


@dataclass(frozen=True)
class Change:
    """One value that an entry speaks of."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class AuditLine:
    """One entry in words.

    Attributes:
        did: What was done, between the names of who did it and to what.
        person: Public id of the person it is about; empty when it is about something else or they are unknown.
        has_before: Whether the entry says what was before; one about something new does not.
    """

    at: datetime
    actor: str
    did: str
    object: str
    person: str
    reason: str
    has_before: bool
    changes: tuple[Change, ...]

    @property
    def is_long(self) -> bool:
        """Whether the values are folded away, as a table."""
        return len(self.changes) > SHOWN_AT_ONCE


@dataclass(frozen=True)
class AuditPage:
    """A page of the trail.

    Attributes:
        has_more_actors: Whether the search for who did it found more people than are looked for.
    """

    lines: list[AuditLine] = field(default_factory=list)
    page: KeysetPage[AuditEntry] = field(default_factory=lambda: KeysetPage([]))
    has_more_actors: bool = False


def audit_page(asked: Mapping[str, Any], cursor: str) -> AuditPage:
    """Return entries that a filter asks for, newest first; two queries, and one to find who did it.

    Args:
        asked: Values of the fields of `AuditFilter`.
        cursor: Where the page begins, see `keyset`.
    """
    search = audit_search(asked)
    page = keyset_page(find_audit_entries(search), order=NEWEST_FIRST, cursor=cursor)
    return AuditPage(audit_lines(page.rows), page, len(search.actors or ()) > NAMES_FOUND)


def audit_search(asked: Mapping[str, Any]) -> AuditSearch:
    """Return what a filter asks of the trail; days are those of the reader, the last one included."""
    return AuditSearch(
        actors=_actors(asked["actor"]) if asked["actor"] else None,
        action=asked["action"],
        object_type=asked["object_type"],
        object_id=asked["object_id"],
        since=_start_of(asked["since"]),
        until=_start_of(asked["until"], days_later=1),
    )


def audit_file_lines(asked: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    """Yield all entries that a filter asks for, newest first, as `FILE_HEADER` says; in flat memory.

    One query, and one for the names in each batch of entries.

    Args:
        asked: Values of the fields of `AuditFilter`.
    """
    entries = find_audit_entries(audit_search(asked)).iterator(chunk_size=BATCH)
    for batch in in_batches(entries):
        names = _names({public_id for entry in batch for public_id in _people_named(entry)})
        for entry in batch:
            yield _file_line(entry, names)


def _people_named(entry: AuditEntry) -> set[str]:
    return sentences.people_in([entry.actor.removeprefix("user:"), entry.object_id])


def _file_line(entry: AuditEntry, names: dict[str, str]) -> tuple[object, ...]:
    """Return an entry in words and as it is stored, so that a copy can be held against the trail."""
    return (
        entry.position,
        entry.at.astimezone(UTC).isoformat(),
        sentences.actor_name(entry.actor, names),
        entry.actor,
        sentences.action_name(entry.action),
        entry.action,
        sentences.object_name(entry.object_type, entry.object_id, names),
        entry.object_type,
        entry.object_id,
        _as_json(entry.before),
        _as_json(entry.after),
        entry.reason,
        entry.digest,
    )


def _as_json(values: dict[str, Any] | None) -> str:
    return "" if values is None else json.dumps(values, ensure_ascii=False, sort_keys=True)


def entries_about(person: User, *, newest: int) -> list[AuditLine]:
    """Return what the trail says about a person, newest first; two queries."""
    about = find_audit_entries(AuditSearch(object_type=PERSON, object_id=str(person.public_id)))
    return audit_lines(list(about[:newest]))


def audit_lines(entries: list[AuditEntry]) -> list[AuditLine]:
    """Return entries in words; one query for the names of people, and one for each other kind of thing.

    What rules of credentials are about takes up to five more.
    """
    entries = with_rules_in_words(entries)
    names = _names({found for entry in entries for found in _people_of(entry)})
    for kind, (model, called) in NAMED.items():
        if ids := {entry.object_id for entry in entries if entry.object_type == kind}:
            named = model.objects.filter(public_id__in=ids).values_list("public_id", called)
            names.update({str(public_id): name for public_id, name in named})
    return [_line(entry, names) for entry in entries]


def _line(entry: AuditEntry, names: dict[str, str]) -> AuditLine:
    before, after = entry.before or {}, entry.after or {}
    return AuditLine(
        at=entry.at,
        actor=sentences.actor_name(entry.actor, names),
        did=sentences.did(entry.action),
        object=sentences.object_name(entry.object_type, entry.object_id, names),
        person=entry.object_id if entry.object_type == PERSON and entry.object_id in names else "",
        reason=sentences.reason_text(entry.reason),
        has_before=entry.before is not None,
        changes=tuple(
            Change(
                name=sentences.fact_name(name),
                before=sentences.value_text(before.get(name), names),
                after=sentences.value_text(after.get(name), names),
            )
            for name in {**before, **after}
        ),
    )


def _people_of(entry: AuditEntry) -> set[str]:
    ids = [entry.actor.removeprefix("user:"), entry.object_id, entry.before, entry.after]
    return sentences.people_in(ids)


def _names(public_ids: Iterable[str]) -> dict[str, str]:
    asked = sorted(public_ids)[:IDS_LOOKED_UP]
    found = User.objects.filter(public_id__in=asked).values_list("public_id", "full_name", "email")
    return {str(public_id): full_name or email for public_id, full_name, email in found}


def _actors(text: str) -> list[str]:
    """Return the actors that a text may mean: that very actor, or people as the list of people finds them."""
    if ":" in text:
        return [text.strip()]
    found = User.objects.filter(named_like(text)).order_by("full_name", "pk")[: NAMES_FOUND + 1]
    return [f"user:{public_id}" for public_id in found.values_list("public_id", flat=True)]


def _start_of(day: date | None, *, days_later: int = 0) -> datetime | None:
    if day is None:
        return None
    try:
        midnight = datetime.combine(day + timedelta(days=days_later), time.min)
        return timezone.make_aware(midnight).astimezone(UTC)
    except OverflowError:  # the last day there is, or the first
        return None
