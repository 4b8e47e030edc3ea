"""A rule shows its effect first, covers everyone it should, and never fights a person's decision."""

from datetime import date, timedelta

import pytest

from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.jobs.models import Job
from lms.paths.models import Assignment, Enrollment, EnrollmentChange
from lms.paths.selectors.previews import preview_rule
from lms.paths.services import (
    NumberNotTyped,
    PreviewStale,
    RuleText,
    archive_rule,
    assign_people,
    clear_exclusion,
    confirm_rule,
    discard_draft,
    duplicate_rule,
    edit_rule,
    enroll_person,
    exclude_person,
    follow_people,
    pause_rule,
    start_daily_round,
)
from lms.people.models import OrgUnit, User
from lms.people.services import note_changes, set_person_status
from lms.records.models import LearningRecord
from tests.paths.conftest import IN_SERVICE, confirm, employed, on_path, preview_of, work

IN_14_DAYS = {"due_basis": "assigned", "due_days": 14}


def facts(person):
    enrollment = Enrollment.objects.get(learner=person, is_latest=True)
    return (enrollment.source, enrollment.is_required, enrollment.due_on, enrollment.withdrawn_at is not None)


def moved(person):
    return list(
        EnrollmentChange.objects.filter(enrollment__learner=person)
        .order_by("pk")
        .values_list("what", flat=True)
    )


def test_a_rule_reaches_those_who_are_here_already(ada, bruno, grace, path, rule_factory, mei, noon):
    rule = rule_factory(**IN_14_DAYS, reason="Everyone in customer service works with it.")

    assert on_path(path) == ["Ada", "Bruno"]
    enrollment = Enrollment.objects.get(learner=ada)
    assert enrollment.due_on == date(2026, 12, 8)
    assert (enrollment.source, enrollment.version, enrollment.enrolled_by) == ("rule", rule.live, mei)
    assert enrollment.reason == "Everyone in customer service works with it."
    job = Job.objects.get()
    assert (job.state, job.total, job.done_count, job.failed_count) == ("done", 2, 2, 0)
    assert enrollment.job == job
    assert set(LearningRecord.objects.values_list("actor__full_name", "verb")) == {
        ("Ada Okafor", "registered"),
        ("Bruno Salgado", "registered"),
    }


def test_nobody_gains_anything_before_the_rule_is_confirmed(ada, bruno, path, rule_factory, noon):
    rule = rule_factory(draft=True)

    preview = preview_of(rule, noon)

    assert (preview.matching, preview.gaining, preview.on_it, preview.affected) == (2, 2, 0, 2)
    assert on_path(path) == []
    assert rule.state == Assignment.State.DRAFT


def test_applying_again_changes_nothing(ada, bruno, rule_factory, noon):
    rule_factory(**IN_14_DAYS)
    before = list(Enrollment.objects.order_by("pk").values())

    assert assign_people(people=[ada.pk, bruno.pk], at=noon + timedelta(days=3)) == {}
    assert list(Enrollment.objects.order_by("pk").values()) == before
    assert EnrollmentChange.objects.count() == 0


def test_a_transfer_moves_people_in_and_out_by_itself(
    ada, bruno, grace, path, rule_factory, noon, customer_service
):
    rule_factory()
    User.objects.filter(pk=ada.pk).update(job_role=None)
    User.objects.filter(pk=grace.pk).update(job_role=customer_service)
    for person in (ada, grace):
        person.refresh_from_db()
        set_person_status(person=person, status=User.Status.ON_LEAVE, actor="test")
        set_person_status(person=person, status=User.Status.ACTIVE, actor="test")

    read = follow_people(at=noon, for_seconds=10)

    assert read == 4
    assert on_path(path) == ["Bruno", "Grace"]
    assert moved(ada) == ["withdrawn"]
    assert follow_people(at=noon, for_seconds=10) == 0


def test_who_has_begun_keeps_the_path_as_optional(ada, path, rule_factory, noon, done_one):
    rule_factory(**IN_14_DAYS)
    done_one(ada, path, noon)
    User.objects.filter(pk=ada.pk).update(job_role=None)

    assign_people(people=[ada.pk], at=noon)

    assert facts(ada) == ("rule", False, None, False)
    assert moved(ada) == ["optional"]


