"""What rules may ask about learning: a completed path, and lessons on a skill. Held, or with "not" missing."""

from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from courses.models import LearningPathPage, MicroLessonPage, Skill
from lms.paths.models import Enrollment, StepCompletion
from lms.people.audience_facts import AudienceFact, register_fact


def register_facts() -> None:
    """Let rules ask for what this app knows."""
    register_fact(COMPLETED_PATH)
    register_fact(SKILL)


def _paths() -> list[tuple[str, str]]:
    paths = LearningPathPage.objects.order_by("title", "pk").values_list("uuid", "title")
    return [(str(uuid), title) for uuid, title in paths]


def _has_completed(values: tuple[str, ...], today: date) -> Q:
    """Return who has completed one of these paths, in a cycle that still counts."""
    done = Enrollment.objects.filter(
        Q(expires_on=None) | Q(expires_on__gte=today),
        learner=OuterRef("pk"),
        path__uuid__in=_uuids(values),
        completed_at__isnull=False,
    )
    return Q(Exists(done))


def _skills() -> list[tuple[str, str]]:
    return list(Skill.objects.order_by("name", "pk").values_list("slug", "name"))


def _has_learned(values: tuple[str, ...], _today: date) -> Q:
    """Return who has completed a lesson on one of these skills."""
    lessons = MicroLessonPage.objects.filter(skills__slug__in=values).values("uuid")
    learned = StepCompletion.objects.filter(enrollment__learner=OuterRef("pk"), content_uuid__in=lessons)
    return Q(Exists(learned))


def _uuids(values: tuple[str, ...]) -> list[UUID]:
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue  # nobody has it, and `missing_from` says so
    return found


COMPLETED_PATH = AudienceFact(
    key="completed_path",
    label=_("has completed the path"),
    words=_("has completed"),
    choices=_paths,
    condition=_has_completed,
)
SKILL = AudienceFact(
    key="skill",
    label=_("has learned the skill"),
    words=_("has learned"),
    choices=_skills,
    condition=_has_learned,
)
