"""Administrators set practice up and see numbers; nobody's practice, no key and no company word is on any page."""

import re
from datetime import date

import pytest
from django.utils import timezone

from lms.core.encryption import decrypt, encrypt
from lms.core.models import AuditEntry
from sandbox.models import (
    Attempt,
    Budget,
    CompanyWord,
    Exercise,
    GuardCount,
    PracticeMonth,
    Provider,
    RubricVersion,
    Run,
)
from sandbox.providers.base import Health

PRACTICE = "/manage/practice/"
WORDS = f"{PRACTICE}words/"
NEW_MODEL = f"{PRACTICE}models/new/"
NEW_BUDGET = f"{PRACTICE}budgets/new/"
KEY = "sk-plum-4471"
MODEL = {
    "name": "Gateway",
    "base_url": "https://10.0.0.7/v1",
    "model": "small",
    "key": KEY,
    "data_region": "EU, Example Ltd",
    "weakness": "Dates",
    "policy": "pseudonymize",
    "max_tokens": "900",
    "position": "5",
    "is_enabled": "on",
}
BUDGET = {"scope": "company", "unit": "", "period": "month", "runs": "500", "tokens": ""}


@pytest.fixture(autouse=True)
def _our_hosts(settings):
    """Let the tests' addresses be the company's: none is looked up."""
    settings.PRAXIS_INTERNAL_HOSTS = ["10.0.0.7", "10.0.0.8"]


@pytest.fixture
def gateway(db):
    """A model at an address, with a key."""
    return Provider.objects.create(
        name="Gateway",
        kind="openai",
        base_url="https://10.0.0.7/v1",
        model="small",
        key_encrypted=encrypt(KEY),
        data_region="EU",
    )


def at(provider, step=""):
    return f"{PRACTICE}models/{provider.public_id}/{step}"


def page(response):
    return " ".join(response.content.decode().split())


def errors(response):
    assert response.status_code == 200
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def test_models_stand_in_order_with_where_data_goes_and_what_happens_to_it(text_of, gateway):
    Provider.objects.filter(pk=gateway.pk).update(position=0, is_enabled=True)

    text = text_of(PRACTICE)

    assert text.index(">Gateway<") < text.index(">Practice model<")
    assert "Data goes: EU · Private data: refuse until it is removed" in text
    assert "Data goes: on this machine · Private data: warn, and let the learner decide" in text
    assert "The practice model is not here yet." in text
    assert "on, not running" in text


def test_a_company_without_any_model_reads_what_learners_get(text_of):
    Provider.objects.all().delete()

    assert "There is none. Learners still get feedback on their prompt" in text_of(PRACTICE)


def test_a_model_is_added_and_its_key_is_on_no_page(admin, text_of):
    response = admin.post(NEW_MODEL, MODEL, follow=True)

    saved = Provider.objects.get(kind="openai")
    assert "Saved. Ask it something to see whether it answers." in page(response)
    assert (saved.name, saved.base_url, saved.policy) == ("Gateway", "https://10.0.0.7/v1", "pseudonymize")
    assert (saved.max_tokens, saved.position, saved.is_enabled) == (900, 5, True)
    assert decrypt(saved.key_encrypted) == KEY
    for address in (PRACTICE, at(saved), "/manage/audit/"):
        assert KEY not in text_of(address)
        assert saved.key_encrypted not in text_of(address)


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"name": ""}, "name", "Give it a name that learners will read."),
        ({"base_url": ""}, "base_url", "Enter the address of the server."),
        ({"base_url": "models"}, "base_url", "That is not an address."),
        (
            {"base_url": "https://192.168.0.9/v1"},
            "base_url",
            "leads into a network that Praxis does not call.",
        ),
        ({"base_url": "http://203.0.113.7/v1"}, "base_url", "would be called without encryption."),
        ({"model": ""}, "model", "Enter what the server calls the model."),
        ({"key": "two words"}, "key", "A key has no spaces"),
        ({"data_region": ""}, "data_region", "learners read it before they send anything."),
        ({"policy": "anything"}, "policy", "anything is not one of the available choices."),
        ({"max_tokens": "49"}, "max_tokens", "greater than or equal to 50."),
        ({"max_tokens": "4001"}, "max_tokens", "less than or equal to 4000."),
        ({"position": ""}, "position", "This field is required."),
    ],
)
def test_what_is_not_complete_adds_no_model_and_says_why_at_the_field(admin, changes, field, said):
    response = admin.post(NEW_MODEL, {**MODEL, **changes})

    assert said in " ".join(errors(response)[field])
    assert not Provider.objects.filter(kind="openai").exists()
    assert not AuditEntry.objects.exists()