def test_the_rule_may_let_people_keep_it(ada, path, rule_factory, noon):
    rule_factory(**IN_14_DAYS, on_leaving="keep")
    User.objects.filter(pk=ada.pk).update(job_role=None)

    assert assign_people(people=[ada.pk], at=noon) == {}
    assert facts(ada) == ("rule", True, date(2026, 12, 8), False)


def test_whoever_comes_back_goes_on_where_they_were(ada, path, rule_factory, noon, customer_service):
    rule_factory(**IN_14_DAYS)
    User.objects.filter(pk=ada.pk).update(job_role=None)
    assign_people(people=[ada.pk], at=noon)
    User.objects.filter(pk=ada.pk).update(job_role=customer_service)

    assign_people(people=[ada.pk], at=noon + timedelta(days=7))

    assert facts(ada) == ("rule", True, date(2026, 12, 15), False)
    assert moved(ada) == ["withdrawn", "returned"]
    assert Enrollment.objects.filter(learner=ada).count() == 1


def test_the_person_excluded_by_hand_stays_excluded_until_it_is_cleared(
    ada, bruno, mei, path, rule_factory, noon
):
    rule = rule_factory()
    exclusion = exclude_person(learner=ada, path=path, reason="Teaches it herself.", actor=mei, at=noon)

    assign_people(people=[ada.pk, bruno.pk], at=noon)
    start_daily_round(at=noon)
    work(noon)
    pause_rule(rule=rule, actor=mei, at=noon)
    confirm(rule, mei, noon + timedelta(days=1))

    assert on_path(path) == ["Bruno"]
    clear_exclusion(exclusion=exclusion, reason="Asked for it.", actor=mei, at=noon)
    assert on_path(path) == ["Ada", "Bruno"]
    actions = AuditEntry.objects.filter(object_id=str(ada.public_id)).order_by("pk")
    assert list(actions.values_list("action", "reason")) == [
        ("paths.exclude", "Teaches it herself."),
        ("paths.clear_exclusion", "Asked for it."),
    ]


def test_excluding_twice_changes_nothing_and_needs_a_reason(ada, mei, path, rule_factory, noon):
    rule_factory()
    with pytest.raises(ActionRefused, match="Say why"):
        exclude_person(learner=ada, path=path, reason="  ", actor=mei, at=noon)
    assert on_path(path) == ["Ada"]

    first = exclude_person(learner=ada, path=path, reason="On parental leave.", actor=mei, at=noon)
    second = exclude_person(learner=ada, path=path, reason="Again.", actor=mei, at=noon)

    assert first == second
    assert moved(ada) == ["withdrawn"]


def test_a_completion_is_kept_when_a_person_is_excluded(ada, mei, path, rule_factory, noon, done_all):
    rule_factory()
    done_all(ada, path, noon)

    exclude_person(learner=ada, path=path, reason="Left the programme.", actor=mei, at=noon)

    assert Enrollment.objects.get(learner=ada).completed_at == noon
    assert moved(ada) == []


def test_what_an_administrator_decided_no_rule_changes(ada, bruno, mei, path, rule_factory, noon):
    enroll_person(learner=ada, path=path, source="manual", at=noon, due_on=date(2027, 3, 1), enrolled_by=mei)

    rule_factory(**IN_14_DAYS)

    assert facts(ada) == ("manual", True, date(2027, 3, 1), False)
    assert facts(bruno) == ("rule", True, date(2026, 12, 8), False)


def test_what_a_person_chose_becomes_required_when_a_rule_asks_for_it(ada, path, rule_factory, noon):
    enroll_person(learner=ada, path=path, source="self", at=noon)

    rule_factory(**IN_14_DAYS)

    assert facts(ada) == ("rule", True, date(2026, 12, 8), False)
    assert moved(ada) == ["assigned"]
    assert EnrollmentChange.objects.get().before["source"] == "self"


def test_of_two_rules_the_earlier_due_date_holds(ada, bruno, path, rule_factory, noon, porto):
    rule_factory(**IN_14_DAYS)
    sooner = rule_factory(
        {"people": [str(ada.public_id)]}, name="Ada first", due_basis="day", due_day=date(2026, 11, 27)
    )

    assert Enrollment.objects.get(learner=ada).version == sooner.live
    assert facts(ada)[2] == date(2026, 11, 27)
    assert facts(bruno)[2] == date(2026, 12, 8)


