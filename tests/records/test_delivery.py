"""Every consumer gets every record it asked for, whatever breaks on the way."""

import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.core.sealing import seal_committed_rows
from lms.records import registry, services, tasks
from lms.records.models import ConsumerPosition, LearningRecord, SetAsideRecord
from lms.records.services import deliver_batch, deliver_to_all, replay_consumer

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def messages_of(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "lms.records.services"]


def position_of(consumer):
    return ConsumerPosition.objects.values_list("position", "attempts").get(consumer=consumer)


def test_a_consumer_sees_the_verbs_it_asked_for_in_order_and_once(write, listen):
    completed, everything = listen("tests.completed"), listen("tests.all", verbs=("completed", "answered"))
    write("A")
    write("B", verb="answered")
    write("C", verb="registered")
    write("D")

    assert deliver_to_all() == 8
    assert deliver_to_all() == 0

    assert completed == ["A", "D"]
    assert everything == ["A", "B", "D"]
    assert position_of("tests.completed") == (4, 0)


def test_a_new_consumer_begins_with_the_first_record_ever_written(write, listen):
    write("A", "B")
    deliver_to_all()

    seen = listen("tests.newcomer")
    deliver_to_all()

    assert seen == ["A", "B"]


def test_a_consumer_knows_whose_record_it_is_without_another_query(write, django_assert_num_queries):
    actors = []
    registry.consumer("tests.actors", verbs=["completed"])(
        lambda record: actors.append(record.actor.full_name)
    )
    write("A", "B")
    deliver_to_all()
    write(*["x"] * 20)
    seal_committed_rows(LearningRecord)

    extra = 1 if connection.vendor == "postgresql" else 0  # SET CONSTRAINTS
    savepoints = 2 * 20
    with django_assert_num_queries(6 + extra + savepoints):
        deliver_batch(consumer=registry.get_consumer("tests.actors"))

    assert actors == ["Ada Okafor"] * 22


def take_turns(name: str, turns: list[str]) -> registry.Handler:
    return lambda record: turns.append(name + record.object_title)


def test_consumers_take_turns_so_that_a_long_replay_holds_up_nobody(write, monkeypatch):
    monkeypatch.setattr(services, "BATCH_SIZE", 2)
    turns: list[str] = []
    for name in ["a", "b"]:
        registry.consumer(f"tests.{name}", verbs=["completed"])(take_turns(name, turns))
    write("1", "2", "3", "4")

    deliver_to_all()

    assert turns == ["a1", "a2", "b1", "b2", "a3", "a4", "b3", "b4"]


def test_a_delivery_ends_with_the_turn_in_which_its_time_is_over(write, listen, monkeypatch):
    monkeypatch.setattr(services, "BATCH_SIZE", 2)
    clock = iter([0, 119, 120])
    monkeypatch.setattr(services, "monotonic", lambda: next(clock))
    seen = listen()
    write("1", "2", "3", "4")

    tasks.deliver_records()

    assert seen == ["1", "2"]


class Crash(BaseException):
    """The worker is told to stop."""


@pytest.mark.django_db(transaction=True)
def test_a_crash_in_the_middle_of_a_batch_loses_nothing_and_doubles_nothing(write, note, notes, monkeypatch):
    write("A", "B", "C")
    handle = note.handle

    def crash_after(record):
        handle(record)
        if record.object_title == "B":
            raise Crash

    monkeypatch.setitem(registry._consumers, note.name, registry.Consumer(note.name, note.verbs, crash_after))
    with pytest.raises(Crash):
        deliver_to_all()
    assert notes() == []
    assert position_of(note.name) == (0, 0)

    monkeypatch.setitem(registry._consumers, note.name, note)
    deliver_to_all()

    assert notes() == ["A", "B", "C"]


