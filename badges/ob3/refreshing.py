"""Whether an expired badge was renewed: its issuer gives the newest edition at the address that the badge names.

Asked only for a badge that is genuine, as otherwise the address is anybody's.
Source: 1EdTech Credential Refresh Service; Open Badges 3.0, section 7.1.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from badges.ob3.examining import CheckShape, examine
from badges.ob3.fetching import CannotFetch, Source
from badges.ob3.members import as_list
from badges.ob3.moments import spelled_day
from badges.ob3.reports import Check
from badges.ob3.secured import Secured, Unreadable, read_secured, secured_from_json
from badges.ob3.validity import begins_at, ends_at

KIND = "1EdTechCredentialRefresh"


def refresh_address(credential: dict[str, Any]) -> str:
    """Return where a badge says that its newest edition is; empty when it does not."""
    for service in as_list(credential.get("refreshService")):
        if isinstance(service, dict) and KIND in as_list(service.get("type")):
            address = service.get("id")
            return address if isinstance(address, str) else ""
    return ""


def check_renewal(
    secured: Secured, *, check_shape: CheckShape, source: Source, at: datetime
) -> tuple[Check, bool]:
    """Return the check of the validity of an expired badge with what its issuer says of a renewal.

    Returns:
        The check, and whether there is a newer edition that is in order.
    """
    ended = ends_at(secured.credential)
    expired = _("The badge expired on %(ends)s.") % {"ends": spelled_day(ended) if ended else "?"}
    try:
        newer = _read(source.answer(refresh_address(secured.credential)))
    except CannotFetch as error:
        sentence = _(
            "Whether it was renewed could not be found out (%(reason)s): ask its holder for the newest file."
        ) % {"reason": error.reason}
        return Check("validity", "failed", f"{expired} {sentence}"), False
    if newer is None or not _is_later_edition(newer.credential, secured):
        return Check("validity", "failed", f"{expired} " + _("Its issuer gives no newer edition.")), False
    checks = examine(newer, check_shape=check_shape, source=source, at=at)
    if any(check.outcome == "failed" for check in checks):
        sentence = _("Its issuer gives a newer edition, which is not in order today.")
        return Check("validity", "failed", f"{expired} {sentence}"), False
    return Check("validity", "failed", f"{expired} {_renewed(newer.credential)}"), True


def _renewed(credential: dict[str, Any]) -> str:
    ends = ends_at(credential)
    if ends is None:
        return _("It was renewed without an end: ask its holder for the newest file.")
    sentence = _("It was renewed until %(ends)s: ask its holder for the newest file.")
    return sentence % {"ends": spelled_day(ends)}


def _read(answer: dict[str, Any] | str) -> Secured | None:
    try:
        return read_secured(answer) if isinstance(answer, str) else secured_from_json(answer)
    except Unreadable:
        return None


def _is_later_edition(credential: dict[str, Any], of: Secured) -> bool:
    """Tell whether it replaces the other: same issuer, same id, later beginning.

    Source: Open Badges 3.0, section 7.1 Credential equality and comparison.
    """
    begins, began = begins_at(credential), begins_at(of.credential)
    is_same = Secured(credential).issuer_id == of.issuer_id and credential.get("id") == of.credential.get(
        "id"
    )
    return is_same and begins is not None and began is not None and begins > began
