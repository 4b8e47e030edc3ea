"""Evidence for a nomination: its nominee adds it, says who sees it, and may take it away."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from badges.evidence_files import MOST_BYTES, type_of
from badges.models import Evidence, Nomination, printable
from badges.ob3 import credentials as ob3
from badges.ob3.guard import UnsafeToSign
from badges.services.nominating import lock_own, note_nomination
from badges.services.signing import check_signable
from lms.core.errors import ActionRefused
from lms.people.models import User
from sandbox.models import SharedAttempt

MOST_PIECES = 20


@dataclass(frozen=True)
class NewEvidence:
    """What a nominee wants to show.

    Attributes:
        kind: One of `Evidence.Kind`; what else must be given follows from it.
        title: What it is called.
        text: What it shows; for a result, what was measured and how.
        url: Of a link.
        content: Of a file; PDF, PNG, JPEG or text, at most 10 MB.
        shared_copy: Public id of a copy of their own practice that they have shared.
        visibility: One of `Evidence.Visibility`.
    """

    kind: str
    title: str
    text: str = ""
    url: str = ""
    content: bytes | None = None
    shared_copy: UUID | None = None
    visibility: str = Evidence.Visibility.REVIEWERS


@transaction.atomic
def add_evidence(*, nomination: Nomination, actor: User, new: NewEvidence, at: datetime) -> Evidence:
    """Add a file, a link, a shared copy of one's own practice, or a measured result.

    Args:
        nomination: The actor's own, not submitted yet or returned.
        actor: Its nominee.
        new: What to add.
        at: Now.

    Raises:
        ActionRefused: Something is missing or not possible; `field` says which.
    """
    nomination = _changeable(nomination, actor)
    if nomination.evidence.count() >= MOST_PIECES:
        raise ActionRefused(_("Twenty pieces are enough. Remove one before you add another."))
    piece = Evidence(
        nomination=nomination,
        kind=new.kind,
        title=printable(new.title).strip(),
        text=printable(new.text).strip(),
        visibility=new.visibility,
        added_at=at,
    )
    if new.kind == Evidence.Kind.FILE:
        _take_file(piece, new.content)
    elif new.kind == Evidence.Kind.LINK:
        piece.url = _address(new.url)
    elif new.kind == Evidence.Kind.PRACTICE:
        _take_copy(piece, actor, new.shared_copy)
    elif not piece.text:
        raise ActionRefused(_("Say what was measured, how, and in how many cases."), field="text")
    _check_words(piece, nomination, at)
    _save(piece)
    note_nomination("add_evidence", nomination, actor=actor, at=at, after={"kind": str(new.kind)})
    return piece


@transaction.atomic
def remove_evidence(*, evidence: Evidence, actor: User, at: datetime) -> None:
    """Take a piece of evidence away, its file included; what reviewers have said stays.

    Raises:
        ActionRefused: The nomination is with the reviewers, or has ended.
    """
    nomination = _changeable(evidence.nomination, actor)
    discard_evidence([evidence])
    note_nomination("remove_evidence", nomination, actor=actor, at=at, after={"kind": evidence.kind})


def discard_evidence(pieces: list[Evidence]) -> None:
    """Delete evidence, and its files once that is certain."""
    for piece in pieces:
        if name := piece.file.name:
            transaction.on_commit(partial(piece.file.storage.delete, name))
    Evidence.objects.filter(pk__in=[piece.pk for piece in pieces]).delete()


def _changeable(nomination: Nomination, actor: User) -> Nomination:
    nomination = lock_own(nomination, actor)
    if nomination.state not in Nomination.CAN_CHANGE:
        raise ActionRefused(
            _("Evidence stays as it is while reviewers look at it, and after they have decided.")
        )
    return nomination


def _take_file(piece: Evidence, content: bytes | None) -> None:
    if not content:
        raise ActionRefused(_("Choose a file that is not empty."), field="file")
    if len(content) > MOST_BYTES:
        raise ActionRefused(
            _("That file is larger than 10 MB. Make it smaller, or add a link."), field="file"
        )
    found = type_of(content)
    if found is None:
        raise ActionRefused(_("Only PDF, PNG, JPEG and plain text can be added as files."), field="file")
    piece.media_type, piece.sha256 = found.media_type, hashlib.sha256(content).hexdigest()
    piece.file = ContentFile(content, name=f"{piece.public_id}.{found.ending}")


def _take_copy(piece: Evidence, actor: User, shared_copy: UUID | None) -> None:
    own = SharedAttempt.objects.visible_to(actor).filter(public_id=shared_copy, revoked_at=None)
    copy = own.first() if shared_copy else None
    if copy is None:
        raise ActionRefused(
            _("Choose a copy that you have shared and not taken back. Practice itself stays private."),
            field="shared_copy",
        )
    piece.shared_copy = copy.public_id
    piece.title = piece.title or copy.title[:120]


def _address(url: str) -> str:
    url = url.strip()
    if not url.lower().startswith(("https://", "http://")):
        raise ActionRefused(_("Enter an address that begins with https://"), field="url")
    return url


def _check_words(piece: Evidence, nomination: Nomination, at: datetime) -> None:
    """See that what everyone shall see can stand in a signed credential, while its nominee can still change it."""
    if piece.visibility != Evidence.Visibility.PUBLIC:
        return
    if piece.url and (_is_of_badges(piece.url, nomination) or _is_there(piece.url, nomination)):
        raise ActionRefused(
            _("That address is in the credential already. Enter another one, or only let reviewers see it."),
            field="url",
        )
    version = nomination.achievement.live or nomination.version
    version.achievement = nomination.achievement
    try:
        check_signable(version=version, holder=nomination.nominee, evidence=[piece], at=at)
    except UnsafeToSign:
        raise ActionRefused(
            _("That address cannot stand in a signed credential. Copy it anew from the address bar.")
            if piece.url
            else _("That cannot stand in a signed credential. Type its words anew, without special symbols."),
            field="url" if piece.url else "text",
        ) from None


def _is_of_badges(url: str, nomination: Nomination) -> bool:
    """Tell whether an address may be the id of something else in the credential, which would then be of that."""
    site = nomination.achievement.issuer.base_url.lower()
    return url.lower().startswith((f"{site}/badges/", ob3.SCHEMA["id"].lower()))


def _is_there(url: str, nomination: Nomination) -> bool:
    return bool(nomination.evidence.public().filter(url=url).exists())


def _save(piece: Evidence) -> None:
    try:
        piece.full_clean(exclude=["nomination", "file"])
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise ActionRefused(sentences[0], field=field) from None
    piece.save()
