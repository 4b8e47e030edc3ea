"""Starting a path, answering, completing: what is kept, and what is refused."""

import json
import threading
import uuid
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection

from courses.rendering import revision_content
from lms.core.errors import ActionRefused
from lms.paths.library import library
from lms.paths.models import Answer, Enrollment, StepCompletion
from lms.paths.services import (
    NotOnThisPath,
    QuestionsOpen,
    StepLocked,
    answer_question,
    complete_lesson,
    enroll_person,
    settle_everyone,
)
from lms.records.models import LearningRecord
from lms.records.services import deliver_to_all, replay_consumer
from tests.conftest import question_block


def verbs(person):
    return list(LearningRecord.objects.filter(actor=person).order_by("pk").values_list("verb", "object_type"))


def card_and_question(lesson):
    card = library().lessons[lesson.slug]
    return card, revision_content(card.page_id, card.revision_id, None).questions[0]


def answer(person, lesson, at, numbers=(1,)):
    card, question = card_and_question(lesson)
    return answer_question(
        learner=person,
        lesson=card,
        question=question,
        chosen={question.answers[number - 1].id for number in numbers},
        at=at,
    )


def learn(person, lesson, at):
    answer(person, lesson, at)
    return complete_lesson(learner=person, slug=lesson.slug, revision_id=None, at=at)


@pytest.fixture
def enroll(noon):
    def enroll(person, path):
        return enroll_person(learner=person, path=path, source=Enrollment.Source.SELF, at=noon)

    return enroll


def test_enrolling_twice_leaves_one_enrollment_and_one_record(ada, path_factory, lesson_factory, enroll):
    path = path_factory(lesson_factory())

    assert enroll(ada, path) == enroll(ada, path)
    assert verbs(ada) == [("registered", "path")]


def test_completing_a_lesson_keeps_the_revision_it_was_learned_from(
    ada, path_factory, lesson_factory, enroll, noon
):
    lesson = lesson_factory()
    enroll(ada, path_factory(lesson))
    read = lesson.live_revision_id
    answer(ada, lesson, noon)
    lesson.title = "A better title"
    lesson.save_revision().publish()
    lesson.refresh_from_db()

    complete_lesson(learner=ada, slug=lesson.slug, revision_id=read, at=noon)

    completion = StepCompletion.objects.get()
    assert completion.revision_id == read
    assert completion.revision_id != lesson.live_revision_id
    assert completion.revision is not None
    assert completion.revision.as_object().title == "Lesson 1"


def test_completing_twice_changes_nothing(ada, path_factory, lesson_factory, enroll, noon):
    lesson = lesson_factory()
    enroll(ada, path_factory(lesson, lesson_factory()))
    learn(ada, lesson, noon)

    _path, step = complete_lesson(
        learner=ada, slug=lesson.slug, revision_id=None, at=noon + timedelta(hours=1)
    )

    assert step.progress.completed_at == noon
    assert StepCompletion.objects.get().completed_at == noon
    assert verbs(ada).count(("completed", "lesson")) == 1


def test_a_locked_step_is_refused_and_nothing_changes(ada, path_factory, lesson_factory, enroll, noon):
    first, second = lesson_factory(), lesson_factory()
    enroll(ada, path_factory(first, second))
    answer(ada, second, noon)

    with pytest.raises(StepLocked, match="not open yet"):
        complete_lesson(learner=ada, slug=second.slug, revision_id=None, at=noon)

    assert not StepCompletion.objects.exists()


def test_a_lesson_with_an_open_question_is_refused(ada, path_factory, lesson_factory, enroll, noon):
    lesson = lesson_factory(questions=2)
    enroll(ada, path_factory(lesson))
    answer(ada, lesson, noon)

    with pytest.raises(QuestionsOpen, match="still open"):
        complete_lesson(learner=ada, slug=lesson.slug, revision_id=None, at=noon)

    assert not StepCompletion.objects.exists()


def test_a_wrong_answer_does_not_complete_the_lesson(ada, path_factory, lesson_factory, enroll, noon):
    lesson = lesson_factory()
    enroll(ada, path_factory(lesson))
    answer(ada, lesson, noon, numbers=(2,))

    with pytest.raises(QuestionsOpen):
        complete_lesson(learner=ada, slug=lesson.slug, revision_id=None, at=noon)

    assert not StepCompletion.objects.exists()


def test_a_lesson_on_none_of_the_persons_paths_is_refused(
    ada, bruno, path_factory, lesson_factory, enroll, noon
):
    lesson = lesson_factory()
    enroll(bruno, path_factory(lesson))
    answer(ada, lesson, noon)

    with pytest.raises(NotOnThisPath, match="Start a path"):
        complete_lesson(learner=ada, slug=lesson.slug, revision_id=None, at=noon)

    assert not StepCompletion.objects.exists()


