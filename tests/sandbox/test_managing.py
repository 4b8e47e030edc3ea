"""What administrators decide about practice, what the audit trail keeps of it, and what nobody is shown."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.encryption import decrypt
from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from lms.people.models import OrgUnit
from sandbox.models import Budget, BudgetUse, CompanyWord, GuardCount, Provider, Run
from sandbox.selectors.managing import budget_lines, practice_overview
from sandbox.services.managing import (
    BudgetFacts,
    ProviderFacts,
    remove_budget,
    remove_provider,
    replace_company_words,
    save_budget,
    save_provider,
    switch_provider,
)
from sandbox.small_groups import FEWEST_PEOPLE, groups_to_show

KEY = "sk-plum-4471"
FACTS = ProviderFacts(name="Gateway", data_region="EU", base_url="https://203.0.113.7/v1", model="small")


@pytest.fixture(autouse=True)
def _our_hosts(settings):
    """Let the tests' addresses be the company's: none is looked up."""
    settings.PRAXIS_INTERNAL_HOSTS = ["10.0.0.7", "10.0.0.8"]


@pytest.fixture
def save(mei, noon):
    """Return a function that saves a model as Mei."""

    def call(provider=None, *, key=None, **changes: Any) -> Provider:
        facts = replace(FACTS, **{"base_url": "https://10.0.0.7/v1", **changes})
        return save_provider(provider=provider, facts=facts, key=key, actor=mei, at=noon)

    return call


@pytest.fixture
def limit(mei, noon):
    """Return a function that saves a budget as Mei."""

    def call(budget=None, **facts: Any) -> Budget:
        values = {"scope": "company", "period": "month", "runs": 500, **facts}
        return save_budget(budget=budget, facts=BudgetFacts(**values), actor=mei, at=noon)

    return call


def trail():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "before", "after"))


def test_a_new_model_is_stored_with_its_key_encrypted(save, mei, noon):
    provider = save(key=KEY, policy="warn", max_tokens=900, weakness="Dates")

    provider.refresh_from_db()
    assert (provider.kind, provider.base_url, provider.model) == ("openai", "https://10.0.0.7/v1", "small")
    assert (provider.policy, provider.max_tokens, provider.is_enabled) == ("warn", 900, False)
    assert KEY not in provider.key_encrypted
    assert decrypt(provider.key_encrypted) == KEY


def test_the_audit_trail_tells_what_was_saved_and_never_the_key(save, mei, noon):
    provider = save(key=KEY)

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.at) == (mei.as_actor, "sandbox.save_provider", noon)
    assert (entry.object_type, entry.object_id) == ("sandbox.provider", str(provider.public_id))
    assert entry.before is None
    assert entry.after == {
        "name": "Gateway",
        "data_region": "EU",
        "base_url": "https://10.0.0.7/v1",
        "model": "small",
        "weakness": "",
        "policy": "block",
        "max_tokens": 400,
        "position": 10,
        "is_enabled": False,
        "has_key": True,
    }


def test_a_change_is_kept_as_what_differs(save):
    provider = save()

    save(provider, policy="pseudonymize", position=3)

    assert trail()[1:] == [
        (
            "sandbox.save_provider",
            {"policy": "block", "position": 10},
            {"policy": "pseudonymize", "position": 3},
        )
    ]


def test_saving_what_holds_already_leaves_no_entry(save):
    provider = save()

    save(provider)

    assert len(trail()) == 1


def test_the_stored_key_stays_until_another_one_is_entered(save):
    provider = save(key=KEY)

    save(provider, name="Renamed")
    assert decrypt(Provider.objects.get(pk=provider.pk).key_encrypted) == KEY

    save(provider, name="Renamed", key="sk-plum-5583")
    assert decrypt(Provider.objects.get(pk=provider.pk).key_encrypted) == "sk-plum-5583"
    assert trail()[2] == ("sandbox.save_provider", {}, {"key_replaced": True})


def test_a_key_can_be_removed(save):
    provider = save(key=KEY)

    save(provider, key="")

    assert Provider.objects.get(pk=provider.pk).key_encrypted == ""
    assert trail()[1] == ("sandbox.save_provider", {"has_key": True}, {"has_key": False})


@pytest.mark.parametrize("address", ["https://10.0.0.8/v1", "https://10.0.0.7:8443/v1", "http://10.0.0.7/v1"])
def test_a_stored_key_is_never_sent_to_another_host(save, address):
    provider = save(key=KEY)

    with pytest.raises(ActionRefused, match="entered for another host") as refusal:
        save(provider, base_url=address)

    assert refusal.value.field == "key"
    assert Provider.objects.get(pk=provider.pk).base_url == "https://10.0.0.7/v1"
    assert len(trail()) == 1


def test_a_key_may_follow_to_another_path_of_its_host_or_be_entered_again(save):
    provider = save(key=KEY)

    save(provider, base_url="https://10.0.0.7/openai/v1")
    moved = save(provider, base_url="https://10.0.0.8/v1", key="sk-plum-5583")

    assert moved.base_url == "https://10.0.0.8/v1"
    assert decrypt(moved.key_encrypted) == "sk-plum-5583"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://192.168.0.9/v1", "leads into a network that Praxis does not call"),
        ("https://169.254.169.254/latest", "leads into a network that Praxis does not call"),
        ("http://203.0.113.7/v1", "without encryption"),
        ("https://ada:secret@10.0.0.7/v1", "carries no user name or password"),
        ("", "That is not an address"),
    ],
)
def test_an_address_that_must_not_be_called_is_refused_at_its_field(save, address, said):
    with pytest.raises(ActionRefused, match=said) as refusal:
        save(base_url=address)

    assert refusal.value.field == "base_url"
    assert not Provider.objects.filter(kind="openai").exists()
    assert trail() == []


def test_the_model_on_this_machine_is_changed_and_keeps_having_no_address(model, mei, noon):
    facts = ProviderFacts(name="Ours", data_region="on this machine", policy="warn", is_enabled=True)

    save_provider(provider=model, facts=facts, key=None, actor=mei, at=noon)

    model.refresh_from_db()
    assert (model.name, model.kind, model.base_url) == ("Ours", "embedded", "")


@pytest.mark.parametrize(
    "given",
    [{"base_url": "https://10.0.0.7/v1"}, {"model": "small"}, {"key": KEY}],
    ids=["address", "name", "key"],
)
def test_the_model_on_this_machine_gets_no_address_and_no_key(model, mei, noon, given):
    key = given.pop("key", None)
    facts = ProviderFacts(name="Ours", data_region="elsewhere", **given)

    with pytest.raises(ActionRefused, match="has no address"):
        save_provider(provider=model, facts=facts, key=key, actor=mei, at=noon)

    model.refresh_from_db()
    assert (model.name, model.base_url, model.key_encrypted) == ("Practice model", "", "")


def test_switching_is_kept_once(save, mei, noon):
    provider = save()

    for is_enabled in (True, True, False):
        switch_provider(provider=provider, is_enabled=is_enabled, actor=mei, at=noon)

    assert trail()[1:] == [
        ("sandbox.switch_provider", {"is_enabled": False}, {"is_enabled": True}),
        ("sandbox.switch_provider", {"is_enabled": True}, {"is_enabled": False}),
    ]


def test_a_model_is_removed_and_its_answers_stay(save, mei, noon, tried):
    provider = save(key=KEY, policy="warn", is_enabled=True)
    run = tried(providers=[provider]).runs[0]
    Run.objects.filter(pk=run.pk).update(state="done", answer="Lena promised it.")

    remove_provider(provider=provider, actor=mei, at=noon)

    assert not Provider.objects.filter(kind="openai").exists()
    run.refresh_from_db()
    assert (run.provider_id, run.model_name, run.answer) == (None, "Gateway", "Lena promised it.")
    action, before, after = trail()[-1]
    assert (action, before["name"], before["has_key"], after) == (
        "sandbox.remove_provider",
        "Gateway",
        True,
        None,
    )


def test_a_model_that_somebody_waits_for_is_not_removed(save, mei, noon, tried):
    provider = save(policy="warn", is_enabled=True)
    tried(providers=[provider])

    with pytest.raises(ActionRefused, match="answering right now"):
        remove_provider(provider=provider, actor=mei, at=noon)

    assert Provider.objects.filter(pk=provider.pk).exists()


def test_the_model_on_this_machine_cannot_be_removed(model, mei, noon):
    with pytest.raises(ActionRefused, match="cannot be removed"):
        remove_provider(provider=model, actor=mei, at=noon)

    assert Provider.objects.filter(pk=model.pk).exists()


def test_budgets_are_added_changed_and_removed_with_an_entry_each(limit, mei, noon, porto):
    budget = limit(scope="group", unit=porto, tokens=90_000)
    limit(budget, scope="group", unit=porto, runs=20, tokens=90_000)
    remove_budget(budget=budget, actor=mei, at=noon)

    told = {"scope": "group", "period": "month", "unit": "Customer Service Porto", "tokens": 90_000}
    assert trail() == [
        ("sandbox.save_budget", None, {**told, "runs": 500}),
        ("sandbox.save_budget", {"runs": 500}, {"runs": 20}),
        ("sandbox.remove_budget", {**told, "runs": 20}, None),
    ]
    assert Budget.objects.values_list("scope", "period", "runs").get() == ("person", "day", 20)


@pytest.mark.parametrize("scope", ["company", "person", "group"])
def test_a_second_budget_for_the_same_people_and_period_is_refused(limit, porto, scope):
    unit = porto if scope == "group" else None
    period = "day" if scope == "person" else "month"
    if scope != "person":  # every installation begins with one
        limit(scope=scope, period=period, unit=unit)
    kept = trail()

    with pytest.raises(ActionRefused, match="already a budget for the same people") as refusal:
        limit(scope=scope, period=period, unit=unit, runs=7)

    assert refusal.value.field == "period"
    assert trail() == kept
    assert not Budget.objects.filter(runs=7).exists()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"runs": None}, "runs"),
        ({"scope": "group"}, "unit"),
        ({"scope": "person", "unit": "porto"}, "unit"),
    ],
)
def test_a_budget_that_limits_nothing_or_nobody_is_refused(limit, porto, facts, field):
    if "unit" in facts:
        facts = {**facts, "unit": porto}

    with pytest.raises(ActionRefused) as refusal:
        limit(**facts)

    assert refusal.value.field == field
    assert Budget.objects.count() == 1


def test_other_numbers_keep_what_was_used_and_other_people_begin_anew(limit, porto, noon):
    budget = limit(scope="group", unit=porto)
    budget.uses.create(subject=porto.pk, begins_on=noon.date().replace(day=1), runs_used=14)

    limit(budget, scope="group", unit=porto, runs=20)
    assert BudgetUse.objects.values_list("runs_used", flat=True).get() == 14

    limit(budget, scope="company", runs=20)
    assert not BudgetUse.objects.exists()


def test_company_words_are_counted_in_the_trail_and_never_written(mei, noon):
    assert replace_company_words(words=["Plumworks", "Project Heron"], actor=mei, at=noon) == 2
    assert replace_company_words(words=["Plumworks"], actor=mei, at=noon) == 1

    assert trail() == [
        ("sandbox.set_company_words", {"words": 0}, {"words": 2}),
        ("sandbox.set_company_words", {"words": 2}, {"words": 1}),
    ]
    stored = " ".join(CompanyWord.objects.values_list("digest", flat=True))
    assert "plum" not in stored.lower()


def test_a_list_with_an_entry_that_cannot_be_looked_for_changes_nothing(mei, noon):
    replace_company_words(words=["Plumworks"], actor=mei, at=noon)

    with pytest.raises(ActionRefused, match="Entry 2 has 5 words") as refusal:
        replace_company_words(words=["Heron", "one two three four five"], actor=mei, at=noon)

    assert refusal.value.field == "words"
    assert (CompanyWord.objects.count(), len(trail())) == (1, 1)


def staff(person_factory, unit, number):
    for _ in range(number):
        person_factory(org_unit=unit)


def shown(today):
    return {
        line.budget.unit.name if line.budget.unit else line.budget.scope: line.runs
        for line in budget_lines(today)
    }


def test_use_is_shown_for_many_and_never_for_one_person(limit, person_factory, porto, noon, ada):
    staff(person_factory, porto, 8)  # with Ada and Linus they are ten
    staff(person_factory, None, 9)  # with Mei
    month = noon.date().replace(day=1)
    unit, company = limit(scope="group", unit=porto), limit()
    unit.uses.create(subject=porto.pk, begins_on=month, runs_used=3, runs_reserved=1, tokens_used=90)
    unit.uses.create(subject=porto.pk, begins_on=month - timedelta(days=1), runs_used=70)
    company.uses.create(subject=0, begins_on=month, runs_used=5)
    Budget.objects.get(scope="person").uses.create(subject=ada.pk, begins_on=noon.date(), runs_used=17)

    lines = budget_lines(noon.date())

    assert [(line.budget.scope, line.runs, line.tokens, line.is_of_few) for line in lines] == [
        ("company", 5, 0, False),
        ("group", 4, 90, False),
        ("person", None, None, False),
    ]


def test_use_of_few_people_is_not_shown(limit, person_factory, porto, noon):
    staff(person_factory, porto, FEWEST_PEOPLE - 1)
    limit(scope="group", unit=porto)

    line = budget_lines(noon.date())[0]

    assert (line.is_shown, line.is_of_few) == (False, True)


def test_use_of_few_people_cannot_be_had_by_subtracting(limit, person_factory, porto, noon):
    part = porto.add_child(code="CS-PORTO-1", name="Late shift")
    staff(person_factory, part, 12)
    staff(person_factory, OrgUnit.objects.get(pk=porto.pk), 1)
    limit(scope="group", unit=porto)
    limit(scope="group", unit=part, period="day")

    assert shown(noon.date()) == {"Customer Service Porto": None, "Late shift": 0, "person": None}


def test_the_units_below_count_too(limit, person_factory, porto, noon):
    staff(person_factory, porto.add_child(code="CS-PORTO-1", name="Late shift"), 10)
    person_factory(org_unit=porto, status="left")
    limit(scope="group", unit=OrgUnit.objects.get(pk=porto.pk))

    assert shown(noon.date()) == {"Customer Service Porto": 0, "person": None}


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ({"": 9}, set()),
        ({"": 10}, {""}),
        ({"": 30, "A": 20}, {"", "A"}),
        ({"": 30, "A": 21}, {"A"}),
        ({"": 20, "A": 20}, {"", "A"}),
        ({"": 40, "A": 15, "B": 15, "C": 10}, {"", "A", "B", "C"}),
        ({"": 45, "A": 15, "B": 15, "C": 10}, {"A", "B", "C"}),
        ({"": 30, "A": 5}, {""}),
        ({"": 40, "A": 19, "AB": 12}, {"AB", ""}),
    ],
)
def test_groups_are_shown_as_counted_by_hand(people, expected):
    assert groups_to_show(people) == expected


@given(direct=st.dictionaries(st.text("AB", max_size=4), st.integers(0, 25), max_size=9))
def test_no_difference_of_shown_groups_is_about_one_to_nine_people(direct):
    people = {
        path: sum(number for other, number in direct.items() if other.startswith(path)) for path in direct
    }

    found = groups_to_show(people)

    for path in found:
        alone = sum(
            number
            for other, number in direct.items()
            if max((each for each in found if other.startswith(each)), key=len, default=None) == path
        )
        assert alone == 0 or alone >= FEWEST_PEOPLE


def test_what_the_guard_found_is_summed_over_thirty_days(db, noon):
    day = noon.date()
    for days, kind, action, count in [
        (0, "iban", "refused", 2),
        (29, "iban", "refused", 3),
        (30, "iban", "refused", 50),
        (1, "iban", "passed", 1),
        (1, "email", "passed", 9),
        (1, "gone_kind", "refused", 1),
    ]:
        GuardCount.objects.create(day=day - timedelta(days=days), kind=kind, action=action, count=count)

    lines = practice_overview(noon).guard

    assert [(line.name, line.refused, line.passed) for line in lines] == [
        ("e-mail address", 0, 9),
        ("IBAN", 5, 1),
        ("gone_kind", 1, 0),
    ]
