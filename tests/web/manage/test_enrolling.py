"""Enrolling by list, deciding about one person on one path, and what learners read of the reasons."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.formats import date_format

from lms.core.models import AuditEntry
from lms.jobs.models import Job
from lms.jobs.services import run_jobs
from lms.paths.models import Enrollment, EnrollmentChange, Exclusion
from lms.paths.services import enroll_person, exclude_person, extend_dates
from tests.web.pages import seen_in, source_of

NEW = "/manage/assignments/new/"


def test_a_list_is_planned_confirmed_and_done(ada, admin, path):
    wanted = {"path": path.pk, "people": "ada@larkfield.example\nnobody@x.example", "reason": "Pilot."}

    plan = admin.post("/manage/enroll/", wanted, follow=True)
    assert "1 person would be enrolled" in source_of(plan)
    assert "Nobody has this address or number." in source_of(plan)
    assert "List of 2 lines" in source_of(plan)
    assert "Pilot." in source_of(plan)
    assert Enrollment.objects.count() == 0
    job = Job.objects.get()
    waiting = source_of(admin.get(f"/manage/jobs/{job.public_id}/"))
    assert "Look at the plan" in waiting
    assert "What was not done" not in waiting
    assert f'href="/manage/enroll/{job.public_id}/"' in source_of(admin.get("/manage/jobs/"))
    assert "1 plan to enroll people waits" in source_of(admin.get("/manage/"))
    done = admin.post(f"/manage/enroll/{job.public_id}/confirm/")
    run_jobs(for_seconds=20)

    assert done.headers["Location"] == f"/manage/jobs/{job.public_id}/"
    assert Enrollment.objects.get().learner == ada
    over = source_of(admin.get(f"/manage/jobs/{job.public_id}/"))
    assert "done, not everything" in over
    assert "1 row could not be done or was left out." in over


def test_a_plan_that_enrolls_nobody_promises_nothing_and_leaves_nothing_behind(admin, path):
    plan = admin.post("/manage/enroll/", {"path": path.pk, "people": "nobody@x.example"}, follow=True)
    job = Job.objects.get()
    discarded = admin.post(f"/manage/enroll/{job.public_id}/discard/")

    assert "You can watch it happen" not in source_of(plan)
    assert discarded.headers["Location"] == "/manage/enroll/"
    assert "It never began." in source_of(admin.get(f"/manage/jobs/{job.public_id}/"))


@pytest.mark.parametrize("beginning", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_a_file_of_a_spreadsheet_program_is_refused_with_a_remedy(admin, path, beginning):
    file = SimpleUploadedFile("people.csv", beginning + b"rest")

    page = source_of(admin.post("/manage/enroll/", {"path": path.pk, "file": file}))

    assert "This is an Excel file. Save it as CSV UTF-8." in page
    assert Job.objects.count() == 0


def test_a_list_and_a_file_at_once_are_refused(admin, path):
    file = SimpleUploadedFile("people.csv", b"bruno@larkfield.example")
    given = {"path": path.pk, "people": "ada@larkfield.example", "file": file}

    page = source_of(admin.post("/manage/enroll/", given))

    assert "There is a list in the box, and a file as well." in page
    assert "ada@larkfield.example</textarea>" in page
    assert Job.objects.count() == 0


def test_no_path_is_chosen_by_accident(admin, path):
    for address in (NEW, "/manage/enroll/"):
        assert '<option value="" selected>Choose a path</option>' in source_of(admin.get(address))
    given = {"people": "ada@larkfield.example", "path": ""}
    assert "Choose a path." in source_of(admin.post("/manage/enroll/", given))
    assert Job.objects.count() == 0


def test_an_empty_list_and_a_file_of_another_kind_are_refused_with_a_remedy(admin, path, tmp_path):
    assert "Paste at least one address" in source_of(admin.post("/manage/enroll/", {"path": path.pk}))
    file = tmp_path / "people.xls"
    file.write_bytes(b"\xd0\xcf\x11\xe0")
    with file.open("rb") as opened:
        page = admin.post("/manage/enroll/", {"path": path.pk, "file": opened})
    assert "This is an Excel file." in source_of(page)
    assert Job.objects.count() == 0


def test_excluding_clearing_and_extending_from_a_persons_page(ada, admin, mei, path):
    enroll_person(learner=ada, path=path, source="rule", at=timezone.now())
    base = f"/manage/people/{ada.public_id}/paths/{path.slug}/"
    later = timezone.localdate() + timedelta(days=300)

    refused = admin.post(f"{base}extend/", {"due_on": "2020-01-01", "reason": "Late."})
    assert (refused.status_code, "That day is over" in source_of(refused)) == (422, True)
    admin.post(f"{base}extend/", {"due_on": later.isoformat(), "reason": "Long leave."})
    assert Enrollment.objects.get().due_on == later
    assert admin.post(f"{base}exclude/", {"reason": ""}).status_code == 422
    excluded = admin.post(f"{base}exclude/", {"reason": "Teaches it."}, follow=True)
    assert "No rule gives them this path until you clear that." in source_of(excluded)
    assert Enrollment.objects.get().withdrawn_at is not None
    cleared = admin.post(f"{base}clear/", {"reason": "Asked."}, follow=True)
    assert "Rules decide about Ada Okafor again." in source_of(cleared)
    assert Exclusion.objects.get().cleared_by == mei
    assert list(EnrollmentChange.objects.order_by("pk").values_list("what", flat=True)) == [
        "extended",
        "withdrawn",
    ]
    assert AuditEntry.objects.filter(object_id=str(ada.public_id)).count() == 3


def test_a_last_day_goes_only_when_that_is_asked_for(ada, admin, path):
    enroll_person(learner=ada, path=path, source="rule", at=timezone.now())
    due, closes, later = (timezone.localdate() + timedelta(days=days) for days in (30, 60, 90))
    Enrollment.objects.update(due_on=due, closes_on=closes)
    base = f"/manage/people/{ada.public_id}/paths/{path.slug}/"
    given = {"due_on": later.isoformat(), "reason": "Ill."}

    shown = source_of(admin.get(base))
    refused = admin.post(f"{base}extend/", given)

    assert f'value="{due.isoformat()}"' in shown
    assert f'value="{closes.isoformat()}"' in shown
    assert f"It closes on {date_format(closes, 'j F Y')} now." in source_of(refused)
    assert Enrollment.objects.get().closes_on == closes
    admin.post(f"{base}extend/", {**given, "closes_on": closes.isoformat(), "closes_no_more": "on"})
    assert (Enrollment.objects.get().due_on, Enrollment.objects.get().closes_on) == (later, None)


def test_a_day_is_over_when_it_is_where_the_person_lives(ada, admin, path):
    ada.time_zone = "Pacific/Kiritimati"  # Fourteen hours ahead of UTC
    ada.save()
    enroll_person(learner=ada, path=path, source="rule", at=timezone.now())
    Enrollment.objects.update(due_on=date(2026, 11, 24), closes_on=date(2026, 12, 24))

    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        page = source_of(admin.get(f"/manage/people/{ada.public_id}/"))

    assert "was due 24 November" in page
    assert "closes 24 December" in page


def test_a_learner_reads_why_they_have_a_path(ada, client_of, path, draft, admin):
    base = f"/manage/assignments/{draft.public_id}/"
    admin.post(f"{base}preview/", {"seen": seen_in(admin.get(f"{base}preview/"))})
    run_jobs(for_seconds=20)

    page = source_of(client_of(ada).get(f"/paths/{path.slug}/why/"))

    assert "Why you have this path" in page
    assert "the rule “Customer service”, confirmed by Mei Tanaka" in page
    assert "version" not in page


def test_an_exclusion_is_told_to_the_learner_without_the_reason(ada, client_of, mei, admin, path):
    exclude_person(learner=ada, path=path, reason="Plum reason.", actor=mei, at=timezone.now())
    path.unpublish()

    page = source_of(client_of(ada).get(f"/paths/{path.slug}/why/"))

    assert "Excluded by Mei Tanaka" in page
    assert "Plum reason." not in page
    assert "Plum reason." in source_of(admin.get(f"/manage/people/{ada.public_id}/paths/{path.slug}/"))


def test_a_path_that_is_not_published_has_no_reasons_for_those_who_are_not_on_it(ada, client_of, path):
    address = f"/paths/{path.slug}/why/"
    assert "No rule gives you this path." in source_of(client_of(ada).get(address))

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

    page = source_of(client_of(ada).get(f"/paths/{path.slug}/why/"))

    assert f"due {date_format(due, 'j F Y')} → {date_format(later, 'j F Y')}" in page
    assert f"closes {date_format(closes, 'j F Y')}" in page
    assert "You were ill." in page
