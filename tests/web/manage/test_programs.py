"""Programs that may ask people to read their credentials: registered, ended by each person, retired for all."""

from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Client as Program
from allauth.idp.oidc.models import Token
from django.test import Client
from django.utils import timezone

from badges.scopes import READ_CREDENTIALS, READ_PROFILE
from badges.selectors.programs import programs_let_in
from badges.services.programs import register_program
from lms.core.errors import ActionRefused
from lms.core.models import AuditEntry
from tests.web.pages import text_of

PROGRAMS = "/manage/credentials/programs/"
NEW = f"{PROGRAMS}new/"
BACK = "https://wallet.example/back"
WALLET = {"name": "Wallet", "redirect_uris": BACK, "kind": "confidential"}


def retire(program):
    return f"{PROGRAMS}{program.pk}/retire/"


def end(program):
    return f"/me/settings/programs/{program.pk}/end/"


@pytest.fixture
def program_factory(db):
    def create(name="Wallet"):
        program, _secret = register_program(
            name=name, redirect_uris=[BACK], is_public=True, actor="command:tests", at=timezone.now()
        )
        return program

    return create


@pytest.fixture
def wallet(program_factory):
    return program_factory()


@pytest.fixture
def let_in():
    """Return a function that gives a program a token to keep and one to read with; it returns the latter."""

    def give(person, program, *scopes, since=timedelta(0)) -> Client:
        now, value = timezone.now(), f"{person.pk} {program.pk}"
        for kind, lasts in [(Token.Type.REFRESH_TOKEN, 90 * 24), (Token.Type.ACCESS_TOKEN, 1)]:
            token = Token(
                client=program,
                user=person,
                type=kind,
                created_at=now - since,
                expires_at=now + timedelta(hours=lasts),
            )
            token.set_scopes(scopes or [READ_CREDENTIALS])
            token.set_value(value)
            token.save()
        return Client(headers={"authorization": f"Bearer {value}"})

    return give


# Registering


def test_an_administrator_registers_a_program_and_sees_its_secret_once(admin, mei):
    assert "No program can ask yet" in text_of(admin.get(PROGRAMS))

    page = admin.post(
        NEW, {**WALLET, "redirect_uris": f"{BACK}\r\n\r\n https://wallet.example/other \r\n{BACK}"}
    )

    program = Program.objects.get()
    assert program.get_redirect_uris() == [BACK, "https://wallet.example/other"]
    assert (program.type, program.get_scopes()) == ("confidential", [READ_CREDENTIALS, READ_PROFILE])
    secret = page.context["secret"]
    assert program.check_secret(secret)
    assert secret in text_of(page)
    assert "http://testserver/ims/ob/v3p0/discovery" in text_of(page)
    assert "no-store" in page.headers["Cache-Control"]
    shown = text_of(admin.get(PROGRAMS))
    assert program.pk in shown
    assert secret not in shown
    entry = AuditEntry.objects.get(action="badges.register_program")
    assert (entry.actor, entry.object_id) == (mei.as_actor, program.pk)
    assert secret not in str(entry.after)


def test_one_that_cannot_keep_a_secret_gets_none(admin):
    page = admin.post(NEW, {**WALLET, "kind": "public"})

    assert "It has no secret, since it could not keep one." in text_of(page)
    assert Program.objects.get().type == "public"


def test_sending_the_form_again_registers_nothing_more(admin):
    admin.post(NEW, WALLET)

    page = admin.post(NEW, {**WALLET, "name": "  wallet "})

    assert page.context["form"].errors["name"] == [
        "A program is called “wallet” already. People could not tell the two apart."
    ]
    assert Program.objects.count() == 1
    assert AuditEntry.objects.filter(action="badges.register_program").count() == 1


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"kind": "other"}, "kind"),
        ({"redirect_uris": ""}, "redirect_uris"),
        ({"redirect_uris": "http://wallet.example/back"}, "redirect_uris"),
        ({"redirect_uris": "http://localhost:8000/back"}, "redirect_uris"),
        ({"redirect_uris": "org.wallet:/back"}, "redirect_uris"),
        ({"redirect_uris": "https://*.wallet.example/back"}, "redirect_uris"),
        ({"redirect_uris": f"{BACK}#part"}, "redirect_uris"),
        ({"redirect_uris": "https://ada@wallet.example/back"}, "redirect_uris"),
        ({"redirect_uris": f"{BACK}\njavascript:alert(1)"}, "redirect_uris"),
        ({"redirect_uris": "\n".join(f"{BACK}/{n}" for n in range(11))}, "redirect_uris"),
    ],
)
def test_what_is_not_safe_is_refused_at_its_field(admin, entered, field):
    page = admin.post(NEW, {**WALLET, **entered})

    assert page.context["form"].errors[field]
    assert not Program.objects.exists()
    assert not AuditEntry.objects.filter(action="badges.register_program").exists()


def test_a_program_without_an_address_is_refused_below_the_form_too(db):
    with pytest.raises(ActionRefused) as refused:
        register_program(
            name="Wallet", redirect_uris=[], is_public=True, actor="command:tests", at=timezone.now()
        )

    assert refused.value.field == "redirect_uris"
    assert not Program.objects.exists()


# The list


def test_the_list_shows_how_many_have_let_it_in_and_never_who(admin, wallet, ada, bruno, let_in):
    let_in(ada, wallet)
    let_in(bruno, wallet)
    Token.objects.filter(user=bruno).update(expires_at=timezone.now() - timedelta(days=1))

    page = text_of(admin.get(PROGRAMS))

    assert "Let in by 1 person" in page
    assert "Okafor" not in page