def test_a_refused_form_keeps_what_was_entered_but_not_the_key(admin):
    response = admin.post(NEW_MODEL, {**MODEL, "base_url": "https://192.168.0.9/v1"})

    text = page(response)
    assert 'value="https://192.168.0.9/v1"' in text
    assert KEY not in text
    assert errors(response)["key"] == ["Enter the key once more: it was not stored, and it is never shown."]


def test_a_model_is_changed_and_keeps_its_key_when_none_is_entered(admin, gateway):
    response = admin.post(at(gateway), {**MODEL, "key": "", "name": "Renamed"}, follow=True)

    gateway.refresh_from_db()
    assert "Saved." in page(response)
    assert (gateway.name, decrypt(gateway.key_encrypted)) == ("Renamed", KEY)


def test_a_key_is_removed_on_wish(admin, gateway):
    admin.post(at(gateway), {**MODEL, "key": "", "removes_key": "on"})

    gateway.refresh_from_db()
    assert gateway.key_encrypted == ""


def test_a_key_cannot_be_removed_and_entered_at_once(admin, gateway):
    response = admin.post(at(gateway), {**MODEL, "removes_key": "on"})

    assert errors(response)["key"] == ["Enter a new key, or remove the stored one; not both."]


def test_another_host_does_not_get_the_stored_key(admin, gateway):
    response = admin.post(at(gateway), {**MODEL, "key": "", "base_url": "https://10.0.0.8/v1"})

    assert "The stored key was entered for another host." in errors(response)["key"][0]
    gateway.refresh_from_db()
    assert gateway.base_url == "https://10.0.0.7/v1"


def test_the_model_on_this_machine_has_no_address_to_enter(admin, text_of):
    model = Provider.objects.get(kind="embedded")

    assert 'name="base_url"' not in text_of(at(model))
    assert 'name="key"' not in text_of(at(model))
    assert "Remove this model" not in text_of(at(model))
    admin.post(at(model), {**MODEL, "name": "Ours"})

    model.refresh_from_db()
    assert (model.name, model.base_url, model.model, model.key_encrypted) == ("Ours", "", "", "")


def test_a_model_is_switched_on_and_off(admin, gateway):
    response = admin.post(at(gateway, "switch/"), {"enabled": "1"}, follow=True)
    gateway.refresh_from_db()
    assert ("Learners may ask Gateway now." in page(response), gateway.is_enabled) == (True, True)

    response = admin.post(at(gateway, "switch/"), {"enabled": "0"}, follow=True)
    gateway.refresh_from_db()
    assert ("Nobody can ask Gateway any more." in page(response), gateway.is_enabled) == (True, False)


def test_a_model_is_removed(admin, gateway):
    response = admin.post(at(gateway, "remove/"), follow=True)

    assert "Gateway is removed, with its key." in page(response)
    assert not Provider.objects.filter(kind="openai").exists()


def test_the_model_on_this_machine_is_not_removed(admin):
    model = Provider.objects.get(kind="embedded")

    response = admin.post(at(model, "remove/"), follow=True)

    assert "The model on this machine cannot be removed." in page(response)
    assert Provider.objects.filter(pk=model.pk).exists()


@pytest.mark.parametrize(("is_ready", "tag"), [(True, "success"), (False, "error")])
def test_asking_says_as_text_what_came_of_it(admin, gateway, monkeypatch, is_ready, tag):
    asked = []

    def answer(provider):
        asked.append(provider)
        return Health(is_ready=is_ready, sentence="It answered: “<b>Yes</b>”")

    monkeypatch.setattr("lms.web.views.manage.practice_models.ask_provider", answer)

    response = admin.post(at(gateway, "ask/"), follow=True)

    assert asked == [gateway]
    assert "It answered: “&lt;b&gt;Yes&lt;/b&gt;”" in page(response)
    assert [message.tags for message in response.context["messages"]] == [tag]


def test_a_budget_is_added_for_a_unit_and_shown_with_its_limit(admin, text_of, porto):
    admin.post(NEW_BUDGET, {**BUDGET, "scope": "group", "unit": porto.code, "tokens": "90000"})

    budget = Budget.objects.get(scope="group")
    assert (budget.unit, budget.period, budget.runs, budget.tokens) == (porto, "month", 500, 90_000)
    assert "500 runs, 90,000 tokens" in text_of(PRACTICE)


