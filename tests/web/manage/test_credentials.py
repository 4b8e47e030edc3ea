"""Administrators look after credentials: everything works without JavaScript, and nothing happens unseen."""

import re
import uuid
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from badges.models import Achievement, Attestation, Award, CriteriaRule, Issuer
from badges.services.awarding import award_achievement, award_all
from badges.services.revoking import revoke_award
from badges.services.rules import save_rule
from badges.services.signing import sign_waiting
from lms.core.models import AuditEntry
from lms.jobs.models import Job
from lms.jobs.services import run_jobs
from lms.people.models import OrgUnit, User

CREDENTIALS = "/manage/credentials/"
WORDS = {
    "name": "Prompt craft",
    "description": "Hands cases over.",
    "criteria": "Complete the path.",
    "kind": "Certification",
    "level": "practitioner",
    "color": "pine",
    "language": "en",
    "tags": "AI, service, AI",
    "validity_months": "12",
    "renewal_days": "60",
    "grace_days": "30",
    "alignments": "Writes prompts | https://skills.example/1 | ESCO | S1",
    "takes_nominations": "on",
    "reviewers_needed": "2",
    "rubric": "A real task\n\nChecked against the source ",
}


@pytest.fixture(autouse=True)
def _at_noon(noon):
    with time_machine.travel(noon, tick=False):
        yield


def text_of(response):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def at(achievement, rest=""):
    return f"{CREDENTIALS}{achievement.public_id}/{rest}"


def hidden(response, name):
    return re.findall(rf'name="{name}" value="([^"]*)"', response.content.decode())[0]


@pytest.fixture
def path(path_factory, lesson_factory):
    return path_factory(lesson_factory("Ask well"), title="Working with AI")


# Who vouches


def test_the_first_visit_asks_who_vouches(admin, settings):
    settings.BASE_URL = "https://praxis.example"

    assert "Who vouches?" in text_of(admin.get(CREDENTIALS))
    form = {"name": "Larkfield", "url": "larkfield.example", "email": "learning@larkfield.example"}
    admin.post(f"{CREDENTIALS}issuers/new/", form)

    issuer = Issuer.objects.get()
    assert (issuer.slug, issuer.name, issuer.base_url) == ("larkfield", "Larkfield", "https://praxis.example")
    assert issuer.url == "https://larkfield.example"
    assert issuer.keys.count() == 2
    assert "Nothing can be earned yet" in text_of(admin.get(CREDENTIALS))


def test_an_incomplete_issuer_is_not_made(admin):
    page = admin.post(f"{CREDENTIALS}issuers/new/", {"name": "Larkfield", "url": "", "email": "no address"})

    assert 'value="Larkfield"' in page.content.decode()
    assert Issuer.objects.count() == 0


# Words


def test_an_achievement_is_written_opened_and_retired(admin, larkfield):
    response = admin.post(f"{CREDENTIALS}new/", WORDS)
    achievement = Achievement.objects.get()
    assert response.headers["Location"] == at(achievement)
    assert achievement.live is not None
    assert achievement.state == "draft"
    assert achievement.live.tags == ["AI", "service"]
    assert (achievement.live.takes_nominations, achievement.live.reviewers_needed) == (True, 2)
    assert achievement.live.rubric == ["A real task", "Checked against the source"]
    assert achievement.live.alignments == [
        {
            "target_name": "Writes prompts",
            "target_url": "https://skills.example/1",
            "target_framework": "ESCO",
            "target_code": "S1",
        }
    ]

    admin.post(at(achievement, "open/"))
    achievement.refresh_from_db()
    assert achievement.state == "open"
    admin.post(at(achievement, "retire/"))
    achievement.refresh_from_db()
    assert achievement.state == "retired"
    actions = AuditEntry.objects.filter(object_type="achievement").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "badges.make_achievement",
        "badges.open_achievement",
        "badges.retire_achievement",
    ]


def test_the_form_of_a_new_one_begins_empty(admin, larkfield):
    form = admin.get(f"{CREDENTIALS}new/").context["form"]

    assert [form[name].value() for name in ("tags", "alignments", "rubric")] == ["", "", ""]


