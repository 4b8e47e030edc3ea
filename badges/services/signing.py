"""Signing awards: always after the commit, never while somebody waits for it to be written."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from badges.addresses import (
    achievement_url,
    award_url,
    did_of,
    image_url,
    refresh_url,
    status_list_url,
)
from badges.models import (
    AchievementVersion,
    Award,
    Evidence,
    Issuer,
    IssuerKey,
    SignedCredential,
    SigningProblem,
    StatusList,
)
from badges.ob3 import credentials as ob3
from badges.ob3.data_integrity import sign_credential
from badges.ob3.guard import check_before_signing
from badges.ob3.keys import Algorithm, Signer
from badges.ob3.vc_jwt import sign_jwt
from badges.selectors.evidence import narrative_of, public_evidence_behind
from badges.selectors.holders import addresses_of
from badges.services.addressing import note_work_addresses
from badges.services.issuers import active_key
from badges.services.status import as_json
from badges.signing_keys import signer_of
from lms.core.errors import ActionRefused
from lms.people.models import User

logger = logging.getLogger(__name__)

Format = SignedCredential.Format
TOGETHER = 50  # in one transaction, so that a worker that is killed signs few of them again
LONGEST_REASON = 1000


class NotSigned(ActionRefused):
    """A credential cannot be signed as it is; administrators see why."""

    def __init__(self) -> None:
        """Say what its holder can do."""
        super().__init__(
            _(
                "This credential is not signed yet. Those who look after credentials see why; it comes back by itself."
            )
        )


def sign_waiting(*, now: datetime, until: datetime) -> int:
    """Sign awards whose present edition is not signed; returns how many. Running it twice signs nothing twice.

    Args:
        now: Goes into the proof.
        until: Begin with no further ones after this moment.
    """
    total = 0
    while timezone.now() < until:
        with transaction.atomic():
            waiting = Award.objects.unsigned().select_for_update(of=("self",), skip_locked=True)
            awards = list(waiting.select_related(*RELATED).order_by("pk")[:TOGETHER])
            _sign_all(awards, now)
        total += len(awards)
        if not awards:
            break
    return total


RELATED = ("achievement__issuer", "version__achievement__issuer", "recipient", "status_list__issuer")


def signed_text(*, award: Award, format: str, at: datetime) -> str:  # noqa: A002  the field's word
    """Return the newest signed text of an award, signed now if no worker came to it yet.

    Of one whose present edition cannot be signed it is that of an earlier edition.

    Raises:
        NotSigned: It cannot be signed, and never was.
        Award.DoesNotExist: The person was erased, and what was signed with them.
    """
    newest = award.signed.filter(format=format, sequence=award.sequence).first()
    if newest is None:
        _sign_now(award, at)
        newest = award.signed.filter(format=format).order_by("-sequence").first()
    if newest is None:
        raise NotSigned
    text: str = newest.text
    return text


@transaction.atomic
def _sign_now(award: Award, at: datetime) -> None:
    """Sign an award unless somebody else has; one that was set aside waits until it is mended."""
    holders = Award.objects.exclude(recipient=None)
    locked = holders.select_for_update(of=("self",)).select_related(*RELATED).get(pk=award.pk)
    now = {"sequence": locked.sequence}
    if not locked.signed.filter(**now).exists() and not locked.signing_problems.filter(**now).exists():
        _sign_all([locked], at)


def signed_texts(*, awards: Sequence[Award], format: str, at: datetime) -> dict[int, str]:  # noqa: A002
    """Return the newest signed text of each award by its key, in their order; those that cannot be signed are left out.

    Cost: one query when workers have signed them all.

    Args:
        awards: All of people who are still here.
        format: One of `SignedCredential.Format`.
        at: Now; goes into the proof of those that are not signed yet.
    """
    newest = SignedCredential.objects.filter(award__in=awards, format=format, sequence=F("award__sequence"))
    texts: dict[int, str] = dict(newest.values_list("award_id", "text"))
    for award in awards:
        if award.pk not in texts:
            with suppress(NotSigned):
                texts[award.pk] = signed_text(award=award, format=format, at=at)
    return {award.pk: texts[award.pk] for award in awards if award.pk in texts}


@transaction.atomic
def try_again(*, award: Award, at: datetime) -> bool:
    """Sign an award that was set aside, now that what was wrong is mended; returns whether that worked."""
    SigningProblem.objects.filter(award=award, sequence=award.sequence).delete()
    _sign_now(award, at)
    return not SigningProblem.objects.filter(award=award, sequence=award.sequence).exists()


def check_signable(
    *, version: AchievementVersion, holder: User, evidence: Sequence[Evidence], at: datetime
) -> None:
    """See that an award with this evidence could be signed, before anybody reviews it.

    Raises:
        UnsafeToSign: Something in the words or the evidence would make a bad badge.
    """
    issuer = version.achievement.issuer
    award = Award(
        achievement=version.achievement,
        version=version,
        recipient=holder,
        narrative=narrative_of(evidence),
        status_list=StatusList(issuer=issuer, number=1),
        status_index=0,
        awarded_at=at,
        valid_from=at,
    )
    check_before_signing(_credential(award, {holder.pk: [holder.email]}, evidence))


def _sign_all(awards: Sequence[Award], at: datetime) -> None:
    pens: dict[int, _Pens] = {}
    rows = []
    problems = []
    holders = {award.recipient.pk: award.recipient for award in awards if award.recipient is not None}
    note_work_addresses(people=holders.values(), at=at)
    named = addresses_of(holders)
    evidence = public_evidence_behind(awards)
    for award in awards:
        issuer = award.achievement.issuer
        pen = pens.setdefault(issuer.pk, _Pens(issuer))
        signers = pen.signers  # what is wrong with a key is wrong for all, and no reason to set one aside
        try:
            unsigned = _credential(award, named, evidence.get(award.pk, ()))
            signed = sign_credential(unsigned, signer=signers[0], created=at)
            token = sign_jwt(signed, signer=signers[1], is_checked=True)
        except (ActionRefused, ValueError, TypeError) as error:
            logger.warning("Award %s cannot be signed and is set aside", award.public_id)
            reason = str(error)[:LONGEST_REASON]
            problems.append(SigningProblem(award=award, sequence=award.sequence, reason=reason, at=at))
            continue
        texts = ((Format.JSON, pen.keys[0], as_json(signed)), (Format.JWT, pen.keys[1], token))
        rows += [
            SignedCredential(
                award=award, sequence=award.sequence, format=name, key=key, text=text, signed_at=at
            )
            for name, key, text in texts
        ]
    SignedCredential.objects.bulk_create(rows)
    SigningProblem.objects.bulk_create(problems, ignore_conflicts=True)


class _Pens:
    """The two keys of an issuer, decrypted once for many signatures."""

    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer

    @cached_property
    def keys(self) -> list[IssuerKey]:
        return [active_key(self.issuer, algorithm) for algorithm in (Algorithm.ED25519, Algorithm.P256)]

    @cached_property
    def signers(self) -> list[Signer]:
        return [signer_of(key) for key in self.keys]


def _credential(
    award: Award, named: Mapping[int, Sequence[str]], evidence: Sequence[Evidence]
) -> dict[str, Any]:
    """Return an award as an Open Badges 3.0 credential, without its proof; it holds no name and no plain address."""
    assert award.recipient_id is not None, "nothing is signed for a person who was erased"
    version, issuer = award.version, award.achievement.issuer
    return ob3.achievement_credential(
        id=award_url(award),
        issuer=issuer_profile(issuer),
        achievement=achievement_as_ob3(version),
        subject_id=f"urn:uuid:{award.subject_id}",
        identifiers=[ob3.identity_object(each, award.salt) for each in named[award.recipient_id]],
        name=version.name,
        awarded_at=award.awarded_at,
        valid_from=award.valid_from,
        valid_until=award.valid_until,
        narrative=award.narrative,
        evidence=[_evidence(piece) for piece in evidence],
        status=ob3.status_entry(status_list_url(award.status_list), award.status_index),
        refresh_url=refresh_url(award),
    )


def _evidence(piece: Evidence) -> ob3.Evidence:
    """Return evidence as it stands in credentials; a file has no address, as it opens to its reviewers alone."""
    kind = str(Evidence.Kind(piece.kind).label)
    return ob3.Evidence(name=piece.title, narrative=piece.text, url=piece.url, genre=kind)


def issuer_profile(issuer: Issuer) -> ob3.Issuer:
    """Return an issuer as it stands in credentials."""
    return ob3.Issuer(did_of(issuer), issuer.name, issuer.url, issuer.email, issuer.description)


def achievement_as_ob3(version: AchievementVersion) -> ob3.Achievement:
    """Return one version of an achievement as it stands in credentials."""
    return ob3.Achievement(
        id=achievement_url(version.achievement),
        name=version.name,
        description=version.description,
        criteria=version.criteria,
        achievement_type=version.kind,
        image=image_url(version),
        image_caption=version.name,
        tags=tuple(version.tags),
        language=version.language,
        version=str(version.number),
        alignments=tuple(ob3.Alignment(**each) for each in version.alignments),
    )
