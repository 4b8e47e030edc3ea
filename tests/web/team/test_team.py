"""Team: what managers see of the people below them, and what they may do."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.paths.models import Encouragement, Enrollment, EnrollmentChange, StepCompletion
from lms.paths.services import complete_lesson, enroll_person
from lms.people.models import ReportingLine, User
from tests.journeys.pages import answered
from tests.web.team.conftest import IN_DAYS, NOW, asked_of, done, text


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
