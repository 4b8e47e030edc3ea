"""Administrators look after credentials: everything works without JavaScript, and nothing happens unseen."""

from datetime import timedelta

import pytest

from badges.models import Achievement, Award, Issuer
from badges.services.awarding import award_achievement, award_all
from badges.services.revoking import revoke_award
from badges.services.rules import save_rule
from badges.services.signing import sign_waiting
from lms.core.models import AuditEntry
from lms.people.models import OrgUnit, User
from tests.web.pages import hidden, text_of

pytestmark = pytest.mark.usefixtures("at_noon")

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


def at(achievement, rest=""):
    return f"{CREDENTIALS}{achievement.public_id}/{rest}"


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


# One award


def address(award, rest=""):
    return f"/manage/awards/{award.public_id}/{rest}"


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
