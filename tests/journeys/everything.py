"""A company in which every kind of page has something on it."""

from datetime import timedelta
from uuid import UUID

import pytest
from allauth.idp.oidc.models import Token
from django.contrib.auth.models import Group
from django.utils import timezone

from badges.models import Attestation, Award
from badges.services.attesting import vouch_for
from badges.services.awarding import award_achievement
from badges.services.evidence import NewEvidence, add_evidence
from badges.services.listing import plan_awards
from badges.services.nominating import nominate, submit_nomination
from badges.services.pictures import keep_picture
from badges.services.programs import register_program
from badges.services.reviewing import review_nomination
from badges.services.revoking import revoke_award
from badges.services.rules import enable_rule, save_rule
from courses.models import MicroLessonPage
from lms.jobs.models import Job
from lms.notifications.models import ChannelState, Notification, Suppression
from lms.notifications.services.notifying import Notice, notify
from lms.notifications.slots import monday_of
from lms.paths.models import Enrollment, StepCompletion
from lms.paths.selectors.previews import preview_rule
from lms.paths.services import (
    RuleText,
    complete_lesson,
    confirm_rule,
    create_rule,
    edit_rule,
    enroll_person,
    extend_dates,
    plan_enrollments,
    recognize_completion,
    send_nudge,
    version_to_confirm,
)
from lms.people.models import User
from lms.people.services import set_person_status
from lms.tips.questions import question_of
from lms.tips.services.answering import answer_tip, token_of
from lms.tips.services.plans import (
    CampaignText,
    NewHoliday,
    add_holidays,
    save_campaign,
    set_weekly_plan,
)
from sandbox.definitions import Span
from sandbox.models import Budget, CompanyWord, GuardCount, Provider, SecondOpinion
from sandbox.services.keeping import save_template, share_run
from sandbox.services.reviewing import review_run
from sandbox.services.trying import try_prompt
from tests.badges.pictures import png_file
from tests.journeys.pages import (
    answered,
)
from tests.sandbox.exercises import PROMPT
from tests.sandbox.judges import agreeing


@pytest.fixture
def pages(
    ada,
    bruno,
    linus,
    lesson_factory,
    path_factory,
    exercise_factory,
    achievement_factory,
    tip_delivery,
    digest,
):
    """Every kind of page with something on it: a lesson done, one answered wrong, one locked, a path completed."""
    done, wrong, locked, last = [
        lesson_factory(f"Lesson {word}", slug=word) for word in ["done", "wrong", "locked", "last"]
    ]
    path = path_factory(
        done, wrong, locked, (last, {"is_required": False}), title="Begun", slug="begun", role=ada.job_role
    )
    short = path_factory(lesson_factory("Short", slug="short"), title="Completed", slug="completed")
    path_factory(last, title="Free to start", slug="free")
    now = timezone.now()
    due = timezone.localdate()
    enroll_person(learner=ada, path=path, source=Enrollment.Source.RULE, at=now, due_on=due)
    enroll_person(learner=ada, path=short, source=Enrollment.Source.SELF, at=now)
    for lesson in (done, short.steps[0].value["lesson"].specific):
        answered(ada, lesson, right=True, at=now)
        complete_lesson(learner=ada, slug=lesson.slug, revision_id=None, at=now)
    answered(ada, wrong, right=False, at=now)
    set_person_status(
        person=bruno, status=User.Status.ON_LEAVE, actor=linus.as_actor, reason="Parental leave"
    )
    return {
        "completion": StepCompletion.objects.order_by("pk")[0].pk,
        "person": bruno.public_id,
        **some_tips(ada, tip_delivery),
        **some_news(ada),
        **some_plans(linus),
        **some_lost(ada, bruno, linus, digest),
        **some_credentials(ada, bruno, achievement_factory),
        **some_nominations(ada, bruno, linus, achievement_factory),
        **some_jobs(bruno),
        **some_rules_of_credentials(path, bruno, achievement_factory),
        **some_limits(bruno.org_unit),
        **some_practice(ada, exercise_factory(slug="hand-over")),
        **some_rules(path, ada, bruno),
        **some_team(ada, linus, path, path_factory(last, title="Finished")),
        **some_program(ada),
        **some_words(ada, linus, achievement_factory),
    }


