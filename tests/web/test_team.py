"""Team: what managers see of the people below them, and what they may do."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.core.models import AuditEntry
from lms.paths.models import Encouragement, Enrollment, EnrollmentChange, StepCompletion
from lms.paths.services import complete_lesson, enroll_person, exclude_person
from lms.people.models import ReportingLine, User
from tests.journeys.pages import answered

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday
IN_DAYS = {days: date(2026, 11, 24) + timedelta(days=days) for days in range(-40, 400)}


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def path(lesson_factory, path_factory):
    lessons = [lesson_factory(slug="first"), lesson_factory(slug="second")]
    return path_factory(*lessons, title="Working with AI", slug="working-with-ai")


@pytest.fixture
def ida(person_factory, linus):
    """Ida manages Linus, and so everyone below him."""
    ida = person_factory("ida@larkfield.example", full_name="Ida Holm")
    ReportingLine.objects.create(manager=ida, report=linus, depth=1)
    for line in ReportingLine.objects.filter(manager=linus):
        ReportingLine.objects.create(manager=ida, report=line.report, depth=2)
    return ida


@pytest.fixture
def joins(linus, person_factory):
    """Return a function that puts someone into the team of Linus."""

    def join(name, **fields):
        person = person_factory(full_name=name, **fields)
        ReportingLine.objects.create(manager=linus, report=person, depth=1)
        return person

    return join


def asked_of(person, path, **days):
    """Require a path of a person."""
    return enroll_person(learner=person, path=path, source=Enrollment.Source.RULE, at=NOW, **days)


def done(person, path, **facts):
    """Let a person have completed a path."""
    enrollment = asked_of(person, path)
    for name, value in {"completed_at": NOW - timedelta(days=60), **facts}.items():
        setattr(enrollment, name, value)
    enrollment.save()
    return enrollment


def text(response):
    return " ".join(response.content.decode().split())


def names(response):
    return [member.person.full_name for member in response.context["team"].members]


def counts(response):
    return [(str(tab.label), tab.count) for tab in response.context["team"].tabs]


# The list -------------------------------------------------------------------------------------------------------------


def test_people_stand_in_three_groups_with_their_numbers(ada, linus, path, joins, client_of):
    asked_of(ada, path, due_on=IN_DAYS[-1])
    asked_of(joins("Bea Busy"), path, due_on=IN_DAYS[30])
    done(joins("Cai Complete"), path)
    joins("Dan Free")
    browser = client_of(linus)

    page = browser.get("/team/")

    assert counts(page) == [("Needs attention", 1), ("On track", 1), ("Done", 2), ("Everyone", 4)]
    assert names(page) == ["Ada Okafor"]
    assert names(browser.get("/team/?group=on-track")) == ["Bea Busy"]
    assert names(browser.get("/team/?group=done")) == ["Cai Complete", "Dan Free"]
    assert names(browser.get("/team/?group=everyone")) == [
        "Ada Okafor",
        "Bea Busy",
        "Cai Complete",
        "Dan Free",
    ]
    assert "Customer Service Porto · 4 people" in text(page)
    assert "Of these, 1 person has nothing required." in text(browser.get("/team/?group=done"))


@pytest.mark.parametrize(
    ("facts", "pill"),
    [
        ({"due_on": IN_DAYS[-1]}, "overdue since 23 Nov"),
        ({"due_on": IN_DAYS[5]}, "due 29 Nov, not begun"),
        ({"due_on": IN_DAYS[60]}, "due 23 Jan 2027"),
        ({"due_on": IN_DAYS[-1], "closes_on": IN_DAYS[3]}, "overdue since 23 Nov"),
        ({"closes_on": IN_DAYS[3]}, "closes 27 Nov"),
        ({"closes_on": IN_DAYS[-3]}, "closed 21 Nov"),
        ({}, "no due date"),
        ({"due_on": IN_DAYS[-1], "paused_on": IN_DAYS[-2]}, "paused while on leave"),
        ({"completed_at": NOW, "expires_on": IN_DAYS[20]}, "certificate expires 14 Dec"),
        ({"completed_at": NOW, "expires_on": IN_DAYS[-2]}, "certificate expired 22 Nov"),
    ],
)
def test_a_pill_says_in_words_how_a_path_stands(ada, linus, path, client_of, facts, pill):
    enrollment = asked_of(ada, path)
    Enrollment.objects.filter(pk=enrollment.pk).update(**facts)

    page = client_of(linus).get("/team/?group=everyone")

    assert [line.pill.text for line in page.context["team"].members[0].lines] == [pill]
    assert pill in text(page)


def test_the_three_dates_stay_apart_beside_the_steps(ada, linus, path, client_of):
    asked_of(ada, path, due_on=IN_DAYS[-1], closes_on=IN_DAYS[3])
    answered(ada, path.steps[0].value["lesson"].specific, right=True, at=NOW)
    complete_lesson(learner=ada, slug="first", revision_id=None, at=NOW)

    page = client_of(linus).get("/team/")

    assert page.context["team"].members[0].lines[0].more == "1 of 2 steps · closes 27 Nov"


def test_a_manager_of_managers_sees_everyone_below_or_only_the_first_step(ada, linus, ida, client_of):
    browser = client_of(ida)

    assert names(browser.get("/team/?group=everyone")) == ["Ada Okafor", "Linus Berg"]
    assert names(browser.get("/team/?group=everyone&who=direct")) == ["Linus Berg"]


def test_what_people_chose_themselves_is_not_there(ada, linus, path, client_of):
    enroll_person(learner=ada, path=path, source=Enrollment.Source.SELF, at=NOW)
    browser = client_of(linus)

    page = browser.get("/team/?group=everyone")

    assert counts(page) == [("Needs attention", 0), ("On track", 0), ("Done", 1), ("Everyone", 1)]
    assert "Working with AI" not in text(page)
    assert "Working with AI" not in text(browser.get(f"/team/{ada.public_id}/"))


def test_someone_elses_people_are_not_there(ada, bruno, linus, path, client_of):
    asked_of(bruno, path, due_on=IN_DAYS[-1])
    enrollment = Enrollment.objects.get()
    browser = client_of(linus)

    assert names(browser.get("/team/?group=everyone")) == ["Ada Okafor"]
    for address in ["", "enroll/", f"{enrollment.pk}/extend/", f"{enrollment.pk}/thank/"]:
        assert browser.get(f"/team/{bruno.public_id}/{address}").status_code == 404
    # Nor with the id of one's own report in front of it.
    assert browser.get(f"/team/{ada.public_id}/{enrollment.pk}/extend/").status_code == 404
    assert browser.post(f"/team/{ada.public_id}/{enrollment.pk}/remind/").status_code == 404


def test_whoever_left_or_is_suspended_is_not_listed(ada, linus, joins, client_of):
    joins("Gone Girl", status="left")
    joins("Held Back", status="suspended")

    assert names(client_of(linus).get("/team/?group=everyone")) == ["Ada Okafor"]


def test_an_address_nobody_understands_shows_the_first_group(ada, linus, client_of):
    page = client_of(linus).get("/team/?group=nonsense&who=x&from=broken")

    assert page.status_code == 200
    assert page.context["team"].asked.group == "attention"
    assert "Nobody needs your attention" in text(page)


def test_fifty_people_stand_on_a_page_by_name(ada, linus, client_of, joins):
    for number in range(60):
        joins(f"Person {number:02}")
    browser = client_of(linus)

    first = browser.get("/team/?group=everyone")
    second = browser.get("/team/", {"group": "everyone", "from": first.context["team"].page.next})

    assert names(first) == ["Ada Okafor", *(f"Person {number:02}" for number in range(49))]
    assert names(second) == [f"Person {number:02}" for number in range(49, 60)]


def grow(manager, paths, count):
    """Put people below a manager, each with everything that a page could ask for."""
    people = User.objects.bulk_create(
        User(email=f"grown{n}-{count}@larkfield.example", full_name=f"Grown {n}") for n in range(count)
    )
    ReportingLine.objects.bulk_create(ReportingLine(manager=manager, report=p, depth=1) for p in people)
    rows = Enrollment.objects.bulk_create(
        Enrollment(learner=p, path=path, source="rule", enrolled_at=NOW, due_on=IN_DAYS[-3])
        for p in people
        for path in paths
    )
    StepCompletion.objects.bulk_create(
        StepCompletion(enrollment=row, step_id=row.path.uuid, content_uuid=row.path.uuid, completed_at=NOW)
        for row in rows
    )
    Encouragement.objects.bulk_create(
        Encouragement(
            kind="nudge",
            enrollment=row,
            recipient=row.learner,
            sender=manager,
            week=date(2026, 11, 23),
            at=NOW,
        )
        for row in rows
        if row.path_id == paths[0].pk
    )


PAGES = ["/team/", "/team/?group=everyone&who=direct", "/team/?group=done", "/team/export/?format=xlsx"]


def test_the_page_costs_the_same_for_five_people_and_for_sixty(
    linus, path, path_factory, lesson_factory, client_of
):
    paths, browser = [path, path_factory(lesson_factory())], client_of(linus)

    def queries():
        found = {}
        for address in PAGES:
            browser.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(address).status_code == 200
            found[address] = len(captured)
        return found

    grow(linus, paths, 5)
    few = queries()
    grow(linus, paths, 60)

    assert queries() == few
    assert max(few.values()) == 9


# One person -----------------------------------------------------------------------------------------------------------


def test_a_person_is_shown_with_rounds_completions_and_changes(ada, linus, mei, path, client_of):
    first = done(ada, path, expires_on=IN_DAYS[10])
    Enrollment.objects.filter(pk=first.pk).update(is_latest=False)
    second = Enrollment.objects.create(
        learner=ada,
        path=path,
        cycle=2,
        source="rule",
        enrolled_at=NOW,
        due_on=IN_DAYS[10],
        reason="Every year.",
    )
    browser = client_of(linus)
    browser.post(
        f"/team/{ada.public_id}/{second.pk}/extend/",
        {"due_on": "2026-12-20", "closes_on": "2026-12-31", "reason": "Back from the hospital"},
    )

    page = text(browser.get(f"/team/{ada.public_id}/"))

    assert "due 20 Dec" in page
    assert "Every year." in page
    assert "Round 1</b>: completed 25 September 2026, certificate until 4 December 2026" in page
    assert (
        "extended by Linus Berg: due 20 Dec 2026 instead of 4 Dec 2026, closes 31 Dec 2026. “Back from the hospital”"
    ) in page


def test_the_page_of_a_person_costs_the_same_for_one_path_and_for_ten(
    ada, linus, path, path_factory, lesson_factory, client_of
):
    browser, address = client_of(linus), f"/team/{ada.public_id}/"

    def queries():
        browser.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    def require(on):
        enrollment = asked_of(ada, on, due_on=IN_DAYS[20])
        EnrollmentChange.objects.create(enrollment=enrollment, at=NOW, what="extended", actor=linus)

    require(path)
    few = queries()
    for _ in range(9):
        require(path_factory(lesson_factory()))

    assert queries() == few == 12


@pytest.mark.parametrize(
    ("entered", "field", "told"),
    [
        ({"due_on": "2026-12-20", "reason": ""}, "reason", "Say why in a few words. They will read it."),
        (
            {"due_on": "2026-11-20", "reason": "Ill"},
            "due_on",
            "That day is over. Choose today or a later day.",
        ),
        (
            {"due_on": "2026-11-26", "reason": "Ill"},
            "due_on",
            "It is due later than that already. An extension gives more time, never less.",
        ),
        (
            {"due_on": "2026-12-20", "closes_on": "2026-12-19", "reason": "Ill"},
            "closes_on",
            "It would close before it is due. Choose a later day to close it.",
        ),
        ({"due_on": "next week", "reason": "Ill"}, "due_on", "This is no day. Write it like 2026-12-31."),
    ],
)
def test_days_that_do_not_fit_are_refused_at_the_field_and_what_was_typed_stays(
    ada, linus, path, client_of, entered, field, told
):
    enrollment = asked_of(ada, path, due_on=IN_DAYS[10])

    page = client_of(linus).post(f"/team/{ada.public_id}/{enrollment.pk}/extend/", entered)

    assert page.context["form"].errors[field] == [told]
    assert f'value="{entered["due_on"]}"' in text(page)
    assert entered["reason"] in text(page)
    enrollment.refresh_from_db()
    assert (enrollment.due_on, EnrollmentChange.objects.count()) == (IN_DAYS[10], 0)


def test_what_is_complete_cannot_be_extended(ada, linus, path, client_of):
    enrollment = done(ada, path)

    page = client_of(linus).post(
        f"/team/{ada.public_id}/{enrollment.pk}/extend/", {"due_on": "2026-12-20", "reason": "Ill"}
    )

    assert "There is nothing left to extend" in text(page)
    assert EnrollmentChange.objects.count() == 0


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
