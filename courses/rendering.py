"""A lesson body, rendered once per revision and edition of the library.

The parts that are the same for everybody are HTML; a question is left as data, because how it looks depends on what
the reader has answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Revision

if TYPE_CHECKING:
    from collections.abc import Hashable

    from wagtail.blocks import BoundBlock, StructValue

    from courses.models import MicroLessonPage

LESSONS_KEPT = 512


@dataclass(frozen=True)
class AnswerChoice:
    """One answer of a question; `text` and `feedback` are HTML."""

    id: str
    text: SafeString
    feedback: SafeString
    is_right: bool


@dataclass(frozen=True)
class Question:
    """A check question; `text` is HTML."""

    id: str
    text: SafeString
    several: bool
    answers: tuple[AnswerChoice, ...]

    @property
    def right_ids(self) -> frozenset[str]:
        """Ids of the right answers."""
        return frozenset(answer.id for answer in self.answers if answer.is_right)


@dataclass(frozen=True)
class Part:
    """A stretch of HTML, or a question."""

    html: SafeString = mark_safe("")  # noqa: RUF009
    question: Question | None = None


@dataclass(frozen=True)
class LessonContent:
    """The whole body in order, and where its facts come from."""

    parts: tuple[Part, ...]
    sources: tuple[str, ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """The check questions in order."""
        return tuple(part.question for part in self.parts if part.question)

    def question(self, question_id: str) -> Question | None:
        """Return the question of that id; None when the lesson has none such."""
        return next((question for question in self.questions if question.id == question_id), None)


@lru_cache(maxsize=LESSONS_KEPT)
def revision_content(page_id: int, revision_id: int | None, _edition: Hashable) -> LessonContent:
    """Return the body of one revision of a lesson, rendered once per process and edition of the library.

    A revision never changes, but links in it lead to pages whose addresses may: so each edition renders anew.
    Without a revision, as for a lesson that is not published, the body is empty. A handful of queries the first time.
    """
    if revision_id is None:
        return LessonContent(())
    return render_content(Revision.objects.get(pk=revision_id, object_id=str(page_id)).as_object())


def render_content(lesson: MicroLessonPage) -> LessonContent:
    """Render the body of a lesson object, which may be a draft or an old revision."""
    sources = tuple(line.strip() for line in lesson.sources.splitlines() if line.strip())
    return LessonContent(tuple(_render_part(block) for block in lesson.body), sources)


def _render_part(block: BoundBlock) -> Part:
    if block.block_type == "question":
        return Part(question=_read_question(str(block.id), block.value))
    return Part(html=mark_safe(block.render()))  # noqa: S308 - the block's own template escapes


def _read_question(question_id: str, value: StructValue) -> Question:
    answers = tuple(
        AnswerChoice(
            id=str(bound.id),
            text=_html(bound.value["text"]),
            feedback=_html(bound.value["feedback"]),
            is_right=bool(bound.value["is_right"]),
        )
        for bound in value["answers"].bound_blocks
    )
    return Question(question_id, _html(value["question"]), bool(value["several"]), answers)


def _html(rich_text: object) -> SafeString:
    return mark_safe(str(rich_text))  # noqa: S308 - Wagtail has cleaned rich text
