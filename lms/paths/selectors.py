"""What a page needs to know about a person and their learning, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from courses.models import LearningPathPage, MicroLessonPage
from lms.paths.models import Answer, Enrollment, StepCompletion
from lms.paths.progress import Opens, PathProgress, Status, Step, StepProgress, path_progress
from lms.people.models import User


PATH_COLUMNS = [
    *("title", "slug", "uuid", "level", "summary", "introduction", "outcome", "steps", "role"),
    *("live", "live_revision"),
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


class PathStepView(NamedTuple):
    """One step: where it stands, and the lesson it leads to; None when the lesson no longer exists."""

    progress: StepProgress
    lesson: LessonCard | None

    @property
    def status(self) -> Status:
        """Where the step stands."""
        return self.progress.status

    @property
    def is_required(self) -> bool:
        """Whether the path waits for it."""
        return self.progress.step.is_required


@dataclass(frozen=True)
class PathView:
    """A path as one person sees it. Without an enrollment it is shown as it would start."""

    path: LearningPathPage
    enrollment: Enrollment | None
    progress: PathProgress
    steps: tuple[PathStepView, ...]

    @cached_property
    def next_step(self) -> PathStepView | None:
        """The step to take now; None when everything open is done."""
        step = self.progress.next_step
        return self.steps[step.number - 1] if step else None

    @cached_property
    def waiting_step(self) -> PathStepView | None:
        """The locked step that opens soonest by itself; None when none waits for time."""
        waiting = [s for s in self.steps if s.progress.opens_at]
        return min(waiting, key=lambda s: s.progress.opens_at or datetime.max, default=None)  # noqa: DTZ901

    @property
    def minutes_left(self) -> int:
        """Estimated minutes of the counted steps that are not done."""
        left = [s for s in self.steps if s.is_required and s.status in {Status.OPEN, Status.LOCKED}]
        return sum(s.lesson.minutes for s in left if s.lesson)

    @property
    def has_optional_steps(self) -> bool:
        """Whether some steps may be left out."""
        return any(not s.is_required for s in self.steps)

    def step_of_lesson(self, page_id: int) -> PathStepView | None:
        """The first step that leads to a lesson; None when the path has none."""
        return next((s for s in self.steps if s.lesson and s.lesson.page_id == page_id), None)

    def after(self, step: PathStepView) -> PathStepView | None:
        """The step to take after this one; None when nothing is open."""
        following = [s for s in self.steps[step.progress.number :] if s.status == Status.OPEN]
        return following[0] if following else (self.next_step if self.next_step != step else None)


def lesson_cards(page_ids: Iterable[int]) -> dict[int, LessonCard]:
    """Return the cards of lessons by page id; one query, unpublished lessons included."""
    rows = MicroLessonPage.objects.filter(pk__in=set(page_ids)).values_list(
        "pk", "uuid", "slug", "title", "summary", "minutes", "question_ids", "live", "live_revision_id"
    )
    return {row[0]: LessonCard(*row[:6], tuple(row[6]), *row[7:]) for row in rows}


def build_path_view(
    path: LearningPathPage,
    enrollment: Enrollment | None,
    completed: dict[UUID, datetime],
    cards: dict[int, LessonCard],
    now: datetime,
) -> PathView:
    """Put together what was fetched; no query."""
    specs = path.path_steps()
    lessons = [cards.get(spec.lesson_page_id) if spec.lesson_page_id else None for spec in specs]
    steps = [
        Step(
            id=spec.id,
            is_required=spec.is_required,
            opens=Opens(spec.opens),
            delay=timedelta(days=spec.delay_days),
            is_available=bool(lesson and lesson.is_live),
        )
        for spec, lesson in zip(specs, lessons, strict=True)
    ]
    progress = path_progress(
        steps, completed, enrolled_at=enrollment.enrolled_at if enrollment else now, now=now
    )
    views = tuple(PathStepView(step, lesson) for step, lesson in zip(progress.steps, lessons, strict=True))
    return PathView(path, enrollment, progress, views)


def step_lesson_ids(paths: Iterable[LearningPathPage]) -> set[int]:
    """Return the page ids of all lessons on these paths; no query."""
    return {step.lesson_page_id for path in paths for step in path.path_steps() if step.lesson_page_id}


def completed_steps(enrollments: Iterable[Enrollment]) -> dict[int, dict[UUID, datetime]]:
    """Return moments of completion by step, by enrollment; one query."""
    by_enrollment: dict[int, dict[UUID, datetime]] = {enrollment.pk: {} for enrollment in enrollments}
    rows = StepCompletion.objects.filter(enrollment__in=by_enrollment).values_list(
        "enrollment_id", "step_id", "completed_at"
    )
    for enrollment_id, step_id, completed_at in rows:
        by_enrollment[enrollment_id][step_id] = completed_at
    return by_enrollment


def path_views(enrollments: Iterable[Enrollment], now: datetime) -> list[PathView]:
    """Return the paths of enrollments whose path is fetched, in the same order; two queries."""
    enrollments = list(enrollments)
    completed = completed_steps(enrollments)
    cards = lesson_cards(step_lesson_ids(enrollment.path for enrollment in enrollments))
    return [build_path_view(e.path, e, completed[e.pk], cards, now) for e in enrollments]


def enrollments_of(person: User) -> list[Enrollment]:
    """Return a person's enrollments with their paths, earliest due first, then latest started; one query."""
    enrollments = with_path_columns(Enrollment.objects.visible_to(person)).order_by("-enrolled_at")
    return sorted(enrollments, key=lambda e: (e.due_on is None, e.due_on))


