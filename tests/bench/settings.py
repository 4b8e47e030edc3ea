"""Production over plain HTTP on loopback: everything as deployed, but for TLS and the bare view beside it."""

import os

from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR, CACHES, TEMPLATES, WAGTAILSEARCH_BACKENDS

DEBUG = False
SECRET_KEY = "a-key-for-the-benchmark-only-0123456789-abcdefghijklmnopqrstuvwxyz"
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
ROOT_URLCONF = "tests.bench.urls"
DATA_DIR = BASE_DIR / "build" / "bench"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"
# Every run makes its database anew, with the same ids for other rows; nothing cached before may be found.
CACHES["default"]["KEY_PREFIX"] = os.environ.get("BENCH_RUN", "")
WAGTAILSEARCH_BACKENDS = {"default": {**WAGTAILSEARCH_BACKENDS["default"], "AUTO_UPDATE": False}}  # type: ignore[dict-item]
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "ERROR"}}
# An engine of its own for the bare view: no context processors, nothing of the product.
TEMPLATES = [
    {**TEMPLATES[0], "NAME": "django"},
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": "bare",
        "DIRS": [BASE_DIR / "tests" / "bench" / "templates"],
    },
]
