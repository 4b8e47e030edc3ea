"""A person's own rows by their public id: None, so 404, for everybody else."""

from uuid import UUID

from django.db.models import Count, Sum

from lms.people.models import User
from sandbox.models import Attempt, PromptTemplate, Run, SharedAttempt


def own_attempt(person: User, public_id: UUID) -> Attempt | None:
    """Return an attempt of this person; None for any other."""
    found: Attempt | None = (
        Attempt.objects.visible_to(person)
        .select_related("exercise", "rubric")
        .filter(public_id=public_id)
        .first()
    )
    return found


def own_run(person: User, public_id: UUID) -> Run | None:
    """Return an answer to an attempt of this person, with all that is needed to look at it; None for any other."""
    found: Run | None = (
        Run.objects.visible_to(person)
        .select_related("attempt__exercise", "attempt__rubric", "attempt__learner", "provider", "review")
        .filter(public_id=public_id)
        .first()
    )
    return found


def own_templates(person: User) -> list[PromptTemplate]:
    """Return a person's templates, the last changed first, each with how often it was used and the minutes noted."""
    rows = PromptTemplate.objects.visible_to(person).select_related("exercise")
    return list(rows.annotate(times=Count("uses"), minutes=Sum("uses__minutes_saved")))


def own_template(person: User, public_id: UUID) -> PromptTemplate | None:
    """Return a template of this person; None for any other."""
    found: PromptTemplate | None = (
        PromptTemplate.objects.visible_to(person).filter(public_id=public_id).first()
    )
    return found


def own_copies(person: User) -> list[SharedAttempt]:
    """Return the copies that a person shared, the latest first; those taken back too."""
    return list(SharedAttempt.objects.visible_to(person))


def shared_copy(public_id: UUID) -> SharedAttempt | None:
    """Return a copy that its learner shares now, for whoever has its address and is signed in; None otherwise."""
    shared = SharedAttempt.objects.filter(public_id=public_id, revoked_at=None)
    return shared.select_related("learner", "exercise").first()
