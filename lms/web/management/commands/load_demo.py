"""Load the demo company: its people from an HR export, the starter content, and everyone on the path of their role."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

import lms.people
from courses.models import LearningPathPage
from courses.rendering import revision_content
from lms.paths.models import Enrollment
from lms.paths.selectors import path_view
from lms.paths.services import answer_question, complete_lesson, enroll_person
from lms.people.models import User
from lms.people.services import set_persona

LARKFIELD_EXPORT = Path(lms.people.__file__).parent / "demo" / "larkfield.csv"
PERSONAS = {
    "grace@larkfield.example": "author",
    "radia@larkfield.example": "reviewer",
    "mei@larkfield.example": "admin",
}
HALFWAY = "bruno@larkfield.example"
MANAGERS_PATH = "people-manager"
DAYS_TO_COMPLETE = 25


class Command(BaseCommand):
    help = "Load the demo company. Running it again changes nothing that is there."

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load people, content and enrollments, and bring one person halfway."""
        verbosity = options["verbosity"]
        call_command("import_people", str(LARKFIELD_EXPORT), verbosity=verbosity, stdout=self.stdout)
        call_command("load_content", verbosity=verbosity, stdout=self.stdout)
        for email, persona in PERSONAS.items():
            set_persona(
                person=User.objects.get(email=email), persona=persona, holds=True, actor="command:load_demo"
            )
        now = timezone.now()
        enrolled = self._enroll_by_role(now) + self._enroll_managers(now)
        self._bring_halfway(User.objects.get(email=HALFWAY), now)
        self.stdout.write(f"{enrolled} people newly on a path.")

    def _enroll_by_role(self, now: datetime) -> int:
        count = 0
        for path in LearningPathPage.objects.live().filter(role__isnull=False).select_related("role"):
            waiting = User.objects.current().filter(job_role=path.role).exclude(enrollments__path=path)
            reason = _("it was assigned to everyone in %(role)s") % {"role": path.role.name.lower()}
            count += self._enroll(waiting, path, reason, now)
        return count

    def _enroll_managers(self, now: datetime) -> int:
        path = LearningPathPage.objects.live().filter(slug=MANAGERS_PATH).first()
        if path is None:
            return 0
        managers = (
            User.objects.current().filter(lines_down__isnull=False).distinct().exclude(enrollments__path=path)
        )
        return self._enroll(managers, path, _("it was assigned to everyone who leads people"), now)

    def _enroll(self, people: Any, path: LearningPathPage, reason: str, now: datetime) -> int:
        due_on = timezone.localdate(now) + timedelta(days=DAYS_TO_COMPLETE)
        for person in (people := list(people)):
            enroll_person(
                learner=person, path=path, source=Enrollment.Source.RULE, reason=reason, due_on=due_on, at=now
            )
        return len(people)

    def _bring_halfway(self, person: User, now: datetime) -> None:
        """Answer and complete the first half of the person's path, as they would by hand."""
        path = LearningPathPage.objects.live().filter(role=person.job_role).first()
        view = path_view(person, path.slug, now) if path else None
        if path is None or view is None or view.progress.done_count:
            return
        half = len(view.progress.counted) // 2
        for _step in range(half):
            at = timezone.now()
            view = path_view(person, path.slug, now)
            step = view.next_step if view else None
            if step is None or step.lesson is None:
                return
            lesson = step.lesson
            for question in revision_content(lesson.page_id, lesson.revision_id, now).questions:
                answer_question(
                    learner=person,
                    lesson=lesson,
                    question=question,
                    chosen=set(question.right_ids),
                    at=at,
                )
            complete_lesson(learner=person, slug=lesson.slug, revision_id=None, at=at, path_slug=path.slug)
