"""What waits for an administrator's decision. A part of Praxis that needs one adds a function to `QUESTIONS`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.selectors.nominations import short_of_reviewers
from badges.services.listing import AWARD_LISTED
from lms.core.selectors import unsealed_since
from lms.jobs.models import Job
from lms.paths.models import Assignment, AssignmentVersion
from lms.paths.selectors.following import waiting_since
from lms.paths.services.enrolling import ENROLL_LISTED
from lms.people.models import User
from lms.records.models import SetAsideRecord
from lms.web.credential_words import reviewers_sentence
from lms.web.job_plans import PLANS, plan_address
from lms.web.people_page import missing_condition

COUNTED = 1000
RULES_SHOWN = 20
JOBS_LOOKED_AT = timedelta(days=14)
SEALED_WITHIN = timedelta(minutes=15)
"""The trail is sealed once a minute; after this long, nobody is doing it."""


@dataclass(frozen=True)
class Decision:
    """One thing that waits, with the one thing to do about it.

    Attributes:
        title: What waits, in words.
        detail: What follows from it, and what to do.
        url: Where it is done; empty when it is done outside of Praxis, as `detail` says.
        action_label: What the link says.
        count: How many things wait.
    """

    title: str
    detail: str
    url: str
    action_label: str
    count: int = 1


Question = Callable[[datetime], list[Decision]]


def open_decisions(now: datetime) -> list[Decision]:
    """Return what waits, in the order of `QUESTIONS`; one query for each of these."""
    return [decision for question in QUESTIONS for decision in question(now)]


def people_without_a_place(_now: datetime) -> list[Decision]:
    """Find people who work here and of whom role, unit or manager is missing; rules cannot reach them."""
    missing = User.objects.current().aggregate(
        role=Count("pk", filter=missing_condition("role")),
        unit=Count("pk", filter=missing_condition("unit")),
        manager=Count("pk", filter=missing_condition("manager")),
    )
    if missing["manager"] == 1:  # Somebody leads the company.
        missing["manager"] = 0
    words = {
        "role": (
            ngettext(
                "%(count)s person has no job role", "%(count)s people have no job role", missing["role"]
            ),
            _("They get no path of a role. Add the role in the HR system; the next import brings it."),
        ),
        "unit": (
            ngettext("%(count)s person has no unit", "%(count)s people have no unit", missing["unit"]),
            _("Rules for a unit pass them by. Add the unit in the HR system; the next import brings it."),
        ),
        "manager": (
            ngettext(
                "%(count)s person has no manager", "%(count)s people have no manager", missing["manager"]
            ),
            _(
                "One of them may lead the company; the others are on no team page. Add their manager in the HR system."
            ),
        ),
    }
    return [
        Decision(
            title=title % {"count": f"{missing[what]:,}"},
            detail=detail,
            url=f"{reverse('manage-people')}?missing={what}",
            action_label=_("See who"),
            count=missing[what],
        )
        for what, (title, detail) in words.items()
        if missing[what]
    ]


def circles_in_the_reporting_line(_now: datetime) -> list[Decision]:
    """Find where circles of managers were cut: the lines then do not know a person's own manager."""
    cut = User.objects.current().filter(missing_condition("line")).values("pk")[:COUNTED].count()
    if not cut:
        return []
    return [
        Decision(
            title=ngettext(
                "%(count)s reporting line goes in a circle", "%(count)s reporting lines go in a circle", cut
            )
            % {"count": cut},
            detail=_(
                "Somebody reports, over others, to themselves. Until the HR system is corrected, we take the person "
                "listed here to have no manager."
            ),
            url=f"{reverse('manage-people')}?missing=line",
            action_label=_("See where"),
            count=cut,
        )
    ]


def records_set_aside(_now: datetime) -> list[Decision]:
    """Find learning records that a part of Praxis failed on, again and again."""
    found = SetAsideRecord.objects.values("pk")[:COUNTED].count()
    if not found:
        return []
    return [
        Decision(
            title=ngettext(
                "%(count)s learning record could not be handled",
                "%(count)s learning records could not be handled",
                found,
            )
            % {"count": f"{found:,}"},
            detail=_(
                "Nothing is lost: the records are kept, and all others went through. Find the cause in the log of the "
                "worker, then run: manage.py replay_consumer"
            ),
            url="",
            action_label="",
            count=found,
        )
    ]


def audit_trail_unsealed(now: datetime) -> list[Decision]:
    """Find out whether nobody seals the audit trail any more."""
    since = unsealed_since(now, longer_than=SEALED_WITHIN)
    if since is None:
        return []
    return [
        Decision(
            title=_("The audit trail is not being sealed"),
            detail=_(
                "Since %(moment)s entries are written but not chained, so a later change of them would not show. "
                "Background work has probably stopped: see that worker and beat are running."
            )
            % {"moment": date_format(localtime(since), "j F Y, H:i")},
            url=reverse("manage-audit"),
            action_label=_("Open the audit trail"),
        )
    ]