def test_the_last_required_step_completes_the_path_once(ada, path_factory, lesson_factory, enroll, noon):
    first, optional = lesson_factory(), lesson_factory()
    path = path_factory(first, (optional, {"is_required": False}))
    enrollment = enroll(ada, path)

    learn(ada, first, noon)
    learn(ada, optional, noon + timedelta(days=1))

    enrollment.refresh_from_db()
    assert enrollment.completed_at == noon
    assert enrollment.completed_revision_id == path.live_revision_id
    assert verbs(ada).count(("completed", "path")) == 1


def test_a_step_added_later_does_not_take_a_completed_path_back(
    ada, path_factory, lesson_factory, enroll, noon
):
    lesson = lesson_factory()
    path = path_factory(lesson)
    enrollment = enroll(ada, path)
    learn(ada, lesson, noon)

    path.steps.append(
        ("lesson", {"lesson": lesson_factory(), "is_required": True, "opens": "any-time", "delay_days": 0})
    )
    path.save_revision().publish()

    enrollment.refresh_from_db()
    assert enrollment.completed_at == noon


def test_moving_and_renaming_a_lesson_keeps_what_was_done(ada, path_factory, lesson_factory, enroll, noon):
    lesson, other = lesson_factory(), lesson_factory()
    enroll(ada, path_factory(lesson, other))
    learn(ada, lesson, noon)

    lesson.slug, lesson.title = "renamed", "Renamed"
    lesson.save_revision().publish()
    lesson.refresh_from_db()
    lesson.move(other, pos="right")

    view, step = complete_lesson(learner=ada, slug="renamed", revision_id=None, at=noon + timedelta(days=1))
    assert step.progress.completed_at == noon
    assert view.progress.done_count == 1


def test_an_unpublished_step_lets_the_path_go_on(ada, path_factory, lesson_factory, enroll, noon):
    first, second = lesson_factory(), lesson_factory()
    enroll(ada, path_factory(first, second))
    first.unpublish()

    view, _step = learn(ada, second, noon)

    assert view.progress.is_complete


def test_an_unpublished_lesson_cannot_be_completed(ada, path_factory, lesson_factory, enroll, noon):
    lesson = lesson_factory()
    enroll(ada, path_factory(lesson, lesson_factory()))
    answer(ada, lesson, noon)
    lesson.unpublish()

    with pytest.raises(StepLocked, match="being revised"):
        complete_lesson(learner=ada, slug=lesson.slug, revision_id=None, at=noon)

    assert not StepCompletion.objects.exists()


def test_the_same_answer_twice_is_one_record(ada, path_factory, lesson_factory, noon):
    lesson = lesson_factory()

    answer(ada, lesson, noon)
    answer(ada, lesson, noon + timedelta(minutes=1))

    assert Answer.objects.get().answered_at == noon
    assert verbs(ada) == [("answered", "question")]


def test_a_right_answer_stays_right_while_others_are_tried_on(
    ada, path_factory, lesson_factory, enroll, noon
):
    lesson = lesson_factory()
    enroll(ada, path_factory(lesson))
    answer(ada, lesson, noon)
    answer(ada, lesson, noon, numbers=(2,))

    view, _step = complete_lesson(learner=ada, slug=lesson.slug, revision_id=None, at=noon)

    assert view.progress.is_complete
    assert (Answer.objects.get().is_right, Answer.objects.get().was_right) == (False, True)


def test_another_try_replaces_the_answer_and_adds_a_record(ada, lesson_factory, noon):
    lesson = lesson_factory()

    answer(ada, lesson, noon, numbers=(2,))
    answer(ada, lesson, noon, numbers=(1,))

    assert Answer.objects.get().is_right
    assert [r.result for r in LearningRecord.objects.order_by("pk")] == [
        {"success": False},
        {"success": True},
    ]


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        (set(), "Choose an answer first"),
        ({"no-such-answer"}, "has changed since you opened it"),
    ],
)
def test_an_answer_that_is_none_is_refused(ada, lesson_factory, noon, chosen, says):
    lesson = lesson_factory()

    card, question = card_and_question(lesson)
    with pytest.raises(ActionRefused, match=says):
        answer_question(learner=ada, lesson=card, question=question, chosen=chosen, at=noon)

    assert not Answer.objects.exists()
    assert not LearningRecord.objects.exists()


def test_two_answers_to_a_question_with_one_are_refused(ada, lesson_factory, noon):
    with pytest.raises(ActionRefused, match="Choose an answer first"):
        answer(ada, lesson_factory(), noon, numbers=(1, 2))


def test_a_lesson_learned_on_one_path_counts_on_the_others(ada, path_factory, lesson_factory, enroll, noon):
    shared, own = lesson_factory(), lesson_factory()
    enroll(ada, path_factory(shared))
    other = enroll(ada, path_factory(shared, own))

    learn(ada, shared, noon)
    deliver_to_all()

    credited = StepCompletion.objects.get(enrollment=other)
    assert (credited.how, credited.completed_at, credited.revision_id) == (
        "credited",
        noon,
        shared.live_revision_id,
    )


