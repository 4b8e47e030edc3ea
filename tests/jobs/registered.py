"""Makes the kinds of the tests known to a worker: `celery worker --include=tests.jobs.registered`."""

from tests.jobs import kinds

kinds.register()
