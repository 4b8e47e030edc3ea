import pytest
from celery.signals import after_task_publish

from lms.core import signs_of_life
from lms.core.signs_of_life import WorkerSignOfLife, sign_of_life


class Timer:
    """Stands in for the worker's timer; what it should call is called by the test."""

    def __init__(self):
        self.calls = []

    def call_repeatedly(self, seconds, function, arguments):
        self.calls.append((seconds, function, arguments))
        return self

    def cancel(self):
        self.calls.clear()


class Consumer:
    def __init__(self):
        self.timer = Timer()


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def test_a_worker_shows_itself_as_soon_as_it_takes_tasks():
    consumer = Consumer()

    WorkerSignOfLife(consumer).start(consumer)

    assert sign_of_life("worker").exists()


def test_a_worker_shows_itself_every_second():
    consumer = Consumer()
    WorkerSignOfLife(consumer).start(consumer)
    sign_of_life("worker").unlink()

    [(seconds, touch, arguments)] = consumer.timer.calls
    touch(*arguments)

    assert seconds == 1.0
    assert sign_of_life("worker").exists()


def test_a_worker_that_lost_its_broker_falls_silent():
    consumer = Consumer()
    step = WorkerSignOfLife(consumer)
    step.start(consumer)

    step.stop(consumer)

    assert consumer.timer.calls == []


def test_beat_shows_itself_whenever_it_sends_a_task():
    receivers_before = list(after_task_publish.receivers)
    try:
        signs_of_life.watch_beat()
        after_task_publish.send(sender="lms.core.tasks.seal_audit_trail")
    finally:
        after_task_publish.receivers = receivers_before

    assert sign_of_life("beat").exists()
    assert not sign_of_life("worker").exists()
