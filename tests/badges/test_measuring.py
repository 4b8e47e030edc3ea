"""Measured results that reviewers confirm: what the ledger keeps of them, and the rules that ask for them."""

import json
from datetime import timedelta

import pytest

from badges.criteria import Condition, evaluate, parse_rule, to_json
from badges.models import Award
from badges.selectors.earning import no_longer_met
from badges.selectors.facts import facts_about, people_who_meet
from badges.selectors.nominations import pieces_of
from badges.selectors.trying_out import conditions_nobody_meets
from badges.services.evidence import NewEvidence, add_evidence
from badges.services.following import follow_all_rules
from badges.services.nominating import nominate, submit_nomination
from badges.services.reviewing import review_nomination
from badges.services.revoking import revoke_award
from badges.services.rules import enable_rule, save_rule
from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.people.models import User
from lms.records.models import LearningRecord
from lms.records.services import deliver_to_all
from tests.badges.nominations import SHOWN

KEPT = "plum-hours-4711"
RESULTS = [
    NewEvidence("result", f"{KEPT} for everyone", f"{KEPT}: from 20 to 12 minutes", visibility="public"),
    NewEvidence("result", f"{KEPT} for reviewers", f"{KEPT}: 40 cases", visibility="reviewers"),
    NewEvidence("result", f"{KEPT} for myself", f"{KEPT}: a bad week", visibility="private"),
    NewEvidence("link", "Our guide", url="https://wiki.example/guide"),
]


@pytest.fixture
def put_forward(coach, noon):
    """Return a function that puts somebody forward for AI coach with evidence."""

    def put(person, *evidence):
        made = nominate(achievement=coach, nominee=person, nominated_by=person, why="I help.", at=noon)
        for new in evidence:
            add_evidence(nomination=made, actor=person, new=new, at=noon)
        return submit_nomination(nomination=made, actor=person, at=noon)

    return put


@pytest.fixture
def practitioner(achievement_factory, coach, mei, noon):
    """Whoever had a measured result confirmed in the review of AI coach earns it."""
    achievement = achievement_factory("Practitioner")
    tree = to_json(Condition("measured_outcome", coach.public_id))
    rule = save_rule(achievement=achievement, tree=tree, actor=mei, at=noon)
    enable_rule(rule=rule, actor=mei, at=noon)
    return achievement


def results():
    return LearningRecord.objects.filter(verb="measured").order_by("pk")


def test_accepted_means_that_each_result_which_reviewers_saw_is_recorded(
    ada, radia, coach, put_forward, decide, noon
):
    made = put_forward(ada, *RESULTS)

    decide(made, radia)

    seen = list(made.evidence.order_by("pk"))[:2]
    assert [
        (each.actor, each.object_type, each.object_id, each.object_title, each.object_version, each.at)
        for each in results()
    ] == [(ada, "achievement", coach.public_id, "AI coach", "1", noon)] * 2
    assert [each.result for each in results()] == [{"success": True}] * 2
    assert [each.context for each in results()] == [
        {"nomination": str(made.public_id), "evidence": str(piece.public_id)} for piece in seen
    ]


def test_what_a_result_says_is_in_neither_the_ledger_nor_the_audit_trail(ada, radia, put_forward, decide):
    decide(put_forward(ada, *RESULTS), radia)

    ledger = json.dumps(list(LearningRecord.objects.values()), default=str)
    audit = json.dumps(list(AuditEntry.objects.values()), default=str)
    assert (KEPT in ledger, KEPT in audit) == (False, False)


@pytest.mark.parametrize("decision", ["return", "decline"])
def test_what_is_not_accepted_confirms_nothing(ada, radia, put_forward, decide, decision):
    decide(put_forward(ada, *RESULTS), radia, decision)

    assert not results().exists()


def test_results_are_recorded_once_enough_reviewers_agree_and_once_only(
    ada, radia, mei, achievement_factory, noon
):
    both = achievement_factory("By two", takes_nominations=True, rubric=list(SHOWN), reviewers_needed=2)
    made = nominate(achievement=both, nominee=ada, nominated_by=ada, why="I help.", at=noon)
    add_evidence(nomination=made, actor=ada, new=RESULTS[0], at=noon)
    submit_nomination(nomination=made, actor=ada, at=noon)
    decision = {"seen_round": 1, "decision": "accept", "levels": SHOWN, "comment": "", "at": noon}

    review_nomination(nomination=made, reviewer=radia, **decision)
    assert not results().exists()
    review_nomination(nomination=made, reviewer=mei, **decision)
    with pytest.raises(ActionRefused):
        review_nomination(nomination=made, reviewer=mei, **decision)

    assert results().count() == 1


def test_a_confirmed_result_awards_what_asks_for_one_without_waiting_for_the_round(
    ada, radia, coach, practitioner, put_forward, decide
):
    decide(put_forward(ada, *RESULTS), radia)

    deliver_to_all()

    assert {(award.achievement, award.recipient, award.source) for award in Award.objects.all()} == {
        (coach, ada, "review"),
        (practitioner, ada, "rule"),
    }