def test_a_budget_is_changed_and_removed(admin):
    budget = Budget.objects.get(scope="person")
    address = f"{PRACTICE}budgets/{budget.pk}/"

    admin.post(address, {**BUDGET, "scope": "person", "period": "day", "runs": "7"})
    assert Budget.objects.values_list("scope", "period", "runs").get() == ("person", "day", 7)

    response = admin.post(f"{address}remove/", follow=True)
    assert "There is none: everybody may ask as often as they like." in page(response)
    assert not Budget.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"runs": ""}, "runs", "Enter the runs or the tokens that are allowed, or both."),
        ({"runs": "-1"}, "runs", "Ensure this value is greater than or equal to 0."),
        (
            {"scope": "group"},
            "unit",
            "Choose a unit for a budget of a unit, and none for the others.",
        ),
        ({"unit": "NOWHERE"}, "unit", "This unit is gone. Choose another one."),
        (
            {"scope": "person", "period": "day"},
            "period",
            "There is already a budget for the same people in the same period. Change that one.",
        ),
    ],
)
def test_a_budget_that_cannot_be_is_refused_in_words(admin, changes, field, said):
    response = admin.post(NEW_BUDGET, {**BUDGET, **changes})

    assert errors(response)[field] == [said]
    assert Budget.objects.values_list("scope", "runs").get() == ("person", 20)


def test_company_words_are_replaced_counted_and_never_shown(admin, text_of):
    response = admin.post(WORDS, {"words": "Plumworks\r\n\r\n Project Heron \r\n"}, follow=True)

    assert "2 words and phrases are looked for from now on." in page(response)
    assert CompanyWord.objects.count() == 2
    assert "The data guard looks for 2 words and phrases of yours in every prompt." in text_of(PRACTICE)
    for address in (PRACTICE, WORDS, "/manage/audit/"):
        assert not re.search("plumworks|heron", text_of(address), re.IGNORECASE)


def test_an_empty_box_does_not_empty_the_list(admin):
    admin.post(WORDS, {"words": "Plumworks"})

    response = admin.post(WORDS, {"words": " \r\n"})

    assert errors(response)["words"] == ["Enter at least one word. Nothing has changed."]
    assert CompanyWord.objects.count() == 1


def test_the_list_is_emptied_on_wish(admin):
    admin.post(WORDS, {"words": "Plumworks"})

    response = admin.post(WORDS, {"words": "", "removes_all": "on"}, follow=True)

    assert "No words are kept any more." in page(response)
    assert not CompanyWord.objects.exists()


def test_an_entry_that_cannot_be_looked_for_is_named_by_its_number(admin):
    response = admin.post(WORDS, {"words": "Plumworks\n—"})

    assert errors(response)["words"] == ["Entry 2 has 0 words; it needs 1 to 4."]
    assert not CompanyWord.objects.exists()


def test_what_the_guard_found_is_shown_by_kind(text_of):
    today = timezone.localdate()
    GuardCount.objects.create(day=today, kind="iban", action="refused", count=1203)
    GuardCount.objects.create(day=today, kind="iban", action="passed", count=4)

    text = text_of(PRACTICE)

    assert '<th scope="row">IBAN</th><td class="num" data-label="Not sent">1,203</td>' in text


@pytest.fixture
def practiced(ada, gateway):
    """Let Ada have practiced, with marks that stand nowhere else."""
    exercise = Exercise.objects.create(
        title="plum-exercise-3360", slug="plum", review_by=timezone.localdate()
    )
    rubric = RubricVersion.objects.create(exercise=exercise, number=1, definition={}, digest="0" * 64)
    attempt = Attempt.objects.create(
        learner=ada,
        exercise=exercise,
        rubric=rubric,
        number=1,
        prompt="plum-prompt-5583",
        feedback={"mark": "plum-feedback-6694"},
        prompt_score=61,
        tried_at=timezone.now(),
    )
    Run.objects.create(
        attempt=attempt,
        provider=gateway,
        model_name="plum-model-7705",
        answer="plum-answer-8816",
        queued_at=timezone.now(),
        watched_at=timezone.now(),
    )
    budget = Budget.objects.get(scope="person")
    budget.uses.create(subject=ada.pk, begins_on=timezone.localdate(), runs_used=7_931, tokens_used=8_842_117)
    return budget