def test_too_few_reviewers_are_warned_of_when_saving_and_while_editing(admin, larkfield, person_factory):
    page = admin.post(f"{CREDENTIALS}new/", WORDS, follow=True)  # two have to agree, and Mei alone can review

    warning = "2 have to agree, and 1 person can review."
    assert warning in text_of(page)
    achievement = Achievement.objects.get()
    assert warning in text_of(admin.get(at(achievement, "edit/")))
    assert 'href="/manage/settings/"' in admin.get(at(achievement, "edit/")).content.decode()
    person_factory(groups=("Reviewers",))
    assert "can review" not in text_of(admin.get(at(achievement, "edit/")))


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("name", "", "This field is required"),
        ("validity_months", "", "A certification lasts for some time"),
        ("validity_months", "0", "greater than or equal to 1"),
        ("language", "english please", "Enter a valid value"),
        ("alignments", "Only a name", "Line 1: write name | address"),
        ("alignments", "Name | ftp://x.example", "Line 1: the address must begin with https://"),
        ("tags", ",".join(str(each) for each in range(21)), "20 tags are the most"),
        ("color", "mauve", "Select a valid choice"),
    ],
)
def test_what_is_wrong_with_the_words_is_said_and_nothing_is_lost(admin, larkfield, field, typed, told):
    page = admin.post(f"{CREDENTIALS}new/", {**WORDS, field: typed})

    assert told in text_of(page)
    assert "Complete the path." in text_of(page)
    assert Achievement.objects.count() == 0


def test_once_somebody_holds_it_a_change_makes_a_new_version(admin, awarded, prompt_craft):
    page = admin.get(at(prompt_craft, "edit/"))
    assert "makes version 2, for those who earn it from now on" in text_of(page)

    admin.post(
        at(prompt_craft, "edit/"), {**WORDS, "name": "Craft", "begun_from": hidden(page, "begun_from")}
    )

    prompt_craft.refresh_from_db()
    assert (prompt_craft.live.number, prompt_craft.live.name) == (2, "Craft")
    assert Award.objects.get().version.name == "Prompt craft"


def test_whoever_saves_second_reads_that_somebody_was_faster(admin, prompt_craft):
    begun = hidden(admin.get(at(prompt_craft, "edit/")), "begun_from")
    admin.post(at(prompt_craft, "edit/"), {**WORDS, "name": "First", "begun_from": begun})

    page = admin.post(at(prompt_craft, "edit/"), {**WORDS, "name": "Second", "begun_from": begun})

    assert "Somebody saved other words after you had begun" in text_of(page)
    assert 'value="Second"' in page.content.decode()
    prompt_craft.refresh_from_db()
    assert str(prompt_craft) == "First"
    admin.post(
        at(prompt_craft, "edit/"), {**WORDS, "name": "Second", "begun_from": hidden(page, "begun_from")}
    )
    assert str(Achievement.objects.get()) == "Second"


def test_the_emblem_is_drawn_while_the_words_are_written_and_holds_no_markup_of_others(admin, larkfield):
    drawn = admin.get(
        f"{CREDENTIALS}emblem/", {"name": "<script>alert(1)</script>", "level": "?", "color": "?"}
    )

    assert "<svg" in drawn.content.decode()
    assert "<script" not in drawn.content.decode()


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


# Awarding by hand


def test_one_person_is_looked_up_and_awarded(admin, ada, mei, prompt_craft):
    page = admin.get(at(prompt_craft, "award/"), {"q": "okaf"})
    assert f'value="{ada.public_id}"' in page.content.decode()

    response = admin.post(at(prompt_craft, "award/"), {"person": ada.public_id, "narrative": "The pilot"})

    award = Award.objects.get()
    assert response.headers["Location"] == f"/manage/awards/{award.public_id}/"
    assert (award.recipient, award.source, award.awarded_by) == (ada, "person", mei)
    assert award.narrative == "The pilot"
    told = admin.get("/manage/audit/?object_type=award")
    assert "Mei Tanaka awarded Prompt craft" in text_of(told)
    assert "Holder: Ada Okafor" in text_of(told)


def test_awarding_somebody_who_left_is_refused_and_nothing_is_lost(admin, ada, prompt_craft):
    User.objects.filter(pk=ada.pk).update(status="left")

    page = admin.post(
        at(prompt_craft, "award/"), {"person": ada.public_id, "q": "okafor", "narrative": "The pilot"}
    )

    assert "Ada Okafor has left the company" in text_of(page)
    assert "The pilot" in page.content.decode()
    assert Award.objects.count() == 0