def test_machines_are_no_programs(admin, wallet):
    Program.objects.create(
        id="hris", name="HR system", grant_types="client_credentials", scopes="hris.employees.read"
    )

    assert "HR system" not in text_of(admin.get(PROGRAMS))
    assert admin.post(f"{PROGRAMS}hris/retire/").status_code == 404
    assert Program.objects.filter(pk="hris").exists()


def test_the_list_costs_the_same_for_one_program_and_for_fifty(queries_of, program_factory, ada, let_in):
    let_in(ada, program_factory())
    few = queries_of(PROGRAMS)
    for number in range(49):
        let_in(ada, program_factory(f"Wallet {number}"))

    assert queries_of(PROGRAMS) == few


# Retiring


def test_a_retired_program_reads_nothing_and_asks_nobody(admin, mei, wallet, ada, bruno, let_in, client_of):
    program = let_in(ada, wallet)
    let_in(bruno, wallet)
    assert program.get("/ims/ob/v3p0/credentials").status_code == 200

    page = admin.post(retire(wallet), follow=True)

    assert "Wallet is retired. It can read nothing any more of the 2 people who had let it in." in text_of(
        page
    )
    assert program.get("/ims/ob/v3p0/credentials").status_code == 401
    assert not Token.objects.exists()
    asks = client_of(ada).get(
        "/identity/o/authorize",
        {
            "client_id": wallet.pk,
            "response_type": "code",
            "redirect_uri": BACK,
            "scope": READ_PROFILE,
            "code_challenge": "a" * 43,
            "code_challenge_method": "S256",
        },
    )
    assert asks.status_code == 400
    entry = AuditEntry.objects.get(action="badges.retire_program")
    assert (entry.actor, entry.object_id, entry.before, entry.after) == (
        mei.as_actor,
        wallet.pk,
        {"name": "Wallet", "redirect_uris": [BACK]},
        {"people": 2},
    )
    assert admin.post(retire(wallet)).status_code == 404


@pytest.mark.parametrize("who", ["ada", "linus", "grace", "radia"])
def test_nobody_else_registers_or_retires(request, wallet, client_of, who):
    browser = client_of(request.getfixturevalue(who))

    assert browser.post(NEW, {**WALLET, "name": "Mine"}).status_code == 404
    assert browser.post(retire(wallet)).status_code == 404

    assert Program.objects.get() == wallet


# What one has let in


def test_settings_say_what_a_program_may_read_since_when_and_until(ada, wallet, let_in, client_of):
    assert "Programs that may read" not in text_of(client_of(ada).get("/me/settings/"))
    let_in(ada, wallet, READ_PROFILE, since=timedelta(days=10))

    page = text_of(client_of(ada).get("/me/settings/"))

    [shown] = programs_let_in(ada)
    assert "Wallet Read your name since" in page
    assert "Read your credentials, also" not in page
    assert (timezone.now() - shown.since).days == 10
    assert shown.until is not None
    assert (shown.until - timezone.now()).days == 89


def test_it_still_says_since_when_after_the_token_was_renewed(ada, wallet, let_in):
    let_in(ada, wallet, since=timedelta(days=10))
    Token.objects.filter(type=Token.Type.ACCESS_TOKEN).update(expires_at=timezone.now() - timedelta(days=9))
    Token.objects.filter(type=Token.Type.REFRESH_TOKEN).update(created_at=timezone.now())

    assert (timezone.now() - programs_let_in(ada)[0].since).days == 10


def test_a_person_ends_it_at_once_for_themselves_alone(
    ada, bruno, wallet, program_factory, let_in, client_of
):
    other = program_factory("Backpack")
    hers, his, another = let_in(ada, wallet), let_in(bruno, wallet), let_in(ada, other)

    page = client_of(ada).post(end(wallet), follow=True)

    assert "Wallet can read nothing of yours any more." in text_of(page)
    answers = [each.get("/ims/ob/v3p0/credentials").status_code for each in (hers, his, another)]
    assert answers == [401, 200, 200]
    assert not Token.objects.filter(user=ada, client=wallet).exists()
    entry = AuditEntry.objects.get(action="badges.end_access")
    assert (entry.actor, entry.object_id, entry.before) == (ada.as_actor, wallet.pk, {"name": "Wallet"})


def test_nobody_ends_what_they_have_not_let_in(ada, bruno, wallet, let_in, client_of):
    let_in(ada, wallet)

    assert client_of(bruno).post(end(wallet)).status_code == 404
    assert Client().post(end(wallet)).status_code == 302

    assert Token.objects.filter(user=ada).count() == 2
    assert not AuditEntry.objects.filter(action="badges.end_access").exists()


def test_what_has_ended_by_itself_is_not_ended_again(ada, wallet, let_in, client_of):
    let_in(ada, wallet)
    Token.objects.update(expires_at=timezone.now() - timedelta(days=1))

    page = client_of(ada).post(end(wallet), follow=True)

    assert "It could read nothing any more. Nothing has changed." in text_of(page)
    assert not AuditEntry.objects.filter(action="badges.end_access").exists()


def test_settings_cost_the_same_for_one_program_and_for_fifty(
    ada, program_factory, let_in, client_of, django_assert_num_queries
):
    browser = client_of(ada)
    let_in(ada, program_factory())
    browser.get("/me/settings/")
    with django_assert_num_queries(4):
        browser.get("/me/settings/")
    for number in range(49):
        let_in(ada, program_factory(f"Wallet {number}"))

    with django_assert_num_queries(4):
        browser.get("/me/settings/")
