"""The test suite: SQLite in a file by default; PRAXIS_DATABASE_URL and PRAXIS_REDIS_URL switch to servers."""

import os

from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR, CACHES, DATABASES, REDIS_URL, STORAGES

DEBUG = False
SECRET_KEY = "a-key-for-tests-only-of-sufficient-length-0123456789"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DATA_DIR = BASE_DIR / "build" / "test"
DATA_DIR.mkdir(parents=True, exist_ok=True)
MEDIA_ROOT = DATA_DIR / "media"
PRAXIS_MODEL_DIR = DATA_DIR / "models"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: several threads of one test must see the same database with real locks.
    DATABASES["default"]["NAME"] = str(DATA_DIR / "unused.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
DATABASES["default"]["CONN_MAX_AGE"] = 0
if REDIS_URL:
    # Each test process empties its cache after every test, so each has a numbered database of its own.
    server, _, number = REDIS_URL.rpartition("/")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    CACHES["default"]["LOCATION"] = f"{server}/{int(number) + int(worker)}"
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
PRAXIS_DEMO = True
