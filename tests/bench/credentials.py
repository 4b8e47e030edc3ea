"""What credentials cost: trying a rule out among 100,000 people, one more record, awarding, signing."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from statistics import median, quantiles
from time import perf_counter
from typing import NamedTuple
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from badges.criteria import Condition, Group, Node, to_json
from badges.models import Achievement, Award, CriteriaRule, Issuer
from badges.selectors.earning import who_would_earn
from badges.selectors.facts import people_who_meet
from badges.selectors.trying_out import conditions_nobody_meets, how_far, things_in, who_has_begun
from badges.services.achievements import make_achievement, open_achievement
from badges.services.awarding import award_all
from badges.services.following import follow_record
from badges.services.issuers import make_issuer
from badges.services.signing import sign_waiting, signed_text
from lms.people.batches import in_batches
from lms.people.models import JobRole, User
from lms.records.contributions import declare_contribution
from lms.records.models import LearningRecord
from lms.records.services import new_record, record_all
from tests.bench.figures import Figure, median_ratio
from tests.bench.workforce import TOTAL, make_workforce, tidy

ROUNDS = 7
PAGE = 25
RULES = 200
SIGNED = 400
LISTED = 10_000
MOST_TIMES_PLAIN = 5
MOST_QUERIES = 15
MOST_MILLISECONDS = 40
PATH, LESSON, EXERCISE, REVIEWED = uuid4(), uuid4(), uuid4(), uuid4()
EVERY = {
    PATH: ("completed", "path", 3),
    LESSON: ("completed", "lesson", 2),
    EXERCISE: ("completed", "exercise", 4),
    REVIEWED: ("measured", "achievement", 6),
    **{uuid4(): ("shared", "workflow", each) for each in (5, 10, 20)},
}
"""What has been done, and by every how manyth person."""


class Scene(NamedTuple):
    """What the figures are taken from."""

    issuer: Issuer
    people: list[int]


def credentials(say: Callable[[str], None]) -> Iterator[Figure]:
    """Yield every figure about credentials."""
    say(f"giving {TOTAL:,} people something to show")
    role, _ = JobRole.objects.get_or_create(code="customer-service", defaults={"name": "Customer service"})
    people = list(User.objects.order_by("pk").values_list("pk", flat=True))
    if len(people) < TOTAL:
        people = make_workforce(role).people
    now = timezone.now()
    issuer = make_issuer(
        slug="bench", name="Bench", base_url=settings.BASE_URL, actor="command:bench", at=now
    )
    scene = Scene(issuer, people)
    complete(scene)
    tidy()
    say("trying rules out, in turns with the plain question")
    for name, node in rules().items():
        yield from _trying_out(scene, name, node)
    say(f"following one record past {RULES} rules")
    yield from _following(scene)
    say(f"awarding to {LISTED:,} and signing {SIGNED}")
    yield from _awarding(scene)
    yield from _signing()


def complete(scene: Scene) -> None:
    """Let people have completed a path, a lesson, an exercise."""
    at = timezone.now() - timedelta(days=3)
    declare_contribution("workflow_shared", verb="shared", object_type="workflow", label="share a workflow")
    for object_id, (verb, kind, every) in EVERY.items():
        for batch in in_batches(scene.people[::every]):
            record_all(records=[_record(pk, verb, object_id, kind, at) for pk in batch])


def _record(pk: int, verb: str, object_id: UUID, kind: str, at: object) -> LearningRecord:
    result = {"score": {"prompt": pk % 101}} if kind == "exercise" else {}
    return new_record(
        actor=pk,
        verb=verb,
        object_type=kind,
        object_id=object_id,
        object_title="Something",
        at=at,  # type: ignore[arg-type]
        result=result,
    )


RESULT = Condition("measured_outcome", REVIEWED)


def contributed(number: int) -> Condition:
    """Return the condition to have contributed so many times."""
    return Condition("community_contribution", at_least=number)


def rules() -> dict[str, Node]:
    """Return rules such as companies have, by name."""
    path, lesson = Condition("path_completed", PATH), Condition("lesson_mastered", LESSON)
    scored = Condition("exercise_score", EXERCISE, "prompt", 70)
    return {
        "one_path": path,
        "all_three": Group(3, (path, lesson, scored)),
        "any_of_two": Group(1, (path, scored)),
        "two_of_three": Group(2, (path, lesson, scored)),
        "result_and_contributions": Group(2, (RESULT, contributed(2))),
    }


def _achievement(scene: Scene) -> Achievement:
    now = timezone.now()
    made = make_achievement(
        issuer=scene.issuer,
        actor=None,
        at=now,
        name="Measured",
        description="d",
        criteria="c",
        validity_months=12,
    )
    return open_achievement(achievement=made, actor=None, at=now)


def _trying_out(scene: Scene, name: str, node: Node) -> Iterator[Figure]:
    """Compare what the page of a rule asks with counting whom it reaches, in turns."""
    achievement, now = _achievement(scene), timezone.now()

    def plain() -> int:
        return people_who_meet(node, at=now).count()

    def try_out() -> None:
        earning = who_would_earn(achievement, node, at=now)
        begun = who_has_begun(achievement, node, at=now)
        list(earning.order_by("full_name", "pk")[:PAGE])
        how_far(node, [person.pk for person in begun.order_by("full_name", "pk")[:PAGE]], at=now)
        assert earning.count() == plain_count
        conditions_nobody_meets(node, at=now)
        things_in([node])

    plain_count = plain()
    plains, tried = [], []
    for _round in range(ROUNDS):
        plains.append(_seconds(plain))
        tried.append(_seconds(try_out))
    times = median_ratio(tried, plains) / 100
    yield Figure(f"try_rule_{name}", times, "x the plain question", f"<= {MOST_TIMES_PLAIN}")
    yield Figure(f"try_rule_{name}_took", 1000 * median(tried), "ms")
    yield Figure(f"try_rule_{name}_reaches", plain_count, "people")


def _following(scene: Scene) -> Iterator[Figure]:
    met = _achievement(scene)
    of_every_kind = (
        Condition("path_completed", PATH),
        Condition("badge_held", uuid4()),
        Condition("manager_attested", uuid4()),
        RESULT,
        contributed(3),
    )
    CriteriaRule.objects.create(achievement=met, is_enabled=True, tree=to_json(Group(1, of_every_kind)))
    both = Group(2, (Condition("path_completed", PATH), Condition("path_completed", uuid4())))
    for _number in range(RULES):
        CriteriaRule.objects.create(achievement=_achievement(scene), is_enabled=True, tree=to_json(both))
    completed = LearningRecord.objects.select_related("actor").filter(object_id=PATH)
    record = completed.order_by("pk").first()
    assert record is not None, "every third person has completed it"
    with CaptureQueriesContext(connection) as asked:
        follow_record(record=record, at=timezone.now())
    assert Award.objects.filter(achievement=met).count() == 1
    statements = [
        query for query in asked if query["sql"].startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))
    ]
    yield Figure("follow_one_record_queries", len(statements), "queries", f"<= {MOST_QUERIES}")


def _awarding(scene: Scene) -> Iterator[Figure]:
    achievement = _achievement(scene)
    began_at = perf_counter()
    for batch in in_batches(scene.people[:LISTED]):
        people = User.objects.filter(pk__in=batch)
        award_all(
            pairs=[(achievement, person) for person in people], at=timezone.now(), source=Award.Source.LIST
        )
    yield Figure("award_10000_took", perf_counter() - began_at, "s")
    yield Figure("award_10000_made", Award.objects.filter(achievement=achievement).count(), "awards")


def _signing() -> Iterator[Figure]:
    now = timezone.now()
    waiting = list(Award.objects.unsigned().order_by("pk")[: SIGNED + 1])
    signed_text(award=waiting[0], format="json", at=now)  # loads what is loaded once
    took = [1000 * _seconds(partial(signed_text, award=each, format="jwt", at=now)) for each in waiting[1:]]
    yield Figure("sign_median", median(took), "ms")
    yield Figure("sign_p95", quantiles(took, n=20)[-1], "ms", f"<= {MOST_MILLISECONDS}")
    began_at = perf_counter()
    number = sign_waiting(now=now, until=timezone.now() + timedelta(seconds=10))
    yield Figure("signed_by_a_worker", number / (perf_counter() - began_at), "awards a second")


def _seconds(work: Callable[[], object]) -> float:
    began_at = perf_counter()
    work()
    return perf_counter() - began_at
