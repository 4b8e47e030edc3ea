"""Who vouches for credentials: more than one, in other words, and each with its own keys."""

import json

import pytest

from badges.models import Achievement, Issuer, IssuerKey
from badges.services.issuers import add_issuer, change_issuer, make_issuer
from badges.services.renewing import renew_award
from badges.services.signing import signed_text
from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from tests.web.pages import hidden, text_of

pytestmark = pytest.mark.usefixtures("at_noon")

CREDENTIALS = "/manage/credentials/"
NEW = f"{CREDENTIALS}issuers/new/"
ACADEMY = {"name": "Larkfield Academy", "url": "https://academy.example", "email": "a@academy.example"}
WORDS = {
    "name": "Prompt craft",
    "description": "Hands cases over.",
    "criteria": "Complete the path.",
    "kind": "Badge",
    "level": "",
    "color": "pine",
    "language": "en",
    "renewal_days": "60",
    "grace_days": "30",
    "reviewers_needed": "1",
}


def page_of(issuer):
    return f"{CREDENTIALS}issuers/{issuer.public_id}/"


def said(issuer, **words):
    return {**{name: getattr(issuer, name) for name in ("name", "url", "email", "description")}, **words}


@pytest.fixture
def academy(larkfield, noon):
    return make_issuer(
        slug="academy", name="Academy", base_url="https://praxis.example", actor="command:tests", at=noon
    )


# The list


def test_issuers_are_listed_with_what_they_vouch_for(admin, larkfield, prompt_craft, academy):
    page = text_of(admin.get(f"{CREDENTIALS}keys/"))

    assert "Academy Change its words : Academy" in page
    assert "Vouches for 1 achievement Published at https://praxis.example/badges/issuers/larkfield" in page
    assert "Vouches for 0 achievements Published at https://praxis.example/badges/issuers/academy" in page


def test_the_list_costs_the_same_for_one_issuer_and_for_fifty(queries_of, larkfield, noon):
    few = queries_of(f"{CREDENTIALS}keys/")
    for number in range(49):
        make_issuer(
            slug=f"part-{number}", name=f"Part {number}", base_url="https://praxis.example",
            actor="command:tests", at=noon,
        )  # fmt: skip

    assert queries_of(f"{CREDENTIALS}keys/") == few


# Another one


def test_an_administrator_makes_a_second_issuer_with_keys_of_its_own(admin, mei, larkfield, settings):
    settings.BASE_URL = "https://praxis.example"
    assert "Who else vouches?" in text_of(admin.get(NEW))

    page = admin.post(NEW, {**ACADEMY, "description": "Trains us.\x07"}, follow=True)

    assert "Larkfield Academy can vouch for what you write from now on." in text_of(page)
    made = Issuer.objects.get(slug="larkfield-academy")
    assert (made.base_url, made.description) == ("https://praxis.example", "Trains us.")
    assert made.keys.count() == 2
    entry = AuditEntry.objects.get(action="badges.make_issuer", object_id=str(made.public_id))
    assert entry.actor == mei.as_actor


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"name": "larkfield"}, "name"),
        ({"name": ""}, "name"),
        ({"url": "x"}, "url"),
        ({"email": ""}, "email"),
    ],
)
def test_what_does_not_fit_makes_no_issuer_and_no_key(admin, larkfield, entered, field):
    page = admin.post(NEW, {**ACADEMY, **entered})

    assert page.context["form"].errors[field]
    assert Issuer.objects.get() == larkfield
    assert IssuerKey.objects.count() == 2
    assert AuditEntry.objects.filter(action="badges.make_issuer").count() == 1


def test_an_issuer_never_takes_the_short_name_of_one_that_was_renamed(larkfield, noon):
    """The short name is a part of the identity with which others check what was signed."""
    change_issuer(issuer=larkfield, actor="command:tests", at=noon, name="Larkfield Group")

    made = add_issuer(name="Larkfield", base_url="https://praxis.example", actor="command:tests", at=noon)

    assert made.slug == "larkfield-2"
    assert made.pk != larkfield.pk


# Other words


