"""The lesson page when things go wrong: locked, stale, signed out, posted twice, taken back."""

import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from lms.paths.models import Answer, Enrollment, StepCompletion
from lms.paths.services import enroll_person
from lms.records.models import LearningRecord
from tests.conftest import answer_id, question_block


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def lessons(lesson_factory):
    return [lesson_factory("First"), lesson_factory("Second")]


@pytest.fixture
def path(ada, lessons, path_factory):
    path = path_factory(*lessons, title="The path", role=ada.job_role)
    enroll_person(learner=ada, path=path, source=Enrollment.Source.RULE, at=timezone.now())
    return path


@pytest.fixture
def browser(ada, client_of, path):
    return client_of(ada)


def post_answer(client, lesson, number, **more):
    question = lesson.question_ids[0]
    data = {"question": question, "chosen": answer_id(question, number), **more}
    return client.post(f"/lessons/{lesson.slug}/answer/", data, follow=True)


def complete(client, lesson, **data):
    return client.post(f"/lessons/{lesson.slug}/complete/", data, follow=True)


def test_a_locked_lesson_says_what_opens_it_and_shows_no_text(browser, lessons):
    page = text(browser.get(f"/lessons/{lessons[1].slug}/"))

    assert "This step is not open yet" in page
    assert "It opens when step 1 is complete." in page
    assert "Go to step 1" in page
    assert "You take over at four" not in page


def test_posting_to_a_locked_step_is_refused_in_words_and_nothing_changes(browser, lessons):
    answered = text(post_answer(browser, lessons[1], 1))
    completed = text(complete(browser, lessons[1]))

    assert "This step is not open yet. Your answer was not counted." in answered
    assert "This step is not open yet. Nothing is lost" in completed
    assert not Answer.objects.exists()
    assert not StepCompletion.objects.exists()


def test_completing_without_an_answer_says_that_one_question_is_open(browser, lessons):
    assert "One question is still open." in text(complete(browser, lessons[0]))
    assert not StepCompletion.objects.exists()


def test_checking_without_choosing_asks_to_choose(browser, lessons):
    lesson = lessons[0]

    response = browser.post(
        f"/lessons/{lesson.slug}/answer/", {"question": lesson.question_ids[0]}, follow=True
    )

    assert "Choose an answer first, then check it." in text(response)
    assert not Answer.objects.exists()


@pytest.mark.parametrize("question", ["", "no-such-question", "00000000-0000-0000-0000-000000000000"])
def test_a_question_that_is_gone_is_said_so(browser, lessons, question):
    response = browser.post(
        f"/lessons/{lessons[0].slug}/answer/", {"question": question, "chosen": "x"}, follow=True
    )

    assert "This lesson was updated while you were reading." in text(response)
    assert not Answer.objects.exists()


def test_a_stale_page_completes_the_revision_that_was_on_the_screen(browser, lessons):
    lesson = lessons[0]
    read = lesson.live_revision_id
    page = browser.get(f"/lessons/{lesson.slug}/")
    revision = page.context["revision"]
    post_answer(browser, lesson, 1)
    lesson.title = "Rewritten meanwhile"
    lesson.save_revision().publish()

    complete(browser, lesson, revision=revision)

    assert StepCompletion.objects.get().revision_id == read


@pytest.mark.parametrize(
    "revision",
    ["", "999", signing.dumps(999), "a:b:c"],
    ids=["none", "a number", "signed elsewhere", "nonsense"],
)
def test_a_revision_that_we_did_not_sign_counts_as_the_published_one(browser, lessons, revision):
    post_answer(browser, lessons[0], 1)

    complete(browser, lessons[0], revision=revision)

    assert StepCompletion.objects.get().revision_id == lessons[0].live_revision_id


def test_completing_twice_and_reloading_leave_one_completion(browser, lessons):
    post_answer(browser, lessons[0], 1)

    first = complete(browser, lessons[0])
    again = complete(browser, lessons[0])
    reloaded = browser.get(again.redirect_chain[-1][0])

    assert "Next: Second" in text(first)
    assert "Next: Second" in text(reloaded)
    assert StepCompletion.objects.count() == 1


def test_whose_session_ended_signs_in_and_finds_the_choice_kept(browser, lessons, path, ada, client_of):
    lesson = lessons[0]
    question = lesson.question_ids[0]
    chosen = answer_id(question, 2)

    signed_out = Client()
    data = {"question": question, "chosen": chosen, "path": path.slug}
    response = signed_out.post(f"/lessons/{lesson.slug}/answer/", data)

    assert response.status_code == 302
    target = parse_qs(urlsplit(response["Location"]).query)["next"][0]
    assert "You were signed out." in text(signed_out.get(response["Location"]))
    back = text(client_of(ada).get(target))
    assert f'value="{chosen}" checked' in back
    assert not Answer.objects.exists()


