"""Evidence in the signed credential, and an award that cannot be signed."""

import json
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client

from badges.models import AchievementVersion, Award, Evidence, SignedCredential, SigningProblem
from badges.services.awarding import award_achievement
from badges.services.evidence import NewEvidence, add_evidence
from badges.services.exporting import export_credentials
from badges.services.nominating import nominate, submit_nomination
from badges.services.signing import NotSigned, sign_waiting, signed_text, try_again
from badges.services.verifying import verify_text
from lms.core.errors import ActionRefused

PUBLIC = Evidence.Visibility.PUBLIC
GUIDE = "https://wiki.example/guide?for=agents#start"
CANNOT_BE_SIGNED = "Prompt\x01craft"  # as pasted from a PDF, and written past the form


@pytest.fixture
def nomination(coach, ada, noon):
    return nominate(achievement=coach, nominee=ada, nominated_by=ada, why="I do.", at=noon)


def evidence_in(award, at):
    return json.loads(signed_text(award=award, format="json", at=at)).get("evidence")


def test_what_everyone_may_see_is_signed_as_evidence_and_nothing_else(nomination, ada, radia, noon, decide):
    for new in (
        NewEvidence("link", "Our guide", "Used by twelve people.", url=GUIDE, visibility=PUBLIC),
        NewEvidence("file", "Notes", content=b"Twelve cases", visibility=PUBLIC),
        NewEvidence("result", "Numbers", "12 cases", visibility="reviewers"),
        NewEvidence("result", "Diary", "12 days", visibility="private"),
    ):
        add_evidence(nomination=nomination, actor=ada, new=new, at=noon)
    submit_nomination(nomination=nomination, actor=ada, at=noon)
    decide(nomination, radia)
    award = Award.objects.get()

    assert evidence_in(award, noon) == [
        {
            "id": GUIDE,
            "type": ["Evidence"],
            "name": "Our guide",
            "narrative": "Used by twelve people.",
            "genre": "a link",
        },
        {"type": ["Evidence"], "name": "Notes", "genre": "a file"},
    ]
    report = verify_text(text=signed_text(award=award, format="json", at=noon), at=noon)
    assert {check.outcome for check in report.checks} == {"passed", "skipped"}


def test_many_awards_with_evidence_cost_no_more_queries_than_one(
    achievement_factory, person_factory, radia, noon, decide, django_assert_max_num_queries
):
    for number in range(6):
        coach = achievement_factory(takes_nominations=True)
        person = person_factory()
        made = nominate(achievement=coach, nominee=person, nominated_by=person, why="I do.", at=noon)
        link = NewEvidence("link", "Guide", url=f"{GUIDE}{number}", visibility=PUBLIC)
        add_evidence(nomination=made, actor=person, new=link, at=noon)
        submit_nomination(nomination=made, actor=person, at=noon)
        decide(made, radia, levels={})

    with django_assert_max_num_queries(18):
        assert sign_waiting(now=noon, until=noon + timedelta(days=9999)) == 6


@pytest.mark.parametrize(
    "url",
    [
        "https://wiki.example/two words",
        "https://wiki.example/gu\u00edde",
        "https://praxis.example/badges/achievements/1",
        "HTTPS://Praxis.example/badges/issuers/larkfield",
    ],
)
def test_an_address_that_cannot_be_signed_is_refused_where_it_is_entered(nomination, ada, noon, url):
    with pytest.raises(ActionRefused) as refused:
        add_evidence(
            nomination=nomination,
            actor=ada,
            new=NewEvidence("link", "Guide", url=url, visibility=PUBLIC),
            at=noon,
        )

    assert refused.value.field == "url"
    assert not Evidence.objects.exists()


def test_one_address_twice_is_refused(nomination, ada, noon):
    link = NewEvidence("link", "Guide", url=GUIDE, visibility=PUBLIC)
    add_evidence(nomination=nomination, actor=ada, new=link, at=noon)

    with pytest.raises(ActionRefused, match="in the credential already"):
        add_evidence(nomination=nomination, actor=ada, new=link, at=noon)

    assert Evidence.objects.count() == 1


def test_reviewers_may_see_an_address_that_could_not_be_signed(nomination, ada, noon):
    link = NewEvidence("link", "Guide", url="https://wiki.example/gu\u00edde")

    assert add_evidence(nomination=nomination, actor=ada, new=link, at=noon).url.endswith("gu\u00edde")


