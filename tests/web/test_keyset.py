"""Every row of a long list is on exactly one page, forwards and backwards, whatever happens meanwhile."""

import string
from urllib.parse import quote

import pytest
from django.core import signing
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lms.people.models import Employment, User
from lms.web.keyset import keyset_page

BY_NAME = ("full_name", "pk")


def people(*names: str) -> list[User]:
    start = User.objects.count()
    return User.objects.bulk_create(
        User(email=f"row{start + n}@larkfield.example", full_name=name) for n, name in enumerate(names)
    )


def walk(order, size):
    """Return the primary keys of each page, from the first to the last, and the cursor back from the last."""
    pages: list[list[int]] = []
    cursor, back = "", ""
    while True:
        page = keyset_page(User.objects.all(), order=order, cursor=cursor, size=size)
        pages.append([row.pk for row in page.rows])
        back = page.previous
        if not page.next:
            return pages, back
        cursor = page.next


def walk_back(order, size, cursor):
    pages: list[list[int]] = []
    while cursor:
        page = keyset_page(User.objects.all(), order=order, cursor=cursor, size=size)
        pages.insert(0, [row.pk for row in page.rows])
        cursor = page.previous
    return pages


NAMES = st.lists(st.sampled_from(["", "Ada", "ada", "Ädä", "Łukasz", "Zoë", "山田", "%_'\"\\"]), max_size=12)
ORDERS = st.sampled_from([BY_NAME, ("-full_name", "-pk"), ("joined_at", "pk"), ("-joined_at", "-pk")])

# A cursor arrives in an address, as bytes of any kind; what is no Unicode is replaced before a view sees it.
SENT = st.binary(max_size=40) | st.text(string.printable + "\x00é\ud800", max_size=40).map(
    lambda text: text.encode(errors="surrogatepass")
)


class EveryRowOnce(TestCase):
    @given(names=NAMES, size=st.integers(1, 5), order=ORDERS)
    def test_every_row_is_on_exactly_one_page_in_order_both_ways(self, names, size, order):
        people(*names)
        in_order = list(User.objects.order_by(*order).values_list("pk", flat=True))

        pages, back = walk(order, size)

        assert [pk for page in pages for pk in page] == in_order
        assert [*walk_back(order, size, back), pages[-1]] == pages

    @given(sent=SENT)
    @example(sent=b":\xed\xa0\x80")
    def test_a_broken_cursor_shows_the_first_page(self, sent):
        people("Ada", "Bruno")
        cursor = QueryDict(f"from={quote(sent)}")["from"]

        page = keyset_page(User.objects.all(), order=BY_NAME, cursor=cursor, size=1)

        assert [row.full_name for row in page.rows] == ["Ada"]


@pytest.fixture
def three(db):
    return people("Ada", "Bruno", "Cem")


def test_a_cursor_of_another_list_shows_the_first_page(three):
    cursor = keyset_page(User.objects.all(), order=BY_NAME, size=1).next

    page = keyset_page(User.objects.all(), order=("-full_name", "-pk"), cursor=cursor, size=1)

    assert [row.full_name for row in page.rows] == ["Cem"]


def test_a_cursor_that_we_did_not_sign_shows_the_first_page(three):
    cursor = signing.dumps(["f", "Bruno", "1"], salt="something else")

    page = keyset_page(User.objects.all(), order=BY_NAME, cursor=cursor, size=1)

    assert ([row.full_name for row in page.rows], page.previous) == (["Ada"], "")


def test_the_only_page_leads_nowhere(three):
    page = keyset_page(User.objects.all(), order=BY_NAME, size=3)

    assert (len(page.rows), page.next, page.previous) == (3, "", "")


def test_rows_added_and_removed_meanwhile_make_none_appear_twice(three):
    first = keyset_page(User.objects.all(), order=BY_NAME, size=2)
    people("Aaron")
    three[1].delete()

    second = keyset_page(User.objects.all(), order=BY_NAME, cursor=first.next, size=2)

    assert [row.full_name for row in second.rows] == ["Cem"]


def test_when_nothing_is_left_behind_a_cursor_the_first_page_is_shown(three):
    cursor = keyset_page(User.objects.all(), order=BY_NAME, size=2).next
    three[2].delete()

    page = keyset_page(User.objects.all(), order=BY_NAME, cursor=cursor, size=2)

    assert [row.full_name for row in page.rows] == ["Ada", "Bruno"]


def test_an_order_may_lie_over_a_foreign_key(three):
    for person in three:
        Employment.objects.create(person=person, number="1", effective_from="2026-01-01")
    order = ("person__full_name", "pk")
    first = keyset_page(Employment.objects.all(), order=order, size=1)

    second = keyset_page(Employment.objects.all(), order=order, cursor=first.next, size=1)

    assert [row.person.full_name for row in second.rows] == ["Bruno"]


def test_a_page_costs_one_query(three):
    cursor = keyset_page(User.objects.all(), order=BY_NAME, size=1).next

    with CaptureQueriesContext(connection) as captured:
        keyset_page(User.objects.all(), order=BY_NAME, cursor=cursor, size=1)

    assert len(captured) == 1
