"""A developer's machine and `make run`: embedded database, files for tasks, mail in the log."""

from config.env import env
from config.settings.base import *  # noqa: F403
from config.settings.base import (
    ALLOWED_HOSTS,
    DATA_DIR,
    PRAXIS_DEMO,
    PRAXIS_INTERNAL_HOSTS,
    STATIC_ROOT,
    STORAGES,
)

DEBUG = not PRAXIS_DEMO  # the demo is looked at by people, who should see our pages for errors
SECRET_KEY = env.get("SECRET_KEY") or "insecure-development-key-never-used-in-production"
ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
PRAXIS_INTERNAL_HOSTS += ["localhost", "127.0.0.1", "::1"]  # a model server on the same machine
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
for folder in ("queue", "control"):
    (DATA_DIR / "tasks" / folder).mkdir(parents=True, exist_ok=True)
CELERY_BEAT_MAX_LOOP_INTERVAL = 1  # seconds until the beat inside a worker notices that it should stop
