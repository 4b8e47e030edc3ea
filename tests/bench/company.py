"""The company under test: people, paths of several lengths, and learners halfway along them."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.utils import timezone
from wagtail.models import Site

from courses.models import LearningPathPage, LessonIndexPage, MicroLessonPage, PathIndexPage
from lms.paths.models import Enrollment, StepCompletion
from lms.people.models import JobRole, User

PARAGRAPH = (
    "<p>A complaint has wandered through nineteen messages and three colleagues. You take over at four. "
    "You need three things: what the customer wants, what we have promised, and what is still open.</p>"
)
QUESTION, RIGHT_ANSWER = str(uuid.uuid4()), str(uuid.uuid4())
ANSWERS = [
    ("Ask for the sentence each point comes from", True, RIGHT_ANSWER),
    ("Send it as it is", False, str(uuid.uuid4())),
    ("Read all nineteen messages again", False, str(uuid.uuid4())),
]


@dataclass(frozen=True)
class Walk:
    """One learner halfway along one path.

    Attributes:
        lesson: Slug of the lesson that is open to them now.
    """

    learner: User
    path: str
    lesson: str

    def address(self, template: str) -> str:
        """Return the address with this learner's path and lesson in it."""
        return template.format(path=self.path, lesson=self.lesson)


def make_people(total: int, role: JobRole) -> None:
    """Add people until there are ``total``."""
    missing = range(User.objects.count(), total)
    User.objects.bulk_create(
        [User(email=f"person{n}@larkfield.example", full_name=f"Person {n}", job_role=role) for n in missing],
        batch_size=2000,
    )


def make_lessons(count: int) -> list[MicroLessonPage]:
    """Publish lessons of eight blocks each."""
    folder = LessonIndexPage.objects.first() or _home().add_child(
        instance=LessonIndexPage(title="Lessons", slug="lessons")
    )
    return [_publish(folder, _lesson(number)) for number in range(count)]


def make_path(lessons: list[MicroLessonPage], role: JobRole, slug: str = "") -> LearningPathPage:
    """Publish a path through all these lessons."""
    folder = PathIndexPage.objects.first() or _home().add_child(
        instance=PathIndexPage(title="Learning paths", slug="paths")
    )
    steps = [
        {
            "type": "lesson",
            "id": str(uuid.uuid4()),
            "value": {"lesson": lesson.pk, "is_required": True, "opens": "after-previous", "delay_days": 0},
        }
        for lesson in lessons
    ]
    path = LearningPathPage(
        title=f"A path of {len(steps)} steps",
        slug=slug or f"path-of-{len(steps)}",
        summary="A path to measure with.",
        outcome="You can tell how long a page takes.",
        role=role,
        review_by=timezone.localdate() + timedelta(days=180),
        steps=steps,
    )
    published: LearningPathPage = _publish(folder, path)
    return published


def put_halfway(learner: User, path: LearningPathPage, lessons: list[MicroLessonPage]) -> Walk:
    """Enroll a person and complete the first half of the path for them."""
    began_at = timezone.now() - timedelta(days=7)
    enrollment = Enrollment.objects.create(
        learner=learner, path=path, source=Enrollment.Source.RULE, enrolled_at=began_at
    )
    half = len(lessons) // 2
    StepCompletion.objects.bulk_create(
        StepCompletion(
            enrollment=enrollment,
            step_id=step.id,
            content_uuid=lesson.uuid,
            revision_id=lesson.live_revision_id,
            completed_at=began_at,
        )
        for step, lesson in zip(path.path_steps()[:half], lessons[:half], strict=True)
    )
    return Walk(learner=learner, path=path.slug, lesson=lessons[half].slug)


def enroll_everybody(path: LearningPathPage) -> None:
    """Enroll everybody who is not yet, so that the learner under test is one of many."""
    others = User.objects.exclude(enrollments__path=path).values_list("pk", flat=True)
    now = timezone.now()
    Enrollment.objects.bulk_create(
        (
            Enrollment(learner_id=pk, path=path, source=Enrollment.Source.RULE, enrolled_at=now)
            for pk in others
        ),
        batch_size=2000,
    )


def sign_in(person: User) -> str:
    """Return the cookie of a new session."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "lms.people.backends.PersonBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _home() -> Any:
    return Site.objects.get(is_default_site=True).root_page.specific


def _publish(folder: Any, page: Any) -> Any:
    folder.add_child(instance=page)
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def _lesson(number: int) -> MicroLessonPage:
    callouts = [{"type": "callout", "value": {"kind": "note", "text": PARAGRAPH}} for _ in range(2)]
    pair = {"before": PARAGRAPH, "answer": PARAGRAPH, "flaw": PARAGRAPH, "after": PARAGRAPH, "why": PARAGRAPH}
    checklist = {"title": "Before you send it", "items": ["<p>Every promise has its sentence</p>"] * 3}
    answers = [
        {"type": "item", "id": key, "value": {"text": text, "is_right": is_right, "feedback": PARAGRAPH}}
        for text, is_right, key in ANSWERS
    ]
    question = {"question": PARAGRAPH, "several": False, "answers": answers}
    return MicroLessonPage(
        title=f"Turn a long thread into a summary you can trust, part {number}",
        slug=f"lesson-{number}",
        summary="Ask for the sentence behind each point.",
        review_by=timezone.localdate() + timedelta(days=180),
        body=[
            {"type": "text", "value": PARAGRAPH},
            {"type": "text", "value": PARAGRAPH * 2},
            *callouts,
            {"type": "prompt_pair", "value": pair},
            {"type": "text", "value": PARAGRAPH},
            {"type": "checklist", "value": checklist},
            {"type": "question", "value": question, "id": QUESTION},
        ],
    )
