"""The page of one credential, and what a verification found, in words for whoever looks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from badges.models import Award
from badges.ob3.issuers import host_of
from badges.ob3.reports import Check, Report
from badges.ob3.secured import issuer_id_of
from badges.ob3.status_checking import REVOKED

TITLES = {
    "format": gettext_lazy("The file can be read"),
    "contexts": gettext_lazy("Its words are defined"),
    "data_model": gettext_lazy("It is an Open Badge 3.0"),
    "issuer": gettext_lazy("The issuer is who it says"),
    "key": gettext_lazy("The key belongs to the issuer"),
    "signature": gettext_lazy("The signature is genuine"),
    "unchanged": gettext_lazy("Unchanged since it was signed"),
    "validity": gettext_lazy("Valid today"),
    "status": gettext_lazy("Not revoked"),
    "recipient": gettext_lazy("Whom it was awarded to"),
    "endorsement": gettext_lazy("What others say about it"),
}
TITLES_OF_FAILURES = {
    "format": gettext_lazy("The file cannot be read"),
    "contexts": gettext_lazy("Its words are not all defined"),
    "data_model": gettext_lazy("It is no Open Badge 3.0"),
    "issuer": gettext_lazy("The issuer did not answer for it"),
    "key": gettext_lazy("The key is not one of the issuer's"),
    "signature": gettext_lazy("The signature is not genuine"),
    "unchanged": gettext_lazy("Not as it was signed"),
    "validity": gettext_lazy("Not valid today"),
    "status": gettext_lazy("It may not count any more"),
    "revoked": gettext_lazy("Revoked"),
    "recipient": gettext_lazy("Awarded to somebody else"),
    "endorsement": gettext_lazy("What others say about it"),
}
"""A cross before "Not revoked" reads both ways, so what failed says what is the matter."""
GENUINE = {
    "revoked": gettext_lazy("It is genuine, and it was revoked."),
    "validity": gettext_lazy("It is genuine, and it is not valid today."),
    "recipient": gettext_lazy("It is genuine, and it was awarded to somebody else."),
}
"""What a single failure comes to that says nothing against the file itself."""
MARKS = {
    "passed": ("check-circle", gettext_lazy("passed")),
    "failed": ("x-circle", gettext_lazy("failed")),
    "warning": ("exclamation-triangle", gettext_lazy("look at this")),
    "skipped": ("minus-circle", gettext_lazy("not looked at")),
}


@dataclass(frozen=True)
class CheckLine:
    """One check as it is shown.

    Attributes:
        name: Of the check.
        title: What was looked at.
        outcome: As in `Check`.
        icon: Name of its icon.
        word: The outcome in words, for who does not see the icon.
        explanation: What was found.
    """

    name: str
    title: str
    outcome: str
    icon: str
    word: str
    explanation: str


def check_lines(report: Report) -> list[CheckLine]:
    """Return all checks of a report, in their order, and below them one line for each endorsement.

    Of what cannot be read there is only why.
    """
    if report.credential is None:
        # Nine lines more that nothing was looked at would hide the one that says why.
        return [_line(check) for check in report.checks if check.outcome != "skipped"]
    return [_line(check) for check in (*report.checks, *report.endorsements)]


def _line(check: Check) -> CheckLine:
    icon, word = MARKS[check.outcome]
    titles = TITLES_OF_FAILURES if check.outcome == "failed" else TITLES
    title = str(titles[_about(check)])
    return CheckLine(check.name, title, check.outcome, icon, str(word), check.explanation)


def _about(check: Check) -> str:
    """Return what a check is about; a list that cannot be trusted does not make a badge a revoked one."""
    return "revoked" if check.explanation == str(REVOKED) else check.name


def verdict(report: Report) -> str:
    """Return in one sentence whether to believe a credential."""
    failed = [check for check in report.checks if check.outcome == "failed"]
    if not failed and report.outcome == "warning":
        return _("No check failed. Read what is marked before you rely on it.")
    if not failed:
        return _("Everything that was checked is in order.")
    if report.credential is None:
        return _("This is no credential that can be read.")
    if len(failed) == 1 and _about(failed[0]) in GENUINE:
        return str(GENUINE[_about(failed[0])])
    return ngettext(
        "Do not rely on it: one check failed.", "Do not rely on it: %(number)s checks failed.", len(failed)
    ) % {"number": len(failed)}


@dataclass(frozen=True)
class Said:
    """What a credential of anybody's says, as far as it can be shown.

    Attributes:
        name: Of the achievement.
        issuer: Name of who awards, by its own word.
        host: That has answered for the issuer, and whose key has signed this; empty when none has.
        description: Of the achievement.
        criteria: Of the achievement.
    """

    name: str
    issuer: str
    host: str
    description: str
    criteria: str


def said_by(report: Report) -> Said | None:
    """Return what a credential says; None when it says nothing that can be shown."""
    credential = report.credential
    if credential is None:
        return None
    achievement = _object(_object(credential.get("credentialSubject")).get("achievement"))
    said = Said(
        name=_text(achievement.get("name") or credential.get("name")),
        issuer=_text(_object(credential.get("issuer")).get("name") or credential.get("issuer")),
        host=_vouching_host(report),
        description=_text(achievement.get("description")),
        criteria=_text(_object(achievement.get("criteria")).get("narrative")),
    )
    return said if said.name else None


def _vouching_host(report: Report) -> str:
    """Return the host whose word it is. Whoever forges a badge names any issuer: one that did not sign vouches not."""
    assert report.credential is not None, "what was read"
    stands = all(
        report.check(name).outcome in ("passed", "warning")
        for name in ("issuer", "key", "signature", "unchanged")
    )
    return host_of(issuer_id_of(report.credential)) if stands else ""


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value[:600] if isinstance(value, str) else ""


def state_of(award: Award, at: datetime, *, for_holder: bool = True) -> tuple[str, str]:
    """Return the state of an award in one word, and the class of its pill.

    Whether it can be renewed or is about to end concerns its holder alone.
    """
    if award.state == Award.State.REVOKED:
        return _("revoked"), "bad"
    if award.state == Award.State.SUPERSEDED:
        return _("replaced by a newer one"), ""
    if award.has_expired_at(at):
        return _("expired"), "bad"
    if for_holder and award.lapses_at is not None:
        return _("valid, ends soon"), "gold"
    if for_holder and award.can_be_renewed_at(at):
        return _("valid, can be renewed"), "gold"
    return _("valid"), "ok"


def has_older_form(award: Award) -> bool:
    """Whether a picture in Open Badges 2.0 is worth taking along: who verifies that asks us, and must be let see it."""
    return award.visibility != Award.Visibility.PRIVATE and award.state == Award.State.ISSUED


def linkedin_url(award: Award, page_url: str) -> str:
    """Return the address at LinkedIn that opens a form with this certification filled in.

    LinkedIn does not always take over what it is given, so the page also shows the values to copy.
    """
    facts = {
        "startTask": "CERTIFICATION_NAME",
        "name": award.version.name,
        "organizationName": award.achievement.issuer.name,
        "issueYear": award.awarded_at.year,
        "issueMonth": award.awarded_at.month,
        "certUrl": page_url,
        "certId": str(award.public_id),
    }
    if award.valid_until is not None:
        facts |= {"expirationYear": award.valid_until.year, "expirationMonth": award.valid_until.month}
    return f"https://www.linkedin.com/profile/add?{urlencode(facts)}"


def embed_code(award: Award, page_url: str, image_url: str) -> SafeString:
    """Return HTML for other people's pages: the image, which leads to the page. No script, nothing that counts."""
    return format_html(
        '<a href="{}"><img src="{}" width="160" height="160" alt="{}"></a>',
        page_url,
        image_url,
        award.version.name,
    )


def qr_code(url: str) -> SafeString:
    """Return a picture that a phone's camera reads as an address, as inline SVG."""
    code = segno.make(url, error="m", micro=False)
    return mark_safe(  # noqa: S308  drawn by the library from squares; holds nothing of what was entered
        code.svg_inline(scale=3, border=2, dark="#000", omitsize=True, svgclass="qr", lineclass=None)
    )
