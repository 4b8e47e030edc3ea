"""Rules at work: after each learning record for one person, and once a night for everyone."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from badges.criteria import Node, evaluate, parse_rule
from badges.models import Award, AwardEvent, CriteriaRule
from badges.querysets import AwardQuerySet, RuleQuerySet
from badges.selectors.earning import due_for_renewal, standing_awards, who_would_earn
from badges.selectors.facts import facts_about, is_asked_for_by
from badges.services.awarding import award_all
from badges.services.history import note
from badges.services.renewing import renew_award
from badges.services.revoking import revoke_awards
from badges.services.telling import tell_lapsing
from lms.people.models import User
from lms.records.models import LearningRecord

Purpose = CriteriaRule.Purpose
TOGETHER = 500
Rule = tuple[CriteriaRule, Node]


def follow_record(*, record: LearningRecord, at: datetime) -> None:
    """Award and renew what a person has earned with one more record; a record read twice changes nothing.

    Cost: one query for a record that no rule asks for; at most 15, however many rules there are, while nothing is
    renewed and no nomination ends with it.
    """
    concerned = [
        (rule, node)
        for rule, node in _parsed(_rules_in_force().exclude(purpose=Purpose.KEEP))
        if is_asked_for_by(node, record)
    ]
    earning = [rule for rule in concerned if rule[0].purpose == Purpose.EARN]
    if earning:
        _award(earning, [record.actor], at)
    for rule, node in concerned:
        if rule.purpose == Purpose.RENEW:
            _renew(node, _standing(rule).filter(recipient=record.actor), at)


def follow_all_rules(*, at: datetime, goes_on: Callable[[], bool]) -> int:
    """Do what every rule says for everyone; returns how many awards were made, renewed, warned of or lapsed.

    Args:
        at: Now.
        goes_on: Asked between batches; the next round does what is left.
    """
    changed = 0
    for rule, node in _parsed(_rules_in_force()):
        follow = {
            Purpose.EARN: _follow_earning,
            Purpose.RENEW: _follow_renewing,
            Purpose.KEEP: _follow_keeping,
        }
        changed += follow[Purpose(rule.purpose)](rule, node, at, goes_on)
    return changed


def _follow_earning(rule: CriteriaRule, node: Node, at: datetime, goes_on: Callable[[], bool]) -> int:
    lacking = who_would_earn(rule.achievement, node, at=at)
    changed, last = 0, 0
    while goes_on() and (people := list(lacking.filter(pk__gt=last).order_by("pk")[:TOGETHER])):
        changed += _award([(rule, node)], people, at)
        last = people[-1].pk
    return changed


@transaction.atomic
def _award(rules: Sequence[Rule], people: Collection[User], at: datetime) -> int:
    nodes = [node for _rule, node in rules]
    facts = facts_about(people=[person.pk for person in people], nodes=nodes, at=at)
    pairs = [
        (rule.achievement, person)
        for rule, node in rules
        for person in people
        if evaluate(node, facts[person.pk]).is_met
    ]
    return len(award_all(pairs=pairs, at=at, source=Award.Source.RULE).new) if pairs else 0


def _follow_renewing(rule: CriteriaRule, node: Node, at: datetime, goes_on: Callable[[], bool]) -> int:
    due = due_for_renewal(rule.achievement, at=at).select_related("version")
    return _in_batches(due, goes_on, lambda awards: _renew(node, awards, at))


def _renew(node: Node, awards: Iterable[Award], at: datetime) -> int:
    """Renew what its holders have done enough for since their window opened."""
    open_now = {award.recipient_id: award for award in awards if award.can_be_renewed_at(at)}
    since = {key: award.renewal_opens for key, award in open_now.items() if key and award.renewal_opens}
    facts = facts_about(people=list(since), nodes=[node], at=at, since=since)
    met = [open_now[key] for key in since if evaluate(node, facts[key]).is_met]
    for award in met:
        renew_award(award=award, actor=None, at=at)
    return len(met)


def _follow_keeping(rule: CriteriaRule, node: Node, at: datetime, goes_on: Callable[[], bool]) -> int:
    return _in_batches(_standing(rule).valid_at(at), goes_on, lambda awards: _keep(rule, node, awards, at))


@transaction.atomic
def _keep(rule: CriteriaRule, node: Node, awards: Sequence[Award], at: datetime) -> int:
    """Warn holders who no longer meet a rule, end what was warned of in time, and forget warnings that are settled."""
    people = [award.recipient_id for award in awards if award.recipient_id]
    facts = facts_about(people=people, nodes=[node], at=at)
    unmet = {key for key in people if not evaluate(node, facts[key]).is_met}
    kept = [each for each in awards if each.lapses_at is not None and each.recipient_id not in unmet]
    lacking = [each for each in awards if each.recipient_id in unmet]
    warned = [each for each in lacking if each.lapses_at is None]
    over = [each.pk for each in lacking if each.lapses_at is not None and each.lapses_at <= at]
    _set_lapse(kept, None, AwardEvent.Kind.KEPT, at)
    lapses_at = at + timedelta(days=rule.notice_days)
    _set_lapse(warned, lapses_at, AwardEvent.Kind.WARNED, at)
    tell_lapsing(awards=warned, lapses_at=lapses_at, at=at)
    lapsed = revoke_awards(awards=over, actor=None, at=at, code=Award.Code.LAPSED) if over else []
    return len(kept) + len(warned) + len(lapsed)


def _set_lapse(awards: Sequence[Award], lapses_at: datetime | None, kind: str, at: datetime) -> None:
    if awards:
        Award.objects.filter(pk__in=[each.pk for each in awards]).update(lapses_at=lapses_at)
        details = {"lapses_at": lapses_at.isoformat()} if lapses_at else {}
        note(awards, kind, at=at, actor=None, details=details)


def _in_batches(awards: AwardQuerySet, goes_on: Callable[[], bool], do: Callable[[list[Award]], int]) -> int:
    changed, last = 0, 0
    while goes_on() and (batch := list(awards.filter(pk__gt=last).order_by("pk")[:TOGETHER])):
        changed += do(batch)
        last = batch[-1].pk
    return changed


def _standing(rule: CriteriaRule) -> AwardQuerySet:
    return standing_awards(rule.achievement).select_related("version")


def _rules_in_force() -> RuleQuerySet:
    return CriteriaRule.objects.in_force().select_related("achievement__live", "achievement__issuer")


def _parsed(rules: Iterable[CriteriaRule]) -> list[Rule]:
    return [(rule, parse_rule(rule.tree)) for rule in rules]
