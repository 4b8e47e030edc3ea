"""Enrolling a list: every line is planned and explained first; what is wrong is named, and the rest is done."""

from datetime import date

import pytest

from lms.core.errors import ActionRefused
from lms.jobs.models import Job, JobRow
from lms.jobs.services import run_jobs, undo_job
from lms.paths.models import Enrollment, EnrollmentChange
from lms.paths.services import PlanStale, confirm_enrollments, enroll_person, exclude_person, plan_enrollments
from lms.people.listed import Entry, read_list
from lms.people.models import ExternalIdentity, User
from tests.paths.conftest import on_path, work


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("a@x.example\nb@x.example", [(1, "a@x.example"), (2, "b@x.example")]),
        ("\ufeffa@x.example\r\n\r\n  b@x.example  \r\n", [(1, "a@x.example"), (3, "b@x.example")]),
        ("Name;E-mail\nAda;a@x.example\n", [(2, "a@x.example")]),
        ("Ada\ta@x.example\nBob\tb@x.example", [(1, "a@x.example"), (2, "b@x.example")]),
        ("number,email\n00042,a@x.example", [(2, "00042")]),
        ('"Okafor, Ada",a@x.example', [(1, "a@x.example")]),
        ("00042\n00043", [(1, "00042"), (2, "00043")]),
        ("Email\n\n", []),
        ("", []),
        ("a@x.example\0\n;;;\n", [(1, "a@x.example")]),
        ('"an open quote\nb@x.example', [(1, "an open quote"), (2, "b@x.example")]),
    ],
)
def test_a_list_is_read_as_people_paste_it(text, entries):
    assert read_list(text) == [Entry(*entry) for entry in entries]


@pytest.fixture
def plan(mei, path, noon):
    """Return a function that plans to enroll a list."""

    def make(text, **fields):
        facts = {"reason": "For the pilot.", "due_on": None, "closes_on": None, "at": noon, **fields}
        return plan_enrollments(path=path, text=text, actor=mei, **facts)

    return make


def planned(job):
    return list(job.rows.order_by("number").values_list("reference", "outcome"))


def test_every_line_says_what_would_happen(ada, bruno, grace, linus, mei, path, plan, noon):
    enroll_person(learner=linus, path=path, source="rule", at=noon)
    exclude_person(learner=grace, path=path, reason="Wrote it.", actor=mei, at=noon)
    User.objects.filter(pk=bruno.pk).update(status="left")
    ExternalIdentity.objects.create(person=ada, source="hr", kind="hris_id", value="00042")

    job = plan(
        "00042\nADA@larkfield.example\nbruno@larkfield.example\ngrace@larkfield.example\n"
        "linus@larkfield.example\nnobody@larkfield.example\n"
    )

    assert planned(job) == [
        ("00042", "planned"),
        ("ADA@larkfield.example", "skipped"),
        ("bruno@larkfield.example", "failed"),
        ("grace@larkfield.example", "failed"),
        ("linus@larkfield.example", "unchanged"),
        ("nobody@larkfield.example", "failed"),
    ]
    assert on_path(path) == ["Linus"]
    assert job.state == "previewed"


def test_a_file_with_ten_percent_bad_rows_enrolls_the_others(mei, path, plan, noon):
    User.objects.bulk_create(
        User(email=f"agent{n}@larkfield.example", full_name=f"Agent {n}") for n in range(900)
    )
    lines = [f"agent{n}@larkfield.example" if n % 10 else f"nobody{n}@larkfield.example" for n in range(1000)]
    lines = [line.replace("agent9", "agent9") for line in lines]

    job = plan("\n".join(lines))
    confirm_enrollments(job=job, actor=mei, at=noon)
    work(noon)

    job.refresh_from_db()
    good = [line for line in lines if User.objects.filter(email=line).exists()]
    assert (job.state, job.done_count, job.failed_count) == ("done", len(good), 0)
    assert job.rows.filter(outcome=JobRow.Outcome.FAILED).count() == 1000 - len(good)
    assert Enrollment.objects.filter(path=path, source="manual").count() == len(good) == 810
    told = set(job.rows.filter(outcome="failed").values_list("message", flat=True))
    assert told == {"Nobody has this address or number. Check how it is written."}


def test_those_enrolled_have_who_decided_it_and_why(ada, mei, plan, noon):
    job = plan("ada@larkfield.example", due_on=date(2026, 12, 24), closes_on=date(2027, 1, 31))
    confirm_enrollments(job=job, actor=mei, at=noon)
    work(noon)

    enrollment = Enrollment.objects.get()
    assert (enrollment.source, enrollment.enrolled_by, enrollment.reason) == ("manual", mei, "For the pilot.")
    assert (enrollment.due_on, enrollment.closes_on, enrollment.dates_by_hand) == (
        date(2026, 12, 24),
        date(2027, 1, 31),
        True,
    )


