"""Verifying what somebody shows us, ours or anybody else's. Nothing of it is kept."""

import contextlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from badges.addresses import did_of, key_url, status_list_url
from badges.models import Award, Issuer, IssuerKey, SignedCredential, StatusList
from badges.ob3.baking import read_baked
from badges.ob3.data_model import LEARNER_RECORD_TYPE
from badges.ob3.did import url_of
from badges.ob3.fetching import CannotFetch
from badges.ob3.reports import Check, Report
from badges.ob3.vc_jwt import InvalidJwt, looks_like_jwt, read_jwt
from badges.ob3.verifying import verify
from badges.selectors.publishing import identity_document, web_key
from badges.services.signing import NotSigned, signed_text
from badges.services.status import signed_list
from lms.core.addresses import UnsafeAddress
from lms.core.errors import ActionRefused
from lms.core.fetching import fetch_document
from lms.people.models import User

MOST_BYTES = 4 * 1024 * 1024
"""Of a file or a document; a badge has some hundred kilobytes at most."""
SECONDS_TO_FETCH = 15
"""After this nothing more is fetched for one credential: whoever wrote it decides what it refers to."""
SECONDS_TO_WAIT = 3
_fetching = threading.BoundedSemaphore(2)
PNG, SVG_STARTS = b"\x89PNG", (b"<svg", b"<?xml")
TOKEN = re.compile(r"/badges/refresh/([\w-]{20,64})")
AWARD_ID = re.compile(r"/(?:awards|verify)/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
Documents = dict[str, Callable[[], Any]]


def verify_award(*, award: Award, at: datetime) -> Report:
    """Verify an award of ours by the file that its holder has.

    Raises:
        Award.DoesNotExist: Its holder was erased, and the file with them.
        NotSigned: There is no file, since it cannot be signed.
    """
    text = signed_text(award=award, format=SignedCredential.Format.JSON, at=at)
    assert award.recipient is not None, "else there is no file"
    report = verify_text(text=text, at=at, recipient_email=award.recipient.email)
    return replace(report, checks=tuple(_of_holder(check, award.recipient) for check in report.checks))


def _of_holder(check: Check, holder: User) -> Check:
    """Return a check as we can answer it who know whose it is, though their address may have changed since."""
    told = {
        "passed": _("It names %(name)s by a fingerprint of their e-mail address, which we have compared."),
        "failed": _(
            "It names %(name)s by an e-mail address that they had before. We know that it is theirs."
        ),
    }.get(check.outcome)
    if check.name != "recipient" or told is None:
        return check
    return replace(check, outcome="passed", explanation=told % {"name": holder.full_name})


def verify_text(*, text: str, at: datetime, recipient_email: str = "") -> Report:
    """Verify a credential as JSON or as a web token, and whom it names where that is known.

    What we publish ourselves is looked up here; anything else is fetched from where it says.
    """
    own = _own_documents(at)
    until = time.monotonic() + SECONDS_TO_FETCH

    def fetch(url: str) -> Any:
        if url in own:
            return own[url]()
        if (edition := _own_edition(url, at)) is not None:
            return edition
        if time.monotonic() > until:
            raise CannotFetch(_("what it refers to took too long to fetch"))
        return _fetched(url)

    return verify(text, fetch=fetch, at=at, issued=_issued(text), recipient_email=recipient_email)


def verify_file(*, content: bytes, at: datetime, recipient_email: str = "") -> Report:
    """Verify a file: a PNG or SVG with a credential inside, JSON, or a web token.

    Args:
        content: Of the file.
        at: Now.
        recipient_email: Of whoever shows it, to be compared with whom it names; empty when that is not known.

    Raises:
        ActionRefused: It is too large, no such file, or holds no credential or several.
    """
    if len(content) > MOST_BYTES:
        raise too_large()
    start = content.lstrip()[:5].lower()
    if content.startswith(PNG) or start.startswith(SVG_STARTS):
        text = read_baked(content)
    else:
        text = content.decode("utf-8", errors="replace")
    return verify_text(text=text, at=at, recipient_email=recipient_email)


def verify_address(*, url: str, at: datetime, recipient_email: str = "") -> Report:
    """Verify what stands at an address; of whoever shows it as in `verify_file`.

    Raises:
        ActionRefused: The address may not be called, does not answer, or holds no credential.

    Cost: up to ten seconds for each of the documents it leads to.
    """
    if (edition := _own_edition(url, at)) is not None:
        return verify_text(text=edition, at=at, recipient_email=recipient_email)
    own = Award.objects.visible_to_the_world().exclude(recipient=None).select_related("achievement__issuer")
    for award in own.filter(public_id__in=_ids_in(url)):
        if url.startswith(f"{award.achievement.issuer.base_url}/"):
            text = signed_text(award=award, format=SignedCredential.Format.JSON, at=at)
            return verify_text(text=text, at=at, recipient_email=recipient_email)
    accept = (
        "application/vc+ld+json, application/ld+json, application/json, image/png, image/svg+xml, text/plain"
    )
    try:
        with _turn():
            content = fetch_document(url, most_bytes=MOST_BYTES, accept=accept)
    except UnsafeAddress:
        # No more than that: why would tell strangers which names and machines there are in our network.
        raise ActionRefused(
            _(
                "That address is not called from here. It has to begin with https:// and lead to a server that "
                "everyone can reach. Or upload the file."
            )
        ) from None
    return verify_file(content=content, at=at, recipient_email=recipient_email)


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """Let a few fetch at once, so that strangers cannot hold up everyone else."""
    if not _fetching.acquire(timeout=SECONDS_TO_WAIT):
        raise ActionRefused(
            _("Too much is being fetched right now. Try again in a minute, or upload the file.")
        )
    try:
        yield
    finally:
        _fetching.release()


def too_large() -> ActionRefused:
    """Return the refusal of a file that is too large."""
    return ActionRefused(
        _("That file is larger than 4 MB. A badge never is; choose the file of the badge itself.")
    )


def _own_documents(at: datetime) -> Documents:
    """Return what stands at our own addresses, each made when it is asked for; three queries."""
    documents: Documents = {}
    for issuer in Issuer.objects.all():
        documents[url_of(did_of(issuer))] = partial(identity_document, issuer)
    for key in IssuerKey.objects.select_related("issuer"):
        documents[key_url(key)] = partial(web_key, key)
    for status_list in StatusList.objects.select_related("issuer").defer("bits", "signed"):
        documents[status_list_url(status_list)] = partial(_own_list, status_list, at)
    return documents


def _own_list(status_list: StatusList, at: datetime) -> Any:
    status_list.refresh_from_db(fields=["bits", "signed"])
    return json.loads(signed_list(status_list=status_list, at=at))


def _own_edition(url: str, at: datetime) -> str | None:
    """Return the newest edition of a credential of ours whose refresh address this is; None for any other address."""
    site, _between, token = url.partition("/badges/refresh/")
    if not token:
        return None
    rows = Award.objects.exclude(recipient=None).select_related("achievement__issuer", "version")
    award = rows.filter(achievement__issuer__base_url=site, refresh_token=token).first()
    if award is None:
        return None
    try:
        return signed_text(award=award, format=SignedCredential.Format.JSON, at=at)
    except NotSigned as refusal:
        raise CannotFetch(refusal.message.removesuffix(".")) from None


def _fetched(url: str) -> str:
    """Return what stands at somebody else's address."""
    accept = "application/json, application/did+ld+json, */*"
    try:
        with _turn():
            return fetch_document(url, most_bytes=MOST_BYTES, accept=accept).decode("utf-8", errors="replace")
    except UnsafeAddress:
        raise CannotFetch(_("its address leads to no server that everyone can reach")) from None
    except ActionRefused as refusal:
        raise CannotFetch(refusal.message.removesuffix(".")) from None  # it ends a sentence of ours


def _issued(text: str) -> dict[str, Any] | None:
    """Return what we signed under the ids that a text names, so that a change in it can be named; None if nothing.

    Where the id itself was changed, the address to refresh it still tells which one it was. Of a learner record
    nothing is kept; the credentials that it names are others.
    """
    if LEARNER_RECORD_TYPE in text:
        return None
    text = _in_words(text)
    signed = SignedCredential.objects.filter(format=SignedCredential.Format.JSON)
    newest = signed.filter(award__public_id__in=_ids_in(text)).order_by("-sequence").first()
    if newest is None:
        tokens = TOKEN.findall(text)[:5]
        newest = signed.filter(award__refresh_token__in=tokens).order_by("-sequence").first()
    return json.loads(newest.text) if newest else None


def _in_words(text: str) -> str:
    """Return what a text says: of a token, its content."""
    with contextlib.suppress(InvalidJwt):
        if looks_like_jwt(text):
            return json.dumps(read_jwt(text)[1])
    return text


def _ids_in(text: str) -> list[str]:
    """Return the ids of awards that a text names, a token's content included."""
    return AWARD_ID.findall(_in_words(text))[:5]
