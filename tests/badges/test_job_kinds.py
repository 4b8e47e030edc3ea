"""Awarding to lists and by rules as jobs: planned, confirmed, done once, taken back; nothing twice, nothing lost."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from badges.models import Award, CriteriaRule
from badges.services.awarding import award_achievement
from badges.services.enabling import put_in_force, seen_of
from badges.services.following import follow_all_rules, follow_record
from badges.services.listing import PlanStale, confirm_awards, plan_awards
from badges.services.revoking import revoke_award
from badges.services.rules import disable_rule, save_rule
from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.jobs.models import Job
from lms.jobs.services import cancel_job, run_jobs, undo_job
from lms.people.models import ExternalIdentity, User

PATH = uuid.UUID(int=71)


@pytest.fixture
def plan(mei, prompt_craft, noon):
    """Return a function that plans to award prompt craft to a list."""

    def make(text, **fields):
        return plan_awards(achievement=prompt_craft, text=text, actor=mei, **{"at": noon, **fields})

    return make


def work(at):
    """Let all jobs run to their end, at that moment."""
    with time_machine.travel(at, tick=False):
        run_jobs(for_seconds=60)


def standing():
    """Return the first names of everyone who holds something, in order."""
    holders = Award.objects.filter(state="issued").values_list("recipient__full_name", flat=True)
    return sorted(name.split()[0] for name in holders)


def planned(job):
    return list(job.rows.order_by("number").values_list("reference", "outcome", "message"))


def test_every_line_says_what_would_happen(ada, bruno, grace, linus, mei, prompt_craft, plan, noon):
    award_achievement(achievement=prompt_craft, recipient=linus, at=noon, source="person", actor=mei)
    taken = award_achievement(achievement=prompt_craft, recipient=grace, at=noon, source="person", actor=mei)
    revoke_award(award=taken, actor=mei, at=noon, code="mistake")
    User.objects.filter(pk=bruno.pk).update(status="left")
    ExternalIdentity.objects.create(person=ada, source="hr", kind="hris_id", value="00042")

    job = plan("00042\nADA@larkfield.example\nbruno@larkfield.example\ngrace@larkfield.example\n"
               "linus@larkfield.example\nnobody@larkfield.example\n")  # fmt: skip

    assert planned(job) == [
        ("00042", "planned", ""),
        ("ADA@larkfield.example", "skipped", "The same person as in line 1."),
        (
            "bruno@larkfield.example",
            "failed",
            "Has left the company. What they hold stays theirs; nothing new is awarded.",
        ),
        ("grace@larkfield.example", "planned", "Was revoked on 24 November 2026; this awards it anew."),
        ("linus@larkfield.example", "unchanged", "Holds it already."),
        ("nobody@larkfield.example", "failed", "Nobody has this address or number. Check how it is written."),
    ]
    assert standing() == ["Linus"]


OWN = "Nobody awards to themselves. Ask another administrator, or be put forward for it."


def test_whoever_plans_or_confirms_a_list_is_no_row_of_it_that_is_awarded(
    ada, mei, person_factory, plan, noon
):
    other = person_factory("second@larkfield.example", full_name="Second Admin", groups=("Admins",))
    job = plan("ada@larkfield.example\nmei@larkfield.example\nsecond@larkfield.example")
    assert planned(job) == [
        ("ada@larkfield.example", "planned", ""),
        ("mei@larkfield.example", "failed", OWN),
        ("second@larkfield.example", "planned", ""),
    ]

    with pytest.raises(PlanStale):
        confirm_awards(job=job, actor=other, at=noon)
    assert [outcome for _line, outcome, _told in planned(job)] == ["planned", "failed", "failed"]
    confirm_awards(job=job, actor=other, at=noon)
    work(noon)

    assert standing() == ["Ada"]


def test_the_title_counts_people_and_not_lines(ada, bruno, plan):
    ExternalIdentity.objects.create(person=ada, source="hr", kind="hris_id", value="00042")

    job = plan("00042\nada@larkfield.example\nbruno@larkfield.example\nnobody@larkfield.example")

    assert job.title == "Award “Prompt craft” to 2 people"


def test_one_that_has_expired_is_replaced(ada, awarded, plan, noon):
    later = noon + timedelta(days=400)

    job = plan("ada@larkfield.example", at=later)

    assert planned(job) == [
        ("ada@larkfield.example", "planned", "Theirs expired on 24 November 2027; this replaces it.")
    ]


def test_a_confirmed_list_is_awarded_and_says_what_for(ada, bruno, mei, plan, noon):
    job = plan("ada@larkfield.example\nbruno@larkfield.example", narrative=" For the pilot in Porto. ")
    confirm_awards(job=job, actor=mei, at=noon)
    work(noon)

    awards = Award.objects.order_by("pk").values_list("recipient", "source", "awarded_by", "narrative", "job")
    facts = ("list", mei.pk, "For the pilot in Porto.", job.pk)
    assert list(awards) == [(ada.pk, *facts), (bruno.pk, *facts)]
    job.refresh_from_db()
    assert (job.state, job.done_count, job.failed_count) == ("done", 2, 0)


def test_whoever_leaves_or_earns_it_meanwhile_is_told_in_their_row(
    ada, bruno, grace, mei, prompt_craft, plan, noon
):
    job = plan("ada@larkfield.example\nbruno@larkfield.example\ngrace@larkfield.example")
    confirm_awards(job=job, actor=mei, at=noon)
    User.objects.filter(pk=ada.pk).update(status="left")
    award_achievement(achievement=prompt_craft, recipient=bruno, at=noon, source="rule")
    work(noon)

    assert planned(job) == [
        ("ada@larkfield.example", "skipped", "Has left the company in the meantime; nothing was awarded."),
        ("bruno@larkfield.example", "unchanged", "Holds it already."),
        ("grace@larkfield.example", "done", ""),
    ]
    assert standing() == ["Bruno", "Grace"]


def test_a_plan_that_others_have_overtaken_is_made_anew_and_nothing_is_awarded(ada, mei, plan, noon):
    job = plan("ada@larkfield.example")
    User.objects.filter(pk=ada.pk).update(status="left")

    with pytest.raises(PlanStale):
        confirm_awards(job=job, actor=mei, at=noon)

    assert [outcome for _reference, outcome, _message in planned(job)] == ["failed"]
    assert Award.objects.count() == 0


def test_a_plan_is_not_confirmed_once_the_achievement_is_retired(mei, ada, prompt_craft, plan, noon):
    job = plan("ada@larkfield.example")
    type(prompt_craft).objects.update(state="retired")

    with pytest.raises(ActionRefused, match="Open it first"):
        confirm_awards(job=job, actor=mei, at=noon)

    job.refresh_from_db()
    assert job.state == "previewed"


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "The list is empty"), ("Email\n", "The list is empty"), ("a@x.example\n" * 50_001, "Split it up")],
)
def test_a_list_that_cannot_be_used_is_refused(plan, text, told):
    with pytest.raises(ActionRefused, match=told):
        plan(text)

    assert Job.objects.count() == 0


def test_the_same_list_with_the_same_key_is_one_plan(ada, mei, plan, noon):
    first = plan("ada@larkfield.example", key="monday")
    second = plan("ada@larkfield.example", key="monday")

    assert first == second
    with pytest.raises(ActionRefused, match="with other lines"):
        plan("bruno@larkfield.example", key="monday")
    assert Job.objects.count() == 1


def test_taking_a_list_back_revokes_what_it_awarded_and_nothing_else(
    ada, bruno, grace, mei, prompt_craft, plan, noon
):
    award_achievement(achievement=prompt_craft, recipient=grace, at=noon, source="person", actor=mei)
    job = plan("ada@larkfield.example\nbruno@larkfield.example\ngrace@larkfield.example")
    confirm_awards(job=job, actor=mei, at=noon)
    work(noon)
    revoke_award(award=Award.objects.get(recipient=bruno), actor=mei, at=noon, code="conduct")
    job.refresh_from_db()

    undoing = undo_job(job=job, actor=mei, at=noon + timedelta(hours=1))
    work(noon + timedelta(hours=1))

    assert standing() == ["Grace"]
    codes = Award.objects.filter(state="revoked").order_by("recipient__full_name")
    assert list(codes.values_list("revocation_code", flat=True)) == ["undone", "conduct"]
    assert planned(undoing) == [
        ("Bruno Salgado", "skipped", "Revoked or replaced in the meantime; it stays as it is.")
    ]


@pytest.fixture
def rule(prompt_craft, mei, noon, path_factory, lesson_factory):
    """Return a rule that asks for one path; it rests."""
    path = path_factory(lesson_factory(), uuid=PATH)
    tree = {"all": [{"path_completed": {"id": str(path.uuid)}}]}
    return save_rule(achievement=prompt_craft, tree=tree, actor=mei, at=noon)


def enable(rule, mei, at):
    rule.refresh_from_db()
    return put_in_force(rule=rule, seen=seen_of(rule), actor=mei, at=at)


def test_a_rule_that_is_put_in_force_awards_everyone_who_meets_it(
    ada, bruno, grace, linus, mei, rule, learned, prompt_craft, noon
):
    for person in (ada, bruno, linus):
        learned(person, PATH)
    User.objects.filter(pk=bruno.pk).update(status="left")
    award_achievement(achievement=prompt_craft, recipient=linus, at=noon, source="person", actor=mei)

    job = enable(rule, mei, noon)
    work(noon)

    assert standing() == ["Ada", "Linus"]
    assert Award.objects.get(recipient=ada).source == "rule"
    job.refresh_from_db()
    assert (job.state, job.total, job.done_count) == ("done", 1, 1)


def test_taking_that_back_lets_the_rule_rest_so_that_nothing_comes_again(ada, mei, rule, learned, noon):
    learned(ada, PATH)
    job = enable(rule, mei, noon)
    work(noon)
    job.refresh_from_db()

    undo_job(job=job, actor=mei, at=noon)
    work(noon)
    follow_all_rules(at=noon, goes_on=lambda: True)

    assert standing() == []
    rule.refresh_from_db()
    assert rule.is_enabled is False


def test_a_job_ends_when_its_rule_is_put_to_rest(ada, mei, rule, learned, noon):
    learned(ada, PATH)
    job = enable(rule, mei, noon)
    disable_rule(rule=rule, actor=mei, at=noon)
    work(noon)

    job.refresh_from_db()
    assert (job.state, job.total, Award.objects.count()) == ("done", 0, 0)


def test_cancelling_it_lets_the_rule_rest(ada, mei, rule, learned, noon):
    learned(ada, PATH)
    job = enable(rule, mei, noon)

    cancel_job(job=job, actor=mei, at=noon)

    rule.refresh_from_db()
    assert rule.is_enabled is False


def test_a_rule_is_put_in_force_only_as_it_was_looked_at(ada, mei, rule, prompt_craft, noon):
    seen = seen_of(rule)
    other = {"any": rule.tree["all"]}
    save_rule(achievement=prompt_craft, tree=other, actor=mei, at=noon)

    with pytest.raises(ActionRefused, match="changed since you looked"):
        put_in_force(rule=rule, seen=seen, actor=mei, at=noon)

    assert (CriteriaRule.objects.get().is_enabled, Job.objects.count()) == (False, 0)


def test_a_rule_about_something_that_is_gone_is_not_put_in_force(mei, prompt_craft, noon):
    tree = {"path_completed": {"id": str(uuid.uuid4())}}
    rule = save_rule(achievement=prompt_craft, tree=tree, actor=mei, at=noon)

    with pytest.raises(ActionRefused, match="no longer exists"):
        put_in_force(rule=rule, seen=seen_of(rule), actor=mei, at=noon)

    assert (CriteriaRule.objects.get().is_enabled, Job.objects.count()) == (False, 0)


def test_a_rule_never_awards_over_what_a_person_took_back(ada, mei, rule, learned, noon):
    record = learned(ada, PATH)
    enable(rule, mei, noon)
    work(noon)
    revoke_award(award=Award.objects.get(), actor=mei, at=noon, code="conduct")

    follow_all_rules(at=noon + timedelta(days=1), goes_on=lambda: True)
    follow_record(record=record, at=noon + timedelta(days=1))

    assert standing() == []
    assert Award.objects.count() == 1


def test_what_a_rule_let_lapse_can_be_earned_again(ada, mei, rule, learned, noon):
    learned(ada, PATH)
    enable(rule, mei, noon)
    work(noon)
    revoke_award(award=Award.objects.get(), actor=None, at=noon, code="lapsed")

    follow_all_rules(at=noon + timedelta(days=1), goes_on=lambda: True)

    assert standing() == ["Ada"]


# SQLite takes a thousand values in one statement, so that 50 awards would be two.
@pytest.mark.parametrize("people", [1, 30])
def test_a_chunk_costs_a_fixed_number_of_queries(people, person_factory, mei, plan, noon):
    addresses = [person_factory().email for _ in range(people)]
    job = plan("\n".join(addresses))
    confirm_awards(job=job, actor=mei, at=noon)

    with CaptureQueriesContext(connection) as asked:
        work(noon)

    assert Award.objects.count() == people
    # How often a worker looks for the next job depends on how fast it is.
    aside = ("SAVEPOINT", "RELEASE", "SET CONSTRAINTS", 'SELECT "jobs_job"."id" AS "pk"')
    assert sum(not query["sql"].startswith(aside) for query in asked) == 24


def test_each_step_of_a_list_stands_in_the_audit_trail(ada, mei, plan, noon):
    job = plan("ada@larkfield.example")
    confirm_awards(job=job, actor=mei, at=noon)
    work(noon)

    about = AuditEntry.objects.filter(object_id=str(job.public_id)).order_by("pk")
    assert list(about.values_list("action", flat=True)) == ["jobs.preview", "jobs.confirm", "jobs.finish"]
