"""The audit trail shows by itself whether anybody has touched it."""

import hashlib
import random
from copy import copy
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from threading import Event
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from lms.core import services
from lms.core.audit import entry_digest, set_entry_digest, verify_chain
from lms.core.models import AuditEntry, SealHead
from lms.core.sealing import seal_committed_rows
from lms.core.services import seal_audit_trail, verify_audit_trail, write_audit_entry

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECONDS = 10  # a test that waits for longer is stuck


def write(number: int = 1, **fields: Any) -> AuditEntry:
    values: dict[str, Any] = {
        "before": {"role": "sales"},
        "after": {"role": "support", "number": number},
        "reason": "moved to another team",
        "at": NOON + timedelta(minutes=number),
    }
    return write_audit_entry(
        actor="user:mei",
        action="people.change_role",
        object_type="user",
        object_id=f"ada{number}",
        **values | fields,
    )


@pytest.fixture
def trail(db):
    """Five sealed entries."""
    for number in range(1, 6):
        write(number)
    seal_audit_trail()


@pytest.fixture
def tamper(db):
    """Return a function that runs SQL as only the owner of the database can: past every trigger."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE core_auditentry DISABLE TRIGGER USER")

        yield lambda statement, *values: cursor.execute(statement, values)


# --- a trail that nobody touched ----------------------------------------------------------------------


def test_a_trail_that_nobody_touched_verifies(trail):
    assert (verify_audit_trail().checked, verify_audit_trail().fault) == (5, "")


def test_an_empty_trail_verifies(db):
    assert (verify_audit_trail().checked, verify_audit_trail().fault) == (0, "")


def test_entries_written_later_extend_the_chain(trail):
    before = verify_audit_trail()

    write(6)
    assert verify_audit_trail() == before
    assert seal_audit_trail() == 1

    assert verify_audit_trail().checked == 6
    assert verify_audit_trail().digest == AuditEntry.objects.get(position=6).digest != before.digest


def test_sealing_in_many_batches_gives_the_same_chain_as_in_one(db):
    for number in range(5):
        write(number)

    while seal_committed_rows(AuditEntry, set_digest=set_entry_digest, batch_size=2):
        pass

    assert verify_audit_trail().checked == 5
    assert verify_audit_trail().fault == ""


def test_entries_that_are_sealed_during_the_verification_are_no_fault(trail, monkeypatch):

    def seal_one_more_first(entries, **head):
        write(6)
        seal_audit_trail()
        return verify_chain(entries, **head)

    monkeypatch.setattr(services, "verify_chain", seal_one_more_first)

    result = verify_audit_trail()

    assert (result.checked, result.fault) == (5, "")
    assert SealHead.objects.get().position == 6


def test_an_entry_belongs_to_the_transaction_of_the_change(db):
    with transaction.atomic():
        write()
        transaction.set_rollback(True)

    assert not AuditEntry.objects.exists()


# --- the digest ---------------------------------------------------------------------------------------


def test_the_digest_is_that_of_the_canonical_text_on_every_database(db):
    """The text is written out by hand, so that the code cannot pass by agreeing with itself."""
    entry = write(
        before=None,
        after={
            "one": 1.0,
            "thousand": 1e3,
            "tiny": 1.5e-7,
            "huge": 1e300,
            "big": 2**70,
            "third": 1 / 3,
            "minus_zero": -0.0,
            "yes": True,
            "none": None,
            "composed": "\N{LATIN SMALL LETTER E WITH ACUTE}",
            "decomposed": "e\N{COMBINING ACUTE ACCENT}",
            "owl": "\N{OWL}",
            "\N{LATIN SMALL LETTER E WITH ACUTE}": [{"b": 2, "a": 1}, []],
            "moment": datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC),
            "day": date(2026, 11, 20),
            "id": UUID(int=7),
        },
        reason='She said "yes".\n',
        at=datetime(2026, 7, 1, 14, 30, 0, 654321, tzinfo=ZoneInfo("Europe/Lisbon")),
    )
    seal_audit_trail()

    text = (
        '{"action":"people.change_role","actor":"user:mei","after":{'
        '"big":1.180591620717411303424E+21,'
        '"composed":"\\u00e9",'
        '"day":"2026-11-20",'
        '"decomposed":"e\\u0301",'
        '"huge":1E+300,'
        '"id":"00000000-0000-0000-0000-000000000007",'
        '"minus_zero":0,'
        '"moment":"2026-11-20T12:00:00.123Z",'
        '"none":null,'
        '"one":1,'
        '"owl":"\\ud83e\\udd89",'
        '"third":0.3333333333333333,'
        '"thousand":1000,'
        '"tiny":0.00000015,'
        '"yes":true,'
        '"\\u00e9":[{"a":1,"b":2},[]]},'
        '"at":"2026-07-01T13:30:00.654321+00:00",'
        f'"before":null,"id":{entry.pk},"object_id":"ada1","object_type":"user","position":1,'
        '"reason":"She said \\"yes\\".\\n"}'
    )
    assert AuditEntry.objects.get().digest == hashlib.sha256(text.encode()).hexdigest()
    assert verify_audit_trail().fault == ""


def test_each_digest_continues_the_one_before(trail):
    first, second = AuditEntry.objects.order_by("position")[:2]

    assert first.digest == entry_digest(first, "")
    assert second.digest == entry_digest(second, first.digest) != entry_digest(second, "")


# --- tampering in the database ------------------------------------------------------------------------

TAMPERING = {
    "one letter": ("UPDATE core_auditentry SET reason = 'moved to another tean' WHERE position = 3", 3),
    "the actor": ("UPDATE core_auditentry SET actor = 'user:bob' WHERE position = 3", 3),
    "the action": ("UPDATE core_auditentry SET action = 'people.read' WHERE position = 3", 3),
    "the object's type": ("UPDATE core_auditentry SET object_type = 'unit' WHERE position = 3", 3),
    "the object": ("UPDATE core_auditentry SET object_id = 'bob' WHERE position = 3", 3),
    "the value before": ("""UPDATE core_auditentry SET before = '{"role": "Sales"}' WHERE position = 3""", 3),
    "the value after": ("UPDATE core_auditentry SET after = NULL WHERE position = 3", 3),
    "the moment": (
        "UPDATE core_auditentry SET at = '2026-11-20 12:03:00.000001+00:00' WHERE position = 3",
        3,
    ),
    "the row's number": ("UPDATE core_auditentry SET id = -3 WHERE position = 3", 3),
    "the digest": ("UPDATE core_auditentry SET digest = upper(digest) WHERE position = 3", 3),
    "the position": ("UPDATE core_auditentry SET position = 9 WHERE position = 3", 3),
    "the first gone": ("DELETE FROM core_auditentry WHERE position = 1", 1),
    "one gone": ("DELETE FROM core_auditentry WHERE position = 3", 3),
    "one unsealed": ("UPDATE core_auditentry SET position = NULL WHERE position = 3", 3),
    "the tail gone": ("DELETE FROM core_auditentry WHERE position > 3", 4),
    "all gone": ("DELETE FROM core_auditentry", 1),
    "one gone, the gap closed": (
        "DELETE FROM core_auditentry WHERE position = 3;"
        "UPDATE core_auditentry SET position = 3 WHERE position = 4;"
        "UPDATE core_auditentry SET position = 4 WHERE position = 5",
        3,
    ),
    "two swapped": (
        "UPDATE core_auditentry SET position = 0 WHERE position = 2;"
        "UPDATE core_auditentry SET position = 2 WHERE position = 4;"
        "UPDATE core_auditentry SET position = 4 WHERE position = 0",
        2,
    ),
    "the head's digest": ("UPDATE core_sealhead SET digest = upper(digest)", 6),
    "the head moved back": ("UPDATE core_sealhead SET position = 3", 4),
    "the head moved on": ("UPDATE core_sealhead SET position = 6", 6),
    "the head gone": ("DELETE FROM core_sealhead", 1),
}


@pytest.mark.parametrize(("statements", "first_bad"), TAMPERING.values(), ids=TAMPERING.keys())
def test_tampering_in_the_database_is_found_where_it_begins(statements, first_bad, trail, tamper):
    for statement in statements.split(";"):
        tamper(statement)

    result = verify_audit_trail()

    assert result.fault != ""
    assert result.checked == first_bad - 1


def test_an_entry_forged_behind_the_end_is_found(trail, tamper):
    """Forged with care: the chain itself holds, but nothing was sealed there."""
    last = AuditEntry.objects.get(position=5)
    forged = AuditEntry(
        pk=last.pk + 1, position=6, at=NOON, actor="user:eve", action="x", object_type="x", object_id="x"
    )
    forged.digest = entry_digest(forged, last.digest)
    forged.save()

    result = verify_audit_trail()

    assert result.checked == 5
    assert result.fault == f"Entry 6 (row {forged.pk}) was added behind the end of the chain, 5"


def test_a_chain_that_was_computed_anew_does_not_fit_the_head(trail, tamper):
    digest = ""
    for entry in AuditEntry.objects.order_by("position"):
        entry.reason = "never mind"
        digest = entry_digest(entry, digest)
        tamper(
            "UPDATE core_auditentry SET reason = 'never mind', digest = %s WHERE id = %s", digest, entry.pk
        )

    assert verify_audit_trail().fault == "The chain holds but does not end as its head says"


# --- tampering, five hundred times --------------------------------------------------------------------

FIELD_CHANGES = {
    "id": lambda entry: entry.pk + 1000,
    "actor": lambda entry: entry.actor[:-1],
    "action": lambda entry: entry.action.upper(),
    "object_type": lambda entry: entry.object_type + " ",
    "object_id": lambda entry: entry.object_id + "0",
    "before": lambda entry: {**entry.before, "role": None},
    "after": lambda entry: {**entry.after, "number": entry.after["number"] + 0.5},
    "reason": lambda entry: entry.reason.replace(
        "team", "t\u0435am"
    ),  # a Cyrillic letter that looks the same
    "at": lambda entry: entry.at - timedelta(microseconds=1),
    "digest": lambda entry: flip_a_bit(entry.digest),
}


def flip_a_bit(digest):
    return f"{int(digest, 16) ^ 1:064x}"


def change_a_field(chain, place, chance):
    field = chance.choice(sorted(FIELD_CHANGES))
    setattr(chain[place], field, FIELD_CHANGES[field](chain[place]))
    return place


def flip_a_byte(chain, place, chance):
    at = chance.randrange(len(chain[place].reason))
    reason = chain[place].reason
    chain[place].reason = reason[:at] + chr(ord(reason[at]) ^ 1) + reason[at + 1 :]
    return place


def delete(chain, place, chance):
    del chain[place]
    if chance.random() < 0.5:
        number_anew(chain)
    return place


def swap(chain, place, chance):
    other = chance.choice([index for index in range(len(chain)) if index != place])
    chain[place], chain[other] = chain[other], chain[place]
    number_anew(chain)
    return min(place, other)


def insert(chain, place, chance):
    forged = copy(chance.choice(chain))
    forged.pk = 5000
    chain.insert(place, forged)
    number_anew(chain)
    return place


def cut_the_tail(chain, place, chance):
    del chain[place:]
    return place


def number_anew(chain):
    for position, entry in enumerate(chain, start=1):
        entry.position = position


MUTATIONS = [change_a_field, flip_a_byte, delete, swap, insert, cut_the_tail]


def test_five_hundred_random_mutations_are_all_found_at_the_first_bad_entry():
    chance = random.Random(20261120)
    entries = [
        AuditEntry(
            pk=number,
            position=number,
            at=NOON + timedelta(seconds=number),
            actor=f"user:{number}",
            action="people.change_role",
            object_type="user",
            object_id=str(number),
            before={"role": "sales"},
            after={"number": number},
            reason="moved to another team",
        )
        for number in range(1, 31)
    ]
    digest = ""
    for entry in entries:
        digest = set_entry_digest(entry, digest)
    assert verify_chain(entries, head_position=30, head_digest=digest).checked == 30

    for number in range(500):
        mutate = MUTATIONS[number % len(MUTATIONS)]
        chain = [copy(entry) for entry in entries]
        first_bad = mutate(chain, chance.randrange(30), chance) + 1

        result = verify_chain(chain, head_position=30, head_digest=digest)

        assert (result.checked + 1, bool(result.fault)) == (first_bad, True), (
            number,
            mutate.__name__,
            result,
        )


# --- the command --------------------------------------------------------------------------------------


def test_the_command_prints_the_head_to_keep_elsewhere_and_chains_what_is_new(trail):
    head = AuditEntry.objects.get(position=5).digest
    write(6)
    output = StringIO()

    call_command("verify_audit_trail", stdout=output)

    assert output.getvalue() == (
        f"5 audit entries verified, none changed; 1 more chained now.\nHead at 5: {head}\n"
    )
    assert SealHead.objects.get().position == 6


def test_the_command_ends_with_code_1_and_names_the_entry_that_was_changed(trail, tamper):
    tamper("UPDATE core_auditentry SET reason = 'never mind' WHERE position = 3")
    row = AuditEntry.objects.get(position=3).pk
    write(6)

    with pytest.raises(CommandError) as error:
        call_command("verify_audit_trail")

    assert error.value.returncode == 1
    assert str(error.value) == (
        f"Entry 3 (row {row}) is not as it was when it was sealed. The 2 entries before it are intact."
    )
    assert AuditEntry.objects.get(object_id="ada6").position is None


# --- writers and the sealer ---------------------------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_sealer_at_work_holds_up_no_writer(db, aside):
    write(1)

    with transaction.atomic():
        assert seal_audit_trail() == 1
        aside(lambda: write(2)).result(SECONDS)

    assert seal_audit_trail() == 1
    assert (verify_audit_trail().checked, verify_audit_trail().fault) == (2, "")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_writer_at_work_holds_up_no_sealer(db, aside):
    is_written, is_sealed = Event(), Event()

    @aside
    def slow_writer():
        with transaction.atomic():
            write(1)
            is_written.set()
            assert is_sealed.wait(SECONDS)

    assert is_written.wait(SECONDS)
    write(2)
    assert seal_audit_trail() == 1
    is_sealed.set()
    slow_writer.result(SECONDS)
    assert seal_audit_trail() == 1

    chained = AuditEntry.objects.order_by("position").values_list("object_id", flat=True)
    assert list(chained) == ["ada2", "ada1"]
    assert (verify_audit_trail().checked, verify_audit_trail().fault) == (2, "")


@pytest.mark.parametrize("entries", [1, 50])
def test_sealing_costs_the_same_queries_however_many_entries_wait(entries, db, django_assert_num_queries):
    for number in range(entries):
        write(number)
    SealHead.objects.create(table="core_auditentry")

    # Twice begin, lock the head, read the rows, end; once write the seals and move the head.
    with django_assert_num_queries(10):
        seal_audit_trail()
