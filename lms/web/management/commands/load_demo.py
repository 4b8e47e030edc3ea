"""Load the demo company: its people from an HR export, the starter content, and everyone on the path of their role."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

import lms.people
from courses.models import LearningPathPage
from courses.rendering import revision_content
from lms.jobs.services import run_jobs
from lms.paths.library import ExerciseCard
from lms.paths.models import Assignment, Enrollment
from lms.paths.selectors import path_view
from lms.paths.selectors.previews import preview_rule
from lms.paths.services import (
    RuleText,
    answer_question,
    complete_lesson,
    confirm_rule,
    create_rule,
    credit_lessons_everywhere,
)
from lms.people.models import User
from lms.people.services import set_persona
from lms.web.demo_company import CAST
from lms.web.demo_credentials import give_credentials
from lms.web.demo_progress import give_progress
from lms.web.demo_tips import give_tips
from sandbox.models import Exercise
from sandbox.services.reviewing import review_run
from sandbox.services.trying import try_prompt

LARKFIELD_EXPORT = Path(lms.people.__file__).parent / "demo" / "larkfield.csv"
PERSONAS = {
    "grace@larkfield.example": "author",
    "radia@larkfield.example": "reviewer",
    "mei@larkfield.example": "admin",
}
ADMIN = "mei@larkfield.example"
HALFWAY = "bruno@larkfield.example"
MANAGERS_PATH = "people-manager"
DAYS_TO_COMPLETE = 25
SECONDS_FOR_RULES = 60


class Command(BaseCommand):
    help = "Load the demo company. Running it again changes nothing that is there."

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load people, content and enrollments, and bring one person halfway."""
        verbosity = options["verbosity"]
        call_command("import_people", str(LARKFIELD_EXPORT), verbosity=verbosity, stdout=self.stdout)
        call_command("load_content", verbosity=verbosity, stdout=self.stdout)
        call_command("load_tips", verbosity=verbosity, stdout=self.stdout)
        for email, persona in PERSONAS.items():
            set_persona(
                person=User.objects.get(email=email), persona=persona, holds=True, actor="command:load_demo"
            )
        now = timezone.now()
        before = Enrollment.objects.count()
        self._assign_by_role(User.objects.get(email=ADMIN), now)
        run_jobs(for_seconds=SECONDS_FOR_RULES)
        if not before:
            # Those whom one can be begin at the beginning; around them the company is at work.
            others = Enrollment.objects.exclude(learner__email__in=CAST).order_by("pk")
            give_progress(others, now=now, days_to_complete=DAYS_TO_COMPLETE)
        self._bring_halfway(User.objects.get(email=HALFWAY), now)
        give_tips(now=now)
        give_credentials(admin=User.objects.get(email=ADMIN), now=now)
        self.stdout.write(f"{Enrollment.objects.count() - before} people newly on a path.")

    def _assign_by_role(self, actor: User, now: datetime) -> None:
        """Write a rule for each path of a role, and one for everyone who leads people."""
        of_roles = LearningPathPage.objects.live().filter(role__isnull=False).exclude(slug=MANAGERS_PATH)
        for path in of_roles.select_related("role"):
            role = path.role
            reason = _("it is the path of everyone in %(role)s") % {"role": role.name.lower()}
            self._assign(path, {"any": [{"all": [{"role": [role.code]}]}]}, role.name, reason, actor, now)
        managers = LearningPathPage.objects.live().filter(slug=MANAGERS_PATH).first()
        if managers is not None:
            reason = _("it is the path of everyone who leads people")
            self._assign(managers, {"leads_people": True}, _("Everyone who leads people"), reason, actor, now)

    def _assign(
        self, path: LearningPathPage, audience: Any, name: str, reason: str, actor: User, now: datetime
    ) -> None:
        if Assignment.objects.filter(path=path).exists():
            return
        text = RuleText(audience=audience, reason=reason, due_basis="assigned", due_days=DAYS_TO_COMPLETE)
        rule = create_rule(name=name, path=path, text=text, actor=actor, at=now)
        preview = preview_rule(rule, rule.versions.get(), now)
        confirm_rule(rule=rule, seen=preview.seen, typed=str(preview.affected), actor=actor, at=now)

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
            if step is None or step.card is None:
                return
            if isinstance(step.card, ExerciseCard):
                self._practice(person, step.card, at)
                continue
            lesson = step.card
            for question in revision_content(lesson.page_id, lesson.revision_id, now).questions:
                answer_question(
                    learner=person,
                    lesson=lesson,
                    question=question,
                    chosen=set(question.right_ids),
                    at=at,
                )
            complete_lesson(learner=person, slug=lesson.slug, revision_id=None, at=at, path_slug=path.slug)

    def _practice(self, person: User, card: ExerciseCard, now: datetime) -> None:
        """Try a prompt and review the prepared answer, so that the step is done."""
        exercise = Exercise.objects.get(pk=card.exercise_id)
        prompt = f"{exercise.task}. Keep to what the material says and tell me what is unclear."
        for run in try_prompt(learner=person, exercise=exercise, prompt=prompt, at=now).runs:
            review_run(run=run, marks=[], at=now)
        credit_lessons_everywhere(learner_id=person.pk, at=now)