def test_other_words_stand_on_what_is_signed_from_now_on(admin, mei, larkfield, awarded, noon):
    before = json.loads(signed_text(award=awarded, format="json", at=noon))
    page = admin.get(page_of(larkfield))
    assert "1 credential was awarded so far. What is signed keeps the words" in text_of(page)

    given = said(larkfield, name="Larkfield Group", begun_from=hidden(page, "begun_from"))
    assert admin.post(page_of(larkfield), given).status_code == 302

    larkfield.refresh_from_db()
    assert (larkfield.name, larkfield.slug) == ("Larkfield Group", "larkfield")
    kept = json.loads(signed_text(award=awarded, format="json", at=noon))
    assert kept == before
    later = noon.replace(year=2027, month=11)
    renewed = renew_award(award=awarded, actor=mei, at=later)
    anew = json.loads(signed_text(award=renewed, format="json", at=later))
    assert (before["issuer"]["name"], anew["issuer"]["name"]) == ("Larkfield", "Larkfield Group")
    assert before["issuer"]["id"] == anew["issuer"]["id"]
    entry = AuditEntry.objects.get(action="badges.change_issuer")
    assert (entry.actor, entry.before, entry.after) == (
        mei.as_actor,
        {"name": "Larkfield"},
        {"name": "Larkfield Group"},
    )


def test_saving_the_same_words_writes_nothing(admin, larkfield):
    begun = hidden(admin.get(page_of(larkfield)), "begun_from")

    admin.post(page_of(larkfield), said(larkfield, begun_from=begun))

    assert not AuditEntry.objects.filter(action="badges.change_issuer").exists()


def test_whoever_saves_second_reads_that_somebody_was_faster(admin, larkfield):
    begun = hidden(admin.get(page_of(larkfield)), "begun_from")
    admin.post(page_of(larkfield), said(larkfield, name="First", begun_from=begun))

    page = admin.post(page_of(larkfield), said(larkfield, name="Second", begun_from=begun))

    assert "Somebody saved other words after you had begun." in text_of(page)
    assert 'value="Second"' in page.content.decode()
    assert Issuer.objects.get().name == "First"


@pytest.mark.parametrize(
    ("entered", "field"), [({"name": "ACADEMY"}, "name"), ({"name": " "}, "name"), ({"email": "x"}, "email")]
)
def test_words_that_do_not_fit_change_nothing(admin, larkfield, academy, entered, field):
    begun = hidden(admin.get(page_of(larkfield)), "begun_from")

    page = admin.post(page_of(larkfield), said(larkfield, begun_from=begun, **entered))

    assert page.context["form"].errors[field]
    assert Issuer.objects.get(pk=larkfield.pk).name == "Larkfield"
    assert not AuditEntry.objects.filter(action="badges.change_issuer").exists()


def test_two_of_one_name_are_refused_below_the_form_too(larkfield, academy, noon):
    with pytest.raises(ActionRefused) as refused:
        change_issuer(issuer=academy, actor="command:tests", at=noon, name="larkfield ")

    assert refused.value.field == "name"
    academy.refresh_from_db()
    assert academy.name == "Academy"


@pytest.mark.parametrize("who", ["ada", "linus", "grace", "radia"])
def test_nobody_else_makes_or_changes_an_issuer(request, larkfield, client_of, who):
    browser = client_of(request.getfixturevalue(who))

    assert browser.post(NEW, ACADEMY).status_code == 404
    assert browser.post(page_of(larkfield), said(larkfield, name="Mine")).status_code == 404

    assert Issuer.objects.get().name == "Larkfield"


# Which one vouches


def test_with_one_issuer_there_is_nothing_to_choose(admin, larkfield):
    assert "Who vouches for it" not in text_of(admin.get(f"{CREDENTIALS}new/"))

    admin.post(f"{CREDENTIALS}new/", WORDS)

    assert Achievement.objects.get().issuer == larkfield


def test_with_two_one_chooses_who_vouches_for_a_new_achievement(admin, larkfield, academy):
    assert "Who vouches for it" in text_of(admin.get(f"{CREDENTIALS}new/"))

    admin.post(f"{CREDENTIALS}new/", {**WORDS, "issuer": str(academy.public_id)})

    made = Achievement.objects.get()
    assert made.issuer == academy
    assert "Who vouches for it" not in text_of(admin.get(f"{CREDENTIALS}{made.public_id}/edit/"))


@pytest.mark.parametrize("issuer", ["", "no-such", "00000000-0000-4000-8000-000000000001"])
def test_without_a_choice_among_two_nothing_is_written(admin, larkfield, academy, issuer):
    page = admin.post(f"{CREDENTIALS}new/", {**WORDS, "issuer": issuer})

    assert page.context["form"].errors["issuer"]
    assert not Achievement.objects.exists()


def test_the_emblem_that_is_being_written_names_who_was_chosen(admin, larkfield, academy):
    words = {"name": "Craft", "level": "", "color": "ink"}

    drawn = {
        admin.get(f"{CREDENTIALS}emblem/", {**words, "issuer": issuer}).content
        for issuer in (larkfield.public_id, academy.public_id)
    }

    assert len(drawn) == 2
