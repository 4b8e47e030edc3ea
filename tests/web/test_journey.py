"""The main job, by plain HTTP as a browser without JavaScript does it."""

from django.test import Client
from django.utils import timezone

from lms.paths.models import Enrollment
from lms.paths.services import enroll_person
from lms.records.models import LearningRecord
from tests.conftest import answer_id


def page_text(response):
    return " ".join(response.content.decode().split())


def answer(client, lesson, number, path=""):
    question = lesson.question_ids[0]
    return client.post(
        f"/lessons/{lesson.slug}/answer/",
        {"question": question, "chosen": answer_id(question, number), "path": path},
        follow=True,
    )


def test_an_employee_follows_a_path_from_today_to_my_record(ada, client_of, lesson_factory, path_factory):
    first, second = lesson_factory("Write a clear reply"), lesson_factory("Trust a summary")
    path = path_factory(first, second, title="AI at the service desk", role=ada.job_role)
    enroll_person(learner=ada, path=path, source=Enrollment.Source.RULE, at=timezone.now())
    client = client_of(ada)

    today = page_text(client.get("/"))
    assert "Hello, Ada." in today
    assert "Write a clear reply" in today
    assert "Step 1 of 2" in today

    locked = page_text(client.get(f"/paths/{path.slug}/"))
    assert "opens when step 1 is complete" in locked

    wrong = page_text(answer(client, first, 2))
    assert "Not quite. Read this, then choose again." in wrong
    assert "Feedback 2" in wrong
    assert "Complete and continue" not in wrong

    right = page_text(answer(client, first, 1))
    assert "That holds." in right
    assert "Feedback 1" in right

    completed = page_text(client.post(f"/lessons/{first.slug}/complete/", follow=True))
    assert '<i class="done"></i><i class="open"></i>' in completed
    assert "1 of 2 steps" in completed
    assert "Next: Trust a summary" in completed

    answer(client, second, 1)
    done = page_text(client.post(f"/lessons/{second.slug}/complete/", follow=True))
    assert "You have completed “AI at the service desk”" in done

    record = page_text(client.get("/me/record/"))
    assert "AI at the service desk" in record
    assert "Write a clear reply" in record
    assert f"{timezone.localdate():%-d %B %Y}" in record
    assert list(LearningRecord.objects.order_by("pk").values_list("verb", "object_type")) == [
        ("registered", "path"),
        ("answered", "question"),
        ("answered", "question"),
        ("completed", "lesson"),
        ("answered", "question"),
        ("completed", "lesson"),
        ("completed", "path"),
    ]


def test_the_demo_leads_back_to_where_one_came_from_and_nowhere_else(ada):
    to_lesson = Client().post("/demo/sign-in/", {"email": ada.email, "next": "/me/record/"})
    elsewhere = Client().post("/demo/sign-in/", {"email": ada.email, "next": "https://evil.example/"})

    assert to_lesson["Location"] == "/me/record/"
    assert elsewhere["Location"] == "/"


def test_the_demo_signs_in_nobody_but_its_cast(person_factory):
    person_factory("someone@larkfield.example")

    response = Client().post("/demo/sign-in/", {"email": "someone@larkfield.example"})

    assert response.status_code == 404