def test_two_administrators_who_confirm_the_same_plan_do_it_once(ada, mei, radia, plan, noon):
    job = plan("ada@larkfield.example")
    confirm_enrollments(job=job, actor=mei, at=noon)

    with pytest.raises(ActionRefused, match="Mei Tanaka confirmed this"):
        confirm_enrollments(job=job, actor=radia, at=noon)
    work(noon)

    assert Enrollment.objects.count() == 1


def test_a_plan_that_has_gone_stale_is_shown_again_and_not_done(ada, bruno, mei, path, plan, noon):
    job = plan("ada@larkfield.example\nbruno@larkfield.example")
    exclude_person(learner=ada, path=path, reason="Wrote it.", actor=mei, at=noon)

    with pytest.raises(PlanStale):
        confirm_enrollments(job=job, actor=mei, at=noon)

    job.refresh_from_db()
    assert job.state == "previewed"
    assert planned(job) == [("ada@larkfield.example", "failed"), ("bruno@larkfield.example", "planned")]
    confirm_enrollments(job=job, actor=mei, at=noon)
    work(noon)
    assert on_path(path) == ["Bruno"]


def test_a_path_that_somebody_chose_becomes_required(ada, mei, path, plan, noon):
    enroll_person(learner=ada, path=path, source="self", at=noon)

    job = plan("ada@larkfield.example", due_on=date(2026, 12, 24))
    assert job.rows.get().message == "On this path already; it becomes required."
    confirm_enrollments(job=job, actor=mei, at=noon)
    work(noon)

    enrollment = Enrollment.objects.get()
    assert (enrollment.source, enrollment.is_required, enrollment.due_on) == (
        "manual",
        True,
        date(2026, 12, 24),
    )
    assert (enrollment.is_own_choice, EnrollmentChange.objects.get().what) == (True, "assigned")


def test_a_line_that_is_no_name_at_all_is_a_line_that_failed(plan):
    job = plan("x" * 200_000)

    assert [outcome for _text, outcome in planned(job)] == ["failed"]


@pytest.mark.parametrize(
    ("text", "fields", "told"),
    [
        ("  \n \n", {}, "The list is empty"),
        ("x\n" * 50_001, {}, "50000 is the most"),
        (
            "ada@larkfield.example",
            {"due_on": date(2026, 12, 2), "closes_on": date(2026, 12, 1)},
            "before it is due",
        ),
    ],
)
def test_a_list_that_makes_no_sense_is_refused_as_a_whole(plan, text, fields, told):
    with pytest.raises(ActionRefused, match=told):
        plan(text, **fields)

    assert Job.objects.count() == 0


def test_a_list_taken_back_leaves_those_who_have_begun(ada, bruno, mei, path, plan, noon, done_one):
    job = plan("ada@larkfield.example\nbruno@larkfield.example")
    confirm_enrollments(job=job, actor=mei, at=noon)
    work(noon)
    done_one(ada, path, noon)
    job.refresh_from_db()

    undoing = undo_job(job=job, actor=mei, at=noon)
    work(noon)

    undoing.refresh_from_db()
    assert on_path(path) == ["Ada"]
    assert list(undoing.rows.values_list("reference", "outcome")) == [("Ada Okafor", "skipped")]
    assert EnrollmentChange.objects.get().what == "undone"


def test_a_rule_taken_back_rests_and_gives_back_what_people_had(ada, bruno, mei, path, rule_factory, noon):
    enroll_person(learner=ada, path=path, source="self", at=noon)
    rule = rule_factory(due_basis="assigned", due_days=14)
    job = Job.objects.get(kind="paths.apply_rule")

    undo_job(job=job, actor=mei, at=noon)
    work(noon)

    rule.refresh_from_db()
    assert (rule.state, on_path(path)) == ("paused", ["Ada"])
    enrollment = Enrollment.objects.get(learner=ada)
    assert (enrollment.source, enrollment.is_required, enrollment.due_on) == ("self", False, None)


def test_nothing_is_taken_back_twice(ada, bruno, mei, path, rule_factory, noon):
    rule_factory()
    job = Job.objects.get(kind="paths.apply_rule")
    undo_job(job=job, actor=mei, at=noon)
    work(noon)

    with pytest.raises(ActionRefused):
        undo_job(job=Job.objects.get(pk=job.pk), actor=mei, at=noon)
    run_jobs(for_seconds=5)
    assert on_path(path) == []
