"""Issuers and their keys: making, rotating, and giving up a key that others have."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from badges.models import Award, AwardEvent, Issuer, IssuerKey, StatusList
from badges.ob3.keys import OURS, Algorithm, generate_private_key, public_key_of
from badges.ob3.status import empty_bits
from badges.signing_keys import seal_private_key
from lms.core.errors import ActionRefused
from lms.core.nudges import nudge_on_commit
from lms.core.services import write_audit_entry
from lms.people.batches import BATCH

SIGN = "badges.tasks.sign_awards"


@transaction.atomic
def make_issuer(*, slug: str, name: str, base_url: str, actor: str, at: datetime, **fields: Any) -> Issuer:
    """Make an issuer with its keys and a status list; one that has that short name already is returned as it is.

    Args:
        slug: Short name, part of its identity for ever.
        name: As it stands on credentials.
        base_url: Address of this site, without a slash at its end; part of its identity for ever.
        actor: For the audit trail.
        at: Now.
        fields: Other columns.
    """
    issuer, is_new = Issuer.objects.get_or_create(
        slug=slug, defaults={"name": name, "base_url": base_url, **fields}
    )
    if is_new:
        for algorithm in OURS:
            _make_key(issuer, algorithm, at)
        StatusList.objects.create(issuer=issuer, number=1, bits=empty_bits())
        _audit("make_issuer", issuer, actor, at, after={"name": name})
    return issuer


@transaction.atomic
def rotate_key(*, key: IssuerKey, actor: str, at: datetime) -> IssuerKey:
    """Retire a key and make its successor; what the old one signed stays good. Returns the new key.

    Raises:
        ActionRefused: The key is retired already.
    """
    key = IssuerKey.objects.select_for_update().select_related("issuer").get(pk=key.pk)
    if key.retired_at is not None:
        raise ActionRefused(_("This key is retired already; its successor signs. Nothing has changed."))
    key.retired_at = at
    key.save(update_fields=["retired_at"])
    successor = _make_key(key.issuer, Algorithm(key.algorithm), at)
    _forget_signed_lists(key.issuer)
    _audit("rotate_key", key.issuer, actor, at, after={"retired": str(key), "now": str(successor)})
    return successor


@transaction.atomic
def give_up_key(*, key: IssuerKey, actor: str, at: datetime, reason: str) -> int:
    """Say that others may have a key: nothing it signed is vouched for, and all of that is signed anew.

    Returns:
        How many credentials are signed anew; files that people keep heal where verifiers refresh.

    Raises:
        ActionRefused: It was given up before.
    """
    key = IssuerKey.objects.select_for_update().select_related("issuer").get(pk=key.pk)
    if key.compromised_at is not None:
        raise ActionRefused(_("This key was given up before. Nothing has changed."))
    if key.retired_at is None:
        rotate_key(key=key, actor=actor, at=at)
        key.refresh_from_db()
    key.compromised_at = at
    key.save(update_fields=["compromised_at"])
    stale = Award.objects.filter(signed__key=key, signed__sequence=F("sequence")).distinct()
    ids = list(stale.values_list("pk", flat=True))
    Award.objects.filter(pk__in=stale.values("pk")).update(sequence=F("sequence") + 1)
    AwardEvent.objects.bulk_create(
        [AwardEvent(award_id=pk, kind=AwardEvent.Kind.REISSUED, at=at, actor=actor) for pk in ids],
        batch_size=BATCH,
    )
    _forget_signed_lists(key.issuer)
    _audit(
        "give_up_key", key.issuer, actor, at, after={"key": str(key), "signed_anew": len(ids)}, reason=reason
    )
    nudge_on_commit(SIGN)
    return len(ids)


def active_key(issuer: Issuer, algorithm: Algorithm) -> IssuerKey:
    """Return the key that signs now."""
    key: IssuerKey = issuer.keys.select_related("issuer").get(algorithm=algorithm, retired_at=None)
    return key


def _make_key(issuer: Issuer, algorithm: Algorithm, at: datetime) -> IssuerKey:
    private = generate_private_key(algorithm)
    return IssuerKey.objects.create(
        issuer=issuer,
        algorithm=algorithm,
        public_key=public_key_of(private, algorithm).multibase,
        private_key=seal_private_key(private),
        active_from=at,
    )


def _forget_signed_lists(issuer: Issuer) -> None:
    """Let the lists be signed with the new key by whoever asks for one next."""
    StatusList.objects.filter(issuer=issuer).update(signed="", signed_at=None)


def _audit(action: str, issuer: Issuer, actor: str, at: datetime, **rest: Any) -> None:
    write_audit_entry(
        actor=actor,
        action=f"badges.{action}",
        object_type="issuer",
        object_id=str(issuer.public_id),
        at=at,
        **rest,
    )
