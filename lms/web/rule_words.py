"""What assignment rules say, in words: each version as a whole, and what one says otherwise than the one before."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.core.models import AuditEntry
from lms.paths.dates import DateRule
from lms.paths.models import AssignmentVersion
from lms.paths.services import RuleText
from lms.people.audience_rules import AllOf, InvalidRule, Rule, describe, parse_rule
from lms.people.selectors import names_in
from lms.web.audit_page import AuditLine, Change, audit_lines

OnLeaving = AssignmentVersion.OnLeaving
SAYS = frozenset(RuleText.__dataclass_fields__)


@dataclass(frozen=True)
class VersionText:
    """What a version says, in words.

    Attributes:
        audience: Who gets the path.
        lines: What and by when, as pairs of a word and its value.
    """

    version: AssignmentVersion
    audience: str
    lines: list[tuple[str, str]]


def version_text(version: AssignmentVersion) -> VersionText:
    """Put a version into words; three queries at most, and one for each fact of a higher app."""
    return version_texts([version])[0]


def version_texts(versions: Sequence[AssignmentVersion]) -> list[VersionText]:
    """Put versions into words; an audience that several of them have is described once."""
    parsed = {_key(version): _parsed(version) for version in versions}
    names = names_in(AllOf(tuple(rule for rule in parsed.values() if not isinstance(rule, str))))
    audiences = {
        key: rule if isinstance(rule, str) else describe(rule, names=names) for key, rule in parsed.items()
    }
    return [VersionText(version, audiences[_key(version)], _lines(version)) for version in versions]


def _key(version: AssignmentVersion) -> str:
    return json.dumps(version.audience, sort_keys=True)


def _parsed(version: AssignmentVersion) -> Rule | str:
    try:
        return parse_rule(version.audience)
    except InvalidRule as invalid:
        return invalid.message


def _lines(version: AssignmentVersion) -> list[tuple[str, str]]:
    lines = [
        (_("It is"), _("required") if version.is_required else _("offered; nobody has to")),
        (_("Due"), day_in_words(version.due)),
        (_("Closes"), day_in_words(version.closes)),
        (_("On leaving"), str(OnLeaving(version.on_leaving).label)),
    ]
    if version.repeat_months:
        every = ngettext("every month", "every %(n)d months", version.repeat_months)
        opens = ngettext("opens %d day before", "opens %d days before", version.opens_days_before)
        text = f"{every % {'n': version.repeat_months}}, {opens % version.opens_days_before}"
        lines.append((_("To be taken again"), text))
    if version.reason:
        lines.append((_("They read"), version.reason))
    return lines


def day_in_words(asked: DateRule) -> str:
    """Return a day, or how it is found."""
    days = asked.days or 0
    match asked.basis:
        case "assigned":
            return ngettext("%d day after a person gets it", "%d days after a person gets it", days) % days
        case "hired":
            return ngettext("%d day after they were hired", "%d days after they were hired", days) % days
        case "day" if asked.day:
            return date_format(asked.day, "j F Y")
        case _:
            return _("never")


def differences(before: VersionText | None, after: VersionText) -> tuple[Change, ...]:
    """Return what one text says otherwise than another, all of it when there is no other; pure."""
    old, new = _as_pairs(before) if before else {}, _as_pairs(after)
    return tuple(
        Change(word, old.get(word, _("nothing")), new.get(word, _("nothing")))
        for word in {**new, **old}
        if old.get(word) != new.get(word)
    )


def _as_pairs(text: VersionText) -> dict[str, str]:
    return {_("Who gets it"): text.audience, **dict(text.lines)}


def rule_history(entries: Sequence[AuditEntry]) -> list[AuditLine]:
    """Return what happened to a rule, newest first; of its texts only what each says otherwise than the one before.

    Args:
        entries: Audit entries about the rule, newest first.
    """
    oldest_first = list(entries)[::-1]
    said = _said(oldest_first)
    texts = dict(zip(said, version_texts(list(said.values())), strict=True))
    lines, before = [], None
    for place, line in enumerate(audit_lines(oldest_first)):
        text = texts.get(place)
        if text is None:
            lines.append(line)
            continue
        changes = differences(before, text)
        lines.append(replace(line, changes=changes, has_before=before is not None))
        before = text
    return lines[::-1]


def _said(entries: Sequence[AuditEntry]) -> dict[int, AssignmentVersion]:
    """Return the texts that entries tell, by their place; one that tells only a part goes on from the one before."""
    said: dict[int, AssignmentVersion] = {}
    known: dict[str, Any] = {}
    for place, entry in enumerate(entries):
        told = {name: value for name, value in (entry.after or {}).items() if name in SAYS}
        known = {**known, **told}
        if told and known.keys() >= SAYS:
            said[place] = _version(known)
    return said


def _version(values: Mapping[str, Any]) -> AssignmentVersion:
    fields = {field.name: field for field in AssignmentVersion._meta.fields}
    return AssignmentVersion(**{name: fields[name].to_python(value) for name, value in values.items()})
