"""One person as an administrator sees them: their place in the company and what was decided about them.

Nothing here comes from what a person practiced, answered or tried; see product law 1.
"""

import uuid
from dataclasses import dataclass

from django.utils.functional import Promise

from badges.models import Attestation
from badges.selectors.attesting import words_about
from courses.models import LearningPathPage
from lms.paths.models import Enrollment
from lms.people.models import Employment, ReportingLine, User
from lms.people.permissions import PERSONA_GROUPS
from lms.people.services import HR
from lms.web.audit_page import AuditLine, entries_about
from lms.web.audit_sentences import fact_name
from lms.web.set_up_page import PERSONAS

ENTRIES_SHOWN = 50


@dataclass(frozen=True)
class KnownAs:
    """What another system calls the person: which system, what kind of name, and the name.

    Attributes:
        system: Empty for the HR system, which needs no mention.
    """

    system: str
    kind: str
    name: str


@dataclass(frozen=True)
class PersonPage:
    """All that the page shows.

    Attributes:
        managers: Above the person, the nearest first; empty at the top.
        direct_reports: How many people who work here now report to them.
        employments: The newest first.
        personas: What the person may act as, beside learning.
        enrollments: Every path they are or were on, the open ones first; nothing of what they answered.
        other_paths: Slug and title of published paths they never were on.
        words: What managers have vouched for, the newest first.
        entries: The newest audit entries about them.
    """

    person: User
    enrollments: list[Enrollment]
    other_paths: list[tuple[str, str]]
    managers: list[User]
    direct_reports: int
    employments: list[Employment]
    identities: list[KnownAs]
    personas: list[Promise]
    words: list[Attestation]
    entries: list[AuditLine]

    @property
    def public_id(self) -> str:
        """Their id as audit entries write it."""
        return str(self.person.public_id)


def person_page(public_id: uuid.UUID) -> PersonPage | None:
    """Return what the page of a person shows, in eleven queries; None when there is no such person."""
    person = User.objects.filter(public_id=public_id).select_related("job_role", "org_unit").first()
    if person is None:
        return None
    lines = ReportingLine.objects.filter(report=person).select_related("manager").order_by("depth")
    employments = person.employments.select_related("job_role", "org_unit", "manager")
    enrollments = person.enrollments.filter(is_latest=True).select_related("path", "version__assignment")
    paths = LearningPathPage.objects.live().exclude(enrollments__learner=person).order_by("title")
    return PersonPage(
        person=person,
        enrollments=sorted(enrollments.defer("path__steps").order_by("path__title"), key=_is_behind),
        other_paths=list(paths.values_list("slug", "title")),
        managers=[line.manager for line in lines],
        direct_reports=User.objects.current().filter(manager=person).count(),
        employments=list(employments.order_by("-effective_from", "-pk")),
        identities=[
            KnownAs(
                "" if identity.source == HR else identity.source, fact_name(identity.kind), identity.value
            )
            for identity in person.external_identities.order_by("source", "kind", "value")
        ],
        personas=[
            PERSONAS[persona] for persona, group in PERSONA_GROUPS.items() if group in person.group_names
        ],
        words=list(words_about(person)),
        entries=entries_about(person, newest=ENTRIES_SHOWN),
    )


def _is_behind(enrollment: Enrollment) -> tuple[bool, bool]:
    return enrollment.withdrawn_at is not None, enrollment.completed_at is not None
