"""Credentials in words: what a rule asks for, where an award stands, what happened to it."""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from badges.criteria import BrokenRule, Condition, Group, Node, parse_rule
from badges.models import Achievement, Award, AwardEvent, CriteriaRule
from badges.selectors.trying_out import Thing, Things, thing_of, things_in
from badges.services.revoking import REASONS_FOR_EVERYONE
from lms.core.models import AuditEntry
from lms.people.models import User
from lms.web.audit_sentences import actor_name

Kind = AwardEvent.Kind
Purpose = CriteriaRule.Purpose

PARTS: dict[str, Promise] = {
    "prompt": gettext_lazy("the prompt"),
    "outcome": gettext_lazy("the outcome"),
    "review": gettext_lazy("the review of the answer"),
}

KINDS: dict[str, Promise] = {
    "path_completed": gettext_lazy("Complete a learning path"),
    "lesson_mastered": gettext_lazy("Master a lesson"),
    "exercise_score": gettext_lazy("Reach a score in an exercise"),
    "badge_held": gettext_lazy("Hold another badge"),
    "manager_attested": gettext_lazy("Have the word of somebody above them"),
    "measured_outcome": gettext_lazy("Have a measured result confirmed by reviewers"),
    "community_contribution": gettext_lazy("Contribute to communities"),
}
"""Kinds of conditions, in the order in which they are offered."""

SENTENCES: dict[str, Promise] = {
    "path_completed": gettext_lazy("Complete the path “%(name)s”"),
    "lesson_mastered": gettext_lazy("Master the lesson “%(name)s”"),
    "exercise_score": gettext_lazy("Reach %(score)d of 100 for %(part)s in the exercise “%(name)s”"),
    "badge_held": gettext_lazy("Hold the badge “%(name)s”"),
    "manager_attested": gettext_lazy(
        "Somebody above them says that they do at work what “%(name)s” stands for"
    ),
    "measured_outcome": gettext_lazy("Have a measured result confirmed in the review of “%(name)s”"),
}

GONE_SENTENCES: dict[str, Promise] = {
    "path_completed": gettext_lazy("Complete a path that no longer exists"),
    "lesson_mastered": gettext_lazy("Master a lesson that no longer exists"),
    "exercise_score": gettext_lazy("Reach a score in an exercise that no longer exists"),
    "badge_held": gettext_lazy("Hold a badge that no longer exists"),
    "manager_attested": gettext_lazy("Have the word of somebody for a badge that no longer exists"),
    "measured_outcome": gettext_lazy(
        "Have a measured result confirmed in the review of a badge that no longer exists"
    ),
    "community_contribution": gettext_lazy("Contribute to communities, which nothing here records"),
}

OWN_LACKS: dict[str, Promise] = {
    "manager_attested": gettext_lazy(
        "the word of your manager that you do at work what “%(name)s” stands for"
    ),
    "measured_outcome": gettext_lazy(
        "a measured result of yours, confirmed by the reviewers of “%(name)s” when you are put forward for it"
    ),
}
"""What somebody lacks, where they are told otherwise than others."""

PURPOSES: dict[str, tuple[Promise, Promise]] = {
    Purpose.EARN: (
        gettext_lazy("To earn it"),
        gettext_lazy("Whoever meets this rule is awarded, today and from now on."),
    ),
    Purpose.RENEW: (
        gettext_lazy("To renew it"),
        gettext_lazy(
            "Whoever meets this rule after the time for renewal has begun is renewed. What they did before does "
            "not count."
        ),
    ),
    Purpose.KEEP: (
        gettext_lazy("To keep it"),
        gettext_lazy(
            "Holders who no longer meet this rule are warned. It ends unless they meet it again in time."
        ),
    ),
}
"""What a rule is called, and what it does."""


@dataclass(frozen=True)
class Part:
    """One line of a rule, with what stands below it.

    Attributes:
        text: A condition, or how many of the parts are asked for.
        is_gone: Whether it asks for something that no longer exists.
        note: What one should know about it; empty when nothing.
    """

    text: str
    parts: Sequence["Part"] = ()
    is_gone: bool = False
    note: str = ""


