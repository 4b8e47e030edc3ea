"""Credentials as an administrator looks after them: in a fixed number of queries, however many people hold them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from badges.criteria import BrokenRule, Condition, Node, Outcome, parse_rule
from badges.models import Achievement, Award, CriteriaRule, SigningProblem
from badges.querysets import AwardQuerySet
from badges.selectors.earning import (
    due_for_renewal,
    no_longer_met,
    standing_awards,
    who_would_earn,
    would_be_renewed,
)
from badges.selectors.managing import (
    ExpiringInUnit,
    WaitingForReview,
    achievements_with_counts,
    expiring_awards,
    expiring_by_unit,
    set_aside,
    waiting_for_review,
)
from badges.selectors.reviewers import Short, short_of_reviewers
from badges.selectors.trying_out import (
    Things,
    conditions_nobody_meets,
    gone_from,
    how_far,
    how_far_since_renewal_opened,
    thing_of,
    things_in,
    who_has_begun,
)
from badges.services.enabling import seen_of
from lms.core.selectors import AuditSearch, find_audit_entries
from lms.people.models import User
from lms.people.selectors import named_like
from lms.web.audit_page import AuditLine, audit_lines
from lms.web.credential_words import (
    PURPOSES,
    Part,
    Standing,
    condition_text,
    lack_texts,
    rule_text,
    standing,
)
from lms.web.keyset import KeysetPage, keyset_page
from lms.web.people_page import units_below

BY_HOLDER = ("recipient__full_name", "pk")
BY_NAME = ("full_name", "pk")
BY_END = ("valid_until", "pk")
COUNTED = 1000
"""Counting stops here, where the figure decides nothing."""
PEOPLE_SHOWN = 25
FOUND_AT_ONCE = 20
ENTRIES_SHOWN = 20
Purpose = CriteriaRule.Purpose
State = Achievement.State


@dataclass(frozen=True)
class CredentialsPage:
    """All achievements, by what can be done with them, and what expires soon."""

    open: list[Achievement]
    drafts: list[Achievement]
    retired: list[Achievement]
    expiring: list[ExpiringInUnit]
    waiting: WaitingForReview
    set_aside: list[SigningProblem]
    short: list[Short]


def credentials_page(at: datetime) -> CredentialsPage:
    """Return what the first page about credentials shows; at most eight queries."""
    rows = list(achievements_with_counts(at=at))
    return CredentialsPage(
        open=[row for row in rows if row.state == State.OPEN],
        drafts=[row for row in rows if row.state == State.DRAFT],
        retired=[row for row in rows if row.state == State.RETIRED],
        expiring=expiring_by_unit(at=at),
        waiting=waiting_for_review(),
        set_aside=list(set_aside()[:PEOPLE_SHOWN]),
        short=short_of_reviewers(),
    )


@dataclass(frozen=True)
class Held:
    """One award of a list, and where it stands."""

    award: Award
    standing: Standing


@dataclass(frozen=True)
class HeldPage:
    """A page of awards."""

    lines: list[Held]
    page: KeysetPage[Award]


def expiring_page(unit: str, cursor: str, at: datetime) -> HeldPage:
    """Return what expires within 60 days in a unit and all below it, or everywhere, the first to expire first."""
    awards = expiring_awards(at=at)
    if unit == "none":
        awards = awards.filter(recipient__org_unit=None)
    elif unit:
        awards = awards.filter(recipient__org_unit__in=units_below(unit))
    return _held(awards.select_related("recipient__org_unit", "version"), BY_END, cursor, at)


def _held(awards: QuerySet[Award], order: Sequence[str], cursor: str, at: datetime) -> HeldPage:
    page = keyset_page(awards, order=order, cursor=cursor, size=PEOPLE_SHOWN)
    return HeldPage([Held(award, standing(award, at)) for award in page.rows], page)


@dataclass(frozen=True)
class RuleCard:
    """One rule of an achievement, in words.

    Attributes:
        title: What it is for.
        effect: What it does.
        text: What it asks for; None when what is stored cannot be understood.
        reached: How many people would earn it now, up to `COUNTED` + 1; None unless it is a rule to earn it.
    """

    rule: CriteriaRule
    title: str
    effect: str
    text: Part | None
    faults: list[str]
    reached: int | None

    @property
    def is_uncounted(self) -> bool:
        """Whether there are more people than were counted."""
        return self.reached is not None and self.reached > COUNTED


@dataclass(frozen=True)
class AchievementPage:
    """One achievement.

    Attributes:
        counts: How many hold it now, by `HOLDING`.
        shown: Which of them are listed.
        missing: Purposes for which there is no rule, with their names.
    """

    achievement: Achievement
    rules: list[RuleCard]
    missing: list[tuple[str, str]]
    counts: dict[str, int]
    shown: str
    held: HeldPage
    entries: list[AuditLine]


HOLDING = ("valid", "expired", "revoked")


def achievement_page(
    achievement: Achievement, *, q: str, shown: str, cursor: str, at: datetime
) -> AchievementPage:
    """Return what the page of an achievement shows; at most sixteen queries."""
    shown = shown if shown in HOLDING else HOLDING[0]
    own = Award.objects.filter(achievement=achievement, recipient__isnull=False)
    if q.strip():
        own = own.filter(recipient__in=User.objects.filter(named_like(q)))
    groups = {name: _holding(own, name, at) for name in HOLDING}
    rules = list(achievement.rules.all())
    about = find_audit_entries(AuditSearch(object_type="achievement", object_id=str(achievement.public_id)))
    present = {rule.purpose for rule in rules}
    return AchievementPage(
        achievement=achievement,
        rules=_cards(achievement, rules, at),
        missing=[(purpose, str(PURPOSES[purpose][0])) for purpose in PURPOSES if purpose not in present],
        counts={name: rows.count() for name, rows in groups.items()},
        shown=shown,
        held=_held(groups[shown].select_related("recipient__org_unit", "version"), BY_HOLDER, cursor, at),
        entries=audit_lines(list(about[:ENTRIES_SHOWN])),
    )


def _holding(awards: AwardQuerySet, name: str, at: datetime) -> AwardQuerySet:
    if name == "revoked":
        return awards.filter(state=Award.State.REVOKED)
    if name == "expired":
        return awards.filter(state=Award.State.ISSUED, valid_until__lte=at)
    return awards.filter(Q(valid_until=None) | Q(valid_until__gt=at), state=Award.State.ISSUED)


def _cards(achievement: Achievement, rules: list[CriteriaRule], at: datetime) -> list[RuleCard]:
    nodes = {rule.pk: parsed(rule) for rule in rules}
    things = things_in(node for node in nodes.values() if node is not None)
    order = list(PURPOSES)
    cards = []
    for rule in sorted(rules, key=lambda each: order.index(each.purpose)):
        node = nodes[rule.pk]
        title, effect = PURPOSES[rule.purpose]
        reached = None
        if node is not None and rule.purpose == Purpose.EARN:
            reached = who_would_earn(achievement, node, at=at).values("pk")[: COUNTED + 1].count()
        text = rule_text(node, things) if node is not None else None
        cards.append(RuleCard(rule, str(title), str(effect), text, _faults(node, things), reached))
    return cards


def parsed(rule: CriteriaRule) -> Node | None:
    """Return the conditions of a stored rule; None when they cannot be understood."""
    try:
        return parse_rule(rule.tree)
    except BrokenRule:
        return None


def _faults(node: Node | None, things: Things) -> list[str]:
    if node is None:
        return [_("What is stored cannot be understood. Write the rule anew.")]
    return lack_texts(gone_from(node, things), things)


@dataclass(frozen=True)
class Reached:
    """One person of a try-out, and what happens to them or what they lack.

    Attributes:
        award: What they hold; None for whoever would earn it.
        missing: What they would still have to do, in words.
    """

    person: User
    outcome: Outcome
    missing: list[str]
    award: Award | None = None


@dataclass(frozen=True)
class TryOut:
    """What a rule would do now.

    Attributes:
        text: The rule in words; None when what is stored cannot be understood.
        faults: What it asks for that no longer exists: it cannot be put in force.
        unmet: What nobody at all has done.
        groups: Which lists there are, each with how many people are in it; None where counting them would cost more
            than it tells.
        group: Which one is shown.
        seen: Goes back with the decision, see `put_in_force`.
    """

    rule: CriteriaRule
    title: str
    effect: str
    text: Part | None
    faults: list[str]
    unmet: list[str]
    groups: dict[str, int | None]
    group: str
    seen: str
    people: list[Reached] = field(default_factory=list)
    page: KeysetPage[Any] = field(default_factory=lambda: KeysetPage([]))


def try_out(rule: CriteriaRule, *, group: str, cursor: str, at: datetime) -> TryOut:
    """Return what a rule would do; at most a dozen queries, however many people it reaches."""
    node = parsed(rule)
    title, effect = PURPOSES[rule.purpose]
    things = things_in([node]) if node is not None else {}
    faults = _faults(node, things)
    if node is None:
        return TryOut(rule, str(title), str(effect), None, faults, [], {}, "", seen_of(rule))
    lists = _lists(rule, node, at)
    group = group if group in lists else next(iter(lists))
    order = BY_NAME if group in {"earn", "begun"} else BY_HOLDER
    page = keyset_page(lists[group], order=order, cursor=cursor, size=PEOPLE_SHOWN)
    unmet: list[Condition] = conditions_nobody_meets(node, at=at)
    return TryOut(
        rule=rule,
        title=str(title),
        effect=str(effect),
        text=rule_text(node, things),
        faults=faults,
        unmet=[condition_text(each, things) for each in unmet if thing_of(each, things).is_there],
        groups={name: None if name == "begun" else rows.count() for name, rows in lists.items()},
        group=group,
        seen=seen_of(rule),
        people=_reached(rule, node, group, page.rows, things, at),
        page=page,
    )


def _lists(rule: CriteriaRule, node: Node, at: datetime) -> dict[str, QuerySet[Any]]:
    achievement = rule.achievement
    match rule.purpose:
        case Purpose.EARN:
            return {
                "earn": who_would_earn(achievement, node, at=at),
                "begun": who_has_begun(achievement, node, at=at),
            }
        case Purpose.RENEW:
            due = _with_holders(due_for_renewal(achievement, at=at))
            met = would_be_renewed(achievement, node, at=at)
            return {"renewed": due.filter(met), "not_yet": due.filter(~met)}
        case _:
            unmet = _with_holders(no_longer_met(achievement, node, at=at))
            everyone = _with_holders(standing_awards(achievement).valid_at(at))
            return {"lacking": unmet, "holders": everyone}


def _with_holders(awards: AwardQuerySet) -> AwardQuerySet:
    return awards.select_related("recipient", "version")


def _reached(
    rule: CriteriaRule, node: Node, group: str, rows: list[Any], things: Things, at: datetime
) -> list[Reached]:
    if isinstance(next(iter(rows), None), User):
        people: list[tuple[User, Award | None]] = [(row, None) for row in rows]
    else:
        people = [(row.recipient, row) for row in rows]
    if group == "earn":  # the list is of those who meet it: nothing is missing
        return [Reached(person, Outcome(is_met=True, done=1, needed=1), []) for person, _award in people]
    if rule.purpose == Purpose.RENEW:
        outcomes = how_far_since_renewal_opened(node, rows, at=at)
    else:
        outcomes = how_far(node, [person.pk for person, _award in people], at=at)
    return [
        Reached(person, outcome, lack_texts(outcome.missing, things), award)
        for person, award in people
        if (outcome := outcomes.get(person.pk)) is not None
    ]


@dataclass(frozen=True)
class Candidate:
    """Somebody who was searched for, and whether they can be awarded."""

    person: User
    why_not: str


def candidates(achievement: Achievement, q: str, asked_by: User, at: datetime) -> list[Candidate]:
    """Return the people whom a search finds, by name, and why some cannot be awarded; two queries."""
    if not q.strip():
        return []
    found = User.objects.filter(named_like(q)).select_related("job_role", "org_unit").order_by(*BY_NAME)
    people = list(found[: FOUND_AT_ONCE + 1])
    valid = standing_awards(achievement).valid_at(at).filter(recipient__in=people)
    holders = set(valid.values_list("recipient", flat=True))
    return [Candidate(person, _why_not(person, holders, asked_by)) for person in people]


def _why_not(person: User, holders: set[int], asked_by: User) -> str:
    if person == asked_by:
        return _("this is you: another administrator awards it")
    if person.status == User.Status.LEFT:
        return _("has left the company")
    return _("holds it already") if person.pk in holders else ""
