"""Reading awards: those that somebody may see, those of one person, those that administrators look after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from badges.criteria import Outcome, evaluate, parse_rule
from badges.models import Achievement, Award, CriteriaRule
from badges.querysets import AwardQuerySet
from badges.selectors.facts import facts_about
from lms.people.models import User

RELATED = ("achievement__issuer", "version__achievement__issuer", "recipient", "status_list__issuer")


def readable_awards(reader: Any, *, returned: User | None = None) -> AwardQuerySet:
    """Return the awards whose page and files open to a reader: their own, and what others let be seen.

    Args:
        reader: A person, or nobody in particular.
        returned: Who came back without an account in the reader's session; None when nobody did.
    """
    own = Q(recipient=reader.pk) if reader.is_authenticated else Q(pk=None)
    if returned is not None:
        own |= Q(recipient=returned)
    seen = Award.objects.filter(own | ~Q(visibility=Award.Visibility.PRIVATE), recipient__isnull=False)
    return seen.select_related(*RELATED)


def awards_shown_to_all() -> AwardQuerySet:
    """Return the awards whose page opens to whoever has its address, no matter who asks."""
    return Award.objects.visible_to_the_world().filter(recipient__isnull=False).select_related(*RELATED)


def awards_to_take_along(person: User) -> AwardQuerySet:
    """Return the awards of a person that go into files and programs of theirs: neither revoked nor replaced.

    Expired ones are among them, as they say themselves until when they held. Newest first.
    """
    return Award.objects.of(person).filter(state=Award.State.ISSUED).select_related(*RELATED)


def awards_to_keep(person: User, *, at: datetime) -> Sequence[Award]:
    """Return what a person can renew now or is about to lose, the first to end first; one query."""
    own = Award.objects.of(person).filter(state=Award.State.ISSUED)
    ending = (
        own.exclude(valid_until=None, lapses_at=None).select_related("version").order_by("valid_until", "pk")
    )
    return [award for award in ending if award.can_be_renewed_at(at) or award.is_lapsing_at(at)]


@dataclass(frozen=True)
class Page:
    """Some of somebody's awards.

    Attributes:
        awards: Those of this page, the oldest first, so that a new one moves none to another page.
        total: How many there are on all pages.
    """

    awards: Sequence[Award]
    total: int


def page_of_awards(person: User, *, since: datetime | None, offset: int, limit: int) -> Page:
    """Return a page of what a person takes along; two queries.

    Args:
        person: Whose.
        since: Only editions that began after this moment; None for all.
        offset: How many to leave out.
        limit: How many at most.
    """
    rows = awards_to_take_along(person)
    if since is not None:
        rows = rows.filter(valid_from__gt=since)
    return Page(list(rows.order_by("pk")[offset : offset + limit]), rows.count())


@dataclass(frozen=True)
class InProgress:
    """An achievement that somebody does not hold, and how far they are."""

    achievement: Achievement
    rule: CriteriaRule
    outcome: Outcome


@dataclass(frozen=True)
class Credentials:
    """What one person holds and could earn.

    Attributes:
        held: What counts now, newest first.
        past: What has expired, was revoked or replaced.
        in_progress: What they have begun with, nearest first.
    """

    held: Sequence[Award]
    past: Sequence[Award]
    in_progress: Sequence[InProgress]


def credentials_of(person: User, *, at: datetime) -> Credentials:
    """Return what a person holds and could earn; three queries."""
    awards = list(Award.objects.of(person).select_related(*RELATED))
    held = [award for award in awards if award.is_valid_at(at)]
    rules = CriteriaRule.objects.in_force().filter(purpose=CriteriaRule.Purpose.EARN)
    open_rules = [
        rule
        for rule in rules.select_related("achievement__live", "achievement__issuer")
        if rule.achievement_id not in {award.achievement_id for award in held}
    ]
    nodes = [parse_rule(rule.tree) for rule in open_rules]
    facts = facts_about(people=[person.pk], nodes=nodes, at=at)[person.pk] if nodes else None
    begun = [
        InProgress(rule.achievement, rule, outcome)
        for rule, node in zip(open_rules, nodes, strict=True)
        if facts and (outcome := evaluate(node, facts)).done
    ]
    return Credentials(
        held=held,
        past=[award for award in awards if award not in held],
        in_progress=sorted(begun, key=lambda each: each.outcome.done / each.outcome.needed, reverse=True),
    )
