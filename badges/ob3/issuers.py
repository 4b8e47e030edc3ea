"""Whose key signed: from the name of a key to the key, and from the issuer to what its document says about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from badges.ob3.did import InvalidDid, url_of
from badges.ob3.fetching import CannotFetch, Source
from badges.ob3.keys import InvalidKey, PublicKey
from badges.ob3.members import as_list
from badges.ob3.moments import read_moment
from badges.ob3.reports import Check, Outcome
from badges.ob3.secured import Secured


@dataclass(frozen=True)
class KeyFinding:
    """What is known of the key behind a signature.

    Attributes:
        key: None when it is nowhere to be had.
        issuer: Whether the issuer could be looked up.
        belongs: Whether the issuer says that this key may sign for it.
    """

    key: PublicKey | None
    issuer: Check
    belongs: Check


def host_of(issuer_id: str) -> str:
    """Return the host that answers for an issuer, as its name or address says; empty where none does."""
    try:
        address = issuer_id if issuer_id.startswith(("https://", "http://")) else url_of(issuer_id)
        return urlsplit(address).netloc.rpartition("@")[2]
    except (InvalidDid, ValueError):
        return ""


def find_key(
    *, issuer_id: str, key_name: str, own_key: PublicKey | None = None, source: Source, at: datetime
) -> KeyFinding:
    """Return the key that a proof or a token names, and what its issuer says of it.

    A key that is written in its own name (``…#z6Mk…``) can be tried without asking anybody. That tells whether the
    badge was changed, and nothing about who made it: anybody can write such a name. So it never belongs to an
    issuer that could not be asked, other than one whose whole identity is that key (``did:key``).

    Args:
        issuer_id: Of the credential.
        key_name: `verificationMethod` or `kid`; empty when there is none.
        own_key: What a token carries as its `jwk`. It counts where the issuer knows the same one.
        source: To ask.
        at: When it must be allowed to sign.
    """
    if issuer_id.startswith("did:key:"):
        return _key_that_is_the_issuer(issuer_id, key_name, own_key)
    try:
        document = _issuer_document(issuer_id, source)
    except (CannotFetch, InvalidDid) as error:
        reason = error.reason if isinstance(error, CannotFetch) else _("this kind of name is not known here")
        issuer = _issuer(
            "failed",
            _("The issuer %(issuer)s could not be looked up: %(reason)s. Try again later.")
            % {"issuer": issuer_id[:300], "reason": reason},
        )
        belongs = _belongs("failed", _("Without the issuer's answer nothing says that the key is theirs."))
        return KeyFinding(_key_in_name(key_name) or own_key, issuer, belongs)
    issuer = _issuer(
        "passed", _("The issuer %(issuer)s was found, with its keys.") % {"issuer": issuer_id[:300]}
    )
    if own_key is not None and not key_name:
        return KeyFinding(own_key, issuer, _owner_of(own_key, document, issuer_id, source, at))
    key, belongs = _key_and_owner(document, issuer_id, key_name, source, at)
    if own_key not in (None, key):
        belongs = _belongs("failed", _("The token carries another key than the one that it names."))
    return KeyFinding(key, issuer, belongs)


def find_key_of(secured: Secured, source: Source, at: datetime) -> KeyFinding:
    """Return the key that a credential was signed with, and what its issuer says of it."""
    return find_key(
        issuer_id=secured.issuer_id,
        key_name=secured.key_name,
        own_key=secured.own_key,
        source=source,
        at=at,
    )


def _key_that_is_the_issuer(issuer_id: str, key_name: str, own_key: PublicKey | None) -> KeyFinding:
    key = _key_in_name(f"#{issuer_id.removeprefix('did:key:')}")
    if key is None:
        failed = _issuer("failed", _("The issuer's name is a key of a kind that is not known here."))
        return KeyFinding(None, failed, _belongs("skipped", _("There is no key to look at.")))
    issuer = _issuer("warning", _("The issuer is only known by a key; who holds it is written nowhere."))
    names = {f"{issuer_id}#{key.multibase}", f"#{key.multibase}", issuer_id}
    if own_key in (None, key) and (key_name in names or (own_key == key and not key_name)):
        return KeyFinding(key, issuer, _belongs("passed", _("The key is the issuer's own.")))
    return KeyFinding(
        key, issuer, _belongs("failed", _("The badge was signed with a key that is not the issuer's."))
    )


def _issuer_document(issuer_id: str, source: Source) -> dict[str, Any]:
    if issuer_id.startswith(("https://", "http://")):
        document = source.document(issuer_id)
    else:
        document = source.document(url_of(issuer_id))
    if document.get("id") != issuer_id:
        raise CannotFetch(_("what was found there describes somebody else"))
    return document


def _key_and_owner(
    document: dict[str, Any], issuer_id: str, key_name: str, source: Source, at: datetime
) -> tuple[PublicKey | None, Check]:
    methods = _methods(document)
    method = methods.get(key_name) or methods.get(f"{issuer_id}#{key_name.removeprefix('#')}")
    if method is not None:
        key = _key_of(method)
        if key is None:
            return None, _belongs(
                "failed", _("The issuer lists this key in a form that cannot be read here.")
            )
        return key, _may_sign(document, method, issuer_id, at)
    key = _key_in_name(key_name) if _is_under(key_name, issuer_id) else _key_at(key_name, source)
    if key is None:
        return _key_in_name(key_name), _belongs(
            "failed", _("The issuer does not list the key that the badge names.")
        )
    if not methods and _same_site(issuer_id, key_name) and not _is_under(key_name, issuer_id):
        return key, _on_own_site()
    return key, _owner(key, document, issuer_id, at)


def _owner_of(
    key: PublicKey, document: dict[str, Any], issuer_id: str, source: Source, at: datetime
) -> Check:
    """Return what the issuer says of a key that came with a token, without a name."""
    if not _methods(document) and _is_published_at(_key_set_url(issuer_id), key, source):
        return _on_own_site()
    return _owner(key, document, issuer_id, at)


def _owner(key: PublicKey, document: dict[str, Any], issuer_id: str, at: datetime) -> Check:
    same = next((method for method in _methods(document).values() if _key_of(method) == key), None)
    if same is None:
        return _belongs("failed", _("The issuer does not list the key that the badge was signed with."))
    return _may_sign(document, same, issuer_id, at)


def _on_own_site() -> Check:
    return _belongs("warning", _("The issuer lists no keys; this one is on the issuer's own website."))


def _may_sign(document: dict[str, Any], method: dict[str, Any], issuer_id: str, at: datetime) -> Check:
    allowed = {
        _full_name(document, entry if isinstance(entry, str) else entry.get("id"))
        for entry in as_list(document.get("assertionMethod"))
        if isinstance(entry, str | dict)
    }
    if method.get("controller", issuer_id) != issuer_id:
        return _belongs("failed", _("The key is listed by the issuer and controlled by somebody else."))
    if _full_name(document, method.get("id")) not in allowed or _has_ended(method, at):
        return _belongs(
            "failed", _("The key was the issuer's and may no longer sign. Ask for a newly signed badge.")
        )
    return _belongs("passed", _("The issuer lists this key among those that may sign."))


def _has_ended(method: dict[str, Any], at: datetime) -> bool:
    """Tell whether a key was withdrawn. An end that cannot be read counts as one: somebody meant to withdraw it."""
    ends = [read_moment(method[name]) for name in ("revoked", "expires") if method.get(name) is not None]
    return any(end is None or end <= at for end in ends)


def _methods(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the keys in a document by their full names, also those that are written out where they are allowed."""
    entries = [*as_list(document.get("verificationMethod")), *as_list(document.get("assertionMethod"))]
    return {
        _full_name(document, entry.get("id")): entry
        for entry in reversed(entries)
        if isinstance(entry, dict) and isinstance(entry.get("id"), str)
    }


def _full_name(document: dict[str, Any], name: Any) -> str:
    text = name if isinstance(name, str) else ""
    return f"{document.get('id')}{text}" if text.startswith("#") else text


def _key_of(method: dict[str, Any]) -> PublicKey | None:
    multibase, jwk = method.get("publicKeyMultibase"), method.get("publicKeyJwk")
    try:
        if isinstance(multibase, str):
            return PublicKey.from_multibase(multibase)
        return PublicKey.from_jwk(jwk if isinstance(jwk, dict) else method)
    except InvalidKey:
        return None


def _key_at(key_name: str, source: Source) -> PublicKey | None:
    """Return the key at a web address: one JSON Web Key, a set of them, or a document with one.

    Of a set, the one that is called by the address or by the part behind its ``#``; or the only one.
    """
    try:
        document = source.document(key_name)
    except CannotFetch:
        return None
    found = _keys_in_set(document)
    names = {key_name, key_name.partition("#")[2] or key_name}
    named = [entry for entry in found if entry.get("kid") in names] or found[: len(found) == 1]
    if found and not named:
        return None
    return _key_of(named[0] if named else _methods(document).get(key_name, document))


def _keys_in_set(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry for entry in as_list(document.get("keys")) if isinstance(entry, dict)]


def _key_set_url(issuer_id: str) -> str:
    """Return where an issuer with a web address publishes its keys. Source: Open Badges 3.0 Implementation Guide."""
    try:
        return urlsplit(issuer_id)._replace(path="/.well-known/jwks.json", query="", fragment="").geturl()
    except ValueError:
        return ""


def _is_published_at(url: str, key: PublicKey, source: Source) -> bool:
    if not url.startswith("https://"):
        return False
    try:
        document = source.document(url)
    except CannotFetch:
        return False
    return any(_key_of(entry) == key for entry in _keys_in_set(document))


def _key_in_name(key_name: str) -> PublicKey | None:
    try:
        return PublicKey.from_multibase(key_name.partition("#")[2])
    except InvalidKey:
        return None


def _is_under(key_name: str, issuer_id: str) -> bool:
    return key_name.partition("#")[0] == issuer_id


def _same_site(one: str, other: str) -> bool:
    try:
        return urlsplit(one)[:2] == urlsplit(other)[:2] and urlsplit(one).scheme == "https"
    except ValueError:
        return False


def _issuer(outcome: Outcome, explanation: str) -> Check:
    return Check("issuer", outcome, explanation)


def _belongs(outcome: Outcome, explanation: str) -> Check:
    return Check("key", outcome, explanation)
