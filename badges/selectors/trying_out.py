"""What a rule would do, read before it does anything: whom it reaches, who is on the way, what is wrong with it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, QuerySet

from badges.criteria import Condition, Group, Node, Outcome, conditions_of, evaluate, is_met_by_any_condition
from badges.models import Achievement, Award
from badges.selectors.earning import earnable
from badges.selectors.facts import CONTRIBUTION, facts_about, people_who_meet
from courses.models import LearningPathPage, MicroLessonPage
from lms.people.models import User
from lms.records.contributions import contributions
from lms.records.models import LearningRecord
from sandbox.models import Exercise

PATH, LESSON, EXERCISE = "path_completed", "lesson_mastered", "exercise_score"
BADGE, WORD, RESULT = "badge_held", "manager_attested", "measured_outcome"


@dataclass(frozen=True)
class Thing:
    """What a condition asks for.

    Attributes:
        name: What it is called; of one that is gone as it was called last, empty when nobody ever came to it.
        is_there: Whether it still exists.
        is_published: Whether people can come to it now.
        takes_nominations: Of an achievement: whether people can be put forward for it now.
    """

    name: str
    is_there: bool = True
    is_published: bool = True
    takes_nominations: bool = False


Things = Mapping[UUID, Thing]
GONE = Thing("", is_there=False, is_published=False)


def things_in(nodes: Iterable[Node]) -> dict[UUID, Thing]:
    """Return what the conditions of rules are about, by id; one query for each kind, and one for what is gone."""
    asked: dict[str, set[UUID]] = {}
    for node in nodes:
        for condition in conditions_of(node):
            kind = BADGE if condition.kind in {WORD, RESULT} else condition.kind
            if condition.object_id is not None:
                asked.setdefault(kind, set()).add(condition.object_id)
    found: dict[UUID, Thing] = {}
    learned: dict[str, Any] = {PATH: LearningPathPage, LESSON: MicroLessonPage, EXERCISE: Exercise}
    for kind, model in learned.items():
        if ids := asked.get(kind):
            rows = model.objects.filter(uuid__in=ids).values_list("uuid", "title", "live")
            found |= {uuid: Thing(title, is_published=live) for uuid, title, live in rows}
    if ids := asked.get(BADGE):
        achievements = Achievement.objects.filter(public_id__in=ids)
        named = achievements.values_list(
            "public_id", "live__name", "slug", "state", "live__takes_nominations"
        )
        for uuid, name, slug, state, takes in named:
            is_open = state == Achievement.State.OPEN
            found[uuid] = Thing(name or slug, is_published=is_open, takes_nominations=is_open and bool(takes))
    gone = {each for ids in asked.values() for each in ids} - set(found)
    return found | _gone(gone)


def _gone(ids: Collection[UUID]) -> dict[UUID, Thing]:
    """Return what is gone, as people's records still call it."""
    if not ids:
        return {}
    records = LearningRecord.objects.filter(object_id__in=ids).order_by().values_list("object_id")
    titles = dict(records.annotate(Max("object_title")))
    return {each: Thing(titles.get(each, ""), is_there=False, is_published=False) for each in ids}


def thing_of(condition: Condition, things: Things) -> Thing:
    """Return what a condition asks for: one of some things, or the contributions that some app records."""
    if condition.kind != CONTRIBUTION:
        return things.get(condition.object_id, GONE) if condition.object_id else GONE
    declared = contributions(condition.part)
    if not declared:
        return Thing(condition.part, is_there=False, is_published=False)
    return Thing(str(declared[0].label) if condition.part else "")


def gone_from(node: Node, things: Things) -> list[Condition]:
    """Return the conditions of a rule about something that does not exist, in its order."""
    return [each for each in conditions_of(node) if not thing_of(each, things).is_there]


def conditions_nobody_meets(node: Node, *, at: datetime) -> list[Condition]:
    """Return the conditions that hold for nobody at all, in the order of the rule; one query."""
    conditions = list(dict.fromkeys(conditions_of(node)))
    met = {f"met_{number}": Exists(people_who_meet(each, at=at)) for number, each in enumerate(conditions)}
    row = User.objects.order_by("pk").values("pk").annotate(**met).first()
    return [each for number, each in enumerate(conditions) if row is None or not row[f"met_{number}"]]


def who_has_begun(achievement: Achievement, node: Node, *, at: datetime) -> QuerySet[User]:
    """Return everyone who meets a condition of a rule and not the rule, and to whom it may give the achievement.

    Nobody is listed for what they practice: it is private, and being here would tell.
    """
    nobody: QuerySet[User] = User.objects.none()
    shown = tuple(dict.fromkeys(each for each in conditions_of(node) if each.kind != EXERCISE))
    if not shown or is_met_by_any_condition(node):
        return nobody
    begun = people_who_meet(Group(1, shown), at=at)
    meeting = people_who_meet(node, at=at).values("pk")
    return earnable(begun, achievement, at=at).exclude(pk__in=meeting)


def how_far(node: Node, people: Collection[int], *, at: datetime) -> dict[int, Outcome]:
    """Return how far some people are with a rule, by their keys; as many queries as `facts_about`."""
    facts = facts_about(people=people, nodes=[node], at=at) if people else {}
    return {key: evaluate(node, known) for key, known in facts.items()}


def how_far_since_renewal_opened(node: Node, awards: Sequence[Award], *, at: datetime) -> dict[int, Outcome]:
    """Return how far holders are with a rule of renewal, by their keys: what they did before does not count.

    Args:
        node: The rule.
        awards: Some awards whose window of renewal is open, with their versions.
        at: Now.
    """
    since = {
        award.recipient_id: award.renewal_opens
        for award in awards
        if award.recipient_id is not None and award.renewal_opens is not None
    }
    facts = facts_about(people=list(since), nodes=[node], at=at, since=since) if since else {}
    return {key: evaluate(node, known) for key, known in facts.items()}
