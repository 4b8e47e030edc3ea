"""Files that say "I am working": touched by a worker while it takes tasks and by beat whenever it sends one.

A health check then needs no broker and no second Python: a file older than a minute means a stuck process.
`celery inspect ping` would ask through the very queue whose trouble it should report.
"""

from pathlib import Path
from typing import Any

from celery import bootsteps
from celery.signals import after_task_publish, beat_init
from django.conf import settings

SECONDS_BETWEEN_SIGNS = 1.0  # a stopping worker may have to wait this long for its timer


def sign_of_life(process: str) -> Path:
    """Return the file that ``process``, "worker" or "beat", keeps touching."""
    return Path(settings.DATA_DIR) / "tasks" / f"{process}-alive"


def show_sign_of_life(process: str) -> None:
    """Touch the file of ``process``, making its folder when needed."""
    file = sign_of_life(process)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()


class WorkerSignOfLife(bootsteps.StartStopStep):  # type: ignore[misc]  # celery has no stubs
    """Starts once the worker takes tasks, stops while it has lost its broker."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        """Begin without a timer."""
        super().__init__(consumer, **options)
        self.timer: Any = None

    def start(self, consumer: Any) -> None:
        """Show the first sign at once, then one every second."""
        show_sign_of_life("worker")
        self.timer = consumer.timer.call_repeatedly(SECONDS_BETWEEN_SIGNS, show_sign_of_life, ("worker",))

    def stop(self, _consumer: Any) -> None:
        """Fall silent."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


@beat_init.connect  # type: ignore[untyped-decorator]
def watch_beat(**_signal: Any) -> None:
    """Let each task that this beat process sends be its sign of life; one leaves every 15 seconds."""
    after_task_publish.connect(_beat_sent_a_task, weak=False)


def _beat_sent_a_task(**_signal: Any) -> None:
    show_sign_of_life("beat")
