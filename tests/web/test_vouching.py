"""A manager vouches for somebody below them: on their page, with what everyone reads before it is said."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from badges.criteria import Condition, to_json
from badges.models import Attestation, Award
from badges.services.rules import enable_rule, save_rule
from lms.core.models import AuditEntry
from lms.people.models import ReportingLine
from lms.records.models import LearningRecord
from lms.records.services import deliver_to_all
from tests.web.pages import text_of

pytestmark = pytest.mark.usefixtures("at_noon")

SEEN = "Checks each <b>promise</b> against the case."


@pytest.fixture
def asks(mei, noon):
    def ask(achievement, *others):
        conditions = [*others, Condition("manager_attested", achievement.public_id)]
        tree = {"all": [to_json(each) for each in conditions]}
        return enable_rule(
            rule=save_rule(achievement=achievement, tree=tree, actor=mei, at=noon), actor=mei, at=noon
        )

    return ask


@pytest.fixture
def asked(prompt_craft, asks):
    asks(prompt_craft)
    return prompt_craft


@pytest.fixture
def ida(person_factory, ada, linus):
    ida = person_factory("ida@larkfield.example", full_name="Ida Holm")
    ReportingLine.objects.create(manager=ida, report=linus, depth=1)
    ReportingLine.objects.create(manager=ida, report=ada, depth=2)
    return ida


def page_of(person):
    return f"/team/{person.public_id}/"


def vouch_page(person, achievement, rest=""):
    return f"{page_of(person)}vouch/{achievement.public_id}/{rest}"


def test_a_manager_vouches_and_both_see_what_was_said(ada, linus, asked, client_of):
    browser = client_of(linus)
    assert "Vouch for Ada Okafor : Prompt craft" in text_of(browser.get(page_of(ada)))
    form = text_of(browser.get(vouch_page(ada, asked)))
    assert "Complete the path for customer service and pass its practice." in form
    assert "Ada Okafor reads it, and so do administrators. Nobody else." in form

    page = browser.post(vouch_page(ada, asked), {"statement": SEEN}, follow=True)

    assert page.redirect_chain == [(page_of(ada), 302)]
    assert "You vouched for Ada Okafor: “Prompt craft”. They read it in their record." in text_of(page)
    assert "Prompt craft “Checks each <b>promise</b> against the case.” You vouched for them on" in text_of(
        page
    )
    assert "Vouch for Ada" not in text_of(page)
    record = client_of(ada).get("/me/record/")
    assert (
        "Prompt craft “Checks each <b>promise</b> against the case.” Linus Berg, 24 November 2026"
        in re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", record.content.decode())))
    )
    deliver_to_all()
    assert Award.objects.get().recipient == ada


def test_it_stands_among_what_is_missing_before(
    ada, prompt_craft, achievement_factory, asks, client_of, awarded
):
    other = achievement_factory("Coach")
    asks(other, Condition("badge_held", prompt_craft.public_id))

    page = text_of(client_of(ada).get("/me/record/"))

    assert "Missing: the word of your manager that you do at work what “Coach” stands for" in page
    assert "What managers have vouched for" not in page


def test_another_manager_sees_who_vouched_and_not_what_they_said(ada, linus, ida, asked, client_of):
    client_of(linus).post(vouch_page(ada, asked), {"statement": SEEN})
    browser = client_of(ida)

    page = text_of(browser.get(page_of(ada)))

    assert "Linus Berg vouched for them on 24 November 2026." in page
    assert "promise" not in page
    assert "Take it back" not in page
    assert browser.get(vouch_page(ada, asked)).headers["Location"] == page_of(ada)
    assert browser.get(vouch_page(ada, asked, "take-back/")).status_code == 404
    assert browser.post(vouch_page(ada, asked, "take-back/")).status_code == 404
    refused = browser.post(vouch_page(ada, asked), {"statement": "I have seen it, too."})
    assert "Linus Berg vouched for Ada Okafor on 24 November 2026. One word is enough." in text_of(refused)
    assert "I have seen it, too." in text_of(refused)
    assert Attestation.objects.get().attested_by == linus


def test_an_administrator_reads_it_on_the_page_of_the_person(ada, linus, mei, asked, client_of):
    client_of(linus).post(vouch_page(ada, asked), {"statement": "Checks each promise."})

    page = text_of(client_of(mei).get(f"/manage/people/{ada.public_id}/"))

    assert "Prompt craft “Checks each promise.” Linus Berg, 24 November 2026" in page
    assert "Linus Berg vouched for Ada Okafor" in page


def test_a_word_is_taken_back_after_a_question(ada, linus, asked, client_of):
    browser = client_of(linus)
    browser.post(vouch_page(ada, asked), {"statement": "Checks each promise."})
    question = text_of(browser.get(vouch_page(ada, asked, "take-back/")))
    assert "On 24 November 2026 you vouched for Ada Okafor: “Prompt craft”." in question
    assert "Checks each promise." in question
    assert Attestation.objects.count() == 1

    page = browser.post(vouch_page(ada, asked, "take-back/"), follow=True)

    assert "Your word about Ada Okafor does not count any more: “Prompt craft”." in text_of(page)
    assert "Vouch for Ada Okafor" in text_of(page)
    assert not Attestation.objects.exists()
    assert AuditEntry.objects.filter(action="badges.take_word_back").count() == 1
    assert "promise" not in text_of(client_of(ada).get("/me/record/"))


def test_the_next_manager_takes_back_the_word_of_one_who_has_moved_without_reading_it(
    ada, linus, ida, asked, client_of
):
    client_of(linus).post(vouch_page(ada, asked), {"statement": "Checks each promise."})
    ReportingLine.objects.filter(manager=linus, report=ada).delete()
    browser = client_of(ida)
    shown = text_of(browser.get(page_of(ada)))
    assert "Whoever gave it is above them no more, so it is yours to take back." in shown
    question = text_of(browser.get(vouch_page(ada, asked, "take-back/")))
    assert "Linus Berg vouched for Ada Okafor: “Prompt craft”. They are above Ada Okafor no more." in question
    assert "promise" not in shown + question

    page = browser.post(vouch_page(ada, asked, "take-back/"), follow=True)

    assert "That word about Ada Okafor does not count any more: “Prompt craft”." in text_of(page)
    assert "Vouch for Ada Okafor" in text_of(page)
    assert not Attestation.objects.exists()


def test_an_administrator_takes_it_back_once_who_gave_it_has_moved(ada, linus, mei, asked, client_of):
    client_of(linus).post(vouch_page(ada, asked), {"statement": "Checks each promise."})
    person = f"/manage/people/{ada.public_id}/"
    address = f"{person}words/{asked.public_id}/take-back/"
    browser = client_of(mei)
    assert "Take it back" not in text_of(browser.get(person))
    assert (browser.get(address).status_code, browser.post(address).status_code) == (404, 404)
    assert Attestation.objects.count() == 1
    ReportingLine.objects.filter(manager=linus, report=ada).delete()
    assert address in browser.get(person).content.decode()
    assert "Checks each promise." in text_of(browser.get(address))

    page = browser.post(address, follow=True)

    assert page.redirect_chain == [(person, 302)]
    assert "That word about Ada Okafor does not count any more" in text_of(page)
    assert "took back the word of an earlier manager about Ada Okafor" in text_of(page)
    assert not Attestation.objects.exists()


@pytest.mark.parametrize("who", ["ada", "bruno", "linus", "grace", "radia"])
def test_nobody_else_takes_a_word_back_as_an_administrator(request, ada, linus, asked, client_of, who):
    client_of(linus).post(vouch_page(ada, asked), {"statement": SEEN})
    ReportingLine.objects.filter(manager=linus, report=ada).delete()
    address = f"/manage/people/{ada.public_id}/words/{asked.public_id}/take-back/"

    assert client_of(request.getfixturevalue(who)).post(address).status_code in {403, 404}

    assert Attestation.objects.count() == 1


@pytest.mark.parametrize("statement", ["", "  ", "x" * 501])
def test_what_was_typed_stays_when_it_does_not_fit(ada, linus, asked, client_of, statement):
    page = client_of(linus).post(vouch_page(ada, asked), {"statement": statement})

    assert page.context["form"].errors["statement"]
    assert statement.strip() in page.content.decode()
    assert not Attestation.objects.exists()
    assert not LearningRecord.objects.filter(verb="attested").exists()


@pytest.mark.parametrize("who", ["ada", "bruno", "grace", "radia", "mei", "linus"])
def test_for_everyone_else_there_is_no_such_page(request, ada, bruno, linus, asked, client_of, who):
    """Nor for the manager about themselves, or about somebody of another team."""
    browser, about = client_of(request.getfixturevalue(who)), linus if who == "linus" else ada
    addresses = [vouch_page(about, asked), vouch_page(about, asked, "take-back/"), vouch_page(bruno, asked)]

    for address in addresses:
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"statement": SEEN}).status_code == 404

    assert not Attestation.objects.exists()
    assert not AuditEntry.objects.filter(action="badges.vouch").exists()


def test_a_stranger_signs_in_first(ada, asked, client):
    assert client.get(vouch_page(ada, asked)).status_code == 302
    assert client.post(vouch_page(ada, asked), {"statement": SEEN}).status_code == 302

    assert not Attestation.objects.exists()


def test_what_nobody_asks_for_is_not_there(ada, linus, prompt_craft, client_of):
    browser = client_of(linus)

    assert "Your word" not in text_of(browser.get(page_of(ada)))
    assert browser.get(vouch_page(ada, prompt_craft)).status_code == 404
    assert browser.post(vouch_page(ada, prompt_craft), {"statement": SEEN}).status_code == 404
    assert not Attestation.objects.exists()


def test_whoever_left_is_not_there(ada, linus, asked, client_of):
    type(ada).objects.filter(pk=ada.pk).update(status="left", is_active=False)
    browser = client_of(linus)

    assert browser.post(vouch_page(ada, asked), {"statement": SEEN}).status_code == 404
    assert not Attestation.objects.exists()


def test_the_pages_cost_the_same_for_one_achievement_and_for_fifty(
    ada, linus, asked, asks, achievement_factory, client_of
):
    manager, learner = client_of(linus), client_of(ada)

    def queries():
        found = {}
        for browser, address in [(manager, page_of(ada)), (learner, "/me/record/")]:
            browser.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(address).status_code == 200
            found[address] = len(captured)
        return found

    manager.post(vouch_page(ada, asked), {"statement": SEEN})
    asks(achievement_factory())
    few = queries()
    for number in range(49):
        achievement = achievement_factory()
        asks(achievement)
        if number % 2:
            manager.post(vouch_page(ada, achievement), {"statement": SEEN})

    assert queries() == few
