"""The pages of jobs: how far they have come, and what can be done about them, with and without JavaScript."""

from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from lms.core.models import AuditEntry
from lms.jobs import registry
from lms.jobs.models import Job, JobFile
from lms.jobs.services import run_jobs, start_job
from tests.jobs import kinds


@pytest.fixture(autouse=True)
def _kinds_of_the_tests(monkeypatch):
    monkeypatch.setattr(registry, "_kinds", {})
    kinds.register()


@pytest.fixture
def job_factory(mei):
    """Return a function that writes a job as it would stand at some point."""

    def create(**fields):
        now = timezone.now()
        over = {"finished_at": now} if fields.get("state") in Job.OVER else {}
        facts = {
            "kind": "tests.numbers",
            "title": "Put 10,000 people on a path",
            "actor": mei,
            "created_at": now,
        }
        return Job.objects.create(**facts | over | fields)

    return create


@pytest.fixture
def running(job_factory):
    return job_factory(
        state="running", total=10_000, done_count=3_388, failed_count=12, started_at=timezone.now()
    )


@pytest.fixture
def admin(mei, client_of):
    return client_of(mei)


def address(job, name="manage-job"):
    return reverse(name, args=[job.public_id])


def words(response):
    return " ".join(response.content.decode().split())


def queries(call):
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


# --- the list -----------------------------------------------------------------------------------------


def test_the_list_says_where_every_job_stands(admin, running, job_factory):
    job_factory(title="Remind a team", state="done", total=3, done_count=3)
    job_factory(title="Nightly renewal", state="queued", actor=None)

    page = words(admin.get("/manage/jobs/"))

    assert "3,388 of 10,000 done; 12 could not be done" in page
    assert "3 of 3 done" in page
    assert page.index("Nightly renewal") < page.index("Remind a team") < page.index("Put 10,000 people")
    assert "Mei Tanaka, " in page
    assert "Praxis, <time" in page


def test_an_empty_list_says_what_will_appear_there(admin):
    assert "No jobs here" in words(admin.get("/manage/jobs/"))


def test_the_list_costs_the_same_queries_for_one_job_and_for_fifty(admin, job_factory):
    job_factory()
    admin.get("/manage/jobs/")
    for_one = queries(lambda: admin.get("/manage/jobs/"))
    for _ in range(60):
        job_factory()

    assert for_one == queries(lambda: admin.get("/manage/jobs/")) == 4


def test_every_job_stands_on_exactly_one_page(admin, job_factory):
    for number in range(120):
        job_factory(title=f"[job {number}]")
    seen, next_page = [], "/manage/jobs/"
    while next_page:
        page = admin.get(next_page).context["page"]
        seen += [job.title for job in page.rows]
        next_page = page.next and f"/manage/jobs/?from={quote(page.next)}"

    assert seen == [f"[job {number}]" for number in reversed(range(120))]


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1.5", "9" * 400, "%00", "²"])
def test_a_cursor_that_means_nothing_shows_the_newest_jobs(cursor, admin, running):
    response = admin.get(f"/manage/jobs/?from={cursor}")

    assert response.status_code == 200
    assert response.context["page"].rows == [running]


# --- one job ------------------------------------------------------------------------------------------


def test_a_running_job_shows_its_progress_and_asks_again_by_itself(admin, running):
    page = words(admin.get(address(running)))

    assert '<progress class="progress" value="0.3400" max="1" aria-labelledby="job-count">' in page
    assert "3,388 of 10,000 done; 12 could not be done" in page
    assert 'hx-trigger="every 2s"' in page
    assert "Cancel this job" in page


