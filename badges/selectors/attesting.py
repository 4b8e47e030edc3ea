"""The words of managers: which ones rules ask for about a person, and which were given."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from badges.criteria import conditions_of, parse_rule
from badges.models import Achievement, Attestation, CriteriaRule
from badges.selectors.earning import standing_awards
from lms.people.models import ReportingLine, User
from lms.people.permissions import is_admin

WORD = "manager_attested"


@dataclass(frozen=True)
class WordAsked:
    """One achievement on which somebody above a person may give their word, or has given it.

    Attributes:
        word: What was said; None when nobody has.
        is_asked: Whether a rule in force asks for it now.
        is_outdated: Whether it was said before the time for renewal began, and the rule of renewal asks for a new one.
    """

    achievement: Achievement
    word: Attestation | None
    is_asked: bool
    is_outdated: bool

    @property
    def is_needed(self) -> bool:
        """Whether a new word would count."""
        return self.is_asked and (self.word is None or self.is_outdated)


def words_asked_about(person: User, *, at: datetime) -> list[WordAsked]:
    """Return every achievement on which a word about a person is asked for or was given, by name.

    What the person has done so far makes no difference to what is in the list, so that it tells nothing about it; only
    whoever vouched before learns that a renewal asks for a new word.

    Cost: two queries, one more when anything is asked for, and one for each rule of renewal that asks for a word.
    """
    rules = _rules_by_word()
    given = {word.achievement.public_id: word for word in words_about(person)}
    achievements = {word.achievement.public_id: word.achievement for word in given.values()}
    if missing := set(rules) - set(achievements):
        found = Achievement.objects.filter(public_id__in=missing).select_related("live")
        achievements |= {each.public_id: each for each in found}
    asked = [
        WordAsked(
            achievement,
            given.get(public_id),
            public_id in rules,
            _is_outdated(given.get(public_id), rules.get(public_id, ()), person, at),
        )
        for public_id, achievement in achievements.items()
    ]
    return sorted(asked, key=lambda each: str(each.achievement).casefold())


def words_about(person: User) -> QuerySet[Attestation]:
    """Return what managers have said about a person, the newest first; one query.

    Each has `giver_is_above`: whether whoever gave it works here and is above the person now.
    """
    words = Attestation.objects.filter(person=person)
    above = ReportingLine.objects.filter(manager=OuterRef("attested_by"), report=OuterRef("person"))
    known = {"giver_is_above": Exists(above.exclude(manager__status=User.Status.LEFT))}
    words = words.annotate(**known)
    return words.select_related("achievement__live", "attested_by").order_by("-at", "-pk")


def can_take_back(word: Attestation, actor: User) -> bool:
    """Return whether somebody may take a word back: who gave it, or in their stead whoever is responsible now.

    In their stead, once they are no longer above the person: whoever is, and administrators; never the person.

    Args:
        word: One of `words_about`.
        actor: Who would take it back.

    Cost: one query at most.
    """
    if word.attested_by_id == actor.pk:
        return True
    if word.giver_is_above or word.person_id == actor.pk:
        return False
    lines = ReportingLine.objects.filter(manager=actor, report=word.person_id)
    return bool(is_admin(actor)) or lines.exists()


def _rules_by_word() -> Mapping[UUID, list[CriteriaRule]]:
    """Return the rules in force by the achievements on which they ask for a word."""
    rules: dict[UUID, list[CriteriaRule]] = {}
    for rule in CriteriaRule.objects.in_force().select_related("achievement"):
        for condition in conditions_of(parse_rule(rule.tree)):
            if condition.kind == WORD and condition.object_id:
                rules.setdefault(condition.object_id, []).append(rule)
    return rules


def _is_outdated(word: Attestation | None, rules: Iterable[CriteriaRule], person: User, at: datetime) -> bool:
    if word is None:
        return False
    renewals = [rule.achievement for rule in rules if rule.purpose == CriteriaRule.Purpose.RENEW]
    return any(
        award.can_be_renewed_at(at) and award.renewal_opens is not None and word.at < award.renewal_opens
        for achievement in renewals
        for award in standing_awards(achievement).filter(recipient=person).select_related("version")
    )
