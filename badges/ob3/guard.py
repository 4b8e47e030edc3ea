"""What must be true of a credential before it is signed.

PyLD signs anything: it forgets what it does not know and makes up addresses for what is incomplete. The badge then
verifies here and nowhere else, or carries words that anybody may change. Better not to sign at all.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from badges.ob3.canonical import by_utf16, canonical_form_of, has_two_orders
from badges.ob3.contexts.loader import CREDENTIALS_V2, is_known
from badges.ob3.linked_data import Expansion, NotLinkedData, expand
from badges.ob3.members import Member, as_list, members
from lms.core.errors import ActionRefused

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What comes with text pasted from a PDF and means nothing; tabs and line ends are fine."""

LARGEST_WHOLE = 2**53
"""Beyond it, JavaScript reads another number than the one that was signed."""

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
"""What a URI may consist of (RFC 3986). Of anything beyond, such as a no-break space, verifiers think differently."""


class UnsafeToSign(ActionRefused):
    """Signing this would make a badge that fails elsewhere, or does not protect what it says.

    Attributes:
        problems: One sentence each, with the path of the member.
    """

    def __init__(self, problems: list[str]) -> None:
        """Join the problems into what a person reads."""
        super().__init__(
            _("The badge cannot be signed as it is. %(problems)s") % {"problems": " ".join(problems)}
        )
        self.problems = problems


def check_before_signing(credential: dict[str, Any]) -> None:
    """Refuse a credential that would make a bad badge.

    Raises:
        UnsafeToSign: Something in it would be dropped, unsigned or read differently elsewhere.
    """
    safe_expansion(credential)


def safe_expansion(credential: dict[str, Any]) -> Expansion:
    """Return the expanded credential, which is what will be signed.

    Raises:
        UnsafeToSign: Something in it would be dropped, unsigned or read differently elsewhere.
    """
    problems = [problem for member in members(credential) for problem in _problems_of(member)]
    problems += _problems_of_contexts(as_list(credential.get("@context")))
    if problems:
        raise UnsafeToSign(problems)
    try:
        expansion = expand(credential)
    except NotLinkedData as error:
        raise UnsafeToSign([_("It contradicts its contexts: %(reason)s.") % {"reason": error}]) from error
    if unsigned := [*_forgotten(expansion), *_relative(expansion)] or list(_unusable(expansion)):
        raise UnsafeToSign(unsigned)
    if _is_sorted_in_two_ways(credential, expansion):
        raise UnsafeToSign(
            [_("It holds symbols that are not sorted alike everywhere; leave one of them out.")]
        )
    return expansion


def unsigned_names(name: str) -> bool:
    """Tell whether a member's name bypasses the contexts: a JSON-LD keyword, or an address instead of a word.

    Written that way, a date of expiry is under the signature and yet invisible to everybody who looks for it by name.
    """
    return ":" in name or (name.startswith("@") and name not in {"@context", "@value", "@language"})


def _problems_of(member: Member) -> Iterator[str]:
    named = {"path": member.path or "@context"}
    value = member.value
    if unsigned_names(member.name):
        yield _("%(path)s must be called by its plain name.") % named
    if member.name == "@context":
        for url in as_list(value):
            if not is_known(url):
                yield _("%(path)s names %(url)s, which is not bundled.") % {**named, "url": str(url)[:200]}
    if (isinstance(value, str) and CONTROL.search(value)) or CONTROL.search(member.name):
        yield _("%(path)s holds an invisible control character; type that passage anew.") % named
    if value is None or (isinstance(value, list | dict) and not value):
        yield _("%(path)s is empty, and what is empty is not signed; leave it out.") % named
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > LARGEST_WHOLE):
        yield _("%(path)s is a number that is not read alike everywhere; write it as text.") % named
    if isinstance(value, list) and _has_two_orders([item for item in value if isinstance(item, str)]):
        yield _("%(path)s holds symbols that are not sorted alike everywhere; leave one of them out.") % named


def _problems_of_contexts(contexts: list[Any]) -> Iterator[str]:
    if not contexts:
        yield _("It has no @context, so its words mean nothing.")
    elif contexts[0] != CREDENTIALS_V2:
        yield _("Its first @context must be %(url)s; other verifiers refuse any other order.") % {
            "url": CREDENTIALS_V2
        }


def _has_two_orders(texts: list[str]) -> bool:
    """Tell whether rdf-canonize puts these texts in another order than RDFC-1.0 does.

    It sorts by halves of characters (UTF-16) instead of by characters, so an emoji comes before U+E000 to U+FFFF. What
    is sorted goes into the signature, and rdf-canonize is in every verifier that runs on JavaScript.
    """
    return sorted(texts) != sorted(texts, key=lambda text: text.encode("utf-16-be", "surrogatepass"))


def _is_sorted_in_two_ways(credential: dict[str, Any], expansion: Expansion) -> bool:
    """Tell the same of the whole: what is said twice of one address is sorted together, wherever it stands."""
    if not has_two_orders(credential):
        return False
    try:
        return canonical_form_of(expansion) != canonical_form_of(expansion, by_utf16)
    except NotLinkedData as error:
        raise UnsafeToSign([_("It contradicts its contexts: %(reason)s.") % {"reason": error}]) from error


def _unusable(expansion: Expansion) -> Iterator[str]:
    for member in members(expansion.nodes):
        for address in as_list(member.value) if member.name in {"@id", "@type"} else ():
            if not _is_address(address):
                yield _("%(name)s is no address that every verifier accepts.") % {"name": str(address)[:200]}


def _is_address(text: str) -> bool:
    """Tell whether a text is a URI with a host and port that can be, where it has them."""
    if not ADDRESS.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme not in {"http", "https"} or (bool(parts.hostname) and parts.port != 0)
    except ValueError:
        return False


def _forgotten(expansion: Expansion) -> list[str]:
    return [
        _("%(name)s is defined by no context, so it would not be signed.") % {"name": name}
        for name in expansion.forgotten
    ]


def _relative(expansion: Expansion) -> list[str]:
    return [
        _("%(name)s is no full address and is no word of the contexts.") % {"name": name or '""'}
        for name in expansion.relative
    ]