def with_path_columns(enrollments: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """Fetch enrollments with what is shown of their paths; a page has four times as many columns."""
    own = [field.name for field in Enrollment._meta.fields]
    return enrollments.select_related("path").only(*own, *(f"path__{column}" for column in PATH_COLUMNS))


def path_view(person: User, path: LearningPathPage, now: datetime) -> PathView:
    """Return one path as a person sees it, enrolled or not; at most three queries."""
    enrollment = Enrollment.objects.visible_to(person).filter(path=path).first()
    cards = lesson_cards(step_lesson_ids([path]))
    completed = completed_steps([enrollment])[enrollment.pk] if enrollment else {}
    return build_path_view(path, enrollment, completed, cards, now)


def choose_path(views: Iterable[PathView], page_id: int, path_slug: str = "") -> PathView | None:
    """Choose the path on which a person reads a lesson.

    The one they came from if it has the lesson, else one where the lesson is to be done, else any; None when
    none of their paths has it.
    """
    having = [view for view in views if view.step_of_lesson(page_id)]
    order = {Status.OPEN: 0, Status.DONE: 1, Status.LOCKED: 2, Status.UNAVAILABLE: 3}

    def rank(view: PathView) -> tuple[bool, int]:
        step = view.step_of_lesson(page_id)
        return view.path.slug != path_slug, order[step.status] if step else 9

    return min(having, key=rank, default=None)


def answers_to(person: User, lesson_uuid: UUID) -> dict[str, Answer]:
    """Return a person's latest answers to one lesson by question id; one query."""
    answers = Answer.objects.filter(learner=person, lesson_uuid=lesson_uuid)
    return {str(answer.question_id): answer for answer in answers}


def readable_paths(person: User) -> QuerySet[LearningPathPage]:
    """Return published paths, and unpublished ones that the person is on: what was begun stays in reach."""
    own = Enrollment.objects.visible_to(person).filter(path=OuterRef("pk"))
    return LearningPathPage.objects.filter(Q(live=True) | Exists(own)).only(*PATH_COLUMNS)


def open_paths_for(person: User, enrolled: Iterable[int]) -> list[LearningPathPage]:
    """Return published paths a person is not on, those of their role first; one query."""
    paths = LearningPathPage.objects.live().exclude(pk__in=list(enrolled)).order_by("title")
    paths = paths.only("title", "slug", "summary", "role")
    return sorted(paths, key=lambda path: (path.role_id != person.job_role_id, path.role_id is not None))
