"""Readers see every record once, in an order that never changes behind them."""

from datetime import UTC, datetime
from threading import Barrier, Event
from uuid import UUID

import pytest
from django.db import transaction

from lms.core.models import SealHead
from lms.core.sealing import seal_committed_rows
from lms.records.models import ConsumerPosition, LearningRecord
from lms.records.services import deliver_to_all
from tests.connections import wait_until_somebody_waits_for_us

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECONDS = 10  # a test that waits for longer is stuck


def titles_by_position():
    return list(LearningRecord.objects.order_by("position").values_list("position", "object_title"))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_record_whose_transaction_commits_late_is_seen_late_and_never_missed(write, listen, aside):
    first, second = listen("tests.first"), listen("tests.second")
    a_is_inserted, b_is_delivered = Event(), Event()

    @aside
    def slow_writer():
        with transaction.atomic():
            write("A")
            a_is_inserted.set()
            assert b_is_delivered.wait(SECONDS)

    assert a_is_inserted.wait(SECONDS)
    write("B")
    deliver_to_all()
    assert (first, second) == (["B"], ["B"])
    b_is_delivered.set()
    slow_writer.result(SECONDS)
    deliver_to_all()

    assert (first, second) == (["B", "A"], ["B", "A"])
    assert titles_by_position() == [(1, "B"), (2, "A")]
    assert list(LearningRecord.objects.order_by("pk").values_list("object_title", flat=True)) == ["A", "B"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_record_that_is_rolled_back_leaves_no_gap(write, listen, aside):
    seen = listen()
    lost_is_inserted, others_are_delivered = Event(), Event()

    @aside
    def failing_writer():
        with transaction.atomic():
            write("lost")
            lost_is_inserted.set()
            assert others_are_delivered.wait(SECONDS)
            transaction.set_rollback(True)

    assert lost_is_inserted.wait(SECONDS)
    write("B")
    deliver_to_all()
    others_are_delivered.set()
    failing_writer.result(SECONDS)
    write("C")
    deliver_to_all()

    assert seen == ["B", "C"]
    assert titles_by_position() == [(1, "B"), (2, "C")]


def test_a_row_that_appears_before_a_numbered_one_is_numbered_after_it(listen, ada):
    seen = listen()

    for title, pk in [("B", 200), ("A", 100)]:
        LearningRecord.objects.create(
            pk=pk,
            actor=ada,
            verb="completed",
            object_type="lesson",
            object_id=UUID(int=pk),
            object_title=title,
            at=NOON,
        )
        deliver_to_all()

    assert seen == ["B", "A"]
    assert titles_by_position() == [(1, "B"), (2, "A")]


@pytest.mark.django_db(transaction=True)
def test_sealers_at_the_same_time_number_every_row_once_and_without_a_gap(write, aside):
    write(*[str(number) for number in range(60)])
    start = Barrier(3)

    def seal():
        start.wait(SECONDS)
        total = 0
        while sealed := seal_committed_rows(LearningRecord, batch_size=7):
            total += sealed
        return total

    sealed = [sealer.result(SECONDS) for sealer in [aside(seal), aside(seal), aside(seal)]]

    assert sum(sealed) == 60
    assert titles_by_position() == [(number + 1, str(number)) for number in range(60)]
    assert SealHead.objects.get(table="records_learningrecord").position == 60


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_second_sealer_waits_and_then_goes_on_where_the_first_has_ended(write, aside):
    write("A", "B", "C")

    with transaction.atomic():
        assert seal_committed_rows(LearningRecord, batch_size=2) == 2
        second = aside(lambda: seal_committed_rows(LearningRecord))
        wait_until_somebody_waits_for_us()
        assert not second.done()

    assert second.result(SECONDS) == 1
    assert titles_by_position() == [(1, "A"), (2, "B"), (3, "C")]


@pytest.mark.django_db(transaction=True)
def test_deliverers_at_the_same_time_have_the_effect_of_each_record_once(write, note, notes, aside):
    titles = [f"{number:02}" for number in range(30)]
    write(*titles)
    start = Barrier(2)

    def deliver():
        start.wait(SECONDS)
        return deliver_to_all()

    handled = [deliverer.result(SECONDS) for deliverer in [aside(deliver), aside(deliver)]]

    assert sum(handled) == 30
    assert notes() == titles


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_second_deliverer_does_not_wait_for_a_consumer_that_is_held(write, note, notes, aside):
    write("A")
    deliver_to_all()
    write("B")

    with transaction.atomic():
        ConsumerPosition.objects.select_for_update().get(consumer=note.name)
        assert aside(deliver_to_all).result(SECONDS) == 0
        assert notes() == ["A"]

    assert deliver_to_all() == 1
    assert notes() == ["A", "B"]


@pytest.mark.parametrize("rows", [1, 50])
def test_sealing_a_batch_costs_the_same_queries_however_many_rows_it_has(
    rows, write, django_assert_num_queries
):
    write(*["x"] * rows)
    SealHead.objects.create(table="records_learningrecord")

    # Begin, lock the head, read the rows, write their positions, move the head, end.
    with django_assert_num_queries(6):
        seal_committed_rows(LearningRecord)
