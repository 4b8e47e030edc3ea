"""Conditions of rules that count results and contributions: written, tried out, and read by whom they are about."""

import re

import pytest

from badges.models import CriteriaRule
from badges.services.rules import enable_rule, save_rule
from tests.web.pages import text_of

pytestmark = pytest.mark.usefixtures("at_noon")


def rule_of(achievement, rest=""):
    return f"/manage/credentials/{achievement.public_id}/rule/{rest}"


# Measured results


def test_a_result_can_be_asked_for_from_what_people_are_put_forward_for(
    admin, prompt_craft, achievement_factory, coach
):
    achievement_factory("By rule alone")

    page = admin.post(rule_of(prompt_craft), {"how": "all", "new": "measured_outcome", "do": "add"})

    told = text_of(page)
    assert "Have a measured result confirmed by reviewers" in told
    assert re.findall(r"<option value=\"[0-9a-f-]{36}\">([^<]*)<", page.content.decode()) == ["AI coach"]
    form = {"how": "all", "c0-kind": "measured_outcome", "c0-value": str(coach.public_id), "do": "save"}
    admin.post(rule_of(prompt_craft), form)
    assert CriteriaRule.objects.get().tree == {"all": [{"measured_outcome": {"id": str(coach.public_id)}}]}


def test_what_takes_no_nominations_any_more_stays_chosen_and_says_so(admin, mei, prompt_craft, coach, noon):
    tree = {"measured_outcome": {"id": str(coach.public_id)}}
    save_rule(achievement=prompt_craft, tree=tree, actor=mei, at=noon)
    type(coach.live).objects.filter(pk=coach.live.pk).update(takes_nominations=False)

    assert "AI coach (takes no nominations now)" in text_of(admin.get(rule_of(prompt_craft)))
    tried = text_of(admin.get(rule_of(prompt_craft, "try/")))
    assert "in the review of “AI coach” (nobody can be put forward for it now)" in tried


def test_trying_out_shows_whose_result_was_confirmed_and_who_lacks_one(
    admin, ada, bruno, mei, prompt_craft, coach, learned, measured, path_factory, lesson_factory, noon
):
    path = path_factory(lesson_factory("Ask well"), title="Working with AI")
    tree = {
        "all": [
            {"path_completed": {"id": str(path.uuid)}},
            {"measured_outcome": {"id": str(coach.public_id)}},
        ]
    }
    save_rule(achievement=prompt_craft, tree=tree, actor=mei, at=noon)
    for person in (ada, bruno):
        learned(person, path.uuid)
    asked = "Have a measured result confirmed in the review of “AI coach”"
    assert f"Nobody at all has done this yet: {asked}." in text_of(admin.get(rule_of(prompt_craft, "try/")))

    measured(ada, coach.public_id)

    page = text_of(admin.get(rule_of(prompt_craft, "try/")))
    assert ("1 person would earn it now" in page, "Ada Okafor" in page, "Bruno" in page) == (
        True,
        True,
        False,
    )
    begun = text_of(admin.get(rule_of(prompt_craft, "try/?group=begun")))
    assert f"Bruno Salgado bruno@larkfield.example {asked}" in begun


def test_my_record_says_that_a_result_is_missing_and_where_it_is_confirmed(
    client_of, ada, mei, prompt_craft, coach, learned, path_factory, lesson_factory, noon
):
    path = path_factory(lesson_factory("Ask well"), title="Working with AI")
    tree = {
        "all": [
            {"path_completed": {"id": str(path.uuid)}},
            {"measured_outcome": {"id": str(coach.public_id)}},
        ]
    }
    enable_rule(rule=save_rule(achievement=prompt_craft, tree=tree, actor=mei, at=noon), actor=mei, at=noon)
    learned(ada, path.uuid)

    told = text_of(client_of(ada).get("/me/record/"))

    assert "1 of 2 done" in told
    assert "a measured result of yours, confirmed by the reviewers of “AI coach”" in told


# Contributions


def test_contributions_are_not_offered_while_nothing_records_them(admin, no_communities, prompt_craft):
    page = admin.post(
        rule_of(prompt_craft), {"how": "all", "new": "community_contribution", "do": "add"}
    ).content.decode()

    assert ("community_contribution" in page, "No condition yet" in page) == (False, True)


def test_a_rule_about_contributions_says_that_nothing_records_them(
    admin, mei, no_communities, prompt_craft, noon
):
    tree = {"all": [{"community_contribution": {"at_least": 3}}]}
    save_rule(achievement=prompt_craft, tree=tree, actor=mei, at=noon)

    assert "Nothing here records contributions to communities" in text_of(admin.get(rule_of(prompt_craft)))
    tried = text_of(admin.get(rule_of(prompt_craft, "try/")))
    assert "Contribute to communities, which nothing here records. Nobody can do that now" in tried
    assert "Put it in force" not in tried


def test_contributions_are_asked_for_by_number_and_way(admin, communities, prompt_craft):
    page = admin.post(rule_of(prompt_craft), {"how": "all", "new": "community_contribution", "do": "add"})
    names = re.findall(r"<option value=\"(\w+)\"[^>]*>([^<]*)<", page.content.decode())
    assert ("any", "Any contribution") in names
    assert ("workflow_shared", "Share a workflow") in names

    form = {
        "how": "all",
        "c0-kind": "community_contribution",
        "c0-value": "any",
        "c0-at-least": "3",
        "c1-kind": "community_contribution",
        "c1-value": "workflow_shared",
        "c1-at-least": "1",
    }
    admin.post(rule_of(prompt_craft), {**form, "do": "save"})

    assert CriteriaRule.objects.get().tree == {
        "all": [
            {"community_contribution": {"at_least": 3}},
            {"community_contribution": {"at_least": 1, "kind": "workflow_shared"}},
        ]
    }
    tried = text_of(admin.get(rule_of(prompt_craft, "try/")))
    assert "Contribute to communities 3 times, each time to something else" in tried
    assert "Contribute to communities once: share a workflow" in tried


@pytest.mark.parametrize("number", ["", "0", "1001", "-1", "three"])
def test_how_many_contributions_is_a_number(admin, communities, prompt_craft, number):
    form = {"how": "all", "c0-kind": "community_contribution", "c0-value": "any", "c0-at-least": number}

    page = admin.post(rule_of(prompt_craft), {**form, "do": "save"})

    assert "Enter a whole number from 1 to 1000." in text_of(page)
    assert not CriteriaRule.objects.exists()


def test_a_way_that_is_not_recorded_any_more_stays_chosen_and_says_so(
    admin, mei, communities, prompt_craft, noon
):
    tree = {"community_contribution": {"at_least": 2, "kind": "workflow_sold"}}
    save_rule(achievement=prompt_craft, tree=tree, actor=mei, at=noon)

    assert "workflow_sold (not recorded here)" in text_of(admin.get(rule_of(prompt_craft)))


def test_whom_contributions_reach_is_shown(
    admin, ada, bruno, mei, communities, prompt_craft, contributed, noon
):
    save_rule(achievement=prompt_craft, tree={"community_contribution": {"at_least": 2}}, actor=mei, at=noon)
    for person, number in ((ada, 2), (bruno, 1)):
        for thing in range(number):
            contributed(person, f"00000000-0000-0000-0000-00000000000{thing}")

    page = text_of(admin.get(rule_of(prompt_craft, "try/")))

    assert ("1 person would earn it now" in page, "Ada Okafor" in page, "Bruno" in page) == (
        True,
        True,
        False,
    )
