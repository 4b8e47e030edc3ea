"""What the CMS asks about lessons and paths."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import ProtectedError, QuerySet, RestrictedError
from django.db.models.deletion import Collector

from courses.models import ContentPage, LearningPathPage, MicroLessonPage


def pages_below(pages: Iterable[Any]) -> list[Any]:
    """Return the pages and all that stand below them, each as what it is."""
    found = {page.pk: page for page in pages}
    for page in pages:
        found |= {below.pk: below for below in page.get_descendants().specific()}
    return [page.specific for page in found.values()]


def published_paths_using(pages: Iterable[Any]) -> list[LearningPathPage]:
    """Return the published paths, by title, that have one of these as a step and are not among them."""
    page_ids = {page.pk for page in pages}
    return _with_step(LearningPathPage.objects.live().exclude(pk__in=page_ids), page_ids)


def paths_people_may_be_on(lesson: MicroLessonPage) -> list[LearningPathPage]:
    """Return the paths, by title, that have a lesson as a step and are, or once were, published."""
    return _with_step(LearningPathPage.objects.exclude(first_published_at=None), {lesson.pk})


def _with_step(paths: QuerySet[LearningPathPage], page_ids: set[int]) -> list[LearningPathPage]:
    return [
        path
        for path in paths.order_by("title")
        if page_ids & {step.lesson_page_id for step in path.path_steps()}
    ]


def is_learned_from(page: ContentPage) -> bool:
    """Return whether something that must not be lost, such as a completed step, points at a page.

    Nothing here knows what: the apps above protect what they point at, pages and revisions, and a deletion that
    is only tried on paper runs into that protection.
    """
    try:
        Collector(using="default", origin=page).collect([page])
    except (ProtectedError, RestrictedError):
        return True
    return False


def due_for_review(*, by: date) -> list[MicroLessonPage | LearningPathPage]:
    """Return published lessons and paths to be reviewed by a day, the longest overdue first; two queries."""
    lessons = MicroLessonPage.objects.live().defer_streamfields().filter(review_by__lte=by)
    paths = LearningPathPage.objects.live().defer_streamfields().filter(review_by__lte=by)
    return sorted([*lessons, *paths], key=lambda page: (page.review_by, page.title))