def test_whoever_holds_it_keeps_the_one_they_have(admin, ada, awarded, prompt_craft, noon):
    with time_machine.travel(noon + timedelta(days=1), tick=False):
        response = admin.post(at(prompt_craft, "award/"), {"person": ada.public_id}, follow=True)

    assert "Ada Okafor holds it already, since 24 November 2026" in text_of(response)
    assert Award.objects.count() == 1


def test_nobody_chosen_is_said(admin, prompt_craft):
    page = admin.post(at(prompt_craft, "award/"), {"person": "not-an-id"})

    assert "Choose at least one person" in text_of(page)


def test_several_people_become_a_plan(admin, ada, bruno, prompt_craft):
    response = admin.post(at(prompt_craft, "award/"), {"person": [ada.public_id, bruno.public_id]})

    job = Job.objects.get()
    assert response.headers["Location"] == f"{CREDENTIALS}lists/{job.public_id}/"
    assert (job.state, job.rows.filter(outcome="planned").count(), Award.objects.count()) == (
        "previewed",
        2,
        0,
    )


def test_a_file_is_planned_read_and_awarded_and_taken_back(admin, ada, bruno, prompt_craft):
    listing = SimpleUploadedFile(
        "list.csv", b"Name;Email\nAda;ada@larkfield.example\nX;x@larkfield.example\n"
    )
    key = hidden(admin.get(at(prompt_craft, "list/")), "key")
    sent = {"file": listing, "narrative": "The pilot", "key": key}
    response = admin.post(at(prompt_craft, "list/"), sent)
    plan = response.headers["Location"]
    page = text_of(admin.get(plan))
    assert "1 person would be awarded" in page
    assert "Nobody has this address or number" in page
    assert "1 plan to award a credential waits" in text_of(admin.get("/manage/"))
    assert plan in admin.get("/manage/jobs/").content.decode()

    response = admin.post(f"{plan}confirm/")
    run_jobs(for_seconds=30)
    assert Award.objects.get().recipient == ada
    assert admin.get(plan).status_code == 302

    assert "3 x@larkfield.example Nobody has this address" in text_of(admin.get(response.headers["Location"]))
    admin.post(f"{response.headers['Location']}undo/")
    run_jobs(for_seconds=30)
    assert Award.objects.get().revocation_code == "undone"


def test_the_same_list_sent_twice_is_one_plan_and_confirmed_twice_one_award(admin, ada, prompt_craft):
    key = hidden(admin.get(at(prompt_craft, "list/")), "key")
    form = {"people": "ada@larkfield.example", "key": key}
    first = admin.post(at(prompt_craft, "list/"), form).headers["Location"]

    second = admin.post(at(prompt_craft, "list/"), form).headers["Location"]
    other = admin.post(at(prompt_craft, "list/"), {**form, "narrative": "Other"}).headers["Location"]

    assert (first == second, first == other) == (True, False)
    admin.post(f"{first}confirm/")
    again = admin.post(f"{first}confirm/", follow=True)
    assert "It is done once; your click changed nothing" in text_of(again)
    run_jobs(for_seconds=30)
    assert Award.objects.count() == 1


def test_an_empty_list_and_a_list_for_a_draft_are_refused_in_the_form(admin, ada, prompt_craft):
    assert "Paste at least one address" in text_of(
        admin.post(at(prompt_craft, "list/"), {"people": "", "key": "k"})
    )
    Achievement.objects.update(state="draft")

    page = admin.post(at(prompt_craft, "list/"), {"people": "ada@larkfield.example", "key": "k"})

    assert "it is a draft, or retired" in text_of(page)
    assert "ada@larkfield.example" in page.content.decode()
    assert Job.objects.count() == 0


def test_a_plan_is_discarded(admin, ada, prompt_craft):
    form = {"people": "ada@larkfield.example", "key": "k"}
    plan = admin.post(at(prompt_craft, "list/"), form).headers["Location"]

    admin.post(f"{plan}discard/")

    assert (Job.objects.get().state, Award.objects.count()) == ("cancelled", 0)


# One award


def address(award, rest=""):
    return f"/manage/awards/{award.public_id}/{rest}"


def test_the_page_of_an_award_tells_its_life(admin, awarded):
    page = text_of(admin.get(address(awarded)))

    assert "valid Prompt craft. Expires on 24 November 2027." in page
    assert "Awarded Mei Tanaka 24 November 2026, 12:00" in page
    assert "It can be renewed from 25 September 2027 on." in page


