"""Rules of achievements: written without JavaScript, tried out on people, and put in force as they were looked at."""

import re
import uuid
from datetime import timedelta
from html import unescape

import pytest
import time_machine

from badges.models import Achievement, Attestation, Award, CriteriaRule
from badges.services.rules import save_rule
from lms.jobs.models import Job
from lms.jobs.services import run_jobs
from tests.web.pages import hidden, text_of

pytestmark = pytest.mark.usefixtures("at_noon")

CREDENTIALS = "/manage/credentials/"


def at(achievement, rest=""):
    return f"{CREDENTIALS}{achievement.public_id}/{rest}"


@pytest.fixture
def path(path_factory, lesson_factory):
    return path_factory(lesson_factory("Ask well"), title="Working with AI")


# Rules


def test_a_rule_is_written_condition_by_condition_without_javascript(admin, prompt_craft, path):
    rule = at(prompt_craft, "rule/")
    form = {"how": "at_least", "number": "1"}

    page = admin.post(rule, {**form, "new": "path_completed", "do": "add"})
    assert 'name="c0-kind" value="path_completed"' in page.content.decode()
    form |= {"c0-kind": "path_completed", "c0-value": str(path.uuid)}
    page = admin.post(rule, {**form, "new": "manager_attested", "do": "add"})
    assert f'value="{path.uuid}" selected' in page.content.decode()
    assert f'value="{prompt_craft.public_id}" selected' in page.content.decode()
    form |= {"c1-kind": "manager_attested", "c1-value": str(prompt_craft.public_id)}
    response = admin.post(rule, {**form, "do": "save"})

    assert response.headers["Location"] == at(prompt_craft, "rule/try/?for=earn")
    stored = CriteriaRule.objects.get()
    assert stored.tree == {
        "any": [
            {"path_completed": {"id": str(path.uuid)}},
            {"manager_attested": {"id": str(prompt_craft.public_id)}},
        ]
    }
    assert (stored.is_enabled, Award.objects.count()) == (False, 0)


def test_a_condition_can_be_taken_out_again_and_eight_are_the_most(admin, prompt_craft, path):
    form = {"how": "all", "c0-kind": "lesson_mastered", "c1-kind": "path_completed", "c1-value": path.uuid}

    page = admin.post(at(prompt_craft, "rule/"), {**form, "do": "remove:c0"}).content.decode()
    assert 'name="c0-kind" value="path_completed"' in page
    assert "c1-kind" not in page

    full = {f"c{each}-kind": "path_completed" for each in range(8)}
    page = admin.post(at(prompt_craft, "rule/"), {**full, "new": "badge_held", "do": "add"})
    assert "Eight conditions are the most here" in text_of(page)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({}, "Add at least one condition"),
        ({"c0-kind": "path_completed"}, "Choose one, or remove this condition"),
        ({"c0-kind": "path_completed", "c0-value": "nonsense"}, "names nothing that exists"),
        (
            {
                "c0-kind": "path_completed",
                "c0-value": str(uuid.UUID(int=3)),
                "how": "at_least",
                "number": "2",
            },
            "takes a number from 1 to 1",
        ),
        ({"c0-kind": "group", "c0-value": "[" * 9000}, "This group cannot be understood"),
        ({"c0-kind": "group", "c0-value": '{"all": []}'}, "This group cannot be understood"),
        ({"c0-kind": "unknown"}, "Add at least one condition"),
    ],
)
def test_a_rule_that_says_nothing_is_not_stored(admin, prompt_craft, form, told):
    page = admin.post(at(prompt_craft, "rule/"), {"how": "all", **form, "do": "save"})

    assert told in text_of(page)
    assert CriteriaRule.objects.count() == 0


def test_a_score_must_be_one(admin, prompt_craft, exercise_factory):
    exercise = exercise_factory(slug="hand-over")
    form = {"c0-kind": "exercise_score", "c0-value": str(exercise.uuid), "c0-part": "outcome"}

    page = admin.post(at(prompt_craft, "rule/"), {"how": "all", **form, "c0-at-least": "101", "do": "save"})
    assert "A score is a whole number from 0 to 100" in text_of(page)
    admin.post(at(prompt_craft, "rule/"), {"how": "all", **form, "c0-at-least": "80", "do": "save"})

    score = {"id": str(exercise.uuid), "part": "outcome", "at_least": 80}
    assert CriteriaRule.objects.get().tree == {"all": [{"exercise_score": score}]}


