"""The team of Linus, and short ways to require a path of somebody in it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from lms.paths.models import Enrollment
from lms.paths.services import enroll_person
from lms.people.models import ReportingLine

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday
IN_DAYS = {days: date(2026, 11, 24) + timedelta(days=days) for days in range(-40, 400)}


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def path(lesson_factory, path_factory):
    lessons = [lesson_factory(slug="first"), lesson_factory(slug="second")]
    return path_factory(*lessons, title="Working with AI", slug="working-with-ai")


@pytest.fixture
def ida(person_factory, linus):
    """Ida manages Linus, and so everyone below him."""
    ida = person_factory("ida@larkfield.example", full_name="Ida Holm")
    ReportingLine.objects.create(manager=ida, report=linus, depth=1)
    for line in ReportingLine.objects.filter(manager=linus):
        ReportingLine.objects.create(manager=ida, report=line.report, depth=2)
    return ida


@pytest.fixture
def joins(linus, person_factory):
    """Return a function that puts someone into the team of Linus."""

    def join(name, **fields):
        person = person_factory(full_name=name, **fields)
        ReportingLine.objects.create(manager=linus, report=person, depth=1)
        return person

    return join


def asked_of(person, path, **days):
    """Require a path of a person."""
    return enroll_person(learner=person, path=path, source=Enrollment.Source.RULE, at=NOW, **days)


def done(person, path, **facts):
    """Let a person have completed a path."""
    enrollment = asked_of(person, path)
    for name, value in {"completed_at": NOW - timedelta(days=60), **facts}.items():
        setattr(enrollment, name, value)
    enrollment.save()
    return enrollment


def text(response):
    return " ".join(response.content.decode().split())
