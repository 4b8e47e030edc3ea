"""Pages cost the same number of queries, however much there is, and a page view writes nothing."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import MicroLessonPage
from lms.notifications.slots import monday_of
from lms.paths.models import Enrollment, StepCompletion
from lms.paths.services import enroll_person
from lms.people.models import User
from lms.records.services import new_record, record_all
from tests.conftest import answer_id

BUDGET = {
    "/": 10,
    "/learning/": 10,
    "/paths/measured/": 8,
    "/lessons/lesson-1/": 7,
    "/me/record/": 9,
    "/tips/": 4,
    "/me/inbox/": 4,
    "/me/settings/": 4,
    "/me/settings/messages/": 6,
}

COSTS = {
    "/": 8,
    "/learning/": 5,
    "/paths/measured/": 5,
    "/lessons/lesson-1/": 6,
    "/me/record/": 9,
    "/tips/": 3,
    "/me/inbox/": 4,
    "/me/settings/": 3,
    "/me/settings/messages/": 6,
}
"""What they take today, whatever the number of steps; one query counts what is unread for the bar.

Raise a number here only with a reason in the commit."""


@pytest.fixture
def measured(ada, client_of, lesson_factory, path_factory):
    """Return a function that puts Ada on a path of so many steps, and gives her warm browser."""

    def prepare(steps):
        lessons = [lesson_factory() for _ in range(2)]
        path = path_factory(*(lessons[n % 2] for n in range(steps)), slug="measured", role=ada.job_role)
        enroll_person(learner=ada, path=path, source=Enrollment.Source.RULE, at=timezone.now())
        client = client_of(ada)
        for url in BUDGET:
            assert client.get(url).status_code == 200, url
        return client

    return prepare


def queries(call):
    with CaptureQueriesContext(connection) as captured:
        response = call()
    return response, [query["sql"] for query in captured.captured_queries]


def counts(client):
    return {url: len(queries(lambda url=url: client.get(url))[1]) for url in BUDGET}


def grow_company(ada, lesson_factory, path_factory):
    """Add colleagues, paths and enrollments, none of which a page of Ada's may pay for."""
    colleagues = User.objects.bulk_create(
        User(email=f"many{n}@larkfield.example", full_name=f"Colleague {n}") for n in range(50)
    )
    lesson = lesson_factory()
    for _ in range(5):
        path = path_factory(lesson)
        Enrollment.objects.bulk_create(
            Enrollment(learner=person, path=path, source="rule", enrolled_at=timezone.now())
            for person in colleagues
        )
        enroll_person(learner=ada, path=path, source=Enrollment.Source.RULE, at=timezone.now())


def fill_record(ada, lesson):
    """Let Ada have completed fifty steps and fifty paths."""
    enrollment = Enrollment.objects.filter(learner=ada).latest("pk")
    StepCompletion.objects.bulk_create(
        StepCompletion(
            enrollment=enrollment,
            step_id=uuid.uuid4(),
            content_uuid=lesson.uuid,
            revision_id=lesson.live_revision_id,
            completed_at=timezone.now(),
        )
        for _ in range(50)
    )
    record_all(
        records=[
            new_record(
                actor=ada,
                verb="completed",
                object_type="path",
                object_id=uuid.uuid4(),
                object_title=f"Path {number}",
                at=timezone.now(),
            )
            for number in range(50)
        ]
    )


@pytest.mark.parametrize("steps", [5, 50, 500])
def test_every_page_stays_within_its_budget(measured, steps):
    used = counts(measured(steps))

    assert used == COSTS
    assert {url: used[url] <= BUDGET[url] for url in used} == dict.fromkeys(BUDGET, True), used


def test_pages_cost_the_same_for_1_and_for_50(
    ada, measured, lesson_factory, path_factory, tip_factory, tip_delivery, tell, noon
):
    client = measured(1)
    tip = tip_factory()
    tell(ada)
    tip_delivery(ada, tip)
    tip_delivery(ada, tip, week=monday_of(timezone.localdate()))
    question = MicroLessonPage.objects.get(slug="lesson-1").question_ids[0]
    client.post("/lessons/lesson-1/answer/", {"question": question, "chosen": answer_id(question, 1)})
    client.post("/lessons/lesson-1/complete/")
    for url in BUDGET:
        client.get(url)
    few = counts(client)

    grow_company(ada, lesson_factory, path_factory)
    fill_record(ada, lesson_factory())
    for week in range(1, 50):
        tip_delivery(ada, tip, week=noon.date() - timedelta(weeks=week))
        tell(ada, title=f"News {week}")
    for url in BUDGET:
        client.get(url)

    assert counts(client) == few


def test_a_page_view_writes_nothing(measured):
    client = measured(5)

    for url in BUDGET:
        _response, statements = queries(lambda url=url: client.get(url))
        writes = [
            sql for sql in statements if not sql.lstrip().upper().startswith(("SELECT", "BEGIN", "PRAGMA"))
        ]
        assert writes == [], url


@pytest.mark.parametrize("steps", [2, 50, 500])
def test_completing_a_step_takes_at_most_eight_queries(measured, steps):
    client = measured(steps)
    lesson = MicroLessonPage.objects.get(slug="lesson-1")
    question = lesson.question_ids[0]
    client.post("/lessons/lesson-1/answer/", {"question": question, "chosen": answer_id(question, 1)})

    response, statements = queries(lambda: client.post("/lessons/lesson-1/complete/"))

    assert response.status_code == 303
    work = [sql for sql in statements if not sql.upper().startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
    assert len(work) <= 8, "\n".join(work)


def test_completing_the_last_step_takes_at_most_eight_queries(measured):
    client = measured(1)
    question = MicroLessonPage.objects.get(slug="lesson-1").question_ids[0]
    client.post("/lessons/lesson-1/answer/", {"question": question, "chosen": answer_id(question, 1)})

    _response, statements = queries(lambda: client.post("/lessons/lesson-1/complete/"))

    work = [sql for sql in statements if not sql.upper().startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
    assert len(work) <= 8, "\n".join(work)
    assert Enrollment.objects.get().completed_at is not None


def test_a_path_of_36_steps_weighs_at_most_60_kilobytes(measured):
    response = measured(36).get("/paths/measured/")

    assert len(response.content) <= 60_000
