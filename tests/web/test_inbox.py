"""The inbox: newest first, what is unread, opening, and the count in the bar."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.notifications.models import Notification, TypePreference
from lms.notifications.selectors.inbox import unread_count

pytestmark = pytest.mark.django_db
INBOX = "/me/inbox/"


def text(response):
    return " ".join(response.content.decode().split())


def unread_in_bar(client):
    found = re.search(r'class="bell".*?</a>', text(client.get("/")))
    assert found is not None
    number = re.search(r"<b>(.*?)</b>", found[0])
    return number[1] if number else ""


def test_the_newest_stands_first_and_what_is_unread_is_marked(ada, bruno, client_of, tell, noon):
    tell(ada, title="Older", at=noon)
    tell(ada, title="Newer", at=noon + timedelta(hours=1), type="tests.duty")
    tell(bruno, title="For Bruno", at=noon)
    Notification.objects.filter(title="Older").update(seen_at=noon)

    page = text(client_of(ada).get(INBOX))

    assert page.index("<h2>Newer</h2>") < page.index("<h2>Older</h2>")
    assert "For Bruno" not in page
    assert page.count('class="unread"') == 1
    assert "1 is unread." in page
    assert "Duties" in page


def test_opening_one_marks_it_seen_and_leads_on(ada, client_of, tell):
    tell(ada, path="/me/record/")
    row = Notification.objects.get()

    response = client_of(ada).post(f"{INBOX}{row.pk}/open/")

    assert response.headers["Location"] == "/me/record/"
    row.refresh_from_db()
    assert row.seen_at is not None


@pytest.mark.parametrize("path", ["", "//elsewhere.example/", "https://elsewhere.example/"])
def test_what_leads_nowhere_or_elsewhere_leads_back_to_the_inbox(ada, client_of, tell, path):
    tell(ada, path=path)

    response = client_of(ada).post(f"{INBOX}{Notification.objects.get().pk}/open/")

    assert response.headers["Location"] == INBOX


def test_nobody_opens_what_somebody_else_was_told(ada, bruno, client_of, tell):
    tell(ada, path="/me/record/")
    row = Notification.objects.get()

    assert client_of(bruno).post(f"{INBOX}{row.pk}/open/").status_code == 404
    row.refresh_from_db()
    assert row.seen_at is None


def test_all_are_read_at_once_but_not_what_came_meanwhile_nor_what_others_have(ada, bruno, client_of, tell):
    tell(ada, title="One")
    tell(ada, title="Two")
    tell(bruno, title="For Bruno")
    client = client_of(ada)
    latest = client.get(INBOX).context["shown"].unread.latest
    tell(ada, title="Meanwhile")

    client.post(f"{INBOX}read/", {"latest": str(latest)})

    assert set(Notification.objects.unseen().values_list("title", flat=True)) == {"Meanwhile", "For Bruno"}


@pytest.mark.parametrize("latest", ["", "x", "9" * 30, "-1"])
def test_a_form_that_was_tampered_with_marks_nothing(ada, client_of, tell, latest):
    tell(ada)

    assert client_of(ada).post(f"{INBOX}read/", {"latest": latest}).status_code == 302
    assert Notification.objects.unseen().count() == 1


def test_the_bar_counts_what_is_unread_up_to_nine(ada, client_of, tell):
    client = client_of(ada)
    assert unread_in_bar(client) == ""

    for number in range(9):
        tell(ada, title=f"News {number}")
    assert unread_in_bar(client) == "9"

    tell(ada, title="One more")
    assert unread_in_bar(client) == "9+"


def test_the_count_is_one_query_that_reads_no_more_than_it_needs(ada, tell, django_assert_num_queries):
    for number in range(30):
        tell(ada, title=f"News {number}")

    with django_assert_num_queries(1):
        assert unread_count(ada) == 10


def test_a_type_that_is_not_wanted_in_the_inbox_leaves_it_unless_it_is_required(ada, client_of, tell):
    tell(ada, title="Some news")
    tell(ada, title="A duty", type="tests.duty")
    for kind in ("tests.news", "tests.duty"):
        TypePreference.objects.create(person=ada, type=kind, place="inbox", is_wanted=False)

    page = text(client_of(ada).get(INBOX))

    assert "Some news" not in page
    assert "A duty" in page
    assert unread_count(ada) == 1


def test_an_empty_inbox_says_what_will_come(ada, client_of):
    assert "Nothing here yet" in text(client_of(ada).get(INBOX))


def test_a_long_inbox_goes_on_and_costs_the_same(ada, client_of, tell):
    client, counts = client_of(ada), []
    for number in (1, 50):
        for each in range(number):
            tell(ada, title=f"{number} {each}")
        client.get(INBOX)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(INBOX)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    second = client.get(INBOX, {"from": response.context["page"].next})
    assert [len(each.context["page"].rows) for each in (response, second)] == [30, 21]