def condition_text(condition: Condition, things: Things) -> str:
    """Return what a condition asks for, as one says it to somebody."""
    thing = thing_of(condition, things)
    if not thing.is_there:
        told = str(GONE_SENTENCES[condition.kind])
        return _("%(told)s (“%(name)s”)") % {"told": told, "name": thing.name} if thing.name else told
    if condition.kind == "community_contribution":
        return _contribution_text(condition.at_least, thing.name)
    facts = {"name": thing.name, "score": condition.at_least, "part": PARTS.get(condition.part, "")}
    return str(SENTENCES[condition.kind]) % facts


def _contribution_text(at_least: int, way: str) -> str:
    if way:
        told = ngettext(
            "Contribute to communities once: %(way)s",
            "Contribute to communities %(n)d times: %(way)s, each time another one",
            at_least,
        )
    else:
        told = ngettext(
            "Contribute to communities once",
            "Contribute to communities %(n)d times, each time to something else",
            at_least,
        )
    return told % {"n": at_least, "way": way}


def condition_texts(conditions: Iterable[Condition], things: Things) -> list[str]:
    """Return what several conditions ask for."""
    return [condition_text(condition, things) for condition in conditions]


def own_lack_texts(conditions: Iterable[Condition], things: Things) -> list[str]:
    """Return what somebody still lacks, as one says it to them."""
    return [_own_lack_text(each, things) for each in conditions]


def _own_lack_text(condition: Condition, things: Things) -> str:
    thing = thing_of(condition, things)
    own = OWN_LACKS.get(condition.kind)
    return str(own) % {"name": thing.name} if own and thing.is_there else condition_text(condition, things)


def lack_texts(conditions: Iterable[Condition], things: Things) -> list[str]:
    """Return what somebody still lacks, as far as others may read it: practice stays with whoever practiced."""
    conditions = list(conditions)
    shown = [each for each in conditions if each.kind != "exercise_score"]
    hidden = [_("what they practice, which is private")] if len(shown) < len(conditions) else []
    return [*condition_texts(shown, things), *hidden]


def rule_text(node: Node, things: Things) -> Part:
    """Return a rule as lines, those of its groups below them."""
    if isinstance(node, Group):
        return Part(group_text(node), [rule_text(part, things) for part in node.parts])
    thing = thing_of(node, things)
    return Part(condition_text(node, things), is_gone=not thing.is_there, note=_note(node, thing))


def _note(condition: Condition, thing: Thing) -> str:
    if condition.kind == "measured_outcome" and thing.is_there and not thing.takes_nominations:
        return _("nobody can be put forward for it now")
    if not thing.is_there or thing.is_published:
        return ""
    if condition.kind in {"badge_held", "manager_attested"}:
        return _("cannot be earned now")
    return _("not published now: nobody can begin it")


def group_text(group: Group) -> str:
    """Return how many parts of a group are asked for."""
    if len(group.parts) == 1:
        return _("This")
    if group.wants_all:
        return _("All of this")
    if group.needed == 1:
        return _("One of these")
    return _("At least %(n)d of these") % {"n": group.needed}


def one_line(node: Node, things: Things) -> str:
    """Return a rule as one line, its groups in brackets."""
    if not isinstance(node, Group):
        return condition_text(node, things)
    told = [one_line(part, things) for part in node.parts]
    inner = [
        f"({text})" if isinstance(part, Group) else text for text, part in zip(told, node.parts, strict=True)
    ]
    return f"{group_text(node)}: {'; '.join(inner)}"


def with_rules_in_words(entries: list[AuditEntry]) -> list[AuditEntry]:
    """Put the conditions into words that audit entries keep as they are stored; the entries are not saved.

    No query when there are none of them, else as many as `things_in`.
    """
    kept = [
        values
        for entry in entries
        for values in (entry.before, entry.after)
        if values is not None and isinstance(values.get("conditions"), dict)
    ]
    nodes: dict[str, Node] = {}
    for values in kept:
        with suppress(BrokenRule):
            nodes[json.dumps(values["conditions"], sort_keys=True)] = parse_rule(values["conditions"])
    things = things_in(nodes.values())
    for values in kept:
        node = nodes.get(json.dumps(values["conditions"], sort_keys=True))
        if node is not None:
            values["conditions"] = one_line(node, things)
    return entries


def day(moment: datetime | None) -> str:
    """Return the day of a moment, such as 4 March 2028; empty without one."""
    return date_format(localtime(moment), "j F Y") if moment else ""


@dataclass(frozen=True)
class Standing:
    """Where an award stands: a word, a sentence, and how it looks."""

    word: str
    sentence: str
    tone: str