def test_a_group_that_the_editor_cannot_write_is_shown_and_kept(admin, mei, prompt_craft, path, noon):
    inner = {
        "any": [{"path_completed": {"id": str(path.uuid)}}, {"lesson_mastered": {"id": str(uuid.uuid4())}}]
    }
    tree = {"all": [inner, {"path_completed": {"id": str(path.uuid)}}]}
    save_rule(achievement=prompt_craft, tree=tree, actor=mei, at=noon)

    page = admin.get(at(prompt_craft, "rule/"))
    assert (
        "One of these: Complete the path “Working with AI”; Master a lesson that no longer exists"
        in text_of(page)
    )
    values = re.findall(r'name="(c\d-kind|c\d-value)" value="([^"]*)"', page.content.decode())
    form = {name: unescape(value) for name, value in values}
    begun = hidden(page, "begun_from")
    admin.post(
        at(prompt_craft, "rule/"),
        {**form, "c1-value": str(path.uuid), "how": "all", "begun_from": begun, "do": "save"},
    )

    assert CriteriaRule.objects.get().tree == tree


def test_badges_that_wait_for_each_other_are_refused_in_the_form(
    admin, mei, prompt_craft, achievement_factory
):
    other = achievement_factory("Other")
    form = {"how": "all", "c0-kind": "badge_held", "do": "save"}
    admin.post(at(other, "rule/"), {**form, "c0-value": str(prompt_craft.public_id)})

    page = admin.post(at(prompt_craft, "rule/"), {**form, "c0-value": str(other.public_id)})

    assert "Nobody could ever earn this" in text_of(page)
    assert CriteriaRule.objects.count() == 1


def test_trying_out_shows_who_would_earn_it_and_what_others_lack(
    admin, ada, bruno, mei, linus, prompt_craft, path, learned, noon
):
    tree = {
        "all": [
            {"path_completed": {"id": str(path.uuid)}},
            {"manager_attested": {"id": str(prompt_craft.public_id)}},
        ]
    }
    save_rule(achievement=prompt_craft, tree=tree, actor=mei, at=noon)
    learned(ada, path.uuid)
    learned(bruno, path.uuid)
    page = text_of(admin.get(at(prompt_craft, "rule/try/")))
    assert "0 people would earn it now" in page
    assert "Nobody at all has done this yet: Somebody above them says" in page

    Attestation.objects.create(
        achievement=prompt_craft, person=ada, attested_by=linus, statement="Seen it.", at=noon
    )
    page = text_of(admin.get(at(prompt_craft, "rule/try/")))
    assert "1 person would earn it now" in page
    assert "Ada Okafor" in page
    assert "Bruno" not in page
    assert "Nobody at all" not in page
    begun = text_of(admin.get(at(prompt_craft, "rule/try/?group=begun")))
    assert "Bruno Salgado bruno@larkfield.example Somebody above them says" in begun
    assert "Ada Okafor" not in begun


def test_putting_it_in_force_awards_whoever_meets_it(admin, ada, mei, prompt_craft, path, learned, noon):
    save_rule(achievement=prompt_craft, tree={"path_completed": {"id": str(path.uuid)}}, actor=mei, at=noon)
    learned(ada, path.uuid)
    page = admin.get(at(prompt_craft, "rule/try/"))

    response = admin.post(at(prompt_craft, "rule/try/"), {"seen": hidden(page, "seen")})
    run_jobs(for_seconds=30)

    job = Job.objects.get()
    assert response.headers["Location"] == f"/manage/jobs/{job.public_id}/"
    assert (job.state, job.kind) == ("done", "badges.follow_rule")
    assert Award.objects.get().recipient == ada
    assert "in force" in text_of(admin.get(at(prompt_craft)))
    admin.post(at(prompt_craft, "rule/rest/"))
    assert CriteriaRule.objects.get().is_enabled is False