def test_when_one_of_two_rules_ends_the_other_takes_over(ada, mei, path, rule_factory, noon):
    rule_factory(**IN_14_DAYS)
    sooner = rule_factory(
        {"people": [str(ada.public_id)]}, name="Ada first", due_basis="day", due_day=date(2026, 11, 27)
    )
    seen = preview_rule(sooner, sooner.live, noon, archiving=True)

    archive_rule(rule=sooner, seen=seen.seen, typed="", actor=mei, at=noon)
    work(noon)

    assert facts(ada) == ("rule", True, date(2026, 12, 8), False)
    assert moved(ada) == ["assigned", "assigned"]


def test_a_paused_rule_moves_nobody(ada, bruno, mei, path, rule_factory, noon):
    rule = rule_factory()
    pause_rule(rule=rule, actor=mei, at=noon)
    User.objects.filter(pk=ada.pk).update(job_role=None)

    assert assign_people(people=[ada.pk, bruno.pk], at=noon) == {}
    assert on_path(path) == ["Ada", "Bruno"]


def test_archiving_does_what_the_rule_says_about_leaving(ada, bruno, mei, path, rule_factory, noon, done_one):
    rule = rule_factory()
    done_one(bruno, path, noon)
    preview = preview_rule(rule, rule.live, noon, archiving=True)
    assert (preview.withdrawn, preview.made_optional, preview.gaining) == (1, 1, 0)

    archive_rule(rule=rule, seen=preview.seen, typed="", actor=mei, at=noon)
    work(noon)

    assert on_path(path) == ["Bruno"]
    assert facts(bruno) == ("rule", False, None, False)
    with pytest.raises(ActionRefused, match="archived"):
        edit_rule(rule=rule, name="Again", text=RuleText(audience=IN_SERVICE), actor=mei, at=noon)


def test_editing_shows_its_effect_and_leaves_the_old_text_in_force_until_then(
    ada, bruno, mei, path, rule_factory, noon
):
    rule = rule_factory(**IN_14_DAYS)
    edit_rule(
        rule=rule,
        name="Ada only",
        text=RuleText(audience={"people": [str(ada.public_id)]}, due_basis="assigned", due_days=30),
        actor=mei,
        at=noon,
    )
    preview = preview_of(rule, noon)
    assert (preview.matching, preview.gaining, preview.on_it, preview.withdrawn) == (1, 0, 1, 1)
    assert on_path(path) == ["Ada", "Bruno"]

    confirm(rule, mei, noon)

    assert on_path(path) == ["Ada"]
    assert facts(ada)[2] == date(2026, 12, 24)
    assert [version.number for version in rule.versions.all()] == [2, 1]


def test_a_preview_that_has_gone_stale_is_shown_again_and_not_applied(
    ada, bruno, grace, mei, path, rule_factory, noon, customer_service
):
    rule = rule_factory(draft=True)
    looked_at = preview_of(rule, noon)
    User.objects.filter(pk=grace.pk).update(job_role=customer_service)

    with pytest.raises(PreviewStale) as stale:
        confirm_rule(rule=rule, seen=looked_at.seen, typed="", actor=mei, at=noon)

    assert stale.value.preview.gaining == 3
    assert (on_path(path), Job.objects.count()) == ([], 0)
    rule.refresh_from_db()
    assert rule.state == Assignment.State.DRAFT


def test_the_same_number_of_other_people_is_stale_too(ada, grace, mei, rule_factory, noon, customer_service):
    rule = rule_factory(draft=True)
    looked_at = preview_of(rule, noon)
    User.objects.filter(pk=grace.pk).update(job_role=customer_service)
    User.objects.filter(pk=ada.pk).update(job_role=None)

    with pytest.raises(PreviewStale):
        confirm_rule(rule=rule, seen=looked_at.seen, typed="", actor=mei, at=noon)


def test_two_administrators_who_confirm_the_same_preview_start_one_job(ada, mei, radia, rule_factory, noon):
    rule = rule_factory(draft=True)
    seen = preview_of(rule, noon).seen

    first = confirm_rule(rule=rule, seen=seen, typed="", actor=mei, at=noon)
    second = confirm_rule(rule=rule, seen=seen, typed="", actor=radia, at=noon)

    assert first == second
    rule.refresh_from_db()
    assert rule.live.confirmed_by == mei
    assert AuditEntry.objects.filter(action="paths.confirm_rule").count() == 1


