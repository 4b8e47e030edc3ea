"""The lesson page: the lesson, its place on the reader's path, and what they have answered."""

from dataclasses import dataclass
from datetime import datetime

from courses.models import MicroLessonPage
from courses.rendering import AnswerChoice, LessonContent, Part, Question, published_content
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

    lesson: MicroLessonPage
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
        return not self.lesson.live

    @property
    def is_done(self) -> bool:
        """Whether the reader has completed it."""
        return self.step is not None and self.step.status == Status.DONE

    @property
    def can_complete(self) -> bool:
        """Whether every question has its right answer."""
        return all(
            view is None or (view.answer is not None and view.answer.is_right) for _part, view in self.parts
        )


def lesson_view(person: User, page: MicroLessonPage, asked: Asked, now: datetime) -> LessonView:
    """Return a published lesson as one person sees it; four queries."""
    views = path_views(enrollments_of(person), now)
    path = choose_path(views, page.pk, asked.path)
    step = path.step_of_lesson(page.pk) if path else None
    return LessonView(
        lesson=page,
        parts=_question_views(published_content(page), answers_to(person, page.uuid), asked),
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
