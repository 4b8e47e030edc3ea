"""What a rule would do is read as one question about everyone, and says the same as the rule on each person's facts."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from badges.criteria import conditions_of, evaluate, parse_rule
from badges.models import Attestation, Award
from badges.selectors.earning import due_for_renewal, no_longer_met, who_would_earn, would_be_renewed
from badges.selectors.facts import facts_about
from badges.selectors.trying_out import (
    conditions_nobody_meets,
    gone_from,
    how_far,
    how_far_since_renewal_opened,
    things_in,
    who_has_begun,
)
from badges.services.awarding import award_achievement
from badges.services.renewing import renew_award
from badges.services.revoking import revoke_award
from lms.people.models import User

ONE, TWO, THREE = (uuid.UUID(int=number) for number in (1, 2, 3))
TWO_OF_THREE = parse_rule(
    {
        "at_least": {
            "number": 2,
            "of": [
                {"path_completed": {"id": str(ONE)}},
                {"lesson_mastered": {"id": str(TWO)}},
                {"exercise_score": {"id": str(THREE), "part": "prompt", "at_least": 70}},
            ],
        }
    }
)


def names(people):
    return sorted(person.full_name.split()[0] for person in people)


def test_who_would_earn_it_holds_nothing_has_not_left_and_lost_it_to_nobody(
    ada, bruno, grace, linus, radia, mei, prompt_craft, learned, noon
):
    for person in (ada, bruno, grace, linus, radia):
        learned(person, ONE)
        learned(person, TWO, "lesson")
    User.objects.filter(pk=bruno.pk).update(status="left")
    award_achievement(achievement=prompt_craft, recipient=grace, at=noon, source="person", actor=mei)
    taken = award_achievement(achievement=prompt_craft, recipient=linus, at=noon, source="person", actor=mei)
    revoke_award(award=taken, actor=mei, at=noon, code="evidence")

    assert names(who_would_earn(prompt_craft, TWO_OF_THREE, at=noon)) == ["Ada", "Radia"]


def test_who_has_begun_meets_something_and_lacks_something(ada, bruno, grace, prompt_craft, learned, noon):
    learned(ada, ONE)
    learned(bruno, ONE)
    learned(bruno, THREE, "exercise", prompt=70)
    learned(grace, uuid.uuid4())

    begun = who_has_begun(prompt_craft, TWO_OF_THREE, at=noon)

    assert names(begun) == ["Ada"]
    outcome = how_far(TWO_OF_THREE, [ada.pk], at=noon)[ada.pk]
    assert (outcome.done, outcome.needed) == (1, 2)
    assert [each.object_id for each in outcome.missing] == [TWO, THREE]


def test_conditions_that_nobody_meets_are_found_in_one_query(ada, learned, noon, django_assert_num_queries):
    learned(ada, ONE)
    learned(ada, THREE, "exercise", prompt=69)

    with django_assert_num_queries(1):
        unmet = conditions_nobody_meets(TWO_OF_THREE, at=noon)

    assert [each.object_id for each in unmet] == [TWO, THREE]


def test_without_any_person_nobody_meets_anything(db, noon):
    assert conditions_nobody_meets(TWO_OF_THREE, at=noon) == list(conditions_of(TWO_OF_THREE))


def test_the_question_about_everyone_says_what_the_rule_says_of_each(
    person_factory, prompt_craft, learned, noon
):
    people = [person_factory() for _ in range(8)]
    for number, person in enumerate(people):
        if number & 1:
            learned(person, ONE)
        if number & 2:
            learned(person, TWO, "lesson")
        if number & 4:
            learned(person, THREE, "exercise", prompt=80)
    facts = facts_about(people=[person.pk for person in people], nodes=[TWO_OF_THREE], at=noon)

    meeting = {person.pk for person in people if evaluate(TWO_OF_THREE, facts[person.pk]).is_met}
    on_the_way = {person.pk for person in people if 0 < evaluate(TWO_OF_THREE, facts[person.pk]).done < 2}
    only_practiced = {people[4].pk}  # nobody is listed for that: it would tell what they practice

    assert {person.pk for person in who_would_earn(prompt_craft, TWO_OF_THREE, at=noon)} == meeting
    assert {
        person.pk for person in who_has_begun(prompt_craft, TWO_OF_THREE, at=noon)
    } == on_the_way - only_practiced
    assert (len(meeting), len(on_the_way)) == (4, 3)


def test_what_is_gone_is_called_as_people_knew_it(
    ada, prompt_craft, path_factory, lesson_factory, learned, noon
):
    path = path_factory(lesson_factory(), title="Still there")
    unpublished = path_factory(lesson_factory(), title="Taken back")
    unpublished.unpublish()
    learned(ada, ONE)
    asked = [path.uuid, unpublished.uuid, ONE]
    node = parse_rule(
        {
            "all": [
                *({"path_completed": {"id": str(each)}} for each in asked),
                {"badge_held": {"id": str(prompt_craft.public_id)}},
                {"lesson_mastered": {"id": str(TWO)}},
                {"exercise_score": {"id": str(THREE), "part": "review", "at_least": 1}},
            ]
        }
    )

    with CaptureQueriesContext(connection) as queries:
        things = things_in([node])

    assert len(queries) == 5
    assert {key: (each.name, each.is_there, each.is_published) for key, each in things.items()} == {
        path.uuid: ("Still there", True, True),
        unpublished.uuid: ("Taken back", True, False),
        ONE: ("Something", False, False),
        prompt_craft.public_id: ("Prompt craft", True, True),
        TWO: ("", False, False),
        THREE: ("", False, False),
    }
    assert [each.object_id for each in gone_from(node, things)] == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    ("days", "is_due"), [(304, False), (305, True), (364, True), (394, True), (395, False)]
)
def test_an_award_is_due_for_renewal_when_it_could_be_renewed(awarded, prompt_craft, mei, noon, days, is_due):
    at = noon + timedelta(days=days)

    assert due_for_renewal(prompt_craft, at=at).exists() is is_due
    assert awarded.can_be_renewed_at(at) is is_due
    if is_due:
        renew_award(award=Award.objects.get(), actor=mei, at=at)


def test_holders_who_no_longer_meet_a_rule_are_found(ada, bruno, mei, prompt_craft, learned, noon):
    for person in (ada, bruno):
        award_achievement(achievement=prompt_craft, recipient=person, at=noon, source="person", actor=mei)
    learned(ada, ONE)
    node = parse_rule({"path_completed": {"id": str(ONE)}})

    assert [award.recipient for award in no_longer_met(prompt_craft, node, at=noon)] == [bruno]


def test_who_would_be_renewed_is_who_the_rule_renews_each_by_their_own_window(
    prompt_craft, person_factory, learned, noon
):
    people = [person_factory() for _number in range(6)]
    for number, person in enumerate(people):
        award_achievement(
            achievement=prompt_craft, recipient=person, at=noon + timedelta(days=number), source="rule"
        )
    # Their windows open one day after the other, and each has done the same on the same two days.
    for person in people:
        learned(person, ONE, at=noon + timedelta(days=307))
        learned(person, TWO, "lesson", at=noon + timedelta(days=308))
        learned(person, THREE, "exercise", at=noon + timedelta(days=308), prompt=69)
    at = noon + timedelta(days=320)
    due = due_for_renewal(prompt_craft, at=at)

    met = due.filter(would_be_renewed(prompt_craft, TWO_OF_THREE, at=at))

    outcomes = how_far_since_renewal_opened(TWO_OF_THREE, list(due.select_related("version")), at=at)
    assert {award.recipient_id for award in met} == {key for key, each in outcomes.items() if each.is_met}
    assert {award.recipient_id for award in met} == {person.pk for person in people[:3]}


@pytest.mark.parametrize("kind", ["manager_attested", "measured_outcome", "community_contribution"])
def test_a_renewal_counts_words_results_and_contributions_since_its_own_window_opened(
    kind, prompt_craft, person_factory, linus, communities, contributed, measured, noon
):
    people = [person_factory() for _number in range(4)]
    done = noon + timedelta(days=307)
    for number, person in enumerate(people):
        award_achievement(
            achievement=prompt_craft, recipient=person, at=noon + timedelta(days=number), source="rule"
        )
        Attestation.objects.create(
            achievement=prompt_craft, person=person, attested_by=linus, statement="Seen it.", at=done
        )
        measured(person, prompt_craft.public_id, at=done)
        contributed(person, ONE, at=noon)  # in time for nobody
        contributed(person, TWO, at=done)
    is_counted = kind == "community_contribution"
    node = parse_rule({kind: {"at_least": 1} if is_counted else {"id": str(prompt_craft.public_id)}})
    at = noon + timedelta(days=320)
    due = due_for_renewal(prompt_craft, at=at)

    met = due.filter(would_be_renewed(prompt_craft, node, at=at))

    outcomes = how_far_since_renewal_opened(node, list(due.select_related("version")), at=at)
    assert {award.recipient_id for award in met} == {key for key, each in outcomes.items() if each.is_met}
    assert {award.recipient_id for award in met} == {person.pk for person in people[:3]}