def test_what_was_kept_before_is_looked_at_once_more_when_it_is_submitted(nomination, ada, noon):
    link = NewEvidence("link", "Guide", url=GUIDE, visibility=PUBLIC)
    add_evidence(nomination=nomination, actor=ada, new=link, at=noon)
    Evidence.objects.update(title=CANNOT_BE_SIGNED)

    with pytest.raises(ActionRefused, match="cannot stand in a signed credential like this"):
        submit_nomination(nomination=nomination, actor=ada, at=noon)

    nomination.refresh_from_db()
    assert nomination.state == "draft"


# --- set aside ----------------------------------------------------------------------------------------


@pytest.fixture
def set_aside(achievement_factory, ada, bruno, noon) -> Award:
    """Ada's award cannot be signed, Bruno's can; a worker has come to both."""
    bad, good = achievement_factory("Bad"), achievement_factory("Good")
    award = award_achievement(achievement=bad, recipient=ada, at=noon, source=Award.Source.RULE)
    award_achievement(achievement=good, recipient=bruno, at=noon, source=Award.Source.RULE)
    AchievementVersion.objects.filter(name="Bad").update(name=CANNOT_BE_SIGNED)
    sign_waiting(now=noon, until=noon + timedelta(days=9999))
    return award


def test_one_award_that_cannot_be_signed_holds_up_no_other(set_aside, bruno, noon):
    assert set(SignedCredential.objects.values_list("award__recipient", flat=True)) == {bruno.pk}
    problem = SigningProblem.objects.get()
    assert (problem.award, problem.sequence) == (set_aside, 1)
    assert "invisible control character" in problem.reason
    assert sign_waiting(now=noon, until=noon + timedelta(days=9999)) == 0


def test_its_pages_and_files_say_so_and_others_are_exported(
    set_aside, ada, achievement_factory, client_of, noon
):
    award_achievement(achievement=achievement_factory("Fine"), recipient=ada, at=noon, source="rule")

    for address in (f"/verify/{set_aside.public_id}/", f"/badges/awards/{set_aside.public_id}.json"):
        page = Client().get(address)
        assert page.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert "This credential is not signed yet." in page.text
    with pytest.raises(NotSigned):
        signed_text(award=set_aside, format="json", at=noon)
    [record] = export_credentials(person=ada, at=noon)
    assert len(record["credentialSubject"]["verifiableCredential"]) == 1


def test_an_earlier_edition_stays_where_a_later_one_cannot_be_signed(awarded, noon):
    before = signed_text(award=awarded, format="json", at=noon)
    AchievementVersion.objects.update(name=CANNOT_BE_SIGNED)
    Award.objects.update(sequence=2)
    awarded.refresh_from_db()

    assert signed_text(award=awarded, format="json", at=noon) == before


def test_manage_shows_why_and_signs_it_once_that_is_mended(set_aside, ada, mei, client_of, noon):
    admin = client_of(mei)
    overview = admin.get("/manage/credentials/").text
    assert f"/manage/awards/{set_aside.public_id}/" in overview
    own = f"/manage/awards/{set_aside.public_id}/"
    assert "invisible control character" in admin.get(own).text
    assert "It still cannot be signed." in admin.post(f"{own}sign/", follow=True).text

    AchievementVersion.objects.filter(name=CANNOT_BE_SIGNED).update(name="Bad")
    page = admin.post(f"{own}sign/", follow=True).text

    assert "Signed." in page
    assert "It is not signed" not in page
    assert SignedCredential.objects.filter(award=set_aside).count() == 2
    assert client_of(ada).post(f"{own}sign/").status_code == HTTPStatus.NOT_FOUND


def test_another_edition_is_tried_by_itself(set_aside, noon):
    AchievementVersion.objects.filter(name=CANNOT_BE_SIGNED).update(name="Bad")
    Award.objects.filter(pk=set_aside.pk).update(sequence=2)

    assert sign_waiting(now=noon, until=noon + timedelta(days=9999)) == 1


def test_trying_again_what_is_signed_changes_nothing(awarded, noon):
    signed_text(award=awarded, format="json", at=noon)

    assert try_again(award=awarded, at=noon) is True

    assert SignedCredential.objects.count() == 2
