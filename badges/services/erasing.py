"""Forgetting a person: what they held stays counted, and says nothing about them any more."""

from datetime import datetime

from django.db import transaction

from badges.models import (
    Attestation,
    Award,
    AwardEvent,
    Evidence,
    HolderLetter,
    Nomination,
    PersonalAddress,
    SignedCredential,
    SigningProblem,
    WorkAddress,
    new_salt,
    new_token,
)
from badges.services.evidence import discard_evidence
from badges.services.history import note
from lms.people.models import User


@transaction.atomic
def forget_holder(*, person: User, actor: User | None, at: datetime) -> int:
    """Cut every tie between a person and their awards; returns how many there were.

    What was signed for them is deleted, and with its salt nobody can test an address against it. The page of each award
    becomes a notice that it was issued; a file that somebody kept still verifies, since its place in the status list
    stays. Their addresses are forgotten, and with them every link that leads back. Nominations go with their evidence
    and what reviewers wrote about it. What they have said about others stays without their name.

    Args:
        person: Who is to be forgotten.
        actor: Who does it; None for Praxis itself.
        at: Now.
    """
    awards = list(Award.objects.of(person).select_for_update(of=("self",)))
    for award in awards:
        award.recipient, award.narrative, award.private_note = None, "", ""
        award.salt, award.refresh_token = new_salt(), new_token()
    Award.objects.bulk_update(awards, ["recipient", "narrative", "private_note", "salt", "refresh_token"])
    SignedCredential.objects.filter(award__in=awards).delete()
    SigningProblem.objects.filter(award__in=awards).delete()
    Attestation.objects.filter(person=person).delete()
    Attestation.objects.filter(attested_by=person).update(attested_by=None)
    HolderLetter.objects.filter(person=person).delete()
    PersonalAddress.objects.filter(person=person).delete()
    WorkAddress.objects.filter(person=person).delete()
    discard_evidence(list(Evidence.objects.of(person)))
    Nomination.objects.of(person).delete()
    Nomination.objects.filter(nominated_by=person).update(nominated_by=None)
    note(awards, AwardEvent.Kind.ERASED, at=at, actor=actor)
    return len(awards)
