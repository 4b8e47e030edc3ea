"""Credentials of the demo company: one for each path, and one from last year that is about to expire."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from badges.criteria import Condition, to_json
from badges.models import Achievement, Award, Evidence, Issuer
from badges.services.achievements import make_achievement, open_achievement
from badges.services.awarding import award_all
from badges.services.evidence import NewEvidence, add_evidence
from badges.services.following import follow_all_rules
from badges.services.issuers import make_issuer
from badges.services.nominating import nominate, submit_nomination
from badges.services.revoking import revoke_award
from badges.services.rules import enable_rule, save_rule
from courses.models import LearningPathPage, MicroLessonPage
from lms.people.models import User

COLORS = {"customer-service": "pine", "engineering": "ink", "finance": "rust", "human-resources": "plum"}
ACTOR = "command:load_demo"
LAST_YEAR = timedelta(days=330)
HOLDERS = 24
LESSON = "trustworthy-thread-summary"
PUT_FORWARD = ["ada@larkfield.example", "bruno@larkfield.example"]


def give_credentials(*, admin: User, now: datetime) -> int:
    """Make an issuer and achievements, and award what has been earned; returns how many awards there are.

    Nothing is done where there is an issuer already.
    """
    if Issuer.objects.exists():
        return 0
    issuer = make_issuer(
        slug="larkfield",
        name="Larkfield Appliances",
        base_url=settings.BASE_URL,
        url="https://larkfield.example",
        email="learning@larkfield.example",
        actor=ACTOR,
        at=now,
    )
    for path in LearningPathPage.objects.live().select_related("role").order_by("slug"):
        _for_path(issuer, path, admin, now)
    follow_all_rules(at=now, goes_on=lambda: True)
    _from_last_year(issuer, admin, now)
    _by_review(issuer, admin, now)
    _by_a_managers_word(issuer, admin, now)
    return Award.objects.count()


def _for_path(issuer: Issuer, path: LearningPathPage, admin: User, now: datetime) -> None:
    name = path.title.removeprefix("Working with ")
    achievement = make_achievement(
        issuer=issuer,
        actor=admin,
        at=now,
        name=name,
        description=path.outcome,
        criteria=_(
            "Complete the path “%(path)s”: each required lesson with its question, and each required exercise."
        )
        % {"path": path.title},
        level="foundation",
        color=COLORS.get(path.role.code if path.role else "", "ink"),
        validity_months=12,
    )
    _open_with_rule(achievement, Condition("path_completed", path.uuid), admin, now)


def _open_with_rule(achievement: Achievement, condition: Condition, admin: User, now: datetime) -> None:
    open_achievement(achievement=achievement, actor=admin, at=now)
    rule = save_rule(achievement=achievement, tree=to_json(condition), actor=admin, at=now)
    enable_rule(rule=rule, actor=admin, at=now)


def _from_last_year(issuer: Issuer, admin: User, now: datetime) -> None:
    """Award something eleven months ago, so that its holders are about to renew it; one was a mistake."""
    safe = make_achievement(
        issuer=issuer,
        actor=admin,
        at=now - LAST_YEAR,
        name=_("Customer data and AI"),
        description=_(
            "Knows which customer data may be given to which AI tool, and takes out what may not before "
            "anything is sent."
        ),
        criteria=_("Take part in the data protection workshop and sort its twelve cases without a mistake."),
        color="plum",
        validity_months=12,
    )
    open_achievement(achievement=safe, actor=admin, at=now - LAST_YEAR)
    awarded = award_all(
        pairs=[(safe, person) for person in _holders()],
        at=now - LAST_YEAR,
        source=Award.Source.PERSON,
        actor=admin,
        narrative=_("Workshop of last winter, twelve cases sorted."),
    )
    revoke_award(
        award=awarded.new[-1],
        actor=admin,
        at=now - LAST_YEAR + timedelta(days=2),
        code=Award.Code.MISTAKE,
        private_note=_("Was ill on the day of the workshop; the list was wrong."),
    )


def _by_review(issuer: Issuer, admin: User, now: datetime) -> None:
    """Let people be put forward for something; one waits for a reviewer, and Ada was put forward by a colleague."""
    coach = make_achievement(
        issuer=issuer,
        actor=admin,
        at=now - timedelta(days=30),
        name=_("Coach for colleagues"),
        description=_(
            "Helps colleagues to put AI to use in their own tasks, and says honestly what did not work."
        ),
        criteria=_("Help at least three colleagues with a task of theirs, and show what changed for them."),
        kind="CommunityService",
        color="pine",
        takes_nominations=True,
        rubric=[
            _("Starts from a real task of the colleague"),
            _("Checks what the model says"),
            _("Says what did not work"),
        ],
    )
    open_achievement(achievement=coach, actor=admin, at=now - timedelta(days=30))
    people = {each.email.partition("@")[0]: each for each in User.objects.filter(email__in=PUT_FORWARD)}
    if len(people) < len(PUT_FORWARD):
        return
    bruno, ada = people["bruno"], people["ada"]
    why = _("Three colleagues asked me about summaries; I sat down with each of them.")
    waits = nominate(
        achievement=coach, nominee=bruno, nominated_by=bruno, why=why, at=now - timedelta(days=3)
    )
    result = NewEvidence(
        kind=Evidence.Kind.RESULT,
        title=_("Time for a hand-over"),
        text=_("From 20 to 12 minutes, median of 40 cases in two weeks, timed by the team."),
        visibility=Evidence.Visibility.PUBLIC,
    )
    add_evidence(nomination=waits, actor=bruno, new=result, at=now - timedelta(days=2))
    submit_nomination(nomination=waits, actor=bruno, at=now - timedelta(days=2))
    why = _("Ada showed me how to check a summary against the case. I would not have found it myself.")
    nominate(achievement=coach, nominee=ada, nominated_by=bruno, why=why, at=now - timedelta(days=1))


def _by_a_managers_word(issuer: Issuer, admin: User, now: datetime) -> None:
    """Ask for a lesson and for the word of a manager; nobody has given it yet."""
    lesson = MicroLessonPage.objects.live().filter(slug=LESSON).first()
    if lesson is None:
        return
    summaries = make_achievement(
        issuer=issuer,
        actor=admin,
        at=now,
        name=_("Summaries others rely on"),
        description=_("Writes summaries with AI that colleagues take over without reading everything again."),
        criteria=_(
            "Complete the lesson on trustworthy summaries. Then use it at work, until your manager has seen a summary "
            "of yours hold: every promise in it was made, and nothing that matters is missing."
        ),
        kind="Badge",
        color="ink",
        validity_months=None,
    )
    open_achievement(achievement=summaries, actor=admin, at=now)
    conditions = [
        Condition("lesson_mastered", lesson.uuid),
        Condition("manager_attested", summaries.public_id),
    ]
    tree = {"all": [to_json(each) for each in conditions]}
    rule = save_rule(achievement=summaries, tree=tree, actor=admin, at=now)
    enable_rule(rule=rule, actor=admin, at=now)


def _holders() -> Iterable[User]:
    cast = User.objects.filter(email__in=["ada@larkfield.example", "bruno@larkfield.example"]).order_by("pk")
    others = User.objects.current().exclude(email__endswith=".invalid").exclude(pk__in=cast.values("pk"))
    return [*cast, *others.order_by("pk")[:HOLDERS]]