def test_the_answer_to_asking_again_has_only_what_moves_until_the_job_is_over(admin, running):
    again = {"HX-Request": "true"}
    moving = admin.get(address(running), headers=again)
    Job.objects.update(state="done", done_count=9_988, finished_at=timezone.now())
    over = admin.get(address(running), headers=again)

    assert "<html" not in words(moving)
    assert "job-rest" not in words(moving)
    assert 'hx-trigger="every 2s"' in words(moving)
    assert 'id="job-rest" class="split" hx-swap-oob="true"' in words(over)
    assert "hx-trigger" not in words(over)
    assert "HX-Request" in moving.headers["Vary"]


def test_rows_that_failed_are_listed_with_their_reasons_and_escaped(admin, running):
    running.rows.create(
        number=7, reference="<script>alert(1)</script>", outcome="failed", message="Unknown <b>"
    )
    running.rows.create(number=9, reference="bruno", outcome="done")

    page = words(admin.get(address(running)))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "Unknown &lt;b&gt;" in page
    assert "<script>alert" not in page
    assert "bruno" not in page


@pytest.mark.parametrize("rows", [1, 80])
def test_a_job_costs_the_same_queries_however_many_rows_failed(rows, admin, running):
    for number in range(rows):
        running.rows.create(number=number + 1, reference="x", outcome="failed")
    admin.get(address(running))

    assert queries(lambda: admin.get(address(running))) == 6


def test_fifty_rows_are_shown_and_the_file_has_them_all_with_formulas_neutralized(admin, running):
    for number in range(1, 61):
        running.rows.create(number=number, reference=f"=row{number}", outcome="skipped", message="left out")

    page = words(admin.get(address(running)))
    file = admin.get(address(running, "manage-job-errors"))

    assert page.count("=row") == 50
    assert "The first 50. The file has them all." in page
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[:2] == ["Row,About,Outcome,Why", "1,'=row1,left out,left out"]
    assert len(lines) == 61
    assert file.headers["Content-Disposition"] == 'attachment; filename="not-done.csv"'


def test_a_file_that_a_job_made_can_be_saved(admin, running):
    file = JobFile.objects.create(
        job=running, name="who.csv", content_type="text/csv", content=b"Ada", created_at=timezone.now()
    )

    response = admin.get(reverse("manage-job-file", args=[running.public_id, file.pk]))

    assert response.content == b"Ada"
    assert response.headers["Content-Type"] == "text/csv"
    assert response.headers["Content-Disposition"] == 'attachment; filename="who.csv"'
    assert admin.get(reverse("manage-job-file", args=[UUID(int=7), file.pk])).status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "previewed"}, "Nothing happens before somebody confirms the plan."),
        ({"state": "queued"}, "A worker takes it up within seconds"),
        (
            {"state": "failed", "error": "The database did not take the next step."},
            "The database did not take",
        ),
        ({"state": "failed"}, "Continuing begins where the job stopped. Nothing is done twice."),
        ({"state": "cancelled", "started_at": timezone.now()}, "What was done before stays done."),
        ({"state": "cancelled"}, "It never began. Nothing was changed by it."),
        ({"state": "running", "retry_at": timezone.now()}, "Praxis tries it again at"),
        (
            {"state": "done", "undo_until": timezone.now() + timedelta(hours=2)},
            "The numbers are taken away again.",
        ),
    ],
)
def test_each_state_says_what_it_means_and_what_can_be_done(fields, said, admin, job_factory):
    assert said in words(admin.get(address(job_factory(**fields))))


# --- doing something about it -------------------------------------------------------------------------


def test_cancelling_keeps_what_was_done_and_says_so(admin, running, mei):
    response = admin.post(address(running, "manage-job-cancel"), follow=True)

    running.refresh_from_db()
    assert (running.state, running.done_count) == ("cancelled", 3_388)
    assert "The job was cancelled. What was done before stays done." in words(response)
    assert AuditEntry.objects.get().actor == f"user:{mei.public_id}"


def test_a_job_stopped_by_an_error_is_continued(admin, job_factory):
    job = job_factory(state="failed", total=8, done_count=3)

    response = admin.post(address(job, "manage-job-resume"), follow=True)

    job.refresh_from_db()
    assert (job.state, job.done_count) == ("queued", 3)
    assert "The job goes on from where it stopped." in words(response)