def some_news(learner):
    """One piece of news that was read, one that was not, and a duty."""
    now = timezone.now()
    for kind, title, path in [("news", "Read", ""), ("news", "New", "/learning/"), ("duty", "Due", "/")]:
        notice = Notice(learner, title, title, text="A sentence more.", path=path)
        notify(type=f"tests.{kind}", notice=notice, at=now)
    Notification.objects.filter(title="Read").update(seen_at=now)
    return {}


def some_lost(one, other, third, digest):
    """A message that was not sent, one in doubt, one that waits, a dead address, and a channel out of order."""
    now = timezone.now()
    digest(one, state="failed", reason="552 Mailbox full")
    digest(other, state="unknown", reason="The worker ended.")
    digest(third, due_at=now - timedelta(hours=1))
    Suppression.objects.create(address="gone@larkfield.example", reason="bounced", said="550", at=now)
    ChannelState.objects.create(channel="email", down_since=now, reason="connection refused")
    return {}


def some_plans(actor):
    """The weekly plan, a campaign that rests, and a holiday."""
    now = timezone.now()
    set_weekly_plan(is_enabled=True, weekday=2, hour=9, actor=actor, at=now)
    add_holidays(
        holidays=[NewHoliday(timezone.localdate() + timedelta(days=9), "", "A day off")], actor=actor, at=now
    )
    text = CampaignText(
        name="New rules", audience={"any": [{"all": [{"role": ["customer-service"]}]}]}, tip=None, weekday=5,
        hour=10, first_week=timezone.localdate() + timedelta(weeks=1), last_week=None,
    )  # fmt: skip
    return {"campaign": save_campaign(plan=None, text=text, actor=actor, at=now).pk}


def some_tips(learner, tip_delivery):
    """The tip of this week with a question, and an earlier one that was answered wrongly."""
    now, monday = timezone.now(), monday_of(timezone.localdate())
    waits = tip_delivery(learner, week=monday, due_at=now, state="sent")
    earlier = tip_delivery(learner, week=monday - timedelta(weeks=1), due_at=now, state="sent")
    asked = question_of(earlier.tip)
    assert asked is not None
    wrong = asked.options[1]
    answer_tip(delivery=earlier, choice=wrong.id, channel="web", at=now)
    return {"tip": token_of(waits), "answered_tip": token_of(earlier)}


def some_credentials(ada, bruno, achievement_factory):
    """One that counts and one that was revoked."""
    now = timezone.now()
    achievement = achievement_factory("Prompt craft", level="expert")
    held, revoked = [
        award_achievement(achievement=achievement, recipient=person, at=now, source=Award.Source.PERSON)
        for person in (ada, bruno)
    ]
    revoke_award(award=revoked, actor=None, at=now, code=Award.Code.MISTAKE)
    return {"award": held.public_id, "revoked": revoked.public_id}


def some_nominations(ada, bruno, manager, achievement_factory):
    """One returned with a comment, one declined, one of a colleague, one that waits, one that others decide about."""
    now, rubric = timezone.now(), ["Checks what the model says", "Passes it on"]
    coach, mentor, guide = [
        achievement_factory(
            name, takes_nominations=True, reviewers_needed=2 - (name == "Coach"), rubric=rubric
        )
        for name in ("Coach", "Mentor", "Guide")
    ]
    reviewers = User.objects.filter(groups__name="Reviewers")
    reviewer = reviewers.first() or _reviewer()
    made = {}
    for word, achievement, nominee, nominator in [
        ("draft", coach, ada, bruno),
        ("waiting", mentor, bruno, bruno),
        ("conflict", guide, ada, reviewer),
        ("made", coach, manager, ada),
    ]:
        made[word] = nominate(
            achievement=achievement, nominee=nominee, nominated_by=nominator, why="They help.", at=now
        )
    for word in ("draft", "waiting", "conflict"):
        nominee = made[word].nominee
        for new in [
            NewEvidence(
                kind="link",
                title="Our guide",
                url="https://wiki.example/" + "a-long-way-down/" * 9,
                visibility="public",
            ),
            NewEvidence(kind="file", title="Notes", content=b"Notes", text="From the workshop."),
            NewEvidence(kind="result", title="Minutes", text="20 to 12 minutes in 40 cases"),
        ]:
            add_evidence(nomination=made[word], actor=nominee, new=new, at=now)
        submit_nomination(nomination=made[word], actor=nominee, at=now)
    declined = nominate(achievement=mentor, nominee=ada, nominated_by=ada, why="I help.", at=now)
    new = NewEvidence(kind="link", title="Our guide", url="https://wiki.example/guide")
    add_evidence(nomination=declined, actor=ada, new=new, at=now)
    submit_nomination(nomination=declined, actor=ada, at=now)
    levels = dict.fromkeys(rubric, 1)
    for nomination, decision, who in [
        (made["draft"], "return", reviewer),
        (declined, "decline", reviewer),
        (declined, "decline", _reviewer()),
    ]:
        review_nomination(
            nomination=nomination, reviewer=who, seen_round=1, decision=decision, levels=levels,
            comment="Show one more case.", at=now,
        )  # fmt: skip
    made["declined"] = declined
    return {"takes": guide.public_id, **{word: each.public_id for word, each in made.items()}}


