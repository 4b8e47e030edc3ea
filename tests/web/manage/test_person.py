"""The page of one person: their place, their history, and the decision where they stand."""

import re
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from lms.core.models import AuditEntry
from lms.core.services import write_audit_entry
from lms.paths.models import Enrollment
from lms.paths.services import enroll_person
from lms.people.models import Employment, ExternalIdentity, ReportingLine
from lms.people.services import set_persona
from tests.journeys.pages import answered


@pytest.fixture
def page(ada):
    return f"/manage/people/{ada.public_id}/"


def form(**fields):
    return {"status": "suspended", "reason": "Laptop stolen", "seen_status": "active", **fields}


def without_token(text):
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def state(person):
    person.refresh_from_db()
    return (person.status, person.is_active, AuditEntry.objects.count())


def test_the_place_in_the_company_is_shown(text_of, page, ada, linus, grace, person_factory):
    ReportingLine.objects.create(manager=grace, report=ada, depth=2)
    person_factory(manager=ada)
    person_factory(manager=ada, status="left")
    Employment.objects.create(
        person=ada, number="00042", job_title="Agent", location="Porto", effective_from=date(2021, 3, 1)
    )
    ExternalIdentity.objects.create(person=ada, source="hr", kind="employee_number", value="00042")
    set_persona(person=ada, persona="author", holds=True, actor="test")

    text = text_of(page)

    assert text.index("Linus Berg</a> ›") < text.index("Grace Lindqvist</a>")
    assert "People who report to them directly</dt><dd>1</dd>" in text
    assert "May act as</dt><dd>author</dd>" in text
    assert "Employee number</dt><dd>00042</dd>" in text
    assert "Agent<br><small>full time, Porto, no. 00042</small>" in text


def test_someone_who_does_not_exist_is_not_found(admin):
    assert admin.get("/manage/people/00000000-0000-0000-0000-000000000001/").status_code == 404
    assert admin.post("/manage/people/00000000-0000-0000-0000-000000000001/", form()).status_code == 404


def test_suspending_signs_out_at_once_and_is_told(admin, page, ada, mei, client_of):
    browser = client_of(ada)

    response = admin.post(page, form(), follow=True)

    assert response.redirect_chain == [(page, 302)]
    assert "Ada Okafor: suspended from now on, and signed out everywhere. Their records stay." in (
        response.content.decode()
    )
    assert browser.get("/me/settings/").status_code == 302
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.after, entry.reason) == (
        f"user:{mei.public_id}",
        {"status": "suspended", "suspended_by": "local"},
        "Laptop stolen",
    )


def test_a_suspension_is_lifted_on_the_same_page(admin, page, ada):
    admin.post(page, form())

    admin.post(page, form(status="active", seen_status="suspended", reason="Found again"))

    assert state(ada) == ("active", True, 2)


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": ""},
        {"reason": "   "},
        {"reason": "x" * 501},
        {"reason": "a\x00b"},
        {"status": ""},
        {"status": "active"},
        {"status": "prehire"},
        {"status": "nonsense"},
        {"status": "left"},
        {"status": "left", "typed_name": "Ada"},
        {"status": "left", "typed_name": "Bruno Salgado"},
        {"seen_status": "on_leave"},
        {"seen_status": ""},
    ],
)
def test_what_is_not_complete_changes_nothing(admin, page, ada, fields):
    before = state(ada)

    response = admin.post(page, form(**fields))

    assert response.status_code == 200
    assert response.context["form"].errors
    assert state(ada) == before


def test_leaving_is_confirmed_by_the_name_however_it_is_spaced(admin, page, ada):
    admin.post(page, form(status="left", typed_name="  ada   OKAFOR "))

    assert state(ada) == ("left", False, 1)


def test_a_decision_on_a_stale_page_is_shown_again_and_then_holds(admin, page, ada):
    admin.post(page, form(status="on_leave", reason="Parental leave"))

    stale = admin.post(page, form())

    assert "it is now: on leave" in stale.content.decode()
    assert 'name="seen_status" value="on_leave"' in stale.content.decode()
    assert state(ada) == ("on_leave", True, 1)


@pytest.mark.parametrize("status", ["suspended", "left"])
def test_nobody_ends_their_own_access(admin, mei, person_factory, status):
    person_factory(groups=("Admins",))

    response = admin.post(f"/manage/people/{mei.public_id}/", form(status=status, typed_name="Mei Tanaka"))

    assert "You cannot end your own access." in response.content.decode()
    assert state(mei) == ("active", True, 0)


def test_a_form_from_elsewhere_changes_nothing(mei, page, ada):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mei, backend="lms.people.backends.PersonBackend")

    assert browser.post(page, form()).status_code == 403
    assert state(ada) == ("active", True, 0)


@pytest.mark.parametrize("who", ["ada", "linus", "grace", "radia"])
def test_only_administrators_decide(request, client_of, page, ada, who):
    browser = client_of(request.getfixturevalue(who))

    assert browser.post(page, form()).status_code == 404
    assert state(ada) == ("active", True, 0)


def test_what_was_decided_reads_as_sentences(text_of, page, ada, mei, linus, grace):
    write_audit_entry(
        actor=f"user:{mei.public_id}",
        action="people.import_person",
        object_type="people.user",
        object_id=str(ada.public_id),
        before={"manager": str(grace.public_id)},
        after={"manager": str(linus.public_id)},
        reason=f"HR export {'0a' * 32}",
    )

    text = text_of(page)

    assert "<b>Mei Tanaka</b> changed by an import from the HR system: <b>Ada Okafor</b>" in text
    assert "Manager: Grace Lindqvist → Linus Berg" in text
    assert "Why: HR export 0a0a0a0a0a0a…" in text


def test_names_and_reasons_are_shown_as_text(text_of, admin, person_factory):
    person = person_factory(full_name="<img src=x onerror=alert(1)>")
    page = f"/manage/people/{person.public_id}/"
    admin.post(page, form(reason="<script>alert(2)</script>"))

    text = text_of(page)

    assert "<img src=x" not in text
    assert "<script>alert" not in text
    assert "Why: &lt;script&gt;alert(2)&lt;/script&gt;" in text


def test_nothing_a_person_practiced_or_answered_is_on_the_page(text_of, ada, lesson_factory, path_factory):
    lesson = lesson_factory("A lesson to try")
    path = path_factory(lesson, role=ada.job_role)
    enroll_person(learner=ada, path=path, source=Enrollment.Source.SELF, at=timezone.now())
    page = f"/manage/people/{ada.public_id}/"
    before = text_of(page)

    answered(ada, lesson, right=False, at=timezone.now())

    assert without_token(text_of(page)) == without_token(before)


def test_the_page_costs_the_same_for_1_and_for_50(queries_of, page, ada, linus, mei, person_factory):
    def add_history():
        manager = person_factory()
        ReportingLine.objects.create(manager=manager, report=ada, depth=2 + ReportingLine.objects.count())
        Employment.objects.create(
            person=ada,
            number="1",
            manager=manager,
            org_unit=ada.org_unit,
            effective_from=date(2020, 1, 1),
            effective_to=date(2020, 1, 2),
        )
        ExternalIdentity.objects.create(person=ada, source="hr", kind="n", value=str(manager.pk))
        write_audit_entry(
            actor=f"user:{manager.public_id}",
            action="people.set_status",
            object_type="people.user",
            object_id=str(ada.public_id),
            after={"manager": str(manager.public_id)},
        )

    add_history()
    few = queries_of(page)
    for _ in range(50):
        add_history()

    assert few == 14
    assert queries_of(page) == few