def test_taking_back_leads_to_the_job_that_does_it(admin, job_factory):
    job = job_factory(state="done", undo_until=timezone.now() + timedelta(hours=1))

    response = admin.post(address(job, "manage-job-undo"))

    assert response.headers["Location"] == address(Job.objects.get(undoes=job))
    assert "This job is being taken back." in words(admin.get(address(job)))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("manage-job-cancel", "so there was nothing to cancel"),
        ("manage-job-resume", "so there is nothing to continue"),
        ("manage-job-undo", "This job cannot be taken back."),
    ],
)
def test_what_is_refused_is_explained_and_changes_nothing(name, said, admin, job_factory):
    job = job_factory(state="done")
    before = list(Job.objects.values())

    response = admin.post(address(job, name), follow=True)

    assert said in words(response)
    assert list(Job.objects.values()) == before
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("name", ["manage-job-cancel", "manage-job-resume", "manage-job-undo"])
def test_for_others_there_is_no_such_thing_to_do(name, running, ada, linus, grace, client_of):
    before = list(Job.objects.values())

    statuses = [client_of(person).post(address(running, name)).status_code for person in (ada, linus, grace)]

    assert statuses == [404, 404, 404]
    assert list(Job.objects.values()) == before


# --- in a browser -------------------------------------------------------------------------------------

UNTIL_IT_ASKS_AGAIN = 2_000
"""Milliseconds by the clock of the page, which these tests set forward instead of waiting."""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_progress_moves_by_itself_until_the_job_is_over_and_nobody_loses_their_button(browse, mei, ada):
    params = {"count": 8, "people": [ada.pk]}
    job = start_job(kind="tests.numbers", title="Numbers", actor=mei, at=timezone.now(), params=params)
    visit = browse(mei)
    page = visit.page
    page.clock.install()
    visit.open(address(job))
    expect(page.get_by_text("nothing yet")).to_be_visible()
    page.get_by_role("button", name="Cancel this job").focus()

    Job.objects.update(state="running", total=8, done_count=3, cursor=3)
    page.clock.run_for(UNTIL_IT_ASKS_AGAIN)
    expect(page.get_by_text("3 of 8 done")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel this job")).to_be_focused()
    run_jobs(for_seconds=10)
    page.clock.run_for(UNTIL_IT_ASKS_AGAIN)

    expect(page.get_by_text("8 of 8 done")).to_be_visible()
    expect(page.get_by_role("button", name="Take this job back")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel this job")).to_have_count(0)
    assert visit.complaints == []


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_page_that_asks_again_takes_no_focus_when_the_server_is_away_and_goes_on_afterwards(
    browse, mei, running
):
    visit = browse(mei)
    page = visit.page
    page.clock.install()
    visit.open(address(running))
    button = page.get_by_role("button", name="Cancel this job")
    button.focus()

    page.route("**/manage/jobs/**", lambda route: route.abort())
    page.clock.run_for(UNTIL_IT_ASKS_AGAIN)
    expect(page.get_by_text("The server could not be reached.")).to_be_visible()
    expect(button).to_be_focused()
    page.unroute("**/manage/jobs/**")
    page.clock.run_for(UNTIL_IT_ASKS_AGAIN)

    expect(page.get_by_text("The server could not be reached.")).to_be_hidden()
    expect(button).to_be_focused()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_page_whose_sign_in_has_ended_leads_to_signing_in_and_back(browse, mei, running):
    visit = browse(mei)
    visit.page.clock.install()
    visit.open(address(running))

    visit.page.context.clear_cookies()
    visit.page.clock.run_for(UNTIL_IT_ASKS_AGAIN)

    expect(visit.page.get_by_role("heading", name="Sign in", level=1)).to_be_visible()
    assert f"next={address(running)}" in visit.page.url