KILLED_WORKER = """
    import os, signal, django
    django.setup()
    from lms.core.services import write_audit_entry
    from lms.records import registry, services

    def handle(record):
        write_audit_entry(actor="tests", action="note", object_type="record", object_id=record.object_title)
        if record.object_title == "B":
            os.kill(os.getpid(), signal.SIGKILL)

    services.deliver_batch(consumer=registry.Consumer("tests.note", frozenset({"completed"}), handle))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.proof
def test_a_worker_killed_in_the_middle_of_a_batch_loses_nothing_and_doubles_nothing(
    write, note, notes, tmp_path
):
    write("A", "B", "C")
    seal_committed_rows(LearningRecord)

    worker = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED_WORKER)],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "PRAXIS_DATABASE_URL": url_of_the_test_database(),
            "PRAXIS_DATA_DIR": str(tmp_path),
        },
        check=False,
    )
    assert worker.returncode == -signal.SIGKILL
    assert notes() == []

    deliver_to_all()

    assert notes() == ["A", "B", "C"]


def url_of_the_test_database():
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['PRAXIS_DATABASE_URL'].rsplit('/', 1)[0]}/{name}"


@pytest.fixture
def fragile(note, monkeypatch):
    """The noting consumer, which fails on a record named "poison" after it has written its note."""

    def handle(record):
        note.handle(record)
        if record.object_title == "poison":
            raise ValueError("cannot be digested")

    consumer = registry.Consumer(note.name, note.verbs, handle)
    monkeypatch.setitem(registry._consumers, note.name, consumer)
    return consumer


def test_a_record_that_cannot_be_handled_is_retried_and_then_set_aside_while_others_go_on(
    write, fragile, notes, listen, caplog
):
    other = listen("tests.other")
    write("A", "poison", "B")

    with time_machine.travel(NOON, tick=False) as clock:
        for attempts, pause in [(1, 15), (2, 30), (3, 60), (4, 120)]:
            deliver_to_all()
            assert position_of(fragile.name) == (1, attempts)
            clock.shift(timedelta(seconds=pause - 1))
            assert deliver_to_all() == 0
            assert position_of(fragile.name) == (1, attempts)
            clock.shift(timedelta(seconds=1))
        assert notes() == ["A"]
        assert other == ["A", "poison", "B"]
        assert not SetAsideRecord.objects.exists()

        assert deliver_to_all() == 2

    assert notes() == ["A", "B"]
    assert position_of(fragile.name) == (3, 0)
    (set_aside,) = SetAsideRecord.objects.all()
    assert (set_aside.consumer, set_aside.record.object_title) == ("tests.note", "poison")
    assert set_aside.error == "ValueError: cannot be digested"
    poison = LearningRecord.objects.get(object_title="poison")
    assert messages_of(caplog) == [f"Consumer tests.note failed on record {poison.uuid}"] * 5


def test_attempts_count_for_one_record_and_begin_anew_with_the_next(write):
    failing = {2, 4}

    @registry.consumer("tests.picky", verbs=["completed"])
    def handle(record):
        if record.position in failing:
            raise ValueError(record.position)

    write("1", "2", "3", "4")
    with time_machine.travel(NOON, tick=False) as clock:
        deliver_to_all()
        clock.shift(timedelta(seconds=15))
        deliver_to_all()
        assert position_of("tests.picky") == (1, 2)

        failing.remove(2)
        clock.shift(timedelta(seconds=30))
        deliver_to_all()

    assert position_of("tests.picky") == (3, 1)
    assert ConsumerPosition.objects.get().retry_at == NOON + timedelta(seconds=15 + 30 + 15)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_broken_reference_is_blamed_on_the_record_that_made_it(write, listen, ada):
    def refer_to_nobody(record):
        if record.object_title == "poison":
            ada.lines_down.create(report_id=404, depth=1)

    registry.consumer("tests.referring", verbs=["completed"])(refer_to_nobody)
    write("A", "poison", "B")

    deliver_to_all()

    assert position_of("tests.referring") == (1, 1)


def test_a_consumer_whose_whole_batch_fails_holds_up_no_other(write, listen, monkeypatch, caplog):
    seen = listen("tests.second")
    listen("tests.first")
    deliver = services.deliver_batch

    def fail_for_first(*, consumer):
        if consumer.name == "tests.first":
            raise ConnectionError("gone")
        return deliver(consumer=consumer)

    monkeypatch.setattr(services, "deliver_batch", fail_for_first)
    write("A")

    assert deliver_to_all() == 1
    assert seen == ["A"]
    assert messages_of(caplog) == ["Consumer tests.first could not take a batch; the next sweep tries again"]


def test_a_consumer_that_is_up_to_date_writes_nothing(write, listen):
    listen()
    write("A")
    deliver_to_all()
    (before,) = ConsumerPosition.objects.values_list("updated_at")

    deliver_to_all()

    assert ConsumerPosition.objects.values_list("updated_at").get() == before


# --- replay -------------------------------------------------------------------------------------------


def test_replaying_one_consumer_leaves_the_others_where_they_are(write, listen):
    replayed, other = listen("tests.replayed"), listen("tests.other")
    write("A", "B", "C")
    deliver_to_all()

    replay_consumer(name="tests.replayed", from_position=1, actor="user:mei")
    assert position_of("tests.replayed") == (1, 0)
    assert deliver_to_all() == 2

    assert replayed == ["A", "B", "C", "B", "C"]
    assert other == ["A", "B", "C"]


def test_replaying_is_written_into_the_audit_trail(write, listen):
    listen("tests.replayed")
    write("A", "B")
    deliver_to_all()

    replay_consumer(name="tests.replayed", actor="user:mei")

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.object_type, entry.object_id) == (
        "user:mei",
        "records.replay",
        "consumer",
        "tests.replayed",
    )
    assert (entry.before, entry.after) == ({"position": 2}, {"position": 0})


def test_replaying_an_idempotent_consumer_changes_nothing(write, ada, linus):
    @registry.consumer("tests.lines", verbs=["completed"])
    def rename(record):
        record.actor.preferred_name = record.object_title
        record.actor.save(update_fields=["preferred_name"])

    write("A", "B")
    deliver_to_all()

    replay_consumer(name="tests.lines", actor="user:mei")
    replay_consumer(name="tests.lines", actor="user:mei")
    deliver_to_all()

    ada.refresh_from_db()
    assert ada.preferred_name == "B"
    assert position_of("tests.lines") == (2, 0)


def test_a_replay_tries_again_what_was_set_aside(write, note, notes):
    write("A", "B")
    deliver_to_all()
    record = LearningRecord.objects.get(position=2)
    SetAsideRecord.objects.create(consumer=note.name, record=record, error="ValueError")
    SetAsideRecord.objects.create(consumer="tests.other", record=record, error="ValueError")

    replay_consumer(name=note.name, from_position=1, actor="user:mei")

    assert list(SetAsideRecord.objects.values_list("consumer", flat=True)) == ["tests.other"]


@pytest.mark.parametrize("position", [-1, 3])
def test_a_consumer_is_not_sent_forward_past_records_it_has_not_read(position, write, listen):
    listen("tests.replayed")
    write("A", "B")
    deliver_to_all()

    with pytest.raises(ActionRefused, match=r"send it back to one from 0 to 2"):
        replay_consumer(name="tests.replayed", from_position=position, actor="user:mei")

    assert position_of("tests.replayed") == (2, 0)
    assert not AuditEntry.objects.exists()


def test_the_command_replays_and_says_how_many_records_were_handled(write, listen):
    seen = listen("tests.replayed")
    write("A", "B", "C")
    deliver_to_all()
    output = StringIO()

    call_command("replay_consumer", "tests.replayed", "--from-position=1", stdout=output)

    assert output.getvalue() == "2 records handled.\n"
    assert seen == ["A", "B", "C", "B", "C"]
    assert AuditEntry.objects.get().actor == "command:replay_consumer"


def test_the_command_lists_the_consumers_there_are_when_it_knows_none_of_that_name(listen, db):
    listen("tests.b")
    listen("tests.a")

    with pytest.raises(CommandError) as error:
        call_command("replay_consumer", "tests.c")

    assert str(error.value) == "No consumer is named tests.c. There are: tests.a, tests.b."
    assert not ConsumerPosition.objects.exists()


# --- the register -------------------------------------------------------------------------------------


def test_two_consumers_cannot_share_a_name(listen):
    listen("tests.one")

    with pytest.raises(ValueError, match=r"A consumer named tests\.one exists already"):
        listen("tests.one")


def test_a_consumer_cannot_wait_for_a_verb_that_does_not_exist(listen):
    with pytest.raises(ValueError, match=r"'complete' is not a valid LearningRecord\.Verb"):
        listen("tests.one", verbs=("complete",))

    assert registry.all_consumers() == []


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_to_write_gets_a_turn_between_two_batches(write, listen, monkeypatch):
    listen("tests.completed")
    write("A", "B", "C", "D", "E")
    turns: list[float] = []
    monkeypatch.setattr(services, "BATCH_SIZE", 2)
    monkeypatch.setattr(services, "sleep", turns.append)

    deliver_to_all()

    # PostgreSQL has many writers; SQLite has one, who must let go for longer than the others wait between two looks.
    assert turns == ([] if connection.vendor == "postgresql" else [services.LONGEST_BETWEEN_LOOKS] * 3)
    assert services.LONGEST_BETWEEN_LOOKS > 0.1
