"""The pages of assignment rules: written without JavaScript, looked at by name, confirmed, watched."""

import re
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from lms.jobs.services import run_jobs
from lms.paths.models import Assignment, AssignmentVersion, Enrollment
from lms.paths.services import RuleText, create_rule, edit_rule
from tests.paths.conftest import employed
from tests.web.pages import seen_in, source_of

NEW = "/manage/assignments/new/"
DATES = {"due_basis": "", "closes_basis": "", "on_leaving": "withdraw", "is_required": "1"}


def test_a_rule_is_written_condition_by_condition_without_javascript(ada, admin, path):
    employed(ada, location="Porto")
    form = {**DATES, "name": "New in Porto", "path": path.pk, "g0": "1"}

    page = admin.post(NEW, {**form, "g0-new": "role", "do": "add:0"})
    assert 'name="g0c0-kind" value="role"' in page.content.decode()
    assert Assignment.objects.count() == 0
    form |= {"g0c0-kind": "role", "g0c0-value": "customer-service", "g0c0-is": "is"}
    page = admin.post(NEW, {**form, "g0-new": "location", "do": "add:0"})
    assert 'value="customer-service" checked' in page.content.decode()
    form |= {"g0c1-kind": "location", "g0c1-value": ["Porto", "Berlin"], "g0c1-is": "is"}
    page = admin.post(NEW, {**form, "do": "add-group"})
    assert 'name="g1"' in page.content.decode()
    form |= {"g1": "1", "g1c0-kind": "hired_within_days", "g1c0-value": "90", "g1c0-is": "not"}
    form |= {"due_basis": "assigned", "due_days": "14", "due_day": "2026-12-24"}
    response = admin.post(NEW, {**form, "do": "save"})

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


def test_a_condition_and_a_group_can_be_taken_out_again(admin, path):
    form = {**DATES, "name": "X", "path": path.pk, "g0": "1", "g1": "1"}
    form |= {"g0c0-kind": "role", "g0c1-kind": "hired_within_days", "g0c1-value": "5"}
    form |= {"g1c0-kind": "leads_people"}

    page = admin.post(NEW, {**form, "do": "remove:g0c0"}).content.decode()
    assert 'name="g0c0-kind" value="hired_within_days"' in page
    assert 'value="5"' in page
    page = admin.post(NEW, {**form, "do": "remove-group:0"}).content.decode()
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
def test_what_is_wrong_is_said_where_it_is_and_nothing_is_lost(admin, path, condition, told):
    form = {**DATES, "name": "Kept as typed", "path": path.pk, "g0": "1", **condition, "do": "save"}

    page = source_of(admin.post(NEW, form))

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
def test_what_is_missing_is_asked_for(admin, path, fields, told):
    form = {**DATES, "name": "X", "path": path.pk, "everyone": "on", **fields, "do": "save"}

    assert told in source_of(admin.post(NEW, form))
    assert Assignment.objects.count() == 0


def test_unknown_people_are_named_five_at_most(admin, path):
    form = {**DATES, "name": "X", "path": path.pk, "g0": "1", "g0c0-kind": "people", "do": "save"}

    some = source_of(admin.post(NEW, {**form, "g0c0-value": " ".join(f"n{n}@x.example" for n in range(500))}))
    many = source_of(
        admin.post(NEW, {**form, "g0c0-value": " ".join(f"n{n}@x.example" for n in range(9000))})
    )
    name = source_of(admin.post(NEW, {**form, "g0c0-kind": "reports_to", "g0c0-value": "Linus Berg"}))

    assert "n3@x.example, n4@x.example and 495 more. Enter an address or a number, not a name." in some
    assert "You entered 9,000 addresses or numbers; 500 is the most in one condition." in many
    assert "n8999@x.example" in many
    assert "Nobody has the address or employee number Linus, Berg. Enter an address or a number" in name
    assert Assignment.objects.count() == 0


def test_after_removing_the_cursor_goes_to_the_neighbor(admin, path):
    form = {**DATES, "name": "X", "path": path.pk, "g0": "1", "g0c0-kind": "leads_people"}
    two = {**form, "g0c1-kind": "hired_within_days", "g0c1-value": "5"}

    assert 'id="g0c0-is" autofocus' in admin.post(NEW, {**two, "do": "remove:g0c1"}).content.decode()
    assert 'id="g0-new" autofocus' in admin.post(NEW, {**form, "do": "remove:g0c0"}).content.decode()


def test_everyone_is_one_tick(ada, admin, path):
    admin.post(NEW, {**DATES, "name": "All", "path": path.pk, "everyone": "on", "g0": "1", "do": "save"})

    assert AssignmentVersion.objects.get().audience == {"all": []}


def test_a_rule_of_another_system_is_shown_in_words_and_stays(ada, admin, mei, path):
    deep = {
        "all": [{"any": [{"role": ["customer-service"]}, {"leads_people": True}]}, {"hired_within_days": 9}]
    }
    rule = create_rule(name="Deep", path=path, text=RuleText(audience=deep), actor=mei, at=timezone.now())
    address = f"/manage/assignments/{rule.public_id}/edit/"

    page = source_of(admin.get(address))
    admin.post(address, {**DATES, "name": "Deep", "g0": "1", "do": "save"})

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
def test_saving_a_rule_unchanged_says_the_same(ada, admin, mei, path, audience):
    rule = create_rule(name="Same", path=path, text=RuleText(audience=audience), actor=mei, at=timezone.now())
    address = f"/manage/assignments/{rule.public_id}/edit/"
    page = admin.get(address).content.decode()
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

    admin.post(address, form)

    same = (
        {"any": [audience if "all" in audience else {"all": [audience]}]}
        if "any" not in audience
        else audience
    )
    assert rule.versions.get().audience == (audience if audience == {"all": []} else same)


