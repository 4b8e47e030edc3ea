"""What all learners share: the paths and the lessons on them, read once per publication and kept in memory.

Every page of a learner shows paths. What a path consists of is the same for everybody and changes when an author
publishes; what differs is a few rows about the person. So each process keeps the whole library as plain tuples and
asks, at each use, one question of one index: has anything been published since?

The answer is the newest entry of Wagtail's log of publications, which commits together with the publication. So
nothing has to be invalidated, and no process ever serves an older state than the database holds.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.utils.safestring import SafeString
from wagtail.models import PageLogEntry
from wagtail.rich_text import expand_db_html

from courses.models import LearningPathPage, Level, MicroLessonPage
from lms.paths.progress import Opens, Step

PUBLICATIONS = [
    *("wagtail.publish", "wagtail.unpublish", "wagtail.delete", "wagtail.move", "wagtail.create"),
    *("wagtail.copy", "wagtail.convert_alias"),
]


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


class PathOutline(NamedTuple):
    """What is shown of a path, and its steps; `lessons` has one entry for each step, None for a lesson that is gone."""

    page_id: int
    uuid: UUID
    slug: str
    title: str
    summary: str
    introduction: SafeString
    outcome: str
    level: str
    role_id: int | None
    role_name: str | None
    is_live: bool
    revision_id: int | None
    steps: tuple[Step, ...]
    lessons: tuple[LessonCard | None, ...]


class Library(NamedTuple):
    """Every path by page id, the ids of paths by slug, and every lesson by slug."""

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
    """The library of this process and the publication it was read after."""

    after: int | None = None
    library: Library | None = None


def library() -> Library:
    """Return the library as it is published now; one query, three when something was published since."""
    publications = PageLogEntry.objects.filter(action__in=PUBLICATIONS).order_by("-pk")
    newest = publications.values_list("pk", flat=True).first()
    kept = _Kept.library
    if kept is None or _Kept.after != newest:
        kept = _read_library()
        _Kept.library, _Kept.after = kept, newest
    return kept


def forget_library() -> None:
    """Read anew at the next use; for tests, where the same ids come back with other content."""
    _Kept.library = None


def _read_library() -> Library:
    cards = _lesson_cards()
    pages = LearningPathPage.objects.select_related("role").order_by("title", "pk")
    paths = {page.pk: _outline(page, cards) for page in pages}
    return Library(
        paths,
        page_ids={path.slug: page_id for page_id, path in paths.items()},
        lessons={card.slug: card for card in cards.values()},
    )


def _lesson_cards() -> dict[int, LessonCard]:
    rows = MicroLessonPage.objects.values_list(
        "pk", "uuid", "slug", "title", "summary", "minutes", "question_ids", "live", "live_revision_id"
    )
    return {row[0]: LessonCard(*row[:6], tuple(row[6]), *row[7:]) for row in rows}


def _outline(page: LearningPathPage, cards: dict[int, LessonCard]) -> PathOutline:
    specs = page.path_steps()
    lessons = tuple(cards.get(spec.lesson_page_id) if spec.lesson_page_id else None for spec in specs)
    steps = tuple(
        Step(
            id=spec.id,
            is_required=spec.is_required,
            opens=Opens(spec.opens),
            delay=timedelta(days=spec.delay_days),
            is_available=bool(lesson and lesson.is_live),
        )
        for spec, lesson in zip(specs, lessons, strict=True)
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
        role_name=page.role.name if page.role else None,
        is_live=page.live,
        revision_id=page.live_revision_id,
        steps=steps,
        lessons=lessons,
    )