def _reviewer():
    count = User.objects.count()
    person = User.objects.create_user(f"reviewer{count}@larkfield.example", full_name="Rosa Lind")
    person.groups.add(Group.objects.get(name="Reviewers"))
    return person


def some_practice(learner, exercise):
    """Two attempts, one reviewed, with a template and a shared copy."""
    now = timezone.now()
    try_prompt(learner=learner, exercise=exercise, prompt="Summarize this.", at=now)
    tried = try_prompt(learner=learner, exercise=exercise, prompt=PROMPT, at=now)
    judge = Provider.objects.create(
        name="Judge", kind="openai", data_region="EU", policy="warn", may_judge=True
    )
    SecondOpinion.objects.create(
        attempt=tried.attempt,
        provider=judge,
        model_name="Judge",
        state="given",
        criteria=[{"key": "task", "level": 1, "quote": "Summarize", "reason": "It leaves open for whom."}],
        asked_for_at=now,
    )
    agreeing(judge)
    run = tried.runs[0]
    review_run(run=run, marks=[Span(0, 30)], at=now)
    template = save_template(owner=learner, title="Hand over", body="Summarize {{case}}.", at=now)
    copy = share_run(run=run, prompt=PROMPT, answer=run.answer, note="Check quotes.", at=now)
    return {"template": template.public_id, "answer": run.public_id, "copy": copy.public_id}


def some_team(learner, manager, path, other):
    """One required path under way, extended and reminded of, and one completed and thanked for."""
    now, today = timezone.now(), timezone.localdate()
    done = enroll_person(learner=learner, path=other, source=Enrollment.Source.MANUAL, at=now)
    Enrollment.objects.filter(pk=done.pk).update(completed_at=now, expires_on=today + timedelta(days=9))
    under_way = Enrollment.objects.get(learner=learner, path=path)
    extend_dates(enrollment=under_way, due_on=today, closes_on=today, reason="Ill", actor=manager, at=now)
    send_nudge(enrollment=under_way, sender=manager, at=now)
    recognize_completion(enrollment=done, sender=manager, note="Well done", at=now)
    return {"learner": learner.public_id, "enrollment": under_way.pk, "finished": done.pk}


def some_program(person):
    """A wallet that somebody has let in."""
    now = timezone.now()
    program, _secret = register_program(
        name="Wallet", redirect_uris=["https://wallet.example/back"], is_public=False, actor="test", at=now
    )
    Token.objects.create(
        client=program,
        user=person,
        type=Token.Type.REFRESH_TOKEN,
        hash="wallet",
        scopes=program.scopes,
        expires_at=now + timedelta(days=90),
    )
    return {}


def some_words(learner, manager, achievement_factory):
    """Three achievements that ask for a manager's word: one waits for it, two have it, one from an earlier manager."""
    now = timezone.now()
    made = {}
    for word in ("vouchable", "vouched", "left_behind"):
        achievement = achievement_factory(f"Is {word}")
        tree = {"manager_attested": {"id": str(achievement.public_id)}}
        enable_rule(
            rule=save_rule(achievement=achievement, tree=tree, actor=None, at=now), actor=None, at=now
        )
        made[word] = achievement
    vouch_for(
        achievement=made["vouched"], person=learner, manager=manager, statement="Checks each promise.", at=now
    )
    Attestation.objects.create(achievement=made["left_behind"], person=learner, statement="Seen it.", at=now)
    return {word: achievement.public_id for word, achievement in made.items()}


