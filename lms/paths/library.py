"""What all learners share: the paths, and the lessons and exercises on them, read once per edition and kept in memory.

Every page of a learner shows paths. What a path consists of is the same for everybody and changes when an author
publishes; what differs is a few rows about the person. So each process keeps the whole library as plain tuples and
asks, at each use, one question: which edition is the published state?

The edition is computed from that state: how many pages and exercises there are, how many are published, the sum of
their published revisions, and the moment of the last publication. Any publication, retraction or deletion changes it,
however it came about and in whatever order transactions commit. So nothing has to be invalidated, and a library is
never kept for longer than the state it was read from.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.utils.safestring import SafeString
from wagtail.rich_text import expand_db_html

from courses.models import LearningPathPage, MicroLessonPage
from lms.paths.progress import Opens, Step
from sandbox.models import Exercise, Level

Edition = tuple[object, ...]


EDITION = """
    SELECT * FROM (
        SELECT COUNT(*), SUM(CASE WHEN live THEN 1 ELSE 0 END), SUM(live_revision_id), MAX(last_published_at)
        FROM courses_contentpage
    ) AS pages, (
        SELECT COUNT(*), SUM(CASE WHEN live THEN 1 ELSE 0 END), SUM(live_revision_id), MAX(last_published_at)
        FROM sandbox_exercise
    ) AS exercises
"""
"""Written out: for the ORM to put this together costs more than the database's work, and every page asks it."""


class LessonCard(NamedTuple):
    """What a list shows of a lesson."""

    page_id: int
    uuid: UUID
    slug: str
    title: str
    summary: str
    minutes: int
    question_ids: tuple[str, ...]
    is_live: bool
    revision_id: int | None

    @property
    def address(self) -> str:
        """Where a person reads it."""
        return f"/lessons/{self.slug}/"


class ExerciseCard(NamedTuple):
    """What a list shows of an exercise."""

    exercise_id: int
    uuid: UUID
    slug: str
    title: str
    summary: str
    minutes: int
    is_live: bool
    revision_id: int | None

    @property
    def address(self) -> str:
        """Where a person tries it."""
        return f"/practice/{self.slug}/"


Card = LessonCard | ExerciseCard
"""What a step leads to."""


class PathOutline(NamedTuple):
    """What is shown of a path, and its steps; `cards` has one entry for each step, None for what is gone."""

    page_id: int
    uuid: UUID
    slug: str
    title: str
    summary: str
    introduction: SafeString
    outcome: str
    level: str
    role_id: int | None
    is_live: bool
    revision_id: int | None
    steps: tuple[Step, ...]
    cards: tuple[Card | None, ...]


class Library(NamedTuple):
    """Every path by page id, the ids of paths by slug, and every lesson by slug."""

    edition: Edition
    paths: dict[int, PathOutline]
    page_ids: dict[str, int]
    lessons: dict[str, LessonCard]

    def path(self, slug: str) -> PathOutline | None:
        """Return the path of that slug, published or not; None when there is none."""
        page_id = self.page_ids.get(slug)
        return self.paths[page_id] if page_id is not None else None

    def published(self) -> Iterable[PathOutline]:
        """Return the published paths in order of title."""
        return (path for path in self.paths.values() if path.is_live)


class _Kept:
    """The library of this process. One attribute, assigned at once: several threads read and write it."""

    library: Library | None = None


def library() -> Library:
    """Return the library as it is published now; one query, four when something has changed since."""
    kept, edition = _Kept.library, _current_edition()
    if kept is None or kept.edition != edition:
        # The edition is older than what is read now, or the same: at worst the next use reads once more.
        kept = _Kept.library = _read_library(edition)
    return kept


def forget_library() -> None:
    """Read anew at the next use; for tests, where the same state comes back with other content."""
    _Kept.library = None


def _current_edition() -> Edition:
    with connection.cursor() as cursor:
        cursor.execute(EDITION)
        edition: Edition = cursor.fetchone()
    return edition


def _read_library(edition: Edition) -> Library:
    cards, exercises = _lesson_cards(), _exercise_cards()
    paths = {
        page.pk: _outline(page, cards, exercises) for page in LearningPathPage.objects.order_by("title", "pk")
    }
    return Library(
        edition,
        paths,
        page_ids={path.slug: page_id for page_id, path in paths.items()},
        lessons={card.slug: card for card in cards.values()},
    )


def _lesson_cards() -> dict[int, LessonCard]:
    rows = MicroLessonPage.objects.values_list(
        "pk", "uuid", "slug", "title", "summary", "minutes", "question_ids", "live", "live_revision_id"
    )
    return {row[0]: LessonCard(*row[:6], tuple(row[6]), *row[7:]) for row in rows}


def _exercise_cards() -> dict[int, ExerciseCard]:
    rows = Exercise.objects.values_list(
        "pk", "uuid", "slug", "title", "summary", "minutes", "live", "live_revision_id"
    )
    return {row[0]: ExerciseCard(*row) for row in rows}


def _outline(
    page: LearningPathPage, lessons: dict[int, LessonCard], exercises: dict[int, ExerciseCard]
) -> PathOutline:
    specs = page.path_steps()
    cards: tuple[Card | None, ...] = tuple(
        lessons.get(spec.lesson_page_id or 0) or exercises.get(spec.exercise_id or 0) for spec in specs
    )
    steps = tuple(
        Step(
            id=spec.id,
            is_required=spec.is_required,
            opens=Opens(spec.opens),
            delay=timedelta(days=spec.delay_days),
            is_available=bool(card and card.is_live),
        )
        for spec, card in zip(specs, cards, strict=True)
    )
    return PathOutline(
        page_id=page.pk,
        uuid=page.uuid,
        slug=page.slug,
        title=page.title,
        summary=page.summary,
        introduction=SafeString(expand_db_html(page.introduction)),
        outcome=page.outcome,
        level=str(Level(page.level).label),
        role_id=page.role_id,
        is_live=page.live,
        revision_id=page.live_revision_id,
        steps=steps,
        cards=cards,
    )
