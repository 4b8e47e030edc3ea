"""Rules as administrators write them: stored, tried out, enabled, put to rest."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from badges.criteria import (
    BrokenRule,
    Node,
    badges_in_a_circle,
    conditions_of,
    parse_rule,
)
from badges.models import Achievement, CriteriaRule
from badges.services.history import actor_name
from lms.core.errors import ActionRefused
from lms.core.services import write_audit_entry
from lms.people.models import User


@transaction.atomic
def save_rule(
    *,
    achievement: Achievement,
    tree: dict[str, Any],
    actor: User | None,
    at: datetime,
    purpose: str = "earn",
    notice_days: int | None = None,
) -> CriteriaRule:
    """Store a rule; a rule that has changed rests until it is enabled again.

    Args:
        achievement: What it is about.
        tree: The conditions, as `badges.criteria` reads them.
        actor: Who writes it; None for Praxis itself.
        at: Now.
        purpose: One of `CriteriaRule.Purpose`.
        notice_days: Days between a warning and the end of what is no longer met; None leaves them as they are.

    Raises:
        ActionRefused: It is no rule, or a badge would wait for itself.
    """
    try:
        node = parse_rule(tree)
    except BrokenRule as error:
        raise ActionRefused(str(error)) from None
    _refuse_circles(achievement, node)
    rule: CriteriaRule
    notice = {} if notice_days is None else {"notice_days": notice_days}
    rule, is_new = CriteriaRule.objects.select_for_update().get_or_create(
        achievement=achievement, purpose=purpose, defaults={"tree": tree, **notice}
    )
    before = None if is_new else _says(rule)
    if not is_new and (rule.tree != tree or rule.notice_days != notice.get("notice_days", rule.notice_days)):
        rule.tree, rule.is_enabled = tree, False
        rule.notice_days = notice.get("notice_days", rule.notice_days)
        rule.save(update_fields=["tree", "notice_days", "is_enabled", "changed_at"])
    after = _says(rule)
    if before != after:
        _audit("save_rule", rule, actor, at, before=before, after=after)
    return rule


def _says(rule: CriteriaRule) -> dict[str, Any]:
    notice = {"notice_days": rule.notice_days} if rule.purpose == CriteriaRule.Purpose.KEEP else {}
    return {"conditions": rule.tree, "enabled": rule.is_enabled, **notice}


def _refuse_circles(achievement: Achievement, node: Node) -> None:
    rows = CriteriaRule.objects.exclude(achievement=achievement).values_list("achievement__public_id", "tree")
    asks: dict[UUID, list[UUID]] = {achievement.public_id: _badges_in(node)}
    for public_id, tree in rows:
        asks.setdefault(public_id, []).extend(_badges_in(parse_rule(tree)))
    circle = badges_in_a_circle(asks)
    if circle:
        names = dict(Achievement.objects.filter(public_id__in=circle).values_list("public_id", "live__name"))
        trail = " → ".join(str(names.get(each, "?")) for each in [*circle, circle[0]])
        raise ActionRefused(
            _("Nobody could ever earn this: %(trail)s. Take one of them out.") % {"trail": trail}
        )


def _badges_in(node: Node) -> list[UUID]:
    return [each.object_id for each in conditions_of(node) if each.kind == "badge_held" and each.object_id]


@transaction.atomic
def enable_rule(*, rule: CriteriaRule, actor: User | None, at: datetime) -> CriteriaRule:
    """Let a rule work by itself from now on; whoever meets it already is awarded by the next round."""
    return _switch(rule, actor, at, is_enabled=True)


@transaction.atomic
def disable_rule(*, rule: CriteriaRule, actor: User | None, at: datetime) -> CriteriaRule:
    """Let a rule rest; whatever it has awarded stays."""
    return _switch(rule, actor, at, is_enabled=False)


def _switch(rule: CriteriaRule, actor: User | None, at: datetime, *, is_enabled: bool) -> CriteriaRule:
    rule = CriteriaRule.objects.select_for_update().get(pk=rule.pk)
    if rule.is_enabled != is_enabled:
        rule.is_enabled = is_enabled
        rule.enabled_at, rule.enabled_by = (at, actor) if is_enabled else (None, None)
        rule.save(update_fields=["is_enabled", "enabled_at", "enabled_by", "changed_at"])
        _audit(
            "enable_rule" if is_enabled else "disable_rule", rule, actor, at, after={"enabled": is_enabled}
        )
    return rule


def _audit(action: str, rule: CriteriaRule, actor: User | None, at: datetime, **rest: Any) -> None:
    write_audit_entry(
        actor=actor_name(actor),
        action=f"badges.{action}",
        object_type="achievement",
        object_id=str(rule.achievement.public_id),
        at=at,
        **rest,
    )