def rules_that_rest(_now: datetime) -> list[Decision]:
    """Find assignment rules that cannot be applied, or that were paused because most would leave; one by one."""
    states = [Assignment.State.ACTIVE, Assignment.State.PAUSED]
    resting = Assignment.objects.filter(state__in=states).exclude(problem="")
    return [
        Decision(
            title=_("The rule “%s” rests") % rule.name,
            detail=_("%s Until then nobody gains or loses anything by it.") % rule.problem,
            url=reverse("manage-rule", args=[rule.public_id]),
            action_label=_("Correct the rule"),
        )
        for rule in resting.order_by("name")[:RULES_SHOWN]
    ]


def drafts_of_rules(_now: datetime) -> list[Decision]:
    """Find texts of rules that nobody has confirmed."""
    waiting = AssignmentVersion.objects.filter(confirmed_at=None).count()
    if not waiting:
        return []
    return [
        Decision(
            title=ngettext(
                "%(count)s assignment rule waits to be confirmed",
                "%(count)s assignment rules wait to be confirmed",
                waiting,
            )
            % {"count": waiting},
            detail=_(
                "They do nothing before. Look at the people they concern, then confirm or throw them away."
            ),
            url=reverse("manage-rules"),
            action_label=_("See the rules"),
            count=waiting,
        )
    ]


def jobs_that_stopped(now: datetime) -> list[Decision]:
    """Find jobs that an error stopped lately."""
    lately = Job.objects.filter(state=Job.State.FAILED, finished_at__gte=now - JOBS_LOOKED_AT)
    stopped = lately.filter(undone_by=None).order_by("-finished_at")[:RULES_SHOWN]
    return [
        Decision(
            title=_("“%s” was stopped by an error") % job.title,
            detail=job.error or _("What was done before stays done. Continue it, or take it back."),
            url=reverse("manage-job", args=[job.public_id]),
            action_label=_("Open the job"),
        )
        for job in stopped
    ]


def plans_that_wait(_now: datetime) -> list[Decision]:
    """Find planned jobs that nobody has confirmed or discarded, to enroll people and to award credentials."""
    rows = Job.objects.filter(state=Job.State.PREVIEWED, kind__in=PLANS).only("public_id", "kind", "state")
    waiting = list(rows[:COUNTED])
    enrolling = [job for job in waiting if job.kind == ENROLL_LISTED]
    awarding = [job for job in waiting if job.kind == AWARD_LISTED]
    enroll_title = ngettext(
        "%(count)s plan to enroll people waits", "%(count)s plans to enroll people wait", len(enrolling)
    )
    award_title = ngettext(
        "%(count)s plan to award a credential waits",
        "%(count)s plans to award credentials wait",
        len(awarding),
    )
    nobody_enrolled = _(
        "Nobody is enrolled before somebody confirms. Look at the lines, then confirm or discard."
    )
    nobody_awarded = _(
        "Nobody is awarded before somebody confirms. Look at the lines, then confirm or discard."
    )
    return [
        *_waiting_plans(enrolling, enroll_title, nobody_enrolled),
        *_waiting_plans(awarding, award_title, nobody_awarded),
    ]


def _waiting_plans(jobs: list[Job], title: str, detail: str) -> list[Decision]:
    if not jobs:
        return []
    is_one = len(jobs) == 1
    return [
        Decision(
            title=title % {"count": len(jobs)},
            detail=detail,
            url=plan_address(jobs[0]) if is_one else reverse("manage-jobs"),
            action_label=_("Look at the plan") if is_one else _("See the jobs"),
            count=len(jobs),
        )
    ]


def achievements_short_of_reviewers(_now: datetime) -> list[Decision]:
    """Find achievements that more reviewers have to agree on than there are; one query more when some are reviewed."""
    short, count = short_of_reviewers()
    return [
        Decision(
            title=_("“%(name)s” asks for %(needed)d reviewers")
            % {"name": achievement, "needed": achievement.live.reviewers_needed},
            detail=reviewers_sentence(achievement.live.reviewers_needed, count),
            url=reverse("manage-settings"),
            action_label=_("Name reviewers"),
        )
        for achievement in short[:RULES_SHOWN]
        if achievement.live is not None
    ]


def people_not_followed(now: datetime) -> list[Decision]:
    """Find out whether nobody brings rules in line with people any more."""
    since = waiting_since()
    if since is None or now - since < SEALED_WITHIN:
        return []
    return [
        Decision(
            title=_("Rules do not follow people any more"),
            detail=_(
                "Since %(moment)s facts about people have changed, and nobody gained or lost a path by it. Nothing is "
                "lost: it is made up for. See that worker and beat are running, and look into the worker's log."
            )
            % {"moment": date_format(localtime(since), "j F Y, H:i")},
            url="",
            action_label="",
        )
    ]


QUESTIONS: tuple[Question, ...] = (
    people_without_a_place,
    circles_in_the_reporting_line,
    rules_that_rest,
    people_not_followed,
    drafts_of_rules,
    plans_that_wait,
    jobs_that_stopped,
    achievements_short_of_reviewers,
    records_set_aside,
    audit_trail_unsealed,
)