def some_rules(path, ada, actor):
    """A rule in force with changes that wait, and the plan to enroll a list with a wrong line."""
    now = timezone.now()
    says = RuleText(
        audience={"any": [{"all": [{"role": ["customer-service"]}]}]}, due_basis="assigned", due_days=14
    )
    rule = create_rule(name="Customer service", path=path, text=says, actor=actor, at=now)
    version = version_to_confirm(rule)
    assert version is not None
    confirm_rule(rule=rule, seen=preview_rule(rule, version, now).seen, typed="", actor=actor, at=now)
    everyone = {"all": [{"people": [str(ada.public_id)]}, {"hired_within_days": 90}]}
    edit_rule(rule=rule, name="Customer service", text=RuleText(audience=everyone), actor=actor, at=now)
    names = "ada@larkfield.example\nnobody@larkfield.example"
    plan = plan_enrollments(
        path=path, text=names, reason="", due_on=None, closes_on=None, actor=actor, at=now
    )
    return {"rule": rule.public_id, "plan": plan.public_id}


def some_limits(unit):
    """A model at an address with a key, a budget of a unit, a company word, and what the guard found."""
    model = Provider.objects.create(
        name="Gateway",
        kind="openai",
        base_url="https://models.example/v1",
        model="small",
        key_encrypted="sealed",
        data_region="EU",
    )
    budget = Budget.objects.create(scope="group", unit=unit, period="month", runs=500, tokens=90_000)
    CompanyWord.objects.create(digest="0" * 64)
    GuardCount.objects.create(day=timezone.localdate(), kind="iban", action="refused", count=3)
    return {"model": model.public_id, "budget": budget.pk}


def some_rules_of_credentials(path, actor, achievement_factory):
    """An achievement with words of every kind, two rules, a holder, somebody who has begun, and a plan."""
    now = timezone.now()
    framework = {"target_name": "Writes prompts", "target_url": "https://skills.example/1"}
    achievement = achievement_factory(
        "Steady hands", level="practitioner", tags=["AI"], alignments=[framework], validity_months=1
    )
    lesson = MicroLessonPage.objects.get(slug="done")
    tree = {
        "all": [
            {"lesson_mastered": {"id": str(lesson.uuid)}},
            {"path_completed": {"id": str(path.uuid)}},
            {"any": [{"path_completed": {"id": str(UUID(int=9))}}]},
        ]
    }
    save_rule(achievement=achievement, tree=tree, actor=actor, at=now)
    keep = {"path_completed": {"id": str(path.uuid)}}
    save_rule(achievement=achievement, tree=keep, actor=actor, at=now, purpose="keep")
    award = award_achievement(
        achievement=achievement, recipient=actor, at=now, source="person", actor=None, narrative="The pilot"
    )
    names = "ada@larkfield.example\nnobody@larkfield.example"
    plan = plan_awards(achievement=achievement, text=names, actor=actor, at=now)
    return {
        "achievement": achievement.public_id,
        "expiring": award.public_id,
        "award_plan": plan.public_id,
        "issuer": achievement.issuer.public_id,
        "look": keep_picture(content=png_file(), at=now).digest,
    }


def some_jobs(actor):
    """A job in the middle, with a row that failed, and one that can be taken back."""
    now = timezone.now()
    facts = {"kind": "tests.none", "actor": actor, "created_at": now, "started_at": now, "total": 10_000}
    running = Job.objects.create(
        title="Put people on a path", state="running", done_count=3_388, failed_count=12, **facts
    )
    running.rows.create(number=7, reference="nobody@larkfield.example", outcome="failed", message="Unknown.")
    done = Job.objects.create(
        title="Put people on a path",
        state="done",
        done_count=10_000,
        finished_at=now,
        undo_until=now + timedelta(hours=24),
        **facts,
    )
    return {"running_job": running.public_id, "done_job": done.public_id}
