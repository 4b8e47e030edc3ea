"""What a producer may rely on when it records something."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import transaction
from kombu.exceptions import ChannelError, OperationalError

from lms.records.models import LearningRecord
from lms.records.services import new_record, record_all, record_learning

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LESSON = UUID("6f0d3c5e-0000-4000-8000-000000000001")


@pytest.fixture
def sent(monkeypatch):
    """The tasks that were sent to the broker, instead of sending them."""
    sent = []
    monkeypatch.setattr(
        "celery.app.base.Celery.send_task", lambda _app, name, **options: sent.append((name, options))
    )
    return sent


@pytest.fixture
def fields(ada):
    return {
        "actor": ada,
        "verb": "completed",
        "object_type": "lesson",
        "object_id": LESSON,
        "object_title": "Ask for tests that can fail",
        "at": NOON,
    }


def test_a_record_keeps_what_happened_in_the_words_of_xapi(fields, ada):
    record_learning(**fields, object_version="41", result={"success": True}, context={"enrollment": 7})

    record = LearningRecord.objects.get()
    assert (record.actor, record.verb, record.object_type, record.object_id) == (
        ada,
        "completed",
        "lesson",
        LESSON,
    )
    assert (record.object_title, record.object_version) == ("Ask for tests that can fail", "41")
    assert (record.result, record.context) == ({"success": True}, {"enrollment": 7})
    assert (record.at, record.position) == (NOON, None)


def test_many_records_cost_one_insert(fields, django_assert_num_queries):
    records = [new_record(**fields) for _ in range(50)]

    with django_assert_num_queries(1):
        record_all(records=records)

    assert LearningRecord.objects.count() == 50


def test_no_records_cost_nothing_and_wake_nobody(
    db, sent, django_assert_num_queries, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), django_assert_num_queries(0):
        assert record_all(records=[]) == []

    assert sent == []


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("verb", "'learned' is not a valid LearningRecord.Verb"),
        ("object_type", "'learned' is not a valid LearningRecord.ObjectType"),
    ],
)
def test_a_misspelled_word_is_refused_before_it_is_written_for_ever(field, message, fields):
    with pytest.raises(ValueError, match=message):
        record_learning(**fields | {field: "learned"})

    assert not LearningRecord.objects.exists()


def test_consumers_are_woken_once_for_a_set_of_records_and_only_after_the_commit(
    fields, sent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        record_all(records=[new_record(**fields), new_record(**fields)])
        assert sent == []

    assert sent == [("lms.records.tasks.deliver_records", {"expires": 15})]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_leaves_no_record_and_wakes_nobody(fields, sent):
    with transaction.atomic():
        record_learning(**fields)
        transaction.set_rollback(True)

    assert not LearningRecord.objects.exists()
    assert sent == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError, ChannelError, ConnectionRefusedError])
def test_without_a_broker_the_record_is_kept_and_the_log_says_who_delivers_it(
    error, fields, monkeypatch, caplog
):
    def refuse(*_args, **_options):
        raise error("down")

    monkeypatch.setattr("celery.app.base.Celery.send_task", refuse)

    with transaction.atomic():
        record_learning(**fields)

    assert LearningRecord.objects.count() == 1
    ours = [record for record in caplog.records if record.name == "lms.core.nudges"]
    assert [(record.levelname, record.getMessage()) for record in ours] == [
        (
            "WARNING",
            "The broker cannot be reached; lms.records.tasks.deliver_records waits for the next sweep.",
        )
    ]
