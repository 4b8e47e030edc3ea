"""What rules cost among 100,000 people: looking at their effect, applying them, and the pages that list people."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import LearningPathPage, MicroLessonPage
from lms.jobs.models import Job
from lms.jobs.services import run_jobs
from lms.paths.models import Assignment, Enrollment
from lms.paths.selectors.previews import preview_rule
from lms.paths.services import RuleText, confirm_rule, create_rule, edit_rule
from lms.people.audience_rules import parse_rule
from lms.people.models import JobRole, User
from lms.people.selectors import company_today, people_matching
from tests.bench import company, counting
from tests.bench.figures import Figure, median_ratio
from tests.bench.workforce import TOTAL, Workforce, complete_for_some, make_workforce, tidy

EVERYONE: dict[str, Any] = {"all": []}
ROUNDS = 7
FEW = 10_000
BATCH = 1000
MOST_PREVIEW_QUERIES = 10
MOST_TIMES_A_COUNT = 5
LEAST_OF_BARE = 25
MOST_TIMES_THE_MEMORY = 1.3


class LongPage(NamedTuple):
    """A page about many people.

    Attributes:
        head: Whether the manager of 2,000 people asks for it, and not an administrator.
        queries: Most queries it may ask.
    """

    name: str
    address: str
    queries: int
    head: bool = False


LONG_PAGES = [
    LongPage("people_list", "/manage/people/", queries=10),
    LongPage("people_of_a_role", "/manage/people/?role=role-0", queries=10),
    LongPage("team", "/team/", queries=15, head=True),
]


class Scene(NamedTuple):
    """What the figures are taken from."""

    workforce: Workforce
    admin: User
    lessons: list[Any]
    role: JobRole

    def path(self) -> LearningPathPage:
        """Publish another path of three lessons."""
        number = LearningPathPage.objects.count()
        return company.make_path(self.lessons[:3], self.role, slug=f"assigned-{number}")


def assigned(say: Callable[[str], None]) -> Iterator[Figure]:
    """Yield every figure about assignment rules and about pages of many people."""
    say(f"giving {TOTAL:,} people a place")
    role, _ = JobRole.objects.get_or_create(code="customer-service", defaults={"name": "Customer service"})
    lessons = list(MicroLessonPage.objects.all()[:3]) or company.make_lessons(3)
    workforce = make_workforce(role)
    admin = User.objects.get(pk=workforce.people[0])
    admin.groups.add(Group.objects.get(name="Admins"))
    scene = Scene(workforce, admin, lessons, role)
    required = scene.path()
    complete_for_some(scene.workforce.people, required)
    say("looking at the effect of rules")
    tidy()
    for name, audience in audiences(scene, required).items():
        yield from _preview(name, _draft(scene, scene.path(), audience))
    say("looking at the effect of rules that are in force")
    in_force = {
        f"{name}_in_force": _put_into_force(scene, audience)
        for name, audience in audiences(scene, required).items()
    }
    tidy()
    for name, rule in in_force.items():
        yield from _preview(name, rule)
    yield from _narrowing(scene, in_force["everyone_in_force"], audiences(scene, required)["reporting_line"])
    say("applying a rule, in turns with bare rows")
    yield from _applying(scene)
    say("measuring memory")
    yield from _memory(scene)
    say("counting queries of long pages")
    yield from _long_pages(scene)


def audiences(scene: Scene, required: LearningPathPage) -> dict[str, Any]:
    """Return audiences such as companies have, by name."""
    workforce = scene.workforce
    return {
        "role_and_location": {"all": [{"role": [workforce.role]}, {"location": ["Berlin", "Porto"]}]},
        "unit_and_hire": {"all": [{"unit": [workforce.division]}, {"hired_within_days": 365}]},
        "reporting_line": {"reports_to": str(workforce.head.public_id)},
        "two_groups": {
            "any": [
                {"all": [{"unit": [workforce.division]}, {"location": ["Berlin"]}]},
                {"all": [{"role": [workforce.role]}, {"hired_within_days": 90}]},
            ]
        },
        "path_missing": {"not": {"completed_path": [str(required.uuid)]}},
        "everyone": EVERYONE,
    }


def _preview(name: str, rule: Assignment) -> Iterator[Figure]:
    """Compare looking at a rule with counting its audience, in turns."""
    version = rule.versions.get()
    counts, previews = [], []
    for _ in range(ROUNDS):
        counts.append(
            _seconds(lambda: people_matching(parse_rule(version.audience), company_today()).count())
        )
        previews.append(_seconds(lambda: preview_rule(rule, version, timezone.now())))
    times = median_ratio(previews, counts) / 100
    with CaptureQueriesContext(connection) as asked:
        preview_rule(rule, version, timezone.now())
    yield Figure(f"preview_{name}", times, "x a count", f"<= {MOST_TIMES_A_COUNT}")
    yield Figure(f"preview_{name}_took", 1000 * median(previews), "ms")
    yield Figure(f"preview_{name}_queries", len(asked), "queries", f"<= {MOST_PREVIEW_QUERIES}")


def _narrowing(scene: Scene, rule: Assignment, audience: Any) -> Iterator[Figure]:
    """Look at a rule for everyone that shall be for 2,000 people; to name those who lose it all must be read."""
    text, now = RuleText(audience=audience), timezone.now()
    version = edit_rule(rule=rule, name=rule.name, text=text, actor=scene.admin, at=now)
    took = [_seconds(lambda: preview_rule(rule, version, timezone.now())) for _ in range(ROUNDS)]
    yield Figure("preview_98000_lose_it_took", 1000 * median(took), "ms")
    version.delete()


def _put_into_force(scene: Scene, audience: Any) -> Assignment:
    """Return a rule as it stands after it has been applied to everyone in its audience."""
    path = scene.path()
    rule = _draft(scene, path, audience)
    version = rule.versions.get()
    rule.live, rule.state = version, Assignment.State.ACTIVE
    rule.save()
    version.confirmed_at = timezone.now()
    version.save()
    found = people_matching(parse_rule(audience), company_today()).order_by("pk").values_list("pk", flat=True)
    now = timezone.now()
    Enrollment.objects.bulk_create(
        (
            Enrollment(learner_id=pk, path=path, source="rule", version=version, enrolled_at=now)
            for pk in found
        ),
        batch_size=2000,
    )
    return rule


def _seconds(work: Callable[[], object]) -> float:
    began_at = perf_counter()
    work()
    return perf_counter() - began_at


def _draft(scene: Scene, path: LearningPathPage, audience: Any) -> Assignment:
    text = RuleText(audience=audience, due_basis="assigned", due_days=14)
    return create_rule(name="A rule", path=path, text=text, actor=scene.admin, at=timezone.now())


def _confirm(scene: Scene, path: LearningPathPage, audience: Any) -> Job:
    rule, now = _draft(scene, path, audience), timezone.now()
    preview = preview_rule(rule, rule.versions.get(), now)
    return confirm_rule(rule=rule, seen=preview.seen, typed=str(preview.affected), actor=scene.admin, at=now)


def _applying(scene: Scene) -> Iterator[Figure]:
    """Take turns of about a second: the job runner, and as many bare rows of the same people on another path."""
    path, bare_path = scene.path(), scene.path()
    job = _confirm(scene, path, EVERYONE)
    ours, theirs, total = [], [], 0
    while total < TOTAL:
        began_at = perf_counter()
        handled = run_jobs(for_seconds=1)
        ours.append(handled / (perf_counter() - began_at))
        rows = Enrollment.objects.filter(path=path).order_by("pk")[total : total + handled]
        bare = [_copied(row, bare_path) for row in rows]
        batches = [bare[first : first + BATCH] for first in range(0, handled, BATCH)]
        theirs.append(handled / sum(_seconds(partial(_insert, batch)) for batch in batches))
        total += handled
    run_jobs(for_seconds=60)
    _require_done(job, TOTAL)
    yield Figure("apply_vs_bare", median_ratio(ours, theirs), "%", f">= {LEAST_OF_BARE}")
    yield Figure("apply_rate", median(ours), "enrollments/s")
    yield Figure("bare_bulk_create_rate", median(theirs), "enrollments/s")


def _require_done(job: Job, people: int) -> None:
    job.refresh_from_db()
    if (job.state, job.done_count, job.failed_count) != (Job.State.DONE, people, 0):
        raise counting.Unexpected(
            f"The job is {job.state} with {job.done_count} done, {job.failed_count} failed."
        )


def _copied(row: Enrollment, path: LearningPathPage) -> Enrollment:
    row.pk, row.path = None, path
    row._state.adding = True
    return row


@transaction.atomic
def _insert(rows: list[Enrollment]) -> None:
    Enrollment.objects.bulk_create(rows)


def _memory(scene: Scene) -> Iterator[Figure]:
    """Let a fresh worker each apply a rule to 10,000 and to 100,000 people, and compare how much memory they had."""
    few = JobRole.objects.create(code="few", name="Few")
    User.objects.filter(pk__in=scene.workforce.people[:FEW]).update(job_role=few)
    tidy()
    peaks = []
    for audience, people in (({"role": ["few"]}, FEW), (EVERYONE, TOTAL)):
        job = _confirm(scene, scene.path(), audience)
        command = [sys.executable, "-m", "tests.bench.worker"]
        worker = subprocess.run(command, capture_output=True, text=True, check=True)
        _require_done(job, people)
        peaks.append(json.loads(worker.stdout)["peak_kilobytes"])
    yield Figure("apply_memory_100000_vs_10000", peaks[1] / peaks[0], "x", f"<= {MOST_TIMES_THE_MEMORY}")
    yield Figure("apply_memory_100000", peaks[1] / 1024, "MB")


def _long_pages(scene: Scene) -> Iterator[Figure]:
    """Count the queries of each page with everyone in it; that they are the same with few, tests say."""
    for page in LONG_PAGES:
        client = counting.browser_of(scene.workforce.head if page.head else scene.admin)
        cost = counting.cost_of(client, page.address)
        yield Figure(f"{page.name}_queries", cost.queries, "queries", f"<= {page.queries}")
        took = median(_seconds(partial(client.get, page.address)) for _ in range(ROUNDS))
        yield Figure(f"{page.name}_took", 1000 * took, "ms")
