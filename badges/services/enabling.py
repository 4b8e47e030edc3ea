"""Putting a rule in force after it was tried out, and awarding to everyone who meets it already."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from badges.criteria import Node, parse_rule
from badges.models import Achievement, Award, CriteriaRule
from badges.selectors.earning import who_would_earn
from badges.selectors.facts import CONTRIBUTION
from badges.selectors.trying_out import gone_from, things_in
from badges.services.awarding import award_all
from badges.services.rules import disable_rule, enable_rule
from lms.core.errors import ActionRefused
from lms.jobs.models import Job
from lms.jobs.services import start_job
from lms.people.models import User

FOLLOW_RULE = "badges.follow_rule"
Purpose = CriteriaRule.Purpose


def seen_of(rule: CriteriaRule) -> str:
    """Return what tells whether a rule has changed since somebody looked at it."""
    return rule.changed_at.isoformat()


@transaction.atomic
def put_in_force(*, rule: CriteriaRule, seen: str, actor: User, at: datetime) -> Job | None:
    """Let a rule work from now on, as it was looked at.

    Args:
        rule: The rule.
        seen: What `seen_of` said of the rule that was looked at.
        actor: Who decides it.
        at: Now.

    Returns:
        The job that awards to everyone who meets it already; None for a rule that renews or keeps, whose
        daily round begins within the hour.

    Raises:
        ActionRefused: It has changed since, asks for something that is gone, or its achievement is not open.
    """
    rule = CriteriaRule.objects.select_for_update().get(pk=rule.pk)
    achievement = Achievement.objects.select_related("live").get(pk=rule.achievement_id)
    if rule.is_enabled:
        raise ActionRefused(_("This rule is in force already. Your click changed nothing."))
    if seen != seen_of(rule):
        raise ActionRefused(
            _("The rule has changed since you looked. Nothing was put in force. This is what it does now.")
        )
    if achievement.state != Achievement.State.OPEN:
        raise ActionRefused(_("“%s” cannot be earned as yet. Open it first, then come back.") % achievement)
    node = parse_rule(rule.tree)
    gone = gone_from(node, things_in([node]))
    if any(each.kind == CONTRIBUTION for each in gone):
        raise ActionRefused(
            _(
                "The rule asks for contributions that nothing here records, so nobody could meet it. Edit it first."
            )
        )
    if gone:
        raise ActionRefused(
            _("The rule asks for something that no longer exists. Edit the rule, then try it out again.")
        )
    enable_rule(rule=rule, actor=actor, at=at)
    if rule.purpose != Purpose.EARN:
        return None
    return start_job(
        kind=FOLLOW_RULE,
        title=_("Award “%s” to everyone who meets its rule") % achievement,
        actor=actor,
        at=at,
        params={"rule": rule.pk, "tree": rule.tree},
    )


def rule_of(job: Job) -> tuple[CriteriaRule, Node] | None:
    """Return the rule that a job follows; None when it rests, has changed, or its achievement was retired."""
    rules = CriteriaRule.objects.in_force().select_related("achievement__live", "achievement__issuer")
    rule = rules.filter(pk=job.params["rule"]).first()
    return (rule, parse_rule(rule.tree)) if rule and rule.tree == job.params["tree"] else None


def award_by_rule(*, job: Job, people: Collection[int], at: datetime) -> int:
    """Award to those of some people who meet the rule of a job; returns how many."""
    followed = rule_of(job)
    if followed is None:
        return 0
    rule, node = followed
    meeting = who_would_earn(rule.achievement, node, at=at).filter(pk__in=people)
    pairs = [(rule.achievement, person) for person in meeting]
    return len(award_all(pairs=pairs, at=at, source=Award.Source.RULE, job=job).new)


def rest_rule_of(job: Job, *, actor: User | None, at: datetime) -> None:
    """Let the rule that a job follows rest, or the daily round would do again what is taken back."""
    if rule := CriteriaRule.objects.filter(pk=job.params.get("rule")).first():
        disable_rule(rule=rule, actor=actor, at=at)
