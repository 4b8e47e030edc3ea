"""The pages of those who are put forward, of those who put forward, and of reviewers."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from badges.models import Award, Evidence, Nomination, Review
from badges.services.awarding import award_achievement
from badges.services.evidence import NewEvidence, add_evidence
from badges.services.nominating import nominate, submit_nomination, withdraw_nomination
from lms.people.models import ReportingLine
from tests.test_privacy import text_of

ACCEPT = {"decision": "accept", "round": "1", "criterion_0": "2", "criterion_1": "1", "comment": "Well done."}


def page_of(nomination: Nomination) -> str:
    return f"/me/nominations/{nomination.public_id}/"


def review_of(nomination: Nomination) -> str:
    return f"/reviews/{nomination.public_id}/"


@pytest.fixture
def marked(coach, ada, bruno) -> Nomination:
    """Bruno put Ada forward; each thing that she shows has a mark, and it is with the reviewers."""
    now = timezone.now()
    made = nominate(achievement=coach, nominee=ada, nominated_by=bruno, why="plum-why", at=now)
    for visibility in ("private", "reviewers", "public"):
        for kind in ("result", "file"):
            title = f"plum-{visibility}-{kind}"
            new = NewEvidence(kind, title, text="12 cases", content=title.encode(), visibility=visibility)
            add_evidence(nomination=made, actor=ada, new=new, at=now)
    return submit_nomination(nomination=made, actor=ada, at=now)


# --- renewing ---------------------------------------------------------------------------------------------


def test_whoever_can_renew_is_told_so_and_finds_it_in_their_record(
    client_of, achievement_factory, ada, bruno
):
    now = timezone.now()
    coach = achievement_factory("Coach", takes_nominations=True, validity_months=12)
    award_achievement(
        achievement=coach, recipient=ada, at=now - timedelta(days=330), source=Award.Source.REVIEW
    )
    address = f"/me/nominations/new/{coach.public_id}/"

    assert "it can be renewed now" in text_of(client_of(ada).get(address))
    assert address in text_of(client_of(ada).get("/me/record/"))
    # What somebody holds is not told to who puts them forward.
    assert "can be renewed" not in text_of(client_of(bruno).get(f"{address}?for={ada.public_id}"))


# --- putting forward ---------------------------------------------------------------------------------


def test_from_my_record_to_a_credential(ada, radia, coach, client_of):
    learner, reviewer = client_of(ada), client_of(radia)
    assert f"/me/nominations/new/{coach.public_id}/" in learner.get("/me/record/").text

    page = learner.post(f"/me/nominations/new/{coach.public_id}/", {"why": "I help."}, follow=True)
    made = Nomination.objects.get()
    assert "You are put forward." in page.text
    file = SimpleUploadedFile("notes.exe", b"Notes of the workshop", "application/x-msdownload")
    given = {"kind": "file", "title": "Notes", "file": file, "visibility": "public"}
    assert "Added." in learner.post(f"{page_of(made)}evidence/", given, follow=True).text
    assert "The reviewers have it now." in learner.post(f"{page_of(made)}submit/", follow=True).text
    assert review_of(made) in reviewer.get("/reviews/").text
    assert "Your decision is kept." in reviewer.post(review_of(made), ACCEPT, follow=True).text

    award = Award.objects.get(recipient=ada)
    assert f"/verify/{award.public_id}/" in learner.get(page_of(made)).text
    assert "Well done." in learner.get(page_of(made)).text
    assert award.narrative == "Notes"


def test_my_record_offers_it_only_where_something_takes_nominations(ada, prompt_craft, client_of):
    assert "Put yourself forward" not in client_of(ada).get("/me/record/").text


def test_my_record_leads_to_what_is_with_the_reviewers(marked, ada, client_of):
    page = client_of(ada).get("/me/record/").text

    assert page_of(marked) in page
    assert "with the reviewers" in page


def test_a_colleague_is_found_by_name_and_put_forward(ada, bruno, coach, client_of):
    address = f"/me/nominations/new/{coach.public_id}/"
    browser = client_of(bruno)

    assert f"?for={ada.public_id}" in browser.get(f"{address}?q=okafor").text
    assert "Nobody of that name" in browser.get(f"{address}?q=zzz").text
    browser.post(f"{address}?for={ada.public_id}", {"why": "She taught us."})

    made = Nomination.objects.get()
    assert (made.nominee, made.nominated_by, made.kind) == (ada, bruno, "peer")
    assert "Add evidence and submit" in client_of(ada).get("/me/record/").text


def test_whoever_gathers_evidence_reads_what_it_takes(ada, bruno, coach, client_of):
    made = nominate(achievement=coach, nominee=ada, nominated_by=bruno, why="She helps.", at=timezone.now())

    page = text_of(client_of(ada).get(page_of(made)))

    assert coach.live.criteria in page
    for criterion in coach.live.rubric:
        assert f"<li>{criterion}</li>" in page


def test_withdrawing_says_first_what_is_lost(ada, coach, client_of):
    made = nominate(achievement=coach, nominee=ada, nominated_by=ada, why="I help.", at=timezone.now())

    page = text_of(client_of(ada).get(page_of(made)))

    assert "It ends, and what you added cannot be used again." in page


def test_what_was_typed_stays_when_it_is_refused(ada, coach, client_of):
    browser = client_of(ada)
    made = nominate(achievement=coach, nominee=ada, nominated_by=ada, why="I do.", at=timezone.now())
    given = {"kind": "link", "title": "My own title", "url": "ftp://x", "visibility": "reviewers"}

    page = browser.post(f"{page_of(made)}evidence/", given)

    assert page.status_code == 422
    assert "My own title" in page.text
    assert "begins with https://" in page.text
    assert Evidence.objects.count() == 0


@pytest.mark.parametrize("kind", Evidence.Kind.values)
def test_each_kind_of_evidence_has_its_form(ada, coach, client_of, kind):
    made = nominate(achievement=coach, nominee=ada, nominated_by=ada, why="I do.", at=timezone.now())

    page = client_of(ada).get(f"{page_of(made)}?add={kind}")

    says = 'name="kind"' if kind != "practice" else "You have no shared copy."
    assert says in page.text


# --- who sees what -----------------------------------------------------------------------------------


def test_whoever_put_somebody_forward_sees_only_how_it_stands(marked, bruno, client_of):
    page = client_of(bruno).get(page_of(marked))

    assert page.status_code == 200
    assert "with the reviewers" in page.text
    assert "plum-why" in page.text  # their own words
    assert not [each for each in ("private", "reviewers", "public") if f"plum-{each}-" in page.text]
    files = Evidence.objects.filter(kind="file").values_list("public_id", flat=True)
    assert {client_of(bruno).get(f"/evidence/{each}/").status_code for each in files} == {404}


@pytest.mark.parametrize("is_reviewer", [False, True])
def test_a_manager_sees_nothing_of_a_nomination_that_is_not_theirs(
    marked, linus, person_factory, client_of, is_reviewer
):
    chief = person_factory(groups=("Reviewers", "Admins") if is_reviewer else ())
    ReportingLine.objects.create(manager=chief, report=marked.nominee, depth=2)
    browser = client_of(chief)
    files = Evidence.objects.filter(kind="file").values_list("public_id", flat=True)
    addresses = [page_of(marked), review_of(marked), *(f"/evidence/{each}/" for each in files)]

    assert {browser.get(address).status_code for address in addresses} == {404}
    assert "plum" not in browser.get("/me/nominations/").text
    if is_reviewer:
        assert "Ada" not in browser.get("/reviews/").text


def test_reviewers_see_what_is_for_them_while_they_decide_and_not_afterwards(marked, ada, radia, client_of):
    browser = client_of(radia)
    files = {each.visibility: f"/evidence/{each.public_id}/" for each in Evidence.objects.filter(kind="file")}

    shown = browser.get(review_of(marked)).text
    assert ("plum-reviewers" in shown, "plum-public" in shown, "plum-private" in shown) == (True, True, False)
    opened = {visibility: text_of(browser.get(address)) for visibility, address in files.items()}
    assert {visibility: f"plum-{visibility}-file" in text for visibility, text in opened.items()} == {
        "private": False,
        "reviewers": True,
        "public": True,
    }

    withdraw_nomination(nomination=marked, actor=ada, at=timezone.now())
    assert browser.get(review_of(marked)).status_code == 404
    assert {browser.get(address).status_code for address in files.values()} == {404}


def test_a_file_is_saved_and_never_run_nor_found_among_pictures(marked, ada, client_of):
    piece = Evidence.objects.filter(kind="file").order_by("pk")[0]

    response = client_of(ada).get(f"/evidence/{piece.public_id}/")

    assert response.getvalue() == b"plum-private-file"
    assert response["Content-Disposition"] == 'attachment; filename="plum-private-file.txt"'
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert client_of(ada).get(f"/media/{piece.file.name}").status_code == 404


def test_someone_elses_evidence_cannot_be_removed(marked, bruno, client_of):
    piece = Evidence.objects.order_by("pk")[0]
    address = f"{page_of(marked)}evidence/{piece.public_id}/remove/"

    assert client_of(bruno).post(address).status_code == 404
    assert Evidence.objects.count() == 6


def test_only_reviewers_find_the_queue_in_their_menu(ada, linus, radia, mei, client_of):
    found = {
        each.full_name: 'href="/reviews/"' in client_of(each).get("/").text
        for each in (ada, linus, radia, mei)
    }

    assert found == {"Ada Okafor": False, "Linus Berg": False, "Radia Haddad": True, "Mei Tanaka": True}


# --- reviewing ---------------------------------------------------------------------------------------


def test_the_queue_is_oldest_first_and_says_who_may_not_decide(
    coach, ada, bruno, radia, link, noon, client_of
):
    for person, by in ((bruno, bruno), (ada, radia)):
        made = nominate(achievement=coach, nominee=person, nominated_by=by, why="Yes.", at=noon)
        add_evidence(nomination=made, actor=person, new=link, at=noon)
        submit_nomination(nomination=made, actor=person, at=noon)

    page = client_of(radia).get("/reviews/").text

    assert page.index("Bruno Salgado") < page.index("Ada Okafor")
    assert "You put them forward, so others decide." in page
    conflict = client_of(radia).get(review_of(made)).text
    assert "Our guide" not in conflict


def test_a_reviewer_whose_right_has_ended_keeps_what_they_wrote(submitted, radia, client_of):
    browser = client_of(radia)
    browser.get(review_of(submitted))
    radia.groups.clear()

    page = browser.post(review_of(submitted), {**ACCEPT, "comment": "A long comment"})

    assert page.status_code == 403
    assert "Your right to review has ended" in page.text
    assert "A long comment" in page.text
    assert (Review.objects.count(), Award.objects.count()) == (0, 0)


def test_a_reviewer_who_comes_second_keeps_what_they_wrote(submitted, radia, mei, client_of):
    client_of(mei).post(review_of(submitted), ACCEPT)

    page = client_of(radia).post(review_of(submitted), {**ACCEPT, "comment": "A long comment"})

    assert page.status_code == 409
    assert "it was decided or withdrawn" in page.text
    assert "A long comment" in page.text
    assert Review.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"decision": ""}, "Choose what you decide."),
        ({"criterion_1": ""}, "Missing: Passes it on to others"),
        ({"criterion_1": "0"}, "cannot be accepted while something is not shown"),
        ({"decision": "decline", "comment": ""}, "what is missing"),
        ({"round": "7"}, "submitted again since you opened it"),
    ],
)
def test_an_incomplete_decision_is_refused_with_a_remedy(submitted, radia, client_of, changed, says):
    page = client_of(radia).post(review_of(submitted), {**ACCEPT, **changed})

    assert page.status_code == 422
    assert says in page.text
    assert Review.objects.count() == 0


def test_administrators_see_how_much_waits_and_not_whose(marked, mei, client_of):
    page = text_of(client_of(mei).get("/manage/credentials/"))

    assert "Waits for reviewers" in page
    assert "1 nomination, since" in page
    assert "Ada" not in page


def test_declined_one_reads_why_and_appeals(submitted, ada, radia, mei, client_of):
    browser = client_of(ada)
    client_of(radia).post(review_of(submitted), {**ACCEPT, "decision": "decline", "comment": "Too thin."})
    page = text_of(browser.get(page_of(submitted)))
    assert "<b>Declined</b>" in page
    assert "Too thin." in page
    assert "Radia" not in browser.get(page_of(submitted)).text

    browser.post(f"{page_of(submitted)}appeal/", {"words": "It is in the guide."})

    assert "You decided before the appeal" in client_of(radia).get("/reviews/").text
    assert "It is in the guide." in client_of(mei).get(review_of(submitted)).text


def test_the_lists_cost_the_same_for_1_and_for_50(
    coach, ada, radia, link, noon, person_factory, achievement_factory, client_of
):
    def put_forward(person, achievement):
        made = nominate(achievement=achievement, nominee=person, nominated_by=person, why="Yes.", at=noon)
        add_evidence(nomination=made, actor=person, new=link, at=noon)
        submit_nomination(nomination=made, actor=person, at=noon)

    def cost(browser, address):
        browser.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        return len(captured.captured_queries)

    put_forward(ada, coach)
    asked = [
        (client_of(radia), "/reviews/"),
        (client_of(ada), "/me/nominations/"),
        (client_of(ada), "/me/record/"),
    ]
    few = [cost(*each) for each in asked]

    for _number in range(12):
        put_forward(person_factory(), coach)
        put_forward(ada, achievement_factory(takes_nominations=True))

    assert [cost(*each) for each in asked] == few


# --- measured results ---------------------------------------------------------------------------------


def test_reviewers_read_what_accepting_confirms_and_the_nominee_what_was_confirmed(
    marked, ada, radia, client_of, decide
):
    assert "Whoever accepts confirms the measured results above" in text_of(
        client_of(radia).get(review_of(marked))
    )
    assert "confirmed by the reviewers" not in text_of(client_of(ada).get(page_of(marked)))

    decide(marked, radia)

    shown = text_of(client_of(ada).get(page_of(marked)))
    assert shown.count("confirmed by the reviewers") == 2  # not what she kept to herself


def test_without_a_measured_result_accepting_confirms_none(submitted, radia, client_of):
    assert "Whoever accepts confirms" not in text_of(client_of(radia).get(review_of(submitted)))
