"""The audit trail is read by people: in sentences, newest first, searched, and verified."""

import csv
import io
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.core.models import AuditEntry
from lms.core.selectors import known_actions
from lms.core.services import seal_audit_trail, write_audit_entry
from lms.web.views.manage import audit as audit_view

AUDIT = "/manage/audit/"
EXPORT = "/manage/audit/export/"
VERIFY = "/manage/audit/verify/"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def write(**fields):
    return write_audit_entry(
        **{
            "actor": "command:import_people",
            "action": "people.import",
            "object_type": "people.hr_export",
            "object_id": "7",
            "at": NOON,
            **fields,
        }
    )


@pytest.fixture
def found(admin):
    """Return a function that gives what was done, by whom, for the entries that an address shows."""

    def entries(**asked):
        response = admin.get(AUDIT, asked)
        assert response.status_code == 200
        return [line.object for line in response.context["found"].lines]

    return entries


def test_entries_are_sentences_newest_first(text_of, ada, mei):
    write(at=NOON - timedelta(days=1), object_id="older")
    write(
        actor=mei.as_actor,
        action="people.set_persona",
        object_type="people.user",
        object_id=str(ada.public_id),
        before={"author": False},
        after={"author": True},
        reason="Writes for us",
    )

    text = text_of(AUDIT)

    sentence = (
        f'<b>Mei Tanaka</b> changed what someone may act as: <a href="/manage/people/{ada.public_id}/">'
    )
    assert text.index(sentence) < text.index("<b>The command import_people</b> imported people")
    assert "Author: no → yes" in text
    assert "Why: Writes for us" in text


def test_an_action_nobody_named_still_reads_as_words(text_of, db):
    write(action="paths.fold_rule", object_type="paths.rule", object_id="12", actor="robot")

    assert "<b>robot</b> fold rule: <b>paths.rule 12</b>" in text_of(AUDIT)


def test_someone_deleted_since_is_said_to_be_unknown(text_of, db):
    write(actor=f"user:{uuid.uuid4()}")

    assert "<b>Someone who is no longer known</b>" in text_of(AUDIT)


def test_many_values_are_a_table_and_short_ones_a_line(text_of, db):
    write(before=None, after={"created": 3, "updated": 2, "left": 0, "numbers_left": [], "odd": {"a": None}})

    text = text_of(AUDIT)

    assert "<summary>5 values</summary>" in text
    assert '<th scope="row">People new</th><td data-label="Value">3</td>' in text
    assert '<th scope="row">Odd</th><td data-label="Value">A: nothing</td>' in text


@pytest.mark.parametrize("value", [None, [], {}, "text", 3, ["a", None], [[1]], {"x": {"y": [True]}}])
def test_any_value_that_json_can_hold_is_shown(admin, value):
    write(before={"thing": value}, after={"thing": "x"})

    assert admin.get(AUDIT).status_code == 200


def test_the_trail_is_searched_by_who_did_it(found, ada, mei):
    write(actor=mei.as_actor, object_id="by-mei")
    write(actor=ada.as_actor, object_id="by-ada")
    write(object_id="by-command")

    assert found(actor="tanaka") == ["HR file by-mei"]
    assert found(actor="ADA@larkfield.example") == ["HR file by-ada"]
    assert found(actor=ada.as_actor) == ["HR file by-ada"]
    assert found(actor="command:import_people") == ["HR file by-command"]
    assert found(actor="nobody") == []
    assert found(actor="%") == []


def test_the_trail_is_searched_by_action_and_object(found, db):
    write(object_id="1")
    write(object_id="2", action="people.other")
    write(object_id="3", object_type="thing")

    assert found(action="people.other") == ["HR file 2"]
    assert found(object_type="thing") == ["thing 3"]
    assert found(object_type="people.hr_export", object_id="1") == ["HR file 1"]


def test_days_are_those_of_the_reader_and_the_last_one_counts(found, mei):
    mei.time_zone = "Asia/Singapore"  # eight hours ahead
    mei.save()
    write(object_id="19th", at=datetime(2026, 11, 19, 15, 59, tzinfo=UTC))
    write(object_id="20th", at=datetime(2026, 11, 19, 16, 0, tzinfo=UTC))
    write(object_id="21st", at=datetime(2026, 11, 20, 16, 0, tzinfo=UTC))

    assert found(since="2026-11-20", until="2026-11-20") == ["HR file 20th"]
    assert found(since="2026-11-21") == ["HR file 21st"]
    assert found(until="2026-11-19") == ["HR file 19th"]


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "yesterday"},
        {"until": "2026-02-30"},
        {"actor": "a" * 201},
        {"actor": "a\x00b"},
        {"object_id": "\x00"},
        {"action": "no.such"},
    ],
)
def test_what_cannot_be_searched_for_is_said(admin, asked):
    write()

    response = admin.get(AUDIT, asked)

    assert response.status_code == 200
    assert "This cannot be searched for" in response.content.decode()
    assert response.context["found"].lines == []


@pytest.mark.parametrize("asked", [{"since": "0001-01-01"}, {"until": "9999-12-31"}, {"from": "nonsense"}])
def test_the_edges_of_time_are_no_error(found, asked):
    write(object_id="7")

    assert found(**asked) == ["HR file 7"]


def test_nothing_found_offers_to_clear(text_of, db):
    assert "Nothing has been decided yet" in text_of(AUDIT)
    assert "No entry matches" in text_of(AUDIT, object_id="nothing")