def test_nothing_is_revoked_before_everybody_elses_words_were_seen(admin, mei, awarded):
    form = {"code": "conduct", "public_text": "", "private_note": "Sold it."}

    page = admin.post(address(awarded, "revoke/"), form)
    assert "Whoever checks it will read: Withdrawn by the issuer." in text_of(page)
    assert Award.objects.get().state == "issued"
    other = {**form, "public_text": "Passed on.", "seen": "Withdrawn by the issuer."}
    assert "Passed on." in text_of(admin.post(address(awarded, "revoke/"), other))
    assert Award.objects.get().state == "issued"
    admin.post(address(awarded, "revoke/"), {**form, "seen": "Withdrawn by the issuer."})

    award = Award.objects.get()
    assert (award.state, award.revocation_code, award.private_note) == ("revoked", "conduct", "Sold it.")
    assert award.revocation_text == "Withdrawn by the issuer."
    page = text_of(admin.get(address(awarded)))
    assert "Revoked Misuse. Mei Tanaka" in page
    assert "Sold it." in page


def test_it_is_renewed_to_the_day_that_was_shown(mei, client_of, awarded, noon):
    with time_machine.travel(noon + timedelta(days=330), tick=False):
        admin = client_of(mei)
        assert "It would expire on 24 November 2028" in text_of(admin.get(address(awarded)))
        admin.post(address(awarded, "renew/"))
        page = text_of(admin.get(address(awarded)))

    assert "Renewed It now expires on 24 November 2028. Mei Tanaka" in page
    assert Award.objects.get().cycle == 1


def test_one_admin_renews_what_another_has_just_revoked(client_of, mei, awarded, noon):
    with time_machine.travel(noon + timedelta(days=330), tick=False):
        admin = client_of(mei)
        revoke_award(award=awarded, actor=mei, at=noon + timedelta(days=330), code="mistake")

        page = admin.post(address(awarded, "renew/"))

    assert page.status_code == 409
    assert "This was revoked, so it cannot be renewed. It can be awarded anew." in text_of(page)
    assert (Award.objects.get().cycle, Award.objects.get().state) == (0, "revoked")


def test_what_was_revoked_leads_to_awarding_it_anew(admin, mei, awarded, noon):
    revoke_award(award=awarded, actor=mei, at=noon, code="mistake")

    page = admin.get(address(awarded)).text

    assert f"/manage/credentials/{awarded.achievement.public_id}/award/?q=ada%40larkfield.example" in page


def test_one_admin_revokes_what_another_has_just_revoked_and_loses_no_word(admin, mei, awarded, noon):
    form = {
        "code": "conduct",
        "public_text": "",
        "private_note": "A long note.",
        "seen": "Withdrawn by the issuer.",
    }
    revoke_award(award=awarded, actor=mei, at=noon, code="mistake")

    page = admin.post(address(awarded, "revoke/"), form)

    assert page.status_code == 409
    assert "This was revoked already. Nothing has changed." in text_of(page)
    assert "A long note." in page.content.decode()
    assert Award.objects.get().revocation_code == "mistake"


def test_too_early_is_said_with_the_day(admin, awarded):
    page = admin.post(address(awarded, "renew/"))

    assert "It can be renewed from" in text_of(page)
    assert Award.objects.get().cycle == 0


def test_an_award_of_someone_erased_has_a_page(admin, awarded):
    Award.objects.update(recipient=None)

    assert "Someone who was erased" in text_of(admin.get(address(awarded)))


# Keys


def test_a_key_is_rotated_and_given_up_with_a_reason(admin, awarded, larkfield, noon):
    sign_waiting(now=noon, until=noon + timedelta(seconds=60))
    key = larkfield.keys.get(algorithm="Ed25519")
    keys = f"{CREDENTIALS}keys/"

    admin.post(f"{keys}{key.public_id}/rotate/")
    key.refresh_from_db()
    assert key.retired_at == noon
    again = admin.post(f"{keys}{key.public_id}/rotate/", follow=True)
    assert "This key is retired already" in text_of(again)
    page = admin.post(f"{keys}{key.public_id}/give-up/", {"reason": ""})
    assert "Say what happened" in text_of(page)
    assert "1 credential is signed anew" in text_of(page)
    admin.post(f"{keys}{key.public_id}/give-up/", {"reason": "A stolen laptop"})

    key.refresh_from_db()
    assert key.compromised_at == noon
    assert Award.objects.get().sequence == 2
    refused = admin.post(f"{keys}{key.public_id}/give-up/", {"reason": "Again"})
    assert (refused.status_code, "given up before" in text_of(refused)) == (409, True)
    assert "gave up a signing key of Larkfield" in text_of(admin.get("/manage/audit/"))


