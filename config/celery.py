"""The Celery application. Tasks live in each app's `tasks` module and call one service each."""

import os

from celery import Celery

from lms.core.signs_of_life import WorkerSignOfLife

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("praxis")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["consumer"].add(WorkerSignOfLife)