def test_a_rule_about_a_path_that_was_deleted_says_so_and_is_not_put_in_force(
    admin, ada, mei, prompt_craft, path, learned, noon
):
    save_rule(achievement=prompt_craft, tree={"path_completed": {"id": str(path.uuid)}}, actor=mei, at=noon)
    learned(ada, path.uuid)
    seen = hidden(admin.get(at(prompt_craft, "rule/try/")), "seen")
    path.delete()

    page = admin.get(at(prompt_craft, "rule/try/"))
    assert "Complete a path that no longer exists (“Something”)" in text_of(page)
    assert "Put it in force" not in text_of(page)
    refused = admin.post(at(prompt_craft, "rule/try/"), {"seen": seen})

    assert refused.status_code == 409
    assert "no longer exists" in text_of(refused)
    assert (CriteriaRule.objects.get().is_enabled, Job.objects.count()) == (False, 0)
    assert "needs you" in text_of(admin.get(at(prompt_craft)))


def test_a_rule_that_cannot_be_understood_is_shown_as_such(admin, prompt_craft):
    CriteriaRule.objects.create(achievement=prompt_craft, tree={"nonsense": 1})

    assert "cannot be understood" in text_of(admin.get(at(prompt_craft)))
    assert "cannot be understood" in text_of(admin.get(at(prompt_craft, "rule/")))
    assert "cannot be understood" in text_of(admin.get(at(prompt_craft, "rule/try/")))


def test_a_rule_of_a_draft_waits_until_it_is_open(admin, mei, prompt_craft, path, noon):
    save_rule(achievement=prompt_craft, tree={"path_completed": {"id": str(path.uuid)}}, actor=mei, at=noon)
    seen = hidden(admin.get(at(prompt_craft, "rule/try/")), "seen")
    Achievement.objects.update(state="draft")

    refused = admin.post(at(prompt_craft, "rule/try/"), {"seen": seen})

    assert "cannot be earned as yet" in text_of(refused)
    assert Job.objects.count() == 0


def test_a_rule_to_keep_names_who_would_be_warned(admin, ada, awarded, prompt_craft, path):
    form = {"how": "all", "c0-kind": "path_completed", "c0-value": str(path.uuid), "do": "save"}
    page = admin.post(at(prompt_craft, "rule/?for=keep"), {**form, "notice_days": "soon"})
    assert "Days of notice are a number" in text_of(page)
    admin.post(at(prompt_craft, "rule/?for=keep"), {**form, "notice_days": "45"})
    assert CriteriaRule.objects.get().notice_days == 45

    page = admin.get(at(prompt_craft, "rule/try/?for=keep"))
    assert "1 holder does not meet it" in text_of(page)
    assert "Ada Okafor ada@larkfield.example Complete the path “Working with AI”" in text_of(page)
    admin.post(at(prompt_craft, "rule/try/?for=keep"), {"seen": hidden(page, "seen")})

    assert CriteriaRule.objects.get().is_enabled is True
    assert Job.objects.count() == 0


def test_a_rule_to_renew_counts_only_what_came_after_the_window_opened(
    admin, ada, awarded, mei, prompt_craft, path, learned, noon, client_of
):
    save_rule(
        achievement=prompt_craft,
        tree={"path_completed": {"id": str(path.uuid)}},
        actor=mei,
        at=noon,
        purpose="renew",
    )
    learned(ada, path.uuid, at=noon)
    nobody = text_of(admin.get(at(prompt_craft, "rule/try/?for=renew")))
    assert "0 holders would be renewed now" in nobody
    assert "Would be renewed: 0 Not yet: 0" in nobody

    with time_machine.travel(noon + timedelta(days=330), tick=False):
        admin = client_of(mei)
        page = text_of(admin.get(at(prompt_craft, "rule/try/?for=renew&group=not_yet")))
        assert "Would be renewed: 0 Not yet: 1" in page
        assert "Complete the path “Working with AI”" in page
        learned(ada, path.uuid, at=noon + timedelta(days=329))
        page = text_of(admin.get(at(prompt_craft, "rule/try/?for=renew")))
        assert "1 holder would be renewed now" in page
        assert "Would be renewed: 1 Not yet: 0" in page
        assert "is renewed" in page


def test_an_unknown_purpose_is_no_page(admin, prompt_craft):
    assert admin.get(at(prompt_craft, "rule/?for=fun")).status_code == 404
