"""What managers do for their people: remind, thank, ask for a path; what learners see of it; and the list as a file."""

import csv
import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.core.models import AuditEntry
from lms.paths.models import Encouragement, Enrollment
from lms.paths.services import enroll_person, exclude_person
from tests.web.team.conftest import IN_DAYS, NOW, asked_of, done, text

# Reminders ------------------------------------------------------------------------------------------------------------


def test_several_are_reminded_at_once_and_the_page_says_who_was_not_and_why(
    ada, linus, path, joins, client_of
):
    away, free, other = joins("Bea Away", status="on_leave"), joins("Cai Free"), joins("Dan Done")
    for person in (ada, away):
        asked_of(person, path, due_on=IN_DAYS[-1])
    done(other, path)
    people = [str(person.public_id) for person in (ada, away, free, other)]

    page = client_of(linus).post("/team/remind/", {"person": [*people, "nonsense"]}, follow=True)

    assert "1 person was reminded: Ada Okafor (“Working with AI”)." in text(page)
    assert (
        "Not reminded: Bea Away is not reminded now: on leave. Cai Free has nothing open to be reminded of. "
        "Dan Done has nothing open to be reminded of."
    ) in text(page)
    assert [nudge.recipient for nudge in Encouragement.objects.all()] == [ada]
    assert "reminded today by Linus Berg" in text(page)


def test_reminding_fifty_at_once_costs_what_reminding_five_does(linus, path, joins, client_of):
    browser = client_of(linus)

    def queries(count):
        people = [joins(f"Person {number}") for number in range(count)]
        for person in people:
            asked_of(person, path, due_on=IN_DAYS[-1])
        with CaptureQueriesContext(connection) as captured:
            browser.post("/team/remind/", {"person": [str(person.public_id) for person in people]})
        return len([query for query in captured if query["sql"].startswith(("SELECT", "INSERT"))])

    browser.get("/team/")
    assert queries(5) == queries(45)
    assert Encouragement.objects.count() == 50


def test_ticking_nobody_reminds_nobody_and_comes_back_to_the_same_place(ada, linus, client_of):
    page = client_of(linus).post("/team/remind/", {"group": "on-track", "who": "direct", "from": "x"})

    assert page["Location"] == "/team/?group=on-track&who=direct&from=x"
    assert Encouragement.objects.count() == 0


def test_people_of_another_team_cannot_be_reminded(ada, bruno, linus, path, client_of):
    asked_of(bruno, path, due_on=IN_DAYS[-1])

    page = client_of(linus).post("/team/remind/", {"person": [str(bruno.public_id)]}, follow=True)

    assert "Nobody was reminded." in text(page)
    assert Encouragement.objects.count() == 0


def test_the_second_manager_is_told_who_was_faster(ada, linus, ida, path, client_of):
    enrollment = asked_of(ada, path, due_on=IN_DAYS[-1])
    address = f"/team/{ada.public_id}/{enrollment.pk}/remind/"
    client_of(linus).post(address)

    page = client_of(ida).post(address, follow=True)

    assert (
        "Ada Okafor was reminded today by Linus Berg; the next reminder is possible on Monday 30 November."
    ) in text(page)
    assert Encouragement.objects.get().sender == linus


# What the learner sees ------------------------------------------------------------------------------------------------


@pytest.fixture
def reminded(ada, linus, path, client_of):
    enrollment = asked_of(ada, path, due_on=date(2026, 12, 15))
    client_of(linus).post(f"/team/{ada.public_id}/{enrollment.pk}/remind/")
    return Encouragement.objects.get()


def test_a_reminder_stands_on_today_until_the_path_is_opened(ada, reminded, client_of):
    browser = client_of(ada)
    page = text(browser.get("/"))
    assert "Linus Berg reminds you of “Working with AI”" in page
    assert "due 15 December" in page

    opened = browser.post(f"/encouragements/{reminded.pk}/seen/", {"then": "open"})

    assert opened["Location"] == "/paths/working-with-ai/"
    assert "reminds you" not in text(browser.get("/"))


def test_a_reminder_can_be_put_away(ada, reminded, client_of):
    browser = client_of(ada)

    page = browser.post(f"/encouragements/{reminded.pk}/seen/", follow=True)

    assert "reminds you" not in text(page)
    reminded.refresh_from_db()
    assert reminded.seen_at == NOW


def test_nobody_puts_away_what_was_said_to_someone_else(bruno, reminded, client_of):
    assert client_of(bruno).post(f"/encouragements/{reminded.pk}/seen/").status_code == 404

    reminded.refresh_from_db()
    assert reminded.seen_at is None


def test_a_reminder_goes_when_the_path_is_done_or_required_no_longer(ada, reminded, client_of):
    Enrollment.objects.update(completed_at=NOW)
    assert "reminds you" not in text(client_of(ada).get("/"))

    Enrollment.objects.update(completed_at=None, is_required=False)
    assert "reminds you" not in text(client_of(ada).get("/"))


def test_thanks_are_shown_with_their_note(ada, linus, path, client_of):
    enrollment = done(ada, path)
    manager, address = client_of(linus), f"/team/{ada.public_id}/{enrollment.pk}/thank/"
    assert "For completing “Working with AI” on 25 September 2026." in text(manager.get(address))
    manager.post(address, {"note": "Your summary <b>helped</b> us all"})

    page = text(client_of(ada).get("/"))

    assert "Linus Berg thanks you for completing “Working with AI”" in page
    assert "Your summary &lt;b&gt;helped&lt;/b&gt; us all" in page
    assert "You thanked them on 24 November." in text(manager.get(f"/team/{ada.public_id}/"))


