"""What an assignment rule would do: shown by name before it is confirmed, and shown again when it has changed."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lms.jobs.models import Job
from lms.jobs.services import run_jobs
from lms.paths.models import AssignmentVersion, Enrollment, Exclusion
from lms.paths.services import RuleText, create_rule, enroll_person
from lms.people.models import User
from tests.web.pages import seen_in, source_of


def test_the_preview_names_everyone_who_gains_and_why_others_do_not(
    ada, bruno, grace, admin, mei, path, draft
):
    Exclusion.objects.create(
        learner=bruno, path=path, reason="Wrote it.", excluded_by=mei, excluded_at=timezone.now()
    )
    address = f"/manage/assignments/{draft.public_id}/preview/"

    page = source_of(admin.get(address))
    assert "Something changes for 1 person" in page
    assert "Ada Okafor" in page
    assert "Grace Lindqvist" not in page
    assert "Bruno Salgado" in source_of(admin.get(f"{address}?group=excluded"))
    rows = b"".join(admin.get(f"{address}export/")).decode().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["Ada Okafor", "Bruno Salgado"]


def test_a_preview_says_when_it_is_due_and_what_comes_at_once(ada, bruno, admin, mei, path, draft):
    address = f"/manage/assignments/{draft.public_id}/preview/"
    assert "It is required and has no due day." in source_of(admin.get(address))
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        AssignmentVersion.objects.update(due_basis="assigned", due_days=10, closes_basis="day")
        AssignmentVersion.objects.update(closes_day=date(2026, 11, 24))

        page = source_of(admin.get(address))
        rows = b"".join(admin.get(f"{address}export/")).decode()

    assert "gets it, due 4 December 2026" in page
    assert "gets it, due 4 December 2026" in rows
    assert "the rule applies to 2 people" in page
    assert "For 2 people it closes on the day they get it." in page
    assert "no due day" not in page


def test_a_preview_shows_for_whom_something_changes(ada, admin, path, draft):
    enroll_person(learner=ada, path=path, source="self", at=timezone.now())
    address = f"/manage/assignments/{draft.public_id}/preview/"

    page = source_of(admin.get(f"{address}?group=changing"))

    assert "Changes: 1" in page
    assert "for 1 who has it, it becomes required or gets other dates" in page
    assert "chose it; it becomes part of this rule, with its dates" in page


def test_confirming_starts_the_job_that_is_then_shown(ada, bruno, admin, path, draft):
    address = f"/manage/assignments/{draft.public_id}/preview/"

    response = admin.post(address, {"seen": seen_in(admin.get(address))})

    job = Job.objects.get()
    assert response.headers["Location"] == f"/manage/jobs/{job.public_id}/"
    run_jobs(for_seconds=20)
    assert "2 of 2" in source_of(admin.get(response.headers["Location"]))
    assert Enrollment.objects.filter(path=path).count() == 2
    history = source_of(admin.get(f"/manage/assignments/{draft.public_id}/"))
    assert "<b>Mei Tanaka</b> put into force the assignment rule <b>Customer service</b>" in history


def test_a_stale_preview_is_shown_again_with_what_holds_now(
    ada, bruno, grace, admin, draft, customer_service
):
    address = f"/manage/assignments/{draft.public_id}/preview/"
    seen = seen_in(admin.get(address))
    User.objects.filter(pk=grace.pk).update(job_role=customer_service)

    response = admin.post(address, {"seen": seen})

    assert response.status_code == 409
    page = source_of(response)
    assert "Nothing was applied. This is how it stands now." in page
    assert "Grace Lindqvist" in page
    assert Job.objects.count() == 0
    assert admin.post(address, {"seen": seen_in(response)}).status_code == 302


def test_confirming_twice_leads_to_the_same_job(ada, admin, client_of, person_factory, draft):
    other = client_of(person_factory("noor@larkfield.example", groups=("Admins",)))
    address = f"/manage/assignments/{draft.public_id}/preview/"
    seen = seen_in(admin.get(address))

    first, second = admin.post(address, {"seen": seen}), other.post(address, {"seen": seen})

    assert Job.objects.count() == 1
    assert first.headers["Location"] == f"/manage/jobs/{Job.objects.get().public_id}/"
    assert second.headers["Location"] == first.headers["Location"]
    assert "Mei Tanaka confirmed this rule on" in source_of(other.get(second.headers["Location"]))
    late = source_of(other.get(address, follow=True))
    assert "Mei Tanaka confirmed this rule on" in late
    assert f'href="{first.headers["Location"]}"' in late


@pytest.mark.parametrize("people", [1, 60])
def test_the_preview_costs_the_same_for_1_and_for_60(admin, mei, path, customer_service, people):
    User.objects.bulk_create(
        User(email=f"a{n}@larkfield.example", full_name=f"Agent {n:02}", job_role=customer_service)
        for n in range(people)
    )
    text = RuleText(audience={"role": ["customer-service"]})
    rule = create_rule(name="All", path=path, text=text, actor=mei, at=timezone.now())
    address = f"/manage/assignments/{rule.public_id}/preview/"
    admin.get(address)

    with CaptureQueriesContext(connection) as asked:
        page = admin.get(address)

    assert f"the rule applies to {people} p" in source_of(page)
    assert len(asked) == 17