def begun_from(page):
    [found] = re.findall(r'name="begun_from" value="([^"]*)"', page.content.decode())
    return unescape(found)


def test_two_who_write_the_same_rule_do_not_overwrite_each_other(
    ada, admin, client_of, person_factory, draft
):
    noor = person_factory("noor@larkfield.example", full_name="Noor Haddad", groups=("Admins",))
    other, address = client_of(noor), f"/manage/assignments/{draft.public_id}/edit/"
    form = {**DATES, "everyone": "on", "g0": "1", "do": "save"}
    mine = {**form, "name": "By Mei", "begun_from": begun_from(admin.get(address))}

    other.post(address, {**form, "name": "By Noor", "begun_from": begun_from(other.get(address))})
    refused = admin.post(address, mine)

    assert refused.status_code == 409
    assert "Noor Haddad saved another text of this rule on" in source_of(refused)
    assert 'value="By Mei"' in source_of(refused)
    assert Assignment.objects.get().name == "By Noor"
    assert admin.post(address, {**mine, "begun_from": begun_from(refused)}).status_code == 302
    assert Assignment.objects.get().name == "By Mei"


def test_what_is_stored_and_cannot_be_understood_is_said_on_every_page(admin, draft):
    AssignmentVersion.objects.update(audience={"sorcery": ["sales"]})
    base = f"/manage/assignments/{draft.public_id}/"

    edit = source_of(admin.get(f"{base}edit/"))
    pages = [source_of(admin.get(base + page)) for page in ("", "preview/", "preview/?archive")]
    duplicated = source_of(admin.post(f"{base}duplicate/", follow=True))

    assert "What is stored cannot be understood: rule: 'sorcery' is not known." in edit
    assert all("'sorcery' is not known" in page for page in pages)
    assert admin.get(f"{base}preview/export/").headers["Location"] == f"{base}preview/"
    assert "'sorcery' is not known" in duplicated
    assert Assignment.objects.count() == 1


def test_history_says_what_each_text_says_otherwise(ada, admin, mei, path, draft):
    base = f"/manage/assignments/{draft.public_id}/"
    admin.post(f"{base}preview/", {"seen": seen_in(admin.get(f"{base}preview/"))})
    text = RuleText(audience={"all": []}, due_basis="assigned", due_days=14)
    edit_rule(rule=draft, name=draft.name, text=text, actor=mei, at=timezone.now())
    admin.post(f"{base}preview/", {"seen": seen_in(admin.get(f"{base}preview/"))})

    history = re.sub(r"<[^>]+>", "", source_of(admin.get(base)).partition('id="history"')[2])

    assert "Due: never → 14 days after a person gets it" in history
    assert "Who gets it: role is Customer service → everyone" in history
    assert "On leaving: it is withdrawn" in history
    assert "values" not in history


def test_a_paused_rule_with_a_draft_offers_one_thing_to_confirm(admin, mei, draft):
    base = f"/manage/assignments/{draft.public_id}/"
    admin.post(f"{base}preview/", {"seen": seen_in(admin.get(f"{base}preview/"))})
    assert "It follows the company by itself" in source_of(admin.get(base))
    admin.post(f"{base}pause/")
    assert "Put it into force again" in source_of(admin.get(base))

    edit_rule(rule=draft, name="X", text=RuleText(audience={"all": []}), actor=mei, at=timezone.now())

    page = source_of(admin.get(base))
    assert "Put it into force again" not in page
    assert "It follows the company by itself" not in page
    assert "Look and confirm" in page


def test_pausing_duplicating_and_discarding_say_what_happened(ada, admin, draft):
    base = f"/manage/assignments/{draft.public_id}/"
    admin.post(f"{base}preview/", {"seen": seen_in(admin.get(f"{base}preview/"))})

    paused = admin.post(f"{base}pause/", follow=True)
    assert "The rule rests." in source_of(paused)
    copied = admin.post(f"{base}duplicate/", follow=True)
    copy = Assignment.objects.get(name="Customer service (copy)")
    assert copied.request["PATH_INFO"] == f"/manage/assignments/{copy.public_id}/edit/"
    gone = admin.post(f"/manage/assignments/{copy.public_id}/discard/", follow=True)
    assert gone.request["PATH_INFO"] == "/manage/assignments/"
    assert "The draft is gone." in source_of(gone)


def test_archiving_shows_first_who_loses_what(ada, bruno, admin, path, draft):
    base = f"/manage/assignments/{draft.public_id}/"
    admin.post(f"{base}preview/", {"seen": seen_in(admin.get(f"{base}preview/"))})
    run_jobs(for_seconds=20)

    page = admin.get(f"{base}preview/?archive")
    assert "2 lose it and have not begun" in source_of(page)
    assert "applies to nobody" not in source_of(page)
    admin.post(f"{base}preview/?archive", {"seen": seen_in(page)})
    run_jobs(for_seconds=20)

    assert Enrollment.objects.current().filter(path=path).count() == 0
    assert source_of(admin.get(base)).count("archived") >= 1


def test_names_and_reasons_are_never_markup(ada, admin, mei, path):
    evil = "<script>alert(1)</script>"
    rule = create_rule(
        name=evil,
        path=path,
        text=RuleText(audience={"location": [evil]}, reason=evil),
        actor=mei,
        at=timezone.now(),
    )
    for address in ["", "edit/", "preview/"]:
        page = admin.get(f"/manage/assignments/{rule.public_id}/{address}").content.decode()
        assert evil not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