def test_every_entry_is_on_one_page_although_all_are_of_the_same_moment(admin, db):
    for number in range(120):
        write(object_id=str(number))
    seen, cursor = [], ""
    for _ in range(3):
        found = admin.get(AUDIT, {"from": cursor}).context["found"]
        seen += [entry.object_id for entry in found.page.rows]
        cursor = found.page.next

    assert seen == [str(number) for number in reversed(range(120))]
    assert cursor == ""


def test_the_actions_to_choose_from_are_those_of_the_trail(db):
    assert known_actions() == []

    for action in ["people.import", "courses.create", "people.import", "a"]:
        write(action=action)

    assert known_actions() == ["a", "courses.create", "people.import"]


def test_what_is_written_is_shown_as_text(text_of, db):
    write(
        actor="<script>1</script>",
        action="<script>.<script>2",
        object_type="<script>3",
        object_id="<script>4",
        before={"<script>5": "<script>6"},
        after={"<script>5": "<script>7"},
        reason="<script>8</script>",
    )

    assert "<script>" not in text_of(AUDIT).split("<main", 1)[1]


def test_the_page_costs_the_same_for_1_and_for_50(queries_of, person_factory):
    def add(number):
        person = person_factory()
        write(actor=person.as_actor, action=f"app.action{number % 5}", object_id=str(person.public_id))

    for number in range(5):
        add(number)
    few = queries_of(AUDIT), queries_of(f"{AUDIT}?actor=person")
    for number in range(60):
        add(number)

    assert few == (6, 7)
    assert (queries_of(AUDIT), queries_of(f"{AUDIT}?actor=person")) == few


# --- verification -------------------------------------------------------------------------------------


def test_an_intact_trail_is_confirmed_with_its_head(admin, db):
    for _ in range(3):
        write()
    seal_audit_trail()
    digest = AuditEntry.objects.get(position=3).digest

    text = admin.post(VERIFY, follow=True).content.decode()

    assert f"The chain holds from entry 1 to entry 3 and ends with {digest}." in " ".join(text.split())


def test_a_trail_that_was_touched_names_the_place(admin, db):
    for _ in range(3):
        write()
    seal_audit_trail()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE core_auditentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE core_auditentry SET reason = 'none' WHERE position = 2")

    text = admin.post(VERIFY, follow=True).content.decode()

    assert "The audit trail does not hold. Entry 2" in text
    assert "The 1 entries before it are intact." in text


def test_a_trail_not_sealed_yet_is_said(admin, db):
    write()

    assert "No entry has been sealed yet." in admin.post(VERIFY, follow=True).content.decode()


def test_a_huge_trail_is_left_to_the_command(admin, db, monkeypatch):
    write()
    seal_audit_trail()
    monkeypatch.setattr(audit_view, "VERIFIED_HERE", 0)
    monkeypatch.setattr(audit_view, "verify_audit_trail", lambda: pytest.fail("walked the chain"))

    assert "manage.py verify_audit_trail" in admin.post(VERIFY, follow=True).content.decode()


def test_only_administrators_verify(client_of, linus):
    assert client_of(linus).post(VERIFY).status_code == 404


# --- the file -----------------------------------------------------------------------------------------


def lines_of(admin, **asked):
    response = admin.get(EXPORT, asked)
    assert response["Content-Disposition"].startswith('attachment; filename="audit-trail-')
    content = b"".join(response.streaming_content).decode()
    return list(csv.reader(io.StringIO(content.removeprefix("\ufeff"), newline="")))


def test_the_file_has_every_entry_of_the_search_in_words_and_as_stored(admin, ada, mei):
    write(object_id="older")
    entry = write(
        actor=mei.as_actor,
        action="people.set_persona",
        object_type="people.user",
        object_id=str(ada.public_id),
        before={"author": False},
        after={"author": True},
        reason="Writes for us",
        at=NOON + timedelta(hours=1),
    )
    seal_audit_trail()
    entry.refresh_from_db()

    header, *lines = lines_of(admin, actor="Mei")

    assert header[:4] == ["Number", "When (UTC)", "Who", "Who, as stored"]
    assert lines == [
        [
            "2",
            "2026-11-20T13:00:00+00:00",
            "Mei Tanaka",
            mei.as_actor,
            "Changed what someone may act as",
            "people.set_persona",
            "Ada Okafor",
            "people.user",
            str(ada.public_id),
            '{"author": false}',
            '{"author": true}',
            "Writes for us",
            entry.digest,
        ]
    ]
    assert len(lines_of(admin)) == 3


@pytest.mark.parametrize("text", ["=1+1", "+1", "@SUM(A1)"])
def test_no_reason_in_the_file_is_a_formula(admin, text):
    write(reason=text)

    assert lines_of(admin)[1][11] == f"'{text}"


def test_names_in_the_file_cost_one_query_for_each_batch(admin, ada, mei):
    def cost():
        admin.get(AUDIT)
        with CaptureQueriesContext(connection) as captured:
            lines_of(admin)
        return len(captured)

    def write_many(count):
        for number in range(count):
            write(
                actor=mei.as_actor,
                object_type="people.user",
                object_id=str(ada.public_id),
                after={"n": number},
            )

    write_many(1)
    for_one = cost()
    write_many(499)
    for_a_batch = cost()
    write_many(1)

    assert for_one == for_a_batch == 5
    assert cost() == 6


def test_what_cannot_be_searched_for_is_no_file(admin):
    response = admin.get(EXPORT, {"since": "yesterday"})

    assert (response.status_code, response["Location"]) == (302, "/manage/audit/?since=yesterday")


def test_the_page_leads_to_the_file_of_the_same_search(text_of, db):
    write(reason="x")

    assert 'href="/manage/audit/export/?action=people.import"' in text_of(AUDIT, action="people.import")