def test_no_page_shows_anything_of_a_learner(text_of, practiced, gateway, ada):
    for address in (
        PRACTICE,
        WORDS,
        NEW_MODEL,
        at(gateway),
        NEW_BUDGET,
        f"{PRACTICE}budgets/{practiced.pk}/",
    ):
        text = text_of(address)
        assert not re.search(r"plum-|7,931|7931|8,842,117|8842117", text), address
        assert ada.email not in text
        assert str(ada.public_id) not in text
    assert "each sees their own" in text_of(PRACTICE)


@pytest.mark.parametrize("who", ["ada", "linus", "grace", "radia"])
def test_only_administrators_decide(request, client_of, gateway, who):
    browser = client_of(request.getfixturevalue(who))
    budget = Budget.objects.get()
    asked = [
        (NEW_MODEL, MODEL),
        (at(gateway), MODEL),
        (at(gateway, "ask/"), {}),
        (at(gateway, "switch/"), {"enabled": "1"}),
        (at(gateway, "remove/"), {}),
        (NEW_BUDGET, BUDGET),
        (f"{PRACTICE}budgets/{budget.pk}/", BUDGET),
        (f"{PRACTICE}budgets/{budget.pk}/remove/", {}),
        (WORDS, {"words": "Plumworks"}),
    ]

    assert {browser.post(address, fields).status_code for address, fields in asked} == {404}
    assert list(Provider.objects.filter(kind="openai")) == [gateway]
    assert list(Budget.objects.all()) == [budget]
    assert not CompanyWord.objects.exists()
    assert not AuditEntry.objects.exists()


def test_what_was_decided_is_told_in_words_in_the_audit_trail(admin, text_of, gateway):
    admin.post(at(gateway, "switch/"), {"enabled": "1"})
    admin.post(WORDS, {"words": "Plumworks"})
    admin.post(NEW_BUDGET, BUDGET)

    text = text_of("/manage/audit/")

    assert "<b>Mei Tanaka</b> switched on or off for practice: <b>" in text
    assert "Learners may ask it: no → yes" in text
    assert "<b>Mei Tanaka</b> replaced the list of <b>company words </b>" in text
    assert "Words and phrases: 0 → 1" in text
    assert "<b>Mei Tanaka</b> set what practice may cost: <b>budget" in text


def test_names_are_shown_as_text(text_of, gateway):
    Provider.objects.filter(pk=gateway.pk).update(name="<script>alert(1)</script>")

    assert "<script>alert" not in text_of(PRACTICE)
    assert "<script>alert" not in text_of(at(gateway))


def test_the_page_costs_the_same_for_1_and_for_50(queries_of, gateway, porto, person_factory):
    Budget.objects.create(scope="group", period="day", unit=porto, runs=5)
    Budget.objects.create(scope="company", period="day", runs=50)
    GuardCount.objects.create(day=timezone.localdate(), kind="iban", action="refused", count=1)
    person_factory(org_unit=porto)
    few = queries_of(PRACTICE)

    for number in range(50):
        unit = porto.add_child(code=f"UNIT-{number}", name=f"Unit {number}")
        porto.refresh_from_db()
        person_factory(org_unit=unit)
        Budget.objects.create(scope="group", period="day", unit=unit, runs=5)
        Provider.objects.create(name=f"Model {number}", kind="openai", data_region="EU")
        GuardCount.objects.create(day=timezone.localdate(), kind=f"kind{number}", action="refused", count=1)

    assert few == 11
    assert queries_of(PRACTICE) == few


def test_what_was_practiced_is_shown_as_totals_of_a_month(exercise, mei, client_of):
    PracticeMonth.objects.create(
        exercise=exercise, begins_on=date(2026, 10, 1), learners=1200, attempts=3400, reviewed=900,
        tried_again=800, first_score=41.4, latest_score=67.6,
    )  # fmt: skip
    PracticeMonth.objects.create(exercise=exercise, begins_on=date(2026, 9, 1), learners=11, attempts=12)

    shown = page(client_of(mei).get(PRACTICE))

    assert "What was practiced in October 2026" in shown
    assert "Hand over the Harper case" in shown
    assert ">1,200<" in shown
    assert "41 to 68 (n = 800)" in shown
    assert ">11<" not in shown
