"""Places in status lists, and the lists as they are published."""

import json
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from badges.addresses import did_of, status_list_url
from badges.models import Award, Issuer, StatusList
from badges.ob3.data_integrity import sign_credential
from badges.ob3.keys import Algorithm
from badges.ob3.status import LENGTH, empty_bits, status_list_credential, with_bit
from badges.services.issuers import active_key
from badges.signing_keys import signer_of

FILLED = LENGTH // 2
"""A list takes no more than this: half of its places stay free, so that a free one is quickly found at random."""
SIGNED_ANEW_AFTER = timedelta(hours=12)
LASTS = timedelta(hours=36)
"""Longer than the time after which a list is signed anew, so that one that is looked at once a day is never stale."""


def take_places(*, issuer: Issuer, count: int) -> list[tuple[StatusList, int]]:
    """Return free places in the order of nothing: who sees two of them learns not which was given first.

    Call it in the transaction that uses them; other takers of the same issuer wait for its end.
    """
    places: list[tuple[StatusList, int]] = []
    while len(places) < count:
        status_list = _open_list(issuer)
        number = min(count - len(places), FILLED - status_list.given_out)
        taken = set(Award.objects.filter(status_list=status_list).values_list("status_index", flat=True))
        taken |= {index for own, index in places if own.pk == status_list.pk}
        for _place in range(number):
            index = secrets.randbelow(LENGTH)
            while index in taken:
                index = secrets.randbelow(LENGTH)
            taken.add(index)
            places.append((status_list, index))
        status_list.given_out += number
        status_list.save(update_fields=["given_out"])
    return places


def _open_list(issuer: Issuer) -> StatusList:
    latest = _latest_list(issuer)
    if latest is None or latest.given_out >= FILLED:
        Issuer.objects.select_for_update().get(pk=issuer.pk)  # or two would make the same list at once
        latest = _latest_list(issuer)
    if latest is not None and latest.given_out < FILLED:
        latest.issuer = issuer
        return latest
    number = latest.number + 1 if latest else 1
    return StatusList.objects.create(issuer=issuer, number=number, bits=empty_bits())


def _latest_list(issuer: Issuer) -> StatusList | None:
    lists = StatusList.objects.select_for_update().filter(issuer=issuer)
    latest: StatusList | None = lists.order_by("-number").first()
    return latest


def mark_revoked(awards: Collection[Award]) -> None:
    """Set the bits of awards; whoever asks for a list from the commit on reads them. Call it in a transaction."""
    ids = sorted({award.status_list_id for award in awards})
    for status_list in StatusList.objects.select_for_update().filter(pk__in=ids).order_by("pk"):
        bits = bytes(status_list.bits)
        for award in awards:
            if award.status_list_id == status_list.pk:
                bits = with_bit(bits, award.status_index)
        status_list.bits, status_list.signed, status_list.signed_at = bits, "", None
        status_list.save(update_fields=["bits", "signed", "signed_at"])


def signed_list(*, status_list: StatusList, at: datetime) -> str:
    """Return a list as JSON with its proof inside, signed anew when it has changed or is half a day old."""
    if _is_fresh(status_list, at):
        return status_list.signed
    with transaction.atomic():
        locked = StatusList.objects.select_for_update().get(pk=status_list.pk)
        if not _is_fresh(locked, at):
            locked.signed, locked.signed_at = _sign(locked, at), at
            locked.save(update_fields=["signed", "signed_at"])
        return locked.signed


def _is_fresh(status_list: StatusList, at: datetime) -> bool:
    signed_at = status_list.signed_at
    return bool(status_list.signed) and signed_at is not None and at - signed_at < SIGNED_ANEW_AFTER


def _sign(status_list: StatusList, at: datetime) -> str:
    credential = status_list_credential(
        id=status_list_url(status_list),
        issuer_id=did_of(status_list.issuer),
        bits=bytes(status_list.bits),
        valid_from=at,
        valid_until=at + LASTS,
    )
    key = active_key(status_list.issuer, Algorithm.ED25519)
    return as_json(sign_credential(credential, signer=signer_of(key), created=at))


def as_json(credential: dict[str, object]) -> str:
    """Return a credential as it goes out: readable letters, no spaces."""
    return json.dumps(credential, ensure_ascii=False, separators=(",", ":"))
