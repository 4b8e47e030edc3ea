"""Signing awards: always after the commit, never while somebody waits for it to be written."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import cached_property

from badges.addresses import (
    achievement_url,
    award_url,
    did_of,
    image_url,
    refresh_url,
    status_list_url,
)
from badges.models import AchievementVersion, Award, Issuer, IssuerKey, SignedCredential
from badges.ob3 import credentials as ob3
from badges.ob3.data_integrity import sign_credential
from badges.ob3.keys import Algorithm, Signer
from badges.ob3.vc_jwt import sign_jwt
from badges.selectors.holders import addresses_of
from badges.services.addressing import note_work_addresses
from badges.services.issuers import active_key
from badges.services.status import as_json
from badges.signing_keys import signer_of

Format = SignedCredential.Format
TOGETHER = 50  # in one transaction, so that a worker that is killed signs few of them again


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


@transaction.atomic
def signed_text(*, award: Award, format: str, at: datetime) -> str:  # noqa: A002  the field's word
    """Return the newest signed text of an award, signed now if no worker came to it yet.

    Raises:
        Award.DoesNotExist: The person was erased, and what was signed with them.
    """
    newest = award.signed.filter(format=format, sequence=award.sequence).first()
    if newest is None:
        holders = Award.objects.exclude(recipient=None)
        locked = holders.select_for_update(of=("self",)).select_related(*RELATED).get(pk=award.pk)
        if not locked.signed.filter(sequence=locked.sequence).exists():
            _sign_all([locked], at)
        newest = award.signed.get(format=format, sequence=locked.sequence)
    text: str = newest.text
    return text


def signed_texts(*, awards: Sequence[Award], format: str, at: datetime) -> list[str]:  # noqa: A002
    """Return the newest signed text of each award, in their order; one query when workers have signed them all.

    Args:
        awards: All of people who are still here.
        format: One of `SignedCredential.Format`.
        at: Now; goes into the proof of those that are not signed yet.
    """
    newest = SignedCredential.objects.filter(award__in=awards, format=format, sequence=F("award__sequence"))
    texts: dict[int, str] = dict(newest.values_list("award_id", "text"))
    return [texts.get(award.pk) or signed_text(award=award, format=format, at=at) for award in awards]


def _sign_all(awards: Sequence[Award], at: datetime) -> None:
    pens: dict[int, _Pens] = {}
    rows = []
    holders = {award.recipient.pk: award.recipient for award in awards if award.recipient is not None}
    note_work_addresses(people=holders.values(), at=at)
    named = addresses_of(holders)
    for award in awards:
        issuer = award.achievement.issuer
        pen = pens.setdefault(issuer.pk, _Pens(issuer))
        signed = sign_credential(_credential(award, named), signer=pen.signers[0], created=at)
        token = sign_jwt(signed, signer=pen.signers[1])
        texts = ((Format.JSON, pen.keys[0], as_json(signed)), (Format.JWT, pen.keys[1], token))
        rows += [
            SignedCredential(
                award=award, sequence=award.sequence, format=name, key=key, text=text, signed_at=at
            )
            for name, key, text in texts
        ]
    SignedCredential.objects.bulk_create(rows)


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


def _credential(award: Award, named: Mapping[int, Sequence[str]]) -> dict[str, Any]:
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
        status=ob3.status_entry(status_list_url(award.status_list), award.status_index),
        refresh_url=refresh_url(award),
    )


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