def test_whose_session_ended_before_completing_is_led_back_to_the_lesson(lessons, path):
    response = Client().post(f"/lessons/{lessons[0].slug}/complete/", {"path": path.slug})

    target = parse_qs(urlsplit(response["Location"]).query)["next"][0]
    assert target == f"/lessons/{lessons[0].slug}/?path={path.slug}"


def test_an_unpublished_step_is_said_to_be_revised_and_the_path_goes_on(browser, lessons, path):
    lessons[0].unpublish()

    assert "being revised; your path goes on without it" in text(browser.get(f"/paths/{path.slug}/"))
    assert "This lesson is being revised" in text(browser.get(f"/lessons/{lessons[0].slug}/"))
    assert "Step 2 of 2" in text(browser.get("/"))


def test_an_unpublished_path_stays_in_reach_of_who_is_on_it(browser, path, bruno, client_of):
    path.unpublish()

    assert browser.get(f"/paths/{path.slug}/").status_code == 200
    assert client_of(bruno).get(f"/paths/{path.slug}/").status_code == 404


def test_an_unpublished_lesson_is_not_there_for_others(lessons, path, bruno, client_of):
    lessons[0].unpublish()

    assert client_of(bruno).get(f"/lessons/{lessons[0].slug}/").status_code == 404


def test_a_path_whose_every_step_is_gone_says_so_and_offers_the_path(browser, lessons, path):
    for lesson in lessons:
        lesson.unpublish()

    assert "Your path is being revised" in text(browser.get("/"))


def test_a_lesson_off_every_path_can_be_read_and_says_how_it_would_count(bruno, client_of, lessons, path):
    page = text(client_of(bruno).get(f"/lessons/{lessons[0].slug}/"))

    assert "You take over at four" in page
    assert "This lesson is on none of your paths" in page


def test_several_right_answers_are_all_needed(ada, client_of, lesson_factory, path_factory):
    question = uuid.uuid4()
    lesson = lesson_factory(body=[question_block(question, several=True)])
    enroll_person(learner=ada, path=path_factory(lesson), source=Enrollment.Source.SELF, at=timezone.now())
    client = client_of(ada)

    def check(*numbers):
        data = {"question": str(question), "chosen": [answer_id(question, n) for n in numbers]}
        return text(client.post(f"/lessons/{lesson.slug}/answer/", data, follow=True))

    assert "What you ticked is not yet the whole answer." in check(1)
    assert "That holds." in check(1, 2)
    assert "Not quite." in check(1, 2, 3)


def test_starting_a_path_twice_leaves_one_enrollment(bruno, client_of, path):
    client = client_of(bruno)
    for _ in range(2):
        response = client.post(f"/paths/{path.slug}/start/", follow=True)

    assert "You are on this path now." in text(response)
    assert Enrollment.objects.filter(learner=bruno).count() == 1


def test_the_version_that_was_learned_from_can_be_read_for_ever(browser, lessons, path):
    lesson = lessons[0]
    post_answer(browser, lesson, 1)
    complete(browser, lesson)
    lesson.title = "Rewritten"
    lesson.save_revision().publish()
    completion = StepCompletion.objects.get()

    record, old = browser.get("/me/record/"), browser.get(f"/me/record/{completion.pk}/")

    assert "First" in text(record)
    assert "<h1>First</h1>" in text(old)
    assert "Rewritten" not in text(old)


def test_nobody_else_can_read_what_someone_learned(browser, lessons, mei, linus, client_of):
    post_answer(browser, lessons[0], 1)
    complete(browser, lessons[0])
    completion = StepCompletion.objects.get()

    assert client_of(mei).get(f"/me/record/{completion.pk}/").status_code == 404
    assert client_of(linus).get(f"/me/record/{completion.pk}/").status_code == 404


def test_the_export_holds_every_record_of_the_person_and_no_one_elses(browser, lessons, bruno, client_of):
    post_answer(browser, lessons[0], 2)

    mine = browser.get("/me/record/export/").json()
    theirs = client_of(bruno).get("/me/record/export/").json()

    assert [(r["verb"], r["object_title"]) for r in mine["records"]] == [
        ("registered", "The path"),
        ("answered", "First"),
    ]
    assert theirs["records"] == []
    assert LearningRecord.objects.count() == 2


def test_in_the_background_an_ended_session_loads_the_sign_in_page_as_a_whole(lessons, path):
    response = Client().post(
        f"/lessons/{lessons[0].slug}/complete/", {"path": path.slug}, headers={"HX-Request": "true"}
    )

    assert response["HX-Redirect"].startswith("/accounts/login/?next=")


def test_the_revision_of_another_lesson_does_not_count(browser, lessons):
    foreign = browser.get(f"/lessons/{lessons[1].slug}/").context["revision"]
    post_answer(browser, lessons[0], 1)

    complete(browser, lessons[0], revision=foreign)

    assert StepCompletion.objects.get().revision_id == lessons[0].live_revision_id


def test_the_cms_does_not_exist_for_those_who_do_not_write(browser):
    response = browser.get("/cms/", follow=True)

    assert response.status_code == 404
    assert "There is nothing here" in text(response)
