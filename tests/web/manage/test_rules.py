"""The pages of assignment rules: written without JavaScript, looked at by name, confirmed, watched."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from lms.core.models import AuditEntry
from lms.jobs.models import Job
from lms.jobs.services import run_jobs
from lms.paths.models import Assignment, AssignmentVersion, Enrollment, EnrollmentChange, Exclusion
from lms.paths.services import RuleText, create_rule, edit_rule, enroll_person, exclude_person, extend_dates
from lms.people.models import User
from tests.paths.conftest import employed

NEW = "/manage/assignments/new/"
DATES = {"due_basis": "", "closes_basis": "", "on_leaving": "withdraw", "is_required": "1"}


@pytest.fixture
def path(lesson_factory, path_factory):
    return path_factory(lesson_factory(), title="Working with AI", slug="working-with-ai")


@pytest.fixture
def browser(client_of, mei):
    return client_of(mei)


def text_of(response):
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def seen_in(response):
    [seen] = re.findall(r'name="seen" value="(\w+)"', response.content.decode())
    return seen


@pytest.fixture
def draft(ada, bruno, mei, path):
    text = RuleText(audience={"any": [{"all": [{"role": ["customer-service"]}]}]})
    return create_rule(name="Customer service", path=path, text=text, actor=mei, at=timezone.now())


def test_a_rule_is_written_condition_by_condition_without_javascript(ada, browser, path):
    employed(ada, location="Porto")
    form = {**DATES, "name": "New in Porto", "path": path.pk, "g0": "1"}

    page = browser.post(NEW, {**form, "g0-new": "role", "do": "add:0"})
    assert 'name="g0c0-kind" value="role"' in page.content.decode()
    assert Assignment.objects.count() == 0
    form |= {"g0c0-kind": "role", "g0c0-value": "customer-service", "g0c0-is": "is"}
    page = browser.post(NEW, {**form, "g0-new": "location", "do": "add:0"})
    assert 'value="customer-service" checked' in page.content.decode()
    form |= {"g0c1-kind": "location", "g0c1-value": ["Porto", "Berlin"], "g0c1-is": "is"}
    page = browser.post(NEW, {**form, "do": "add-group"})
    assert 'name="g1"' in page.content.decode()
    form |= {"g1": "1", "g1c0-kind": "hired_within_days", "g1c0-value": "90", "g1c0-is": "not"}
    form |= {"due_basis": "assigned", "due_days": "14", "due_day": "2026-12-24"}
    response = browser.post(NEW, {**form, "do": "save"})

    rule = Assignment.objects.get()
    assert response.headers["Location"] == f"/manage/assignments/{rule.public_id}/preview/"
    draft = rule.versions.get()
    assert draft.audience == {
        "any": [
            {"all": [{"role": ["customer-service"]}, {"location": ["Porto", "Berlin"]}]},
            {"all": [{"not": {"hired_within_days": 90}}]},
        ]
    }
    assert (draft.due_basis, draft.due_days, draft.due_day) == ("assigned", 14, None)
    assert (rule.state, Enrollment.objects.count()) == ("draft", 0)


def test_a_condition_and_a_group_can_be_taken_out_again(browser, path):
    form = {**DATES, "name": "X", "path": path.pk, "g0": "1", "g1": "1"}
    form |= {"g0c0-kind": "role", "g0c1-kind": "hired_within_days", "g0c1-value": "5"}
    form |= {"g1c0-kind": "leads_people"}

    page = browser.post(NEW, {**form, "do": "remove:g0c0"}).content.decode()
    assert 'name="g0c0-kind" value="hired_within_days"' in page
    assert 'value="5"' in page
    page = browser.post(NEW, {**form, "do": "remove-group:0"}).content.decode()
    assert 'name="g0c0-kind" value="leads_people"' in page
    assert 'name="g1"' not in page


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ({"g0c0-kind": "role"}, "Choose or enter at least one value"),
        ({"g0c0-kind": "hired_within_days", "g0c0-value": "soon"}, "Enter a number of days"),
        ({"g0c0-kind": "hired_after", "g0c0-value": "31.12.2026"}, "Enter a day, such as"),
        ({"g0c0-kind": "people", "g0c0-value": "nobody@x.example"}, "Nobody has the address"),
        ({"g0c0-kind": "reports_to", "g0c0-value": "nobody@x.example"}, "Nobody has the address"),
        ({"g0c0-kind": "no-such-kind", "g0c0-value": "1"}, "add a condition, or choose everyone"),
        ({}, "add a condition, or choose everyone"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_and_nothing_is_lost(browser, path, condition, told):
    form = {**DATES, "name": "Kept as typed", "path": path.pk, "g0": "1", **condition, "do": "save"}

    page = text_of(browser.post(NEW, form))

    assert told in page
    assert 'value="Kept as typed"' in page
    assert Assignment.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"due_basis": "assigned"}, "Enter a number of days"),
        ({"closes_basis": "day"}, "Choose the day"),
        ({"name": ""}, "This field is required"),
        ({"due_basis": "assigned", "due_days": "-3"}, "greater than or equal to 0"),
    ],
)
def test_what_is_missing_is_asked_for(browser, path, fields, told):
    form = {**DATES, "name": "X", "path": path.pk, "everyone": "on", **fields, "do": "save"}

    assert told in text_of(browser.post(NEW, form))
    assert Assignment.objects.count() == 0


def test_unknown_people_are_named_five_at_most(browser, path):
    form = {**DATES, "name": "X", "path": path.pk, "g0": "1", "g0c0-kind": "people", "do": "save"}

    some = text_of(browser.post(NEW, {**form, "g0c0-value": " ".join(f"n{n}@x.example" for n in range(500))}))
    many = text_of(
        browser.post(NEW, {**form, "g0c0-value": " ".join(f"n{n}@x.example" for n in range(9000))})
    )
    name = text_of(browser.post(NEW, {**form, "g0c0-kind": "reports_to", "g0c0-value": "Linus Berg"}))

    assert "n3@x.example, n4@x.example and 495 more. Enter an address or a number, not a name." in some
    assert "You entered 9,000 addresses or numbers; 500 is the most in one condition." in many
    assert "n8999@x.example" in many
    assert "Nobody has the address or employee number Linus, Berg. Enter an address or a number" in name
    assert Assignment.objects.count() == 0


def test_after_removing_the_cursor_goes_to_the_neighbor(browser, path):
    form = {**DATES, "name": "X", "path": path.pk, "g0": "1", "g0c0-kind": "leads_people"}
    two = {**form, "g0c1-kind": "hired_within_days", "g0c1-value": "5"}

    assert 'id="g0c0-is" autofocus' in browser.post(NEW, {**two, "do": "remove:g0c1"}).content.decode()
    assert 'id="g0-new" autofocus' in browser.post(NEW, {**form, "do": "remove:g0c0"}).content.decode()


def test_everyone_is_one_tick(ada, browser, path):
    browser.post(NEW, {**DATES, "name": "All", "path": path.pk, "everyone": "on", "g0": "1", "do": "save"})

    assert AssignmentVersion.objects.get().audience == {"all": []}


def test_a_rule_of_another_system_is_shown_in_words_and_stays(ada, browser, mei, path):
    deep = {
        "all": [{"any": [{"role": ["customer-service"]}, {"leads_people": True}]}, {"hired_within_days": 9}]
    }
    rule = create_rule(name="Deep", path=path, text=RuleText(audience=deep), actor=mei, at=timezone.now())
    address = f"/manage/assignments/{rule.public_id}/edit/"

    page = text_of(browser.get(address))
    browser.post(address, {**DATES, "name": "Deep", "g0": "1", "do": "save"})

    assert "(role is Customer service or leads people) and hired within the last 9 days" in page
    assert rule.versions.get().audience == deep


@pytest.mark.parametrize(
    "audience",
    [
        {"any": [{"all": [{"role": ["customer-service"]}, {"not": {"unit": ["CS-PORTO"]}}]}]},
        {"role": ["customer-service"]},
        {"all": [{"leads_people": True}, {"employment_type": ["intern"]}]},
        {"any": [{"all": [{"hired_before": "2026-01-01"}]}, {"all": [{"completed_path": ["x"]}]}]},
        {"all": []},
    ],
)
def test_saving_a_rule_unchanged_says_the_same(ada, browser, mei, path, audience):
    rule = create_rule(name="Same", path=path, text=RuleText(audience=audience), actor=mei, at=timezone.now())
    address = f"/manage/assignments/{rule.public_id}/edit/"
    page = browser.get(address).content.decode()
    fields = re.findall(r'<input type="hidden" name="(g[^"]*)" value="([^"]*)"', page)
    fields += re.findall(r'<input type="checkbox" name="(g\w+-value)" value="([^"]*)" checked', page)
    fields += re.findall(r'<input name="(g\w+-value)" id="[^"]*" value="([^"]*)"', page)
    turned = re.findall(r'<select name="(g\w+-is)"[^>]*>(?:(?!</select>).)*value="not" selected', page)
    form: dict[str, Any] = {**DATES, "name": "Same", "do": "save", **dict.fromkeys(turned, "not")}
    for name, value in fields:
        form.setdefault(name, [])
        form[name] = [*form[name], unescape(value)]
    if 'name="everyone" id="everyone" checked' in page:
        form["everyone"] = "on"

    browser.post(address, form)

    same = (
        {"any": [audience if "all" in audience else {"all": [audience]}]}
        if "any" not in audience
        else audience
    )
    assert rule.versions.get().audience == (audience if audience == {"all": []} else same)


def test_the_preview_names_everyone_who_gains_and_why_others_do_not(
    ada, bruno, grace, browser, mei, path, draft
):
    Exclusion.objects.create(
        learner=bruno, path=path, reason="Wrote it.", excluded_by=mei, excluded_at=timezone.now()
    )
    address = f"/manage/assignments/{draft.public_id}/preview/"

    page = text_of(browser.get(address))
    assert "Something changes for 1 person" in page
    assert "Ada Okafor" in page
    assert "Grace Lindqvist" not in page
    assert "Bruno Salgado" in text_of(browser.get(f"{address}?group=excluded"))
    rows = b"".join(browser.get(f"{address}export/")).decode().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["Ada Okafor", "Bruno Salgado"]


def test_a_preview_says_when_it_is_due_and_what_comes_at_once(ada, bruno, browser, mei, path, draft):
    address = f"/manage/assignments/{draft.public_id}/preview/"
    assert "It is required and has no due day." in text_of(browser.get(address))
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        AssignmentVersion.objects.update(due_basis="assigned", due_days=10, closes_basis="day")
        AssignmentVersion.objects.update(closes_day=date(2026, 11, 24))

        page = text_of(browser.get(address))
        rows = b"".join(browser.get(f"{address}export/")).decode()

    assert "gets it, due 4 December 2026" in page
    assert "gets it, due 4 December 2026" in rows
    assert "the rule applies to 2 people" in page
    assert "For 2 people it closes on the day they get it." in page
    assert "no due day" not in page


def test_a_preview_shows_for_whom_something_changes(ada, browser, path, draft):
    enroll_person(learner=ada, path=path, source="self", at=timezone.now())
    address = f"/manage/assignments/{draft.public_id}/preview/"

    page = text_of(browser.get(f"{address}?group=changing"))

    assert "Changes: 1" in page
    assert "for 1 who has it, it becomes required or gets other dates" in page
    assert "chose it; it becomes part of this rule, with its dates" in page


def test_confirming_starts_the_job_that_is_then_shown(ada, bruno, browser, path, draft):
    address = f"/manage/assignments/{draft.public_id}/preview/"

    response = browser.post(address, {"seen": seen_in(browser.get(address))})

    job = Job.objects.get()
    assert response.headers["Location"] == f"/manage/jobs/{job.public_id}/"
    run_jobs(for_seconds=20)
    assert "2 of 2" in text_of(browser.get(response.headers["Location"]))
    assert Enrollment.objects.filter(path=path).count() == 2
    history = text_of(browser.get(f"/manage/assignments/{draft.public_id}/"))
    assert "<b>Mei Tanaka</b> put into force the assignment rule <b>Customer service</b>" in history


def test_a_stale_preview_is_shown_again_with_what_holds_now(
    ada, bruno, grace, browser, draft, customer_service
):
    address = f"/manage/assignments/{draft.public_id}/preview/"
    seen = seen_in(browser.get(address))
    User.objects.filter(pk=grace.pk).update(job_role=customer_service)

    response = browser.post(address, {"seen": seen})

    assert response.status_code == 409
    page = text_of(response)
    assert "Nothing was applied. This is how it stands now." in page
    assert "Grace Lindqvist" in page
    assert Job.objects.count() == 0
    assert browser.post(address, {"seen": seen_in(response)}).status_code == 302


def test_confirming_twice_leads_to_the_same_job(ada, browser, client_of, person_factory, draft):
    other = client_of(person_factory("noor@larkfield.example", groups=("Admins",)))
    address = f"/manage/assignments/{draft.public_id}/preview/"
    seen = seen_in(browser.get(address))

    first, second = browser.post(address, {"seen": seen}), other.post(address, {"seen": seen})

    assert Job.objects.count() == 1
    assert first.headers["Location"] == f"/manage/jobs/{Job.objects.get().public_id}/"
    assert second.headers["Location"] == first.headers["Location"]
    assert "Mei Tanaka confirmed this rule on" in text_of(other.get(second.headers["Location"]))
    late = text_of(other.get(address, follow=True))
    assert "Mei Tanaka confirmed this rule on" in late
    assert f'href="{first.headers["Location"]}"' in late


def begun_from(page):
    [found] = re.findall(r'name="begun_from" value="([^"]*)"', page.content.decode())
    return unescape(found)


def test_two_who_write_the_same_rule_do_not_overwrite_each_other(
    ada, browser, client_of, person_factory, draft
):
    noor = person_factory("noor@larkfield.example", full_name="Noor Haddad", groups=("Admins",))
    other, address = client_of(noor), f"/manage/assignments/{draft.public_id}/edit/"
    form = {**DATES, "everyone": "on", "g0": "1", "do": "save"}
    mine = {**form, "name": "By Mei", "begun_from": begun_from(browser.get(address))}

    other.post(address, {**form, "name": "By Noor", "begun_from": begun_from(other.get(address))})
    refused = browser.post(address, mine)

    assert refused.status_code == 409
    assert "Noor Haddad saved another text of this rule on" in text_of(refused)
    assert 'value="By Mei"' in text_of(refused)
    assert Assignment.objects.get().name == "By Noor"
    assert browser.post(address, {**mine, "begun_from": begun_from(refused)}).status_code == 302
    assert Assignment.objects.get().name == "By Mei"


def test_what_is_stored_and_cannot_be_understood_is_said_on_every_page(browser, draft):
    AssignmentVersion.objects.update(audience={"sorcery": ["sales"]})
    base = f"/manage/assignments/{draft.public_id}/"

    edit = text_of(browser.get(f"{base}edit/"))
    pages = [text_of(browser.get(base + page)) for page in ("", "preview/", "preview/?archive")]
    duplicated = text_of(browser.post(f"{base}duplicate/", follow=True))

    assert "What is stored cannot be understood: rule: 'sorcery' is not known." in edit
    assert all("'sorcery' is not known" in page for page in pages)
    assert browser.get(f"{base}preview/export/").headers["Location"] == f"{base}preview/"
    assert "'sorcery' is not known" in duplicated
    assert Assignment.objects.count() == 1


def test_history_says_what_each_text_says_otherwise(ada, browser, mei, path, draft):
    base = f"/manage/assignments/{draft.public_id}/"
    browser.post(f"{base}preview/", {"seen": seen_in(browser.get(f"{base}preview/"))})
    text = RuleText(audience={"all": []}, due_basis="assigned", due_days=14)
    edit_rule(rule=draft, name=draft.name, text=text, actor=mei, at=timezone.now())
    browser.post(f"{base}preview/", {"seen": seen_in(browser.get(f"{base}preview/"))})

    history = re.sub(r"<[^>]+>", "", text_of(browser.get(base)).partition('id="history"')[2])

    assert "Due: never → 14 days after a person gets it" in history
    assert "Who gets it: role is Customer service → everyone" in history
    assert "On leaving: it is withdrawn" in history
    assert "values" not in history


def test_a_paused_rule_with_a_draft_offers_one_thing_to_confirm(browser, mei, draft):
    base = f"/manage/assignments/{draft.public_id}/"
    browser.post(f"{base}preview/", {"seen": seen_in(browser.get(f"{base}preview/"))})
    assert "It follows the company by itself" in text_of(browser.get(base))
    browser.post(f"{base}pause/")
    assert "Put it into force again" in text_of(browser.get(base))

    edit_rule(rule=draft, name="X", text=RuleText(audience={"all": []}), actor=mei, at=timezone.now())

    page = text_of(browser.get(base))
    assert "Put it into force again" not in page
    assert "It follows the company by itself" not in page
    assert "Look and confirm" in page


def test_pausing_duplicating_and_discarding_say_what_happened(ada, browser, draft):
    base = f"/manage/assignments/{draft.public_id}/"
    browser.post(f"{base}preview/", {"seen": seen_in(browser.get(f"{base}preview/"))})

    paused = browser.post(f"{base}pause/", follow=True)
    assert "The rule rests." in text_of(paused)
    copied = browser.post(f"{base}duplicate/", follow=True)
    copy = Assignment.objects.get(name="Customer service (copy)")
    assert copied.request["PATH_INFO"] == f"/manage/assignments/{copy.public_id}/edit/"
    gone = browser.post(f"/manage/assignments/{copy.public_id}/discard/", follow=True)
    assert gone.request["PATH_INFO"] == "/manage/assignments/"
    assert "The draft is gone." in text_of(gone)


def test_archiving_shows_first_who_loses_what(ada, bruno, browser, path, draft):
    base = f"/manage/assignments/{draft.public_id}/"
    browser.post(f"{base}preview/", {"seen": seen_in(browser.get(f"{base}preview/"))})
    run_jobs(for_seconds=20)

    page = browser.get(f"{base}preview/?archive")
    assert "2 lose it and have not begun" in text_of(page)
    assert "applies to nobody" not in text_of(page)
    browser.post(f"{base}preview/?archive", {"seen": seen_in(page)})
    run_jobs(for_seconds=20)

    assert Enrollment.objects.current().filter(path=path).count() == 0
    assert text_of(browser.get(base)).count("archived") >= 1


def test_names_and_reasons_are_never_markup(ada, browser, mei, path):
    evil = "<script>alert(1)</script>"
    rule = create_rule(
        name=evil,
        path=path,
        text=RuleText(audience={"location": [evil]}, reason=evil),
        actor=mei,
        at=timezone.now(),
    )
    for address in ["", "edit/", "preview/"]:
        page = browser.get(f"/manage/assignments/{rule.public_id}/{address}").content.decode()
        assert evil not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_list_is_planned_confirmed_and_done(ada, browser, path):
    wanted = {"path": path.pk, "people": "ada@larkfield.example\nnobody@x.example", "reason": "Pilot."}

    plan = browser.post("/manage/enroll/", wanted, follow=True)
    assert "1 person would be enrolled" in text_of(plan)
    assert "Nobody has this address or number." in text_of(plan)
    assert "List of 2 lines" in text_of(plan)
    assert "Pilot." in text_of(plan)
    assert Enrollment.objects.count() == 0
    job = Job.objects.get()
    waiting = text_of(browser.get(f"/manage/jobs/{job.public_id}/"))
    assert "Look at the plan" in waiting
    assert "What was not done" not in waiting
    assert f'href="/manage/enroll/{job.public_id}/"' in text_of(browser.get("/manage/jobs/"))
    assert "1 plan to enroll people waits" in text_of(browser.get("/manage/"))
    done = browser.post(f"/manage/enroll/{job.public_id}/confirm/")
    run_jobs(for_seconds=20)

    assert done.headers["Location"] == f"/manage/jobs/{job.public_id}/"
    assert Enrollment.objects.get().learner == ada
    over = text_of(browser.get(f"/manage/jobs/{job.public_id}/"))
    assert "done, not everything" in over
    assert "1 row could not be done or was left out." in over


def test_a_plan_that_enrolls_nobody_promises_nothing_and_leaves_nothing_behind(browser, path):
    plan = browser.post("/manage/enroll/", {"path": path.pk, "people": "nobody@x.example"}, follow=True)
    job = Job.objects.get()
    discarded = browser.post(f"/manage/enroll/{job.public_id}/discard/")

    assert "You can watch it happen" not in text_of(plan)
    assert discarded.headers["Location"] == "/manage/enroll/"
    assert "It never began." in text_of(browser.get(f"/manage/jobs/{job.public_id}/"))


@pytest.mark.parametrize("beginning", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_a_file_of_a_spreadsheet_program_is_refused_with_a_remedy(browser, path, beginning):
    file = SimpleUploadedFile("people.csv", beginning + b"rest")

    page = text_of(browser.post("/manage/enroll/", {"path": path.pk, "file": file}))

    assert "This is an Excel file. Save it as CSV UTF-8." in page
    assert Job.objects.count() == 0


def test_a_list_and_a_file_at_once_are_refused(browser, path):
    file = SimpleUploadedFile("people.csv", b"bruno@larkfield.example")
    given = {"path": path.pk, "people": "ada@larkfield.example", "file": file}

    page = text_of(browser.post("/manage/enroll/", given))

    assert "There is a list in the box, and a file as well." in page
    assert "ada@larkfield.example</textarea>" in page
    assert Job.objects.count() == 0


def test_no_path_is_chosen_by_accident(browser, path):
    for address in (NEW, "/manage/enroll/"):
        assert '<option value="" selected>Choose a path</option>' in text_of(browser.get(address))
    given = {"people": "ada@larkfield.example", "path": ""}
    assert "Choose a path." in text_of(browser.post("/manage/enroll/", given))
    assert Job.objects.count() == 0


def test_an_empty_list_and_a_file_of_another_kind_are_refused_with_a_remedy(browser, path, tmp_path):
    assert "Paste at least one address" in text_of(browser.post("/manage/enroll/", {"path": path.pk}))
    file = tmp_path / "people.xls"
    file.write_bytes(b"\xd0\xcf\x11\xe0")
    with file.open("rb") as opened:
        page = browser.post("/manage/enroll/", {"path": path.pk, "file": opened})
    assert "This is an Excel file." in text_of(page)
    assert Job.objects.count() == 0


def test_excluding_clearing_and_extending_from_a_persons_page(ada, browser, mei, path):
    enroll_person(learner=ada, path=path, source="rule", at=timezone.now())
    base = f"/manage/people/{ada.public_id}/paths/{path.slug}/"
    later = timezone.localdate() + timedelta(days=300)

    refused = browser.post(f"{base}extend/", {"due_on": "2020-01-01", "reason": "Late."})
    assert (refused.status_code, "That day is over" in text_of(refused)) == (422, True)
    browser.post(f"{base}extend/", {"due_on": later.isoformat(), "reason": "Long leave."})
    assert Enrollment.objects.get().due_on == later
    assert browser.post(f"{base}exclude/", {"reason": ""}).status_code == 422
    excluded = browser.post(f"{base}exclude/", {"reason": "Teaches it."}, follow=True)
    assert "No rule gives them this path until you clear that." in text_of(excluded)
    assert Enrollment.objects.get().withdrawn_at is not None
    cleared = browser.post(f"{base}clear/", {"reason": "Asked."}, follow=True)
    assert "Rules decide about Ada Okafor again." in text_of(cleared)
    assert Exclusion.objects.get().cleared_by == mei
    assert list(EnrollmentChange.objects.order_by("pk").values_list("what", flat=True)) == [
        "extended",
        "withdrawn",
    ]
    assert AuditEntry.objects.filter(object_id=str(ada.public_id)).count() == 3


def test_a_last_day_goes_only_when_that_is_asked_for(ada, browser, path):
    enroll_person(learner=ada, path=path, source="rule", at=timezone.now())
    due, closes, later = (timezone.localdate() + timedelta(days=days) for days in (30, 60, 90))
    Enrollment.objects.update(due_on=due, closes_on=closes)
    base = f"/manage/people/{ada.public_id}/paths/{path.slug}/"
    given = {"due_on": later.isoformat(), "reason": "Ill."}

    shown = text_of(browser.get(base))
    refused = browser.post(f"{base}extend/", given)

    assert f'value="{due.isoformat()}"' in shown
    assert f'value="{closes.isoformat()}"' in shown
    assert f"It closes on {date_format(closes, 'j F Y')} now." in text_of(refused)
    assert Enrollment.objects.get().closes_on == closes
    browser.post(f"{base}extend/", {**given, "closes_on": closes.isoformat(), "closes_no_more": "on"})
    assert (Enrollment.objects.get().due_on, Enrollment.objects.get().closes_on) == (later, None)


def test_a_day_is_over_when_it_is_where_the_person_lives(ada, browser, path):
    ada.time_zone = "Pacific/Kiritimati"  # Fourteen hours ahead of UTC
    ada.save()
    enroll_person(learner=ada, path=path, source="rule", at=timezone.now())
    Enrollment.objects.update(due_on=date(2026, 11, 24), closes_on=date(2026, 12, 24))

    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        page = text_of(browser.get(f"/manage/people/{ada.public_id}/"))

    assert "was due 24 November" in page
    assert "closes 24 December" in page


def test_a_learner_reads_why_they_have_a_path(ada, client_of, path, draft, browser):
    base = f"/manage/assignments/{draft.public_id}/"
    browser.post(f"{base}preview/", {"seen": seen_in(browser.get(f"{base}preview/"))})
    run_jobs(for_seconds=20)

    page = text_of(client_of(ada).get(f"/paths/{path.slug}/why/"))

    assert "Why you have this path" in page
    assert "the rule “Customer service”, confirmed by Mei Tanaka" in page
    assert "version" not in page


def test_an_exclusion_is_told_to_the_learner_without_the_reason(ada, client_of, mei, browser, path):
    exclude_person(learner=ada, path=path, reason="Plum reason.", actor=mei, at=timezone.now())
    path.unpublish()

    page = text_of(client_of(ada).get(f"/paths/{path.slug}/why/"))

    assert "Excluded by Mei Tanaka" in page
    assert "Plum reason." not in page
    assert "Plum reason." in text_of(browser.get(f"/manage/people/{ada.public_id}/paths/{path.slug}/"))


def test_a_path_that_is_not_published_has_no_reasons_for_those_who_are_not_on_it(ada, client_of, path):
    address = f"/paths/{path.slug}/why/"
    assert "No rule gives you this path." in text_of(client_of(ada).get(address))

    path.unpublish()

    assert client_of(ada).get(address).status_code == 404


def test_changed_days_are_read_as_days(ada, client_of, mei, path):
    enrollment = enroll_person(learner=ada, path=path, source="manual", at=timezone.now())
    due, later, closes = (timezone.localdate() + timedelta(days=days) for days in (30, 60, 90))
    Enrollment.objects.filter(pk=enrollment.pk).update(due_on=due)
    enrollment.refresh_from_db()
    extend_dates(
        enrollment=enrollment,
        due_on=later,
        closes_on=closes,
        reason="You were ill.",
        actor=mei,
        at=timezone.now(),
    )

    page = text_of(client_of(ada).get(f"/paths/{path.slug}/why/"))

    assert f"due {date_format(due, 'j F Y')} → {date_format(later, 'j F Y')}" in page
    assert f"closes {date_format(closes, 'j F Y')}" in page
    assert "You were ill." in page


@pytest.mark.parametrize("people", [1, 60])
def test_the_preview_costs_the_same_for_1_and_for_60(browser, mei, path, customer_service, people):
    User.objects.bulk_create(
        User(email=f"a{n}@larkfield.example", full_name=f"Agent {n:02}", job_role=customer_service)
        for n in range(people)
    )
    text = RuleText(audience={"role": ["customer-service"]})
    rule = create_rule(name="All", path=path, text=text, actor=mei, at=timezone.now())
    address = f"/manage/assignments/{rule.public_id}/preview/"
    browser.get(address)

    with CaptureQueriesContext(connection) as asked:
        page = browser.get(address)

    assert f"the rule applies to {people} p" in text_of(page)
    assert len(asked) == 17