# Lists


def test_what_expires_soon_is_told_by_unit_and_by_name(admin, ada, linus, grace, porto, prompt_craft, noon):
    berlin = OrgUnit.add_root(code="BERLIN", name="Berlin")
    User.objects.filter(pk=linus.pk).update(org_unit=berlin)
    for person in (ada, linus, grace):
        award_achievement(
            achievement=prompt_craft, recipient=person, at=noon - timedelta(days=330), source="person"
        )
    User.objects.filter(pk=grace.pk).update(status="left")

    page = text_of(admin.get(CREDENTIALS))
    assert "Berlin 1 29 December 2026" in page
    names = text_of(admin.get(f"{CREDENTIALS}expiring/?unit=CS-PORTO"))
    assert "Ada Okafor" in names
    assert "Linus Berg" not in names
    assert "Grace" not in text_of(admin.get(f"{CREDENTIALS}expiring/"))


def test_holders_are_searched_and_sorted_by_where_they_stand(
    admin, ada, bruno, mei, awarded, prompt_craft, noon
):
    other = award_achievement(achievement=prompt_craft, recipient=bruno, at=noon, source="person", actor=mei)
    revoke_award(award=other, actor=mei, at=noon, code="mistake")

    page = text_of(admin.get(at(prompt_craft)))
    assert ("Hold it: 1" in page, "Revoked: 1" in page, "Ada Okafor" in page) == (True, True, True)
    assert "Bruno Salgado" in text_of(admin.get(at(prompt_craft), {"show": "revoked"}))
    assert "Nobody whom this search finds" in text_of(admin.get(at(prompt_craft), {"q": "nobody at all"}))


@pytest.fixture
def populate(prompt_craft, person_factory, path, learned, mei, noon):
    """Return a function that lets so many more people hold, meet and have begun everything there is."""

    def add(count):
        for _ in range(count):
            holder, meeting, beginning = (person_factory() for _ in range(3))
            award_all(pairs=[(prompt_craft, holder)], at=noon - timedelta(days=330), source="list", actor=mei)
            learned(meeting, path.uuid)
            learned(meeting, prompt_craft.public_id, "lesson")
            learned(beginning, path.uuid)

    tree = {
        "all": [
            {"path_completed": {"id": str(path.uuid)}},
            {"lesson_mastered": {"id": str(prompt_craft.public_id)}},
        ]
    }
    for purpose in ("earn", "renew", "keep"):
        save_rule(achievement=prompt_craft, tree=tree, actor=mei, at=noon, purpose=purpose)
    return add


@pytest.mark.parametrize(
    ("page", "most"),
    [
        ("", 10),
        ("expiring/", 10),
        ("keys/", 10),
        ("{it}/", 26),
        ("{it}/edit/", 12),
        ("{it}/rule/", 14),
        ("{it}/rule/try/", 18),
        ("{it}/rule/try/?group=begun", 18),
        ("{it}/rule/try/?for=renew", 20),
        ("{it}/rule/try/?for=renew&group=not_yet", 20),
        ("{it}/rule/try/?for=keep", 18),
        ("{it}/award/?q=person", 12),
    ],
)
def test_pages_cost_the_same_for_one_person_and_for_fifty(queries_of, populate, prompt_craft, page, most):
    address = CREDENTIALS + page.format(it=prompt_craft.public_id)
    populate(1)
    of_one = queries_of(address)

    populate(49)

    assert queries_of(address) == of_one
    assert of_one <= most


@pytest.mark.parametrize(
    ("page", "sent"),
    [
        ("{it}/edit/", {"name": ""}),
        ("new/", {"name": ""}),
        ("{it}/rule/", {"do": "save"}),
        ("{it}/award/", {"person": ""}),
        ("{it}/list/", {"people": ""}),
    ],
)
def test_a_form_in_which_something_is_missing_answers_so(admin, prompt_craft, page, sent):
    response = admin.post(CREDENTIALS + page.format(it=prompt_craft.public_id), sent)

    assert response.status_code == 422


def test_a_revocation_without_a_reason_answers_so(admin, awarded):
    response = admin.post(f"/manage/awards/{awarded.public_id}/revoke/", {"code": ""})

    assert response.status_code == 422
    awarded.refresh_from_db()
    assert awarded.state == "issued"