def test_a_rule_for_very_many_wants_their_number_typed(
    person_factory, mei, path, rule_factory, noon, customer_service
):
    User.objects.bulk_create(
        User(email=f"agent{n}@larkfield.example", full_name=f"Agent {n}", job_role=customer_service)
        for n in range(101)
    )
    rule = rule_factory(draft=True)
    seen = preview_of(rule, noon).seen

    for typed in ["", "100", "yes"]:
        with pytest.raises(NumberNotTyped, match="101 people"):
            confirm_rule(rule=rule, seen=seen, typed=typed, actor=mei, at=noon)
    assert Job.objects.count() == 0
    assert confirm_rule(rule=rule, seen=seen, typed=" 101 ", actor=mei, at=noon).kind == "paths.apply_rule"


@pytest.mark.parametrize(
    ("audience", "told"),
    [
        ({"role": ["no-such-role"]}, "There is no job role no-such-role"),
        ({"unit": ["NOWHERE"]}, "There is no unit NOWHERE"),
        ({"all": [{"role": ["customer-service"]}, {"role": ["sales"]}]}, "never hold together"),
        (
            {"all": [{"role": ["customer-service"]}, {"not": {"role": ["customer-service"]}}]},
            "exclude each other",
        ),
        (
            {"all": [{"hired_before": "2026-01-01"}, {"hired_after": "2026-01-01"}]},
            "no day in between",
        ),
    ],
)
def test_a_rule_that_cannot_work_says_why_and_is_not_confirmed(audience, told, ada, mei, rule_factory, noon):
    rule = rule_factory(audience, draft=True)

    with pytest.raises(ActionRefused, match=told):
        confirm_rule(rule=rule, seen=preview_of(rule, noon).seen, typed="", actor=mei, at=noon)
    assert (Job.objects.count(), Enrollment.objects.count()) == (0, 0)


def test_a_rule_that_would_close_before_it_is_due_is_refused(ada, mei, rule_factory, noon):
    rule = rule_factory(draft=True, **IN_14_DAYS, closes_basis="assigned", closes_days=7)

    with pytest.raises(ActionRefused, match="close before it is due"):
        confirm_rule(rule=rule, seen=preview_of(rule, noon).seen, typed="", actor=mei, at=noon)


def test_when_a_unit_is_deleted_its_rule_rests_and_nobody_loses_anything(
    ada, bruno, porto, path, rule_factory, noon
):
    rule = rule_factory({"unit": ["CS-PORTO"]})
    assert on_path(path) == ["Ada", "Bruno", "Linus"]
    porto.delete()

    assign_people(people=[ada.pk, bruno.pk], at=noon)

    assert on_path(path) == ["Ada", "Bruno", "Linus"]
    rule.refresh_from_db()
    assert rule.problem == "There is no unit CS-PORTO any more: it was deleted or merged. Choose another one."
    assert AuditEntry.objects.filter(action="paths.note_problem").count() == 1


def test_a_rule_goes_on_by_itself_once_its_role_is_back(ada, path, rule_factory, noon, customer_service):
    rule = rule_factory()
    customer_service.delete()
    ada.refresh_from_db()
    assign_people(people=[ada.pk], at=noon)
    assert on_path(path) == ["Ada"]

    ada.job_role = type(customer_service).objects.create(code="customer-service", name="Customer service")
    ada.save()
    assign_people(people=[ada.pk], at=noon)

    rule.refresh_from_db()
    assert (rule.problem, on_path(path)) == ("", ["Ada"])


def test_days_pass_and_with_them_who_was_hired_lately(ada, path, rule_factory, noon):
    employed(ada, hired_on="2026-11-01")
    rule_factory({"hired_within_days": 30})
    assert on_path(path) == ["Ada"]

    start_daily_round(at=noon + timedelta(days=40))
    work(noon + timedelta(days=40))

    assert on_path(path) == []


def test_the_daily_round_is_done_once_a_day(rule_factory, ada, noon):
    rule_factory()

    first = start_daily_round(at=noon)
    second = start_daily_round(at=noon + timedelta(hours=5))

    assert first == second


