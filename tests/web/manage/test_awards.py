"""Awarding by hand and by list, and the page of one award: nothing is revoked unseen, nothing done twice."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from badges.models import Achievement, Award
from badges.services.revoking import revoke_award
from lms.jobs.models import Job
from lms.jobs.services import run_jobs
from lms.people.models import User
from tests.web.pages import hidden, text_of

pytestmark = pytest.mark.usefixtures("at_noon")

CREDENTIALS = "/manage/credentials/"


def at(achievement, rest=""):
    return f"{CREDENTIALS}{achievement.public_id}/{rest}"


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
