"""Settings of workers that the tests of jobs start: a sweep every second, and nothing else to do."""

from config.settings.dev import *  # noqa: F403
from config.settings.dev import CELERY_BEAT_SCHEDULE as ALL

CELERY_BEAT_SCHEDULE = {"run-jobs": {**ALL["run-jobs"], "schedule": 1.0}}