def test_thanking_twice_is_refused(ada, linus, path, client_of):
    enrollment = done(ada, path)
    browser, address = client_of(linus), f"/team/{ada.public_id}/{enrollment.pk}/thank/"
    browser.post(address)

    page = browser.post(address, {"note": "Again"})

    assert "You thanked Ada Okafor for “Working with AI” on 24 November. They get it once." in text(page)
    assert Encouragement.objects.get().note == ""


# Asking for a path ----------------------------------------------------------------------------------------------------


def ask(client, person, path, **entered):
    data = {"path": getattr(path, "pk", path), "reason": "You start on the new desk.", **entered}
    return client.post(f"/team/{person.public_id}/enroll/", data, follow=True)


def test_a_manager_requires_a_path_with_a_reason(ada, linus, path, client_of):
    page = ask(client_of(linus), ada, path, due_on="2026-12-20")

    assert "“Working with AI” is required of Ada Okafor from now on." in text(page)
    enrollment = Enrollment.objects.get()
    assert (enrollment.source, enrollment.enrolled_by, enrollment.is_required) == ("manager", linus, True)
    assert (enrollment.reason, enrollment.due_on) == ("You start on the new desk.", date(2026, 12, 20))
    entry = AuditEntry.objects.get(action="paths.enroll")
    assert (entry.actor, entry.object_id) == (linus.as_actor, str(ada.public_id))
    assert entry.after is not None
    assert (entry.reason, entry.after["path"]) == ("You start on the new desk.", "Working with AI")
    assert "You start on the new desk." in text(client_of(ada).get("/paths/working-with-ai/"))


def test_an_exclusion_is_not_fought(ada, linus, mei, path, client_of):
    exclude_person(learner=ada, path=path, reason="Sick in her own words", actor=mei, at=NOW)

    page = text(ask(client_of(linus), ada, path))

    assert (
        "Mei Tanaka decided on 24 November 2026 that Ada Okafor does not get “Working with AI”, and such a decision "
        "holds until an administrator clears it. Ask Mei Tanaka, or another administrator."
    ) in page
    assert "Sick in her own words" not in page
    assert "You start on the new desk." in page
    assert Enrollment.objects.count() == 0


@pytest.mark.parametrize(
    ("entered", "field", "told"),
    [
        ({"reason": " "}, "reason", "Say why in a few words. They will read it."),
        ({"due_on": "2026-11-23"}, "due_on", "That day is over. Choose today or a later day."),
        (
            {"path": "987654"},
            "path",
            "This path is required of them already, or not published. Choose another one.",
        ),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(ada, linus, path, client_of, entered, field, told):
    page = ask(client_of(linus), ada, **{"path": path, **entered})

    assert page.context["form"].errors[field] == [told]
    assert Enrollment.objects.count() == 0


def test_asking_for_a_path_tells_nothing_about_what_a_person_chose(ada, bruno, linus, joins, path, client_of):
    cai, browser = joins("Cai Free"), client_of(linus)
    enroll_person(learner=ada, path=path, source=Enrollment.Source.SELF, at=NOW - timedelta(days=90))
    forms = [text(browser.get(f"/team/{person.public_id}/enroll/")) for person in (ada, cai)]
    told = [text(ask(browser, person, path)) for person in (ada, cai)]

    def without_names(page, person):
        return page.replace(person.full_name, "X").replace(str(person.public_id), "id")

    assert "Working with AI" in forms[0]
    assert "“Working with AI” is required of Ada Okafor from now on." in told[0]
    assert "chose" not in without_names(told[0], ada).split("required of")[0]
    enrollment = Enrollment.objects.get(learner=ada)
    assert (enrollment.source, enrollment.is_required) == ("manager", True)
    assert "26 August" not in told[0]
    assert "26 Aug" not in told[0]


# The file -------------------------------------------------------------------------------------------------------------


def test_the_file_has_the_same_people_and_runs_no_formula(ada, linus, path, joins, client_of):
    asked_of(joins("=HYPERLINK(evil)"), path, due_on=IN_DAYS[-2], closes_on=IN_DAYS[50])
    asked_of(ada, path, due_on=IN_DAYS[-1])
    joins("Zoe Free", email="zoe@larkfield.example")
    browser = client_of(linus)

    as_csv = browser.get("/team/export/?format=csv")
    everyone = browser.get("/team/export/?format=csv&group=everyone")
    as_xlsx = browser.get("/team/export/?format=xlsx")

    rows = list(csv.reader(io.StringIO(as_csv.getvalue().decode("utf-8-sig"))))
    assert as_csv.streaming
    assert rows[0][:6] == ["Name", "E-mail address", "Unit", "Group", "Required path", "Status"]
    assert [row[0] for row in rows[1:]] == ["'=HYPERLINK(evil)", "Ada Okafor"]
    assert rows[2] == [
        "Ada Okafor",
        "ada@larkfield.example",
        "Customer Service Porto",
        "Needs attention",
        "Working with AI",
        "overdue since 23 Nov",
        "0",
        "2",
        "2026-11-23",
        "",
        "",
        "",
    ]
    assert "Zoe Free,zoe@larkfield.example,,Nothing required,,,,,,,," in everyone.getvalue().decode()
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx.content)).active
    assert sheet["A2"].value == "=HYPERLINK(evil)"
    assert sheet["A2"].data_type == "s"
    assert sheet["I3"].value.date() == date(2026, 11, 23)


def test_there_is_no_other_format(ada, linus, client_of):
    assert client_of(linus).get("/team/export/?format=pdf").status_code == 404