def test_crediting_twice_changes_nothing(ada, path_factory, lesson_factory, enroll, noon):
    shared = lesson_factory()
    enroll(ada, path_factory(shared))
    enroll(ada, path_factory(shared, lesson_factory()))
    learn(ada, shared, noon)
    deliver_to_all()

    replay_consumer(name="paths.credit_shared_lessons", actor="test")
    deliver_to_all()

    assert StepCompletion.objects.count() == 2


def test_a_path_started_later_counts_what_was_learned_before(ada, path_factory, lesson_factory, enroll, noon):
    lesson = lesson_factory()
    enroll(ada, path_factory(lesson))
    learn(ada, lesson, noon)

    later = enroll(ada, path_factory(lesson, title="Later"))

    later.refresh_from_db()
    assert later.completed_at == noon
    assert verbs(ada).count(("completed", "path")) == 2


def test_a_path_is_completed_when_its_author_removes_what_was_still_open(
    ada, path_factory, lesson_factory, enroll, noon
):
    lesson, removed = lesson_factory(), lesson_factory()
    path = path_factory(lesson, removed)
    enrollment = enroll(ada, path)
    learn(ada, lesson, noon)
    path.steps.pop()
    path.save_revision().publish()

    later = noon + timedelta(days=1)
    assert settle_everyone(at=later) == 1
    assert settle_everyone(at=later) == 0

    enrollment.refresh_from_db()
    assert enrollment.completed_at == later
    assert verbs(ada).count(("completed", "path")) == 1


def test_a_path_is_completed_when_its_open_lesson_is_taken_back(
    ada, path_factory, lesson_factory, enroll, noon
):
    lesson, taken_back = lesson_factory(), lesson_factory()
    enrollment = enroll(ada, path_factory(lesson, taken_back))
    learn(ada, lesson, noon)
    taken_back.unpublish()

    assert settle_everyone(at=noon) == 1

    enrollment.refresh_from_db()
    assert enrollment.completed_at == noon


def test_settling_leaves_alone_who_has_something_left_to_do(ada, path_factory, lesson_factory, enroll, noon):
    lesson = lesson_factory()
    enrollment = enroll(ada, path_factory(lesson, lesson_factory()))
    learn(ada, lesson, noon)

    assert settle_everyone(at=noon) == 0

    enrollment.refresh_from_db()
    assert enrollment.completed_at is None


def test_an_unpublished_path_cannot_be_started(ada, path_factory, lesson_factory, enroll):
    path = path_factory(lesson_factory())
    path.unpublish()

    with pytest.raises(ActionRefused, match="not published"):
        enroll(ada, path)

    assert not Enrollment.objects.exists()


def test_a_copied_lesson_has_answers_of_its_own(ada, lesson_factory, noon):
    lesson = lesson_factory()
    answer(ada, lesson, noon)
    copy = lesson.copy(update_attrs={"slug": "copy", "title": "Copy"}, keep_live=False)
    copy.save_revision().publish()

    answer(ada, copy, noon, numbers=(2,))

    assert set(Answer.objects.values_list("lesson_uuid", "is_right")) == {
        (lesson.uuid, True),
        (copy.uuid, False),
    }


def test_what_counts_is_the_question_of_the_version_on_the_screen(
    ada, path_factory, lesson_factory, enroll, noon
):
    lesson = lesson_factory()
    enroll(ada, path_factory(lesson))
    read = lesson.live_revision_id
    answer(ada, lesson, noon)
    lesson.body = json.dumps([question_block(uuid.uuid4())])
    lesson.save_revision().publish()

    with pytest.raises(QuestionsOpen):
        complete_lesson(learner=ada, slug=lesson.slug, revision_id=None, at=noon)
    complete_lesson(learner=ada, slug=lesson.slug, revision_id=read, at=noon)

    assert StepCompletion.objects.get().revision_id == read


@pytest.mark.django_db(transaction=True)
def test_twenty_posts_at_once_complete_the_step_once(
    ada, client_of, path_factory, lesson_factory, enroll, noon
):
    lesson = lesson_factory()
    enrollment = enroll(ada, path_factory(lesson))
    answer(ada, lesson, noon)
    clients = [client_of(ada) for _ in range(20)]
    start = threading.Barrier(20)
    codes = []

    def post(client):
        start.wait()
        codes.append(client.post(f"/lessons/{lesson.slug}/complete/").status_code)
        connection.close()

    threads = [threading.Thread(target=post, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()

    assert codes == [303] * 20
    assert StepCompletion.objects.filter(enrollment=enrollment).count() == 1
    assert verbs(ada).count(("completed", "lesson")) == 1
    assert verbs(ada).count(("completed", "path")) == 1
