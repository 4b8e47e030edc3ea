"""What a first visit loads: HTML, CSS and JavaScript together, compressed."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone

from lms.paths.models import Enrollment
from lms.paths.services import enroll_person

LIMIT = 100_000


def static_files(html):
    """Return the addresses of all style sheets and scripts of a page, imported style sheets included."""
    found = re.findall(r'<(?:link rel="stylesheet" href|script src)="/static/([^"]+)"', html)
    for address in found:
        if address.endswith(".css"):
            folder = address.rpartition("/")[0]
            found += [f"{folder}/{name}" for name in re.findall(r'@import url\("([^"]+)"\)', read(address))]
    return found


def read(address):
    path = finders.find(address)
    assert path, address
    return Path(path).read_text(encoding="utf-8")


@pytest.mark.parametrize("address", ["/", "/paths/service/", "/lessons/lesson-1/", "/me/record/"])
def test_a_first_visit_loads_at_most_100_kilobytes(ada, client_of, lesson_factory, path_factory, address):
    lesson = lesson_factory()
    path = path_factory(*[lesson] * 36, slug="service")
    enroll_person(learner=ada, path=path, source=Enrollment.Source.RULE, at=timezone.now())

    html = client_of(ada).get(address).content.decode()
    files = static_files(html)

    assert "design/css/components/steps.css" in files
    assert "django_htmx/htmx-2.min.js" in files
    weight = sum(len(gzip.compress(text.encode())) for text in [html, *map(read, files)])
    assert weight <= LIMIT