def test_whoever_leaves_the_company_loses_what_they_had_not_begun(ada, bruno, path, rule_factory, noon):
    rule_factory()
    set_person_status(person=ada, status=User.Status.LEFT, actor="test")

    follow_people(at=noon, for_seconds=10)

    assert on_path(path) == ["Bruno"]


def test_a_copy_is_a_draft_of_its_own(ada, mei, rule_factory, noon):
    rule = rule_factory(**IN_14_DAYS)

    copy = duplicate_rule(rule=rule, actor=mei, at=noon)

    assert (copy.name, copy.state, copy.live) == ("Customer service (copy)", "draft", None)
    draft = copy.versions.get()
    assert (draft.audience, draft.due_days, draft.confirmed_at) == (IN_SERVICE, 14, None)


def test_a_draft_thrown_away_leaves_what_is_in_force(ada, mei, rule_factory, noon):
    rule = rule_factory()
    edit_rule(rule=rule, name="Nobody", text=RuleText(), actor=mei, at=noon)

    discard_draft(rule=rule, actor=mei, at=noon)

    assert list(rule.versions.values_list("number", flat=True)) == [1]


def test_a_rule_never_confirmed_goes_with_its_draft(mei, rule_factory, noon):
    rule = rule_factory(draft=True)

    discard_draft(rule=rule, actor=mei, at=noon)

    assert Assignment.objects.count() == 0


@pytest.fixture
def many(customer_service, porto):
    """Forty agents in Porto."""
    User.objects.bulk_create(
        User(
            email=f"a{n}@larkfield.example", full_name=f"Agent {n}", job_role=customer_service, org_unit=porto
        )
        for n in range(40)
    )
    return User.objects.filter(full_name__startswith="Agent")


def test_when_a_unit_is_merged_into_another_nobody_loses_a_path_unseen(many, mei, path, rule_factory, noon):
    rule = rule_factory({"unit": ["CS-PORTO"]})
    iberia = OrgUnit.add_root(code="CS-IBERIA", name="Iberia")
    many.update(org_unit=iberia)
    note_changes(people=many.values_list("pk", flat=True))

    follow_people(at=noon, for_seconds=10)

    assert Enrollment.objects.current().filter(path=path).count() == 40
    rule.refresh_from_db()
    assert rule.state == Assignment.State.PAUSED
    assert rule.problem.startswith("40 of the 40 people who have the path by this rule would lose it at once")
    start_daily_round(at=noon)
    work(noon)
    assert Enrollment.objects.current().filter(path=path).count() == 40

    confirm(rule, mei, noon)
    assert (rule.state, rule.problem) == (Assignment.State.ACTIVE, "")
    assert Enrollment.objects.current().filter(path=path).count() == 0


@pytest.mark.parametrize(("leaving", "left"), [(20, 20), (21, 40)])
def test_a_few_transfers_need_nobody_to_look(many, path, rule_factory, noon, leaving, left):
    rule = rule_factory({"unit": ["CS-PORTO"]})
    moving = list(many.order_by("pk").values_list("pk", flat=True)[:leaving])
    User.objects.filter(pk__in=moving).update(org_unit=None)
    note_changes(people=moving)

    follow_people(at=noon, for_seconds=10)

    rule.refresh_from_db()
    assert Enrollment.objects.current().filter(path=path).count() == left
    assert rule.state == (Assignment.State.PAUSED if left == 40 else Assignment.State.ACTIVE)


def test_that_days_pass_needs_nobody_to_look(many, path, rule_factory, noon):
    for person in many:
        employed(person, hired_on="2026-11-01")
    rule = rule_factory({"hired_within_days": 30})
    assert Enrollment.objects.current().filter(path=path).count() == 40

    start_daily_round(at=noon + timedelta(days=30))
    work(noon + timedelta(days=30))

    rule.refresh_from_db()
    assert (rule.state, Enrollment.objects.current().filter(path=path).count()) == (
        Assignment.State.ACTIVE,
        0,
    )


def test_a_path_completed_in_the_same_moment_is_not_withdrawn(ada, path, rule_factory, noon, done_all):
    rule_factory()
    done_all(ada, path, noon)
    User.objects.filter(pk=ada.pk).update(job_role=None)

    assert assign_people(people=[ada.pk], at=noon) == {}
    assert Enrollment.objects.get(learner=ada).withdrawn_at is None