def standing(award: Award, at: datetime) -> Standing:
    """Return where an award stands at a moment."""
    if award.state == Award.State.REVOKED:
        return Standing(_("revoked"), _("Revoked on %s.") % day(award.revoked_at), "bad")
    if award.state == Award.State.SUPERSEDED:
        return Standing(_("replaced"), _("A newer award has taken its place."), "")
    if award.has_expired_at(at):
        return Standing(_("expired"), _("Expired on %s.") % day(award.valid_until), "gold")
    if award.lapses_at is not None:
        told = _("Its holder no longer meets the rule to keep it. It ends on %s unless they do again.")
        return Standing(_("lapses"), told % day(award.lapses_at), "gold")
    if award.valid_until is None:
        return Standing(_("valid"), _("Does not expire."), "ok")
    return Standing(_("valid"), _("Expires on %s.") % day(award.valid_until), "ok")


def achievement_tone(achievement: Achievement) -> str:
    """Return how the state of an achievement looks."""
    return {Achievement.State.OPEN: "ok", Achievement.State.DRAFT: "gold"}.get(
        Achievement.State(achievement.state), ""
    )


@dataclass(frozen=True)
class Step:
    """One step in the life of an award."""

    text: str
    detail: str
    who: str
    at: datetime


def life(events: Iterable[AwardEvent]) -> list[Step]:
    """Return the steps of an award in words; one query for the names of people."""
    listed = list(events)
    ids = {event.actor.removeprefix("user:") for event in listed if event.actor.startswith("user:")}
    people = (
        User.objects.filter(public_id__in=ids).values_list("public_id", "full_name", "email") if ids else []
    )
    names = {str(public_id): full_name or email for public_id, full_name, email in people}
    return [
        Step(str(STEPS[Kind(event.kind)]), _detail(event), actor_name(event.actor, names), event.at)
        for event in listed
    ]


STEPS: dict[Kind, Promise] = {
    Kind.ISSUED: gettext_lazy("Awarded"),
    Kind.RENEWED: gettext_lazy("Renewed"),
    Kind.REISSUED: gettext_lazy("Signed anew, because others may have the key that signed it"),
    Kind.REMINDED: gettext_lazy("Its holder is reminded on their pages that it expires"),
    Kind.EXPIRED: gettext_lazy("Expired"),
    Kind.WARNED: gettext_lazy("Its holder is warned on their pages: the rule to keep it is no longer met"),
    Kind.KEPT: gettext_lazy("The rule to keep it is met again"),
    Kind.REVOKED: gettext_lazy("Revoked"),
    Kind.SUPERSEDED: gettext_lazy("Replaced by a newer award"),
    Kind.SHOWN: gettext_lazy("Its holder changed who may see it"),
    Kind.ADDRESSED: gettext_lazy("Signed anew with the addresses that its holder has now"),
    Kind.ERASED: gettext_lazy("Its holder was erased"),
}


def _detail(event: AwardEvent) -> str:
    details = event.details
    match event.kind:
        case Kind.RENEWED if details.get("after"):
            return _("It now expires on %s.") % day(parse_datetime(details["after"]))
        case Kind.WARNED if details.get("lapses_at"):
            return _("It ends on %s unless they meet it again.") % day(parse_datetime(details["lapses_at"]))
        case Kind.REVOKED if details.get("code") in Award.Code.values:
            return str(Award.Code(details["code"]).label).capitalize() + "."
    return ""


def reason_for_everyone(code: str, text: str) -> str:
    """Return what everybody will read of a revoked credential, as `revoke_award` writes it."""
    return text.strip() or REASONS_FOR_EVERYONE[Award.Code(code)]


def reviewers_sentence(needed: int, count: int) -> str:
    """Return what it means that fewer people can review than have to agree; empty when there are enough."""
    if count >= needed:
        return ""
    told = ngettext(
        "%(needed)d have to agree, and %(count)d person can review. Nothing that is submitted could be accepted: name "
        "more reviewers, or ask for fewer.",
        "%(needed)d have to agree, and %(count)d people can review. Nothing that is submitted could be accepted: name "
        "more reviewers, or ask for fewer.",
        count,
    )
    return told % {"needed": needed, "count": count}


def months(count: int | None) -> str:
    """Return for how long something counts."""
    if count is None:
        return _("does not expire")
    return ngettext("%(n)d month", "%(n)d months", count) % {"n": count}
