"""Long lists by the page, at the same cost wherever one stands.

A page begins behind the last row seen, not at a number of rows to skip: the database goes there by index, and a row
that is added or removed meanwhile makes none appear twice or be missed. The price: there are no page numbers.

The place is a signed text in the address. One that is broken, or made for another list, shows the first page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Field, Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)

PAGE_SIZE = 50
FORWARDS, BACKWARDS = "f", "b"


@dataclass(frozen=True)
class KeysetPage(Generic[Row]):
    """Some rows of a long list.

    Attributes:
        rows: In the order of the list.
        next: Cursor of the page that follows; empty on the last page.
        previous: Cursor of the page before; empty on the first page.
    """

    rows: list[Row]
    next: str = ""
    previous: str = ""


@dataclass(frozen=True)
class _Place:
    """Where a page begins: behind, or before, the row with these values."""

    direction: str
    values: list[Any]


def keyset_page(
    rows: QuerySet[Row], *, order: Sequence[str], cursor: str = "", size: int = PAGE_SIZE
) -> KeysetPage[Row]:
    """Return one page of a list; one query, and a second one when nothing is left behind a cursor.

    Args:
        rows: All of the list, in any order.
        order: Fields as for `order_by`, all rising or all falling, none of them null, and together unique; so
            the last one is usually ``pk``. They may lie over a foreign key, such as ``learner__full_name``.
        cursor: From the address; empty for the first page.
        size: Rows on a page.
    """
    place = _read_cursor(rows.model, order, cursor)
    page = _page_from(rows, order, place, size)
    return page if page.rows or place is None else _page_from(rows, order, None, size)


def _page_from(rows: QuerySet[Row], order: Sequence[str], place: _Place | None, size: int) -> KeysetPage[Row]:
    is_backwards = place is not None and place.direction == BACKWARDS
    ordered = rows.order_by(*(_turned(name) for name in order) if is_backwards else order)
    if place is not None:
        ordered = ordered.filter(_behind(order, place))
    found = list(ordered[: size + 1])
    has_more = len(found) > size
    shown = found[:size][::-1] if is_backwards else found[:size]
    if not shown:
        return KeysetPage([])
    return KeysetPage(
        shown,
        next=_write_cursor(shown[-1], order, FORWARDS) if has_more or is_backwards else "",
        previous=_write_cursor(shown[0], order, BACKWARDS)
        if (has_more if is_backwards else place is not None)
        else "",
    )


def _behind(order: Sequence[str], place: _Place) -> Q:
    """Return the condition for rows that come after a place, such as ``a >= 1 and (a > 1 or b > 7)``.

    Said like this, and not as ``a > 1 or (a = 1 and b > 7)``, databases find the beginning by index.
    """
    is_rising = order[0].startswith("-") == (place.direction == BACKWARDS)
    beyond = "gt" if is_rising else "lt"
    condition = Q()
    for name, value in reversed(list(zip(order, place.values, strict=True))):
        field = name.lstrip("-")
        is_beyond = Q(**{f"{field}__{beyond}": value})
        condition = Q(**{f"{field}__{beyond}e": value}) & (is_beyond | condition) if condition else is_beyond
    return condition


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _salt(model: type[Model], order: Sequence[str]) -> str:
    return f"keyset:{model._meta.label}:{','.join(order)}"


def _write_cursor(row: Model, order: Sequence[str], direction: str) -> str:
    values = []
    for name in order:
        *way, _last = name.lstrip("-").split("__")
        values.append(_field(type(row), name).value_to_string(reduce(getattr, way, row)))
    return signing.dumps([direction, *values], salt=_salt(type(row), order), compress=True)


def _read_cursor(model: type[Model], order: Sequence[str], cursor: str) -> _Place | None:
    if not cursor:
        return None
    try:
        direction, *texts = signing.loads(cursor, salt=_salt(model, order))
    except (signing.BadSignature, UnicodeEncodeError):
        return None
    fields = [_field(model, name) for name in order]
    return _Place(direction, [field.to_python(text) for field, text in zip(fields, texts, strict=True)])


def _field(model: type[Model], name: str) -> "Field[Any, Any]":
    """Return the field that an order speaks of; it may lie over foreign keys."""
    *way, last = name.lstrip("-").split("__")
    for step in way:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    if last == "pk":
        assert model._meta.pk is not None
        return model._meta.pk
    field = model._meta.get_field(last)
    assert isinstance(field, Field)
    return field
