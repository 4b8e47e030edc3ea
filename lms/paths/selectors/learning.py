"""What a page needs to know about a person and their learning, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from lms.paths.library import Card, LessonCard, Library, PathOutline, library
from lms.paths.models import Answer, Enrollment, StepCompletion
from lms.paths.progress import PathProgress, Status, StepProgress, path_progress
from lms.people.models import User


class PathStepView(NamedTuple):
    """One step: where it stands, and the lesson or exercise it leads to; None when that no longer exists."""

    progress: StepProgress
    card: Card | None

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

    path: PathOutline
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
        return sum(s.card.minutes for s in left if s.card)

    @property
    def required_steps(self) -> list[PathStepView]:
        """The steps that decide whether the path is complete, as its progress track shows them."""
        return [s for s in self.steps if s.is_required and s.status != Status.UNAVAILABLE]

    @property
    def has_optional_steps(self) -> bool:
        """Whether some steps may be left out."""
        return any(not s.is_required for s in self.steps)

    def step_of_lesson(self, page_id: int) -> PathStepView | None:
        """The first step that leads to a lesson; None when the path has none."""
        return next(
            (s for s in self.steps if isinstance(s.card, LessonCard) and s.card.page_id == page_id), None
        )

    def step_of(self, uuid: UUID) -> PathStepView | None:
        """The first step that leads to a lesson or exercise of that identity; None when the path has none."""
        return next((s for s in self.steps if s.card and s.card.uuid == uuid), None)

    def after(self, step: PathStepView) -> PathStepView | None:
        """The step to take after this one; None when nothing is open."""
        following = [s for s in self.steps[step.progress.number :] if s.status == Status.OPEN]
        return following[0] if following else (self.next_step if self.next_step != step else None)


def build_path_view(
    path: PathOutline, enrollment: Enrollment | None, completed: dict[UUID, datetime], now: datetime
) -> PathView:
    """Put together what was fetched; no query."""
    enrolled_at = enrollment.enrolled_at if enrollment else now
    progress = path_progress(path.steps, completed, enrolled_at=enrolled_at, now=now)
    return PathView(path, enrollment, progress, tuple(map(PathStepView, progress.steps, path.cards)))


def completed_steps(enrollments: Iterable[Enrollment]) -> dict[int, dict[UUID, datetime]]:
    """Return moments of completion by step, by enrollment; one query."""
    by_enrollment: dict[int, dict[UUID, datetime]] = {enrollment.pk: {} for enrollment in enrollments}
    rows = StepCompletion.objects.filter(enrollment__in=by_enrollment).values_list(
        "enrollment_id", "step_id", "completed_at"
    )
    for enrollment_id, step_id, completed_at in rows:
        by_enrollment[enrollment_id][step_id] = completed_at
    return by_enrollment


def path_views(shelf: Library, enrollments: Iterable[Enrollment], now: datetime) -> list[PathView]:
    """Return the paths of enrollments in the same order; one query.

    Fetch the enrollments before the library: then every path that someone is on is in it.
    """
    enrollments = list(enrollments)
    completed = completed_steps(enrollments)
    return [build_path_view(shelf.paths[e.path_id], e, completed[e.pk], now) for e in enrollments]


def enrollments_of(person: User) -> list[Enrollment]:
    """Return a person's enrollments, earliest due first, then latest started; one query."""
    enrollments = Enrollment.objects.visible_to(person).current().order_by("-enrolled_at")
    return sorted(enrollments, key=lambda e: (e.due_on is None, e.due_on))


def path_view(person: User, slug: str, now: datetime) -> PathView | None:
    """Return one path as a person sees it, enrolled or not; three queries.

    None when there is no such path, or when it is not published and the person is not on it: what was begun stays
    in reach.
    """
    path = library().path(slug)
    if path is None:
        return None
    enrollment = Enrollment.objects.visible_to(person).current().filter(path=path.page_id).first()
    if enrollment is None and not path.is_live:
        return None
    completed = completed_steps([enrollment])[enrollment.pk] if enrollment else {}
    return build_path_view(path, enrollment, completed, now)


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


def answers_to(person: User, lesson_uuid: UUID, since: datetime | None = None) -> dict[str, Answer]:
    """Return a person's latest answers to one lesson by question id; one query.

    Args:
        person: Who answered.
        lesson_uuid: The lesson.
        since: On a path that is taken again, its new beginning: answers from before it do not count, and one given
            since then is right only if it was right since then. None otherwise.
    """
    answers = list(Answer.objects.filter(learner=person, lesson_uuid=lesson_uuid))
    if since is not None:
        answers = [answer for answer in answers if answer.answered_at >= since]
        for answer in answers:
            answer.right_at = answer.right_at if answer.right_at and answer.right_at >= since else None
    return {str(answer.question_id): answer for answer in answers}


def open_paths_for(shelf: Library, person: User, views: Iterable[PathView]) -> list[PathOutline]:
    """Return published paths a person is not on, those of their role first; no query."""
    having = {view.path.page_id for view in views}
    paths = [path for path in shelf.published() if path.page_id not in having]
    return sorted(paths, key=lambda path: (path.role_id != person.job_role_id, path.role_id is not None))