@pytest.mark.parametrize("evidence", [RESULTS[2:], RESULTS[3:]], ids=["kept private", "no result"])
def test_whoever_was_accepted_without_a_result_that_reviewers_saw_lacks_one(
    ada, radia, coach, practitioner, put_forward, decide, evidence
):
    decide(put_forward(ada, *evidence), radia)

    deliver_to_all()

    assert [award.achievement for award in Award.objects.all()] == [coach]


def test_the_nominee_reads_which_results_were_confirmed(ada, radia, put_forward, decide):
    made = put_forward(ada, *RESULTS)
    assert [each.is_confirmed for each in pieces_of(made, for_reviewers=False)] == [False] * 4

    decide(made, radia)

    made.refresh_from_db()
    assert [each.is_confirmed for each in pieces_of(made, for_reviewers=False)] == [True, True, False, False]


# --- taken back ---------------------------------------------------------------------------------------


def who_has_one(coach, at):
    """Return who had a result confirmed that counts, as one question and by the facts of each; and whether anybody."""
    asked = Condition("measured_outcome", coach.public_id)
    everyone = list(User.objects.values_list("pk", flat=True))
    facts = facts_about(people=everyone, nodes=[asked], at=at)
    by_facts = {key for key in everyone if evaluate(asked, facts[key]).is_met}
    assert set(people_who_meet(asked, at=at).values_list("pk", flat=True)) == by_facts
    assert conditions_nobody_meets(asked, at=at) == ([] if by_facts else [asked])
    return {person.full_name.split()[0] for person in User.objects.filter(pk__in=by_facts)}


@pytest.mark.parametrize(
    ("code", "has_one"),
    [
        ("evidence", {"Bruno"}),
        ("mistake", {"Bruno"}),
        ("conduct", {"Bruno"}),
        ("request", {"Bruno"}),
        ("lapsed", {"Ada", "Bruno"}),
    ],
)
def test_a_result_counts_no_more_once_its_award_is_revoked_unless_that_has_only_lapsed(
    ada, bruno, radia, mei, coach, put_forward, decide, noon, code, has_one
):
    for person in (ada, bruno):
        decide(put_forward(person, *RESULTS), radia)
    assert who_has_one(coach, noon) == {"Ada", "Bruno"}

    revoke_award(award=Award.objects.get(recipient=ada), actor=mei, at=noon, code=code)

    assert who_has_one(coach, noon) == has_one
    assert results().count() == 4


def test_a_rule_awards_nothing_for_a_result_that_was_taken_back(
    ada, radia, mei, practitioner, put_forward, decide, noon
):
    decide(put_forward(ada, *RESULTS), radia)
    revoke_award(award=Award.objects.get(), actor=mei, at=noon, code="evidence")

    deliver_to_all()
    follow_all_rules(at=noon, goes_on=lambda: True)

    assert not Award.objects.filter(achievement=practitioner).exists()


def test_a_result_that_reviewers_confirm_after_another_was_taken_back_counts(
    ada, radia, mei, coach, put_forward, decide, noon
):
    decide(put_forward(ada, *RESULTS), radia)
    revoke_award(award=Award.objects.get(), actor=mei, at=noon, code="evidence")

    decide(put_forward(ada, *RESULTS), radia)

    assert who_has_one(coach, noon) == {"Ada"}


def test_whoever_keeps_a_badge_by_a_result_that_was_taken_back_is_warned(
    ada, bruno, radia, mei, coach, practitioner, put_forward, decide, noon
):
    tree = to_json(Condition("measured_outcome", coach.public_id))
    rule = save_rule(achievement=practitioner, tree=tree, actor=mei, at=noon, purpose="keep")
    enable_rule(rule=rule, actor=mei, at=noon)
    for person in (ada, bruno):
        decide(put_forward(person, *RESULTS), radia)
    follow_all_rules(at=noon, goes_on=lambda: True)

    revoke_award(
        award=Award.objects.get(achievement=coach, recipient=ada), actor=mei, at=noon, code="evidence"
    )

    assert [each.recipient for each in no_longer_met(practitioner, parse_rule(tree), at=noon)] == [ada]
    assert follow_all_rules(at=noon, goes_on=lambda: True) == 1
    kept = Award.objects.filter(achievement=practitioner).values_list("recipient", "state", "lapses_at")
    assert set(kept) == {(ada.pk, "issued", noon + timedelta(days=30)), (bruno.pk, "issued", None)}


def test_the_nominee_does_not_read_that_a_result_is_confirmed_that_was_taken_back(
    ada, radia, mei, put_forward, decide, noon
):
    made = put_forward(ada, *RESULTS)
    decide(made, radia)
    revoke_award(award=Award.objects.get(), actor=mei, at=noon, code="evidence")

    made.refresh_from_db()

    assert [each.is_confirmed for each in pieces_of(made, for_reviewers=False)] == [False] * 4
