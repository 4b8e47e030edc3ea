"""The lesson page: the lesson, its place on the reader's path, and what they have answered."""

from dataclasses import dataclass
from datetime import datetime

from courses.rendering import AnswerChoice, LessonContent, Part, Question, revision_content
from lms.paths.library import LessonCard, library
from lms.paths.models import Answer
from lms.paths.progress import Status
from lms.paths.selectors import PathStepView, PathView, answers_to, choose_path, enrollments_of, path_views
from lms.people.models import User


@dataclass(frozen=True)
class Asked:
    """What the address says beside the lesson.

    Attributes:
        path: Slug of the path the reader came from.
        answered: Id of the question they have just answered.
        question: Id of a question whose choice waits to be sent again, after a session ended.
        chosen: That choice.
    """

    path: str = ""
    answered: str = ""
    question: str = ""
    chosen: frozenset[str] = frozenset()


@dataclass(frozen=True)
class QuestionView:
    """A question as one reader sees it.

    Attributes:
        answer: The reader's latest answer; None when there is none.
        chosen: Ids to show as chosen.
        said: The chosen answers, whose feedback is shown; empty until the question is answered.
        is_news: Whether it was answered just now.
    """

    question: Question
    answer: Answer | None
    chosen: frozenset[str]
    said: tuple[AnswerChoice, ...]
    is_news: bool = False


@dataclass(frozen=True)
class LessonView:
    """All that the page shows; `path`, `step` and `following` are None off every path of the reader."""

    lesson: LessonCard
    sources: tuple[str, ...]
    parts: list[tuple[Part, QuestionView | None]]
    path: PathView | None
    step: PathStepView | None
    following: PathStepView | None

    @property
    def is_locked(self) -> bool:
        """Whether the step is not open yet; the text is then not shown."""
        return self.step is not None and self.step.status == Status.LOCKED

    @property
    def is_being_revised(self) -> bool:
        """Whether its author has taken it back for now; the text is then not shown."""
        return not self.lesson.is_live

    @property
    def is_done(self) -> bool:
        """Whether the reader has completed it."""
        return self.step is not None and self.step.status == Status.DONE

    def question(self, question_id: str) -> Question | None:
        """Return the question of that id; None when the lesson has none such."""
        questions = (part.question for part, _view in self.parts)
        return next((q for q in questions if q and q.id == question_id), None)

    @property
    def can_complete(self) -> bool:
        """Whether every question has its right answer."""
        return all(
            view is None or (view.answer is not None and view.answer.was_right) for _part, view in self.parts
        )


def lesson_view(person: User, slug: str, asked: Asked, now: datetime) -> LessonView | None:
    """Return a lesson as one person sees it; four queries.

    None when there is no such lesson, or when it is not published and on none of the person's paths.
    """
    enrollments = enrollments_of(person)
    shelf = library()
    lesson = shelf.lessons.get(slug)
    if lesson is None:
        return None
    path = choose_path(path_views(shelf, enrollments, now), lesson.page_id, asked.path)
    if path is None and not lesson.is_live:
        return None
    step = path.step_of_lesson(lesson.page_id) if path else None
    content = revision_content(lesson.page_id, lesson.revision_id, shelf.edition)
    since = path.enrollment.counts_from if path and path.enrollment else None
    return LessonView(
        lesson=lesson,
        sources=content.sources,
        parts=_question_views(content, answers_to(person, lesson.uuid, since), asked),
        path=path,
        step=step,
        following=path.after(step) if path and step else None,
    )


def _question_views(
    content: LessonContent, answers: dict[str, Answer], asked: Asked
) -> list[tuple[Part, QuestionView | None]]:
    return [
        (part, _question_view(part.question, answers, asked) if part.question else None)
        for part in content.parts
    ]


def _question_view(question: Question, answers: dict[str, Answer], asked: Asked) -> QuestionView:
    answer = answers.get(question.id)
    answered = frozenset(answer.chosen) if answer else frozenset()
    return QuestionView(
        question=question,
        answer=answer,
        chosen=asked.chosen if asked.question == question.id and asked.chosen else answered,
        said=tuple(choice for choice in question.answers if choice.id in answered),
        is_news=asked.answered == question.id,
    )
