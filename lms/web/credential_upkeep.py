"""What holders do to renew what they hold, or not to lose it, in words for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from badges.criteria import BrokenRule, Node, Outcome, parse_rule
from badges.models import Award, CriteriaRule
from badges.selectors.trying_out import Things, how_far, how_far_since_renewal_opened, things_in
from lms.web.credential_words import condition_texts, day

Purpose = CriteriaRule.Purpose


@dataclass(frozen=True)
class Upkeep:
    """One thing to do for an award.

    Attributes:
        text: By when, and what happens otherwise.
        progress: Such as "1 of 2 done"; empty where nothing is counted.
        missing: What is still to do, in words.
    """

    text: str
    progress: str = ""
    missing: list[str] = field(default_factory=list)


def upkeep_of(awards: Sequence[Award], *, at: datetime) -> dict[int, list[Upkeep]]:
    """Return what its holder does for each award, by its key; those for which there is nothing to do are left out.

    Args:
        awards: Some of one person, with issuer and version.
        at: Now.

    Cost: no query when nothing is due, as on most days; else one, as many as `things_in`, and one for each.
    """
    due = [award for award in awards if award.can_be_renewed_at(at) or award.is_lapsing_at(at)]
    if not due:
        return {}
    rules = _rules_of(due)
    things = things_in(rules.values())
    return {
        award.pk: [*_to_keep(award, rules, things, at), *_to_renew(award, rules, things, at)] for award in due
    }


def _rules_of(awards: Sequence[Award]) -> dict[tuple[int, str], Node]:
    wanted = {award.achievement_id for award in awards}
    rules = CriteriaRule.objects.in_force().filter(
        achievement__in=wanted, purpose__in=[Purpose.RENEW, Purpose.KEEP]
    )
    nodes = {}
    for rule in rules:
        try:
            nodes[rule.achievement_id, str(rule.purpose)] = parse_rule(rule.tree)
        except BrokenRule:
            continue  # administrators are told where they look after it; it neither renews nor ends anything
    return nodes


def _to_keep(award: Award, rules: dict[tuple[int, str], Node], things: Things, at: datetime) -> list[Upkeep]:
    node = rules.get((award.achievement_id, Purpose.KEEP))
    if node is None or not award.is_lapsing_at(at) or award.recipient_id is None:
        return []
    outcome = how_far(node, [award.recipient_id], at=at)[award.recipient_id]
    if outcome.is_met:
        return []
    text = _("You no longer meet what it takes to keep it. It ends on %s unless you do again.")
    return [Upkeep(text % day(award.lapses_at), _progress(outcome), condition_texts(outcome.missing, things))]


def _to_renew(award: Award, rules: dict[tuple[int, str], Node], things: Things, at: datetime) -> list[Upkeep]:
    if not award.can_be_renewed_at(at) or award.recipient_id is None:
        return []
    until = day(award.renewal_ends)
    node = rules.get((award.achievement_id, Purpose.RENEW))
    if node is None:
        return [
            Upkeep(_nobody_renews_it_alone(award) % {"day": until, "email": award.achievement.issuer.email})
        ]
    outcome = how_far_since_renewal_opened(node, [award], at=at)[award.recipient_id]
    if outcome.is_met:
        return [Upkeep(_("You have done what it takes to renew it. It is renewed within the day."))]
    text = _("It can be renewed until %s. What you do for it now counts.") % until
    return [Upkeep(text, _progress(outcome), condition_texts(outcome.missing, things))]


def _nobody_renews_it_alone(award: Award) -> str:
    if award.achievement.issuer.email:
        return _("It can be renewed until %(day)s. Ask %(email)s.")
    return _("It can be renewed until %(day)s. Ask those who look after credentials.")


def _progress(outcome: Outcome) -> str:
    return _("%(done)s of %(needed)s done") % {"done": outcome.done, "needed": outcome.needed}
