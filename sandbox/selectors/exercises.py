"""The list of exercises, and one exercise with what a person has tried on it."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max, Prefetch

from lms.people.models import User
from sandbox.definitions import Definition
from sandbox.exercise_definition import definition_of
from sandbox.models import Attempt, Exercise, Provider, Review, Run
from sandbox.selectors.budgets import Remaining, remaining_of, tightest
from sandbox.selectors.judging import judge_among

ATTEMPTS_SHOWN = 20
ATTEMPTS_BEFORE_REFERENCE = 2


@dataclass(frozen=True)
class ExerciseLine:
    """An exercise in the list.

    Attributes:
        attempts: How often this person tried it.
        best_score: Best prompt score of theirs, 0 to 100; None without one.
        is_done: Whether they have reviewed an answer.
    """

    exercise: Exercise
    attempts: int
    best_score: int | None
    is_done: bool


@dataclass(frozen=True)
class PracticeList:
    """The exercises of a person's role, those for everybody, and the rest by role."""

    mine: list[ExerciseLine] = field(default_factory=list)
    everybody: list[ExerciseLine] = field(default_factory=list)
    others: dict[str, list[ExerciseLine]] = field(default_factory=dict)
    next_one: ExerciseLine | None = None
    remaining: Remaining | None = None


def practice_list(person: User, now: datetime) -> PracticeList:
    """Return what a person may practice; nine queries."""
    own = Attempt.objects.visible_to(person).order_by()
    tried = {
        row["exercise"]: (row["last"], row["best"])
        for row in own.values("exercise").annotate(last=Max("number"), best=Max("prompt_score"))
    }
    reviewed = Review.objects.filter(run__attempt__learner=person.pk)
    done = set(reviewed.values_list("run__attempt__exercise", flat=True))
    found = PracticeList(remaining=tightest(remaining_of(person, now)))
    exercises = (
        Exercise.objects.live().prefetch_related("roles").defer("materials", "checks", "facts", "pitfalls")
    )
    for exercise in exercises.order_by("level", "title"):
        attempts, best = tried.get(exercise.pk, (0, None))
        line = ExerciseLine(exercise, attempts, best, exercise.pk in done)
        roles = list(exercise.roles.all())
        if not roles:
            found.everybody.append(line)
        elif person.job_role_id in {role.pk for role in roles}:
            found.mine.append(line)
        else:
            for role in roles:
                found.others.setdefault(role.name, []).append(line)
    return PracticeList(
        sorted(found.mine, key=_by_level),
        sorted(found.everybody, key=_by_level),
        {name: sorted(found.others[name], key=_by_level) for name in sorted(found.others)},
        next(
            (each for each in [*sorted(found.mine, key=_by_level), *found.everybody] if not each.is_done),
            None,
        ),
        found.remaining,
    )


def _by_level(line: ExerciseLine) -> int:
    return ["basic", "intermediate", "advanced"].index(line.exercise.level)


@dataclass(frozen=True)
class ExercisePage:
    """One exercise, and what this person has tried on it.

    Attributes:
        definition: What is asked now.
        attempts: Theirs, the latest first, with their runs; none of anybody else.
        shown: The attempt that the page shows; None before the first.
        providers: Models that may be asked.
        remaining: The budget closest to its end; None without limits.
        judge: The model that gives second opinions; None when there is none.
    """

    exercise: Exercise
    definition: Definition
    attempts: list[Attempt]
    shown: Attempt | None
    providers: list[Provider]
    remaining: Remaining | None
    judge: Provider | None
    is_done: bool
    tries: int

    @property
    def shows_reference(self) -> bool:
        """Whether the reference prompt may be seen: after two attempts."""
        return bool(self.definition.reference_prompt) and self.tries >= ATTEMPTS_BEFORE_REFERENCE

    @property
    def runs(self) -> list[Run]:
        """The answers of the attempt that is shown."""
        return list(self.shown.runs.all()) if self.shown else []

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is still coming."""
        return any(run.is_under_way for run in self.runs)

    @property
    def earlier(self) -> Attempt | None:
        """The attempt before the one that is shown, to compare it with; None when there is none."""
        if self.shown is None:
            return None
        return next((each for each in self.attempts if each.number < self.shown.number), None)


def live_exercise(slug: str) -> Exercise | None:
    """Return the exercise of that address; None when there is none that people can begin; one query."""
    found: Exercise | None = Exercise.objects.live().filter(slug=slug).first()
    return found


def exercise_page(
    person: User, slug: str, now: datetime, *, number: int | None = None, even_if_not_live: bool = False
) -> ExercisePage | None:
    """Return an exercise as one person sees it; eleven queries.

    None when there is none of that address, or when it is not published and the person has not tried it: what they
    wrote stays in reach.

    Args:
        person: Whose attempts.
        slug: Address of the exercise.
        now: For what is left of budgets.
        number: Of the attempt to show; the latest when None.
        even_if_not_live: Return it to somebody who has just written something, whatever has happened to it.
    """
    exercise = Exercise.objects.filter(slug=slug).first()
    if exercise is None:
        return None
    own = Attempt.objects.visible_to(person).filter(exercise=exercise)
    runs = Prefetch("runs", Run.objects.select_related("provider", "review"))
    attempts = list(own.select_related("rubric", "opinion").prefetch_related(runs)[:ATTEMPTS_SHOWN])
    if not exercise.live and not attempts and not even_if_not_live:
        return None
    chosen = number if number is not None else (attempts[0].number if attempts else None)
    shown = next((each for each in attempts if each.number == chosen), None)
    if shown is None and number is not None:
        shown = own.select_related("rubric", "opinion").prefetch_related(runs).filter(number=number).first()
    reviewed = Review.objects.filter(run__attempt__learner=person.pk, run__attempt__exercise=exercise)
    providers = list(Provider.objects.usable())
    return ExercisePage(
        exercise=exercise,
        definition=definition_of(exercise),
        attempts=attempts,
        shown=shown,
        providers=providers,
        remaining=tightest(remaining_of(person, now)),
        judge=judge_among(providers),
        is_done=reviewed.exists(),
        tries=own.aggregate(Max("number"))["number__max"] or 0,
    )
