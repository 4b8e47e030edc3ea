"""Every address of the practice area that holds something of Ada's answers 404 to everybody else."""

import pytest

from sandbox.models import Attempt, PromptTemplate, Review, Run, SharedAttempt
from tests.routes import all_routes

OPEN_TO_ALL = {
    "practice",
    "practice-exercise",
    "practice-try",
    "practice-material",
    "practice-mine",
    "practice-export",
    "practice-keep",
    "practice-template-new",
    "practice-read-ahead",
}
"""Addresses without anything of one person in them: each shows everybody their own."""
SHARED_ON_PURPOSE = {"practice-shared"}


def addresses(practiced):
    """Return each address under the practice area with Ada's ids in it."""
    ids = {
        "run_id": practiced.run.public_id,
        "attempt_id": practiced.attempt.public_id,
        "template_id": practiced.template.public_id,
        "copy_id": practiced.copy.public_id,
    }
    found = {}
    for pattern, name in all_routes().items():
        if pattern.startswith("practice/") and name not in OPEN_TO_ALL | SHARED_ON_PURPOSE:
            address = pattern.replace("<slug:slug>", "hand-over")
            for argument, value in ids.items():
                address = address.replace(f"<uuid:{argument}>", str(value))
            found[name] = f"/{address}?with=2&and=1"
    return found


def test_the_enumeration_knows_every_address(practiced):
    assert sorted(addresses(practiced)) == [
        "practice-compare", "practice-forget", "practice-opinion", "practice-prefer", "practice-result",
        "practice-review", "practice-revoke", "practice-share", "practice-stop", "practice-stream",
        "practice-template", "practice-template-delete", "practice-template-use",
    ]  # fmt: skip


@pytest.mark.parametrize("persona", ["bruno", "linus", "grace", "radia", "mei"])
def test_nobody_else_reads_or_changes_anything_of_hers(practiced, persona, request, client_of):
    client = client_of(request.getfixturevalue(persona))
    before = [
        list(model.objects.order_by("pk").values()) for model in (Attempt, Run, PromptTemplate, SharedAttempt)
    ]

    answers = {}
    for name, address in addresses(practiced).items():
        got, posted = client.get(address).status_code, client.post(address, {"mark": "0-5"}).status_code
        answers[name] = {got, posted} - {405}

    assert answers == {name: {404} for name in answers}
    assert before == [
        list(model.objects.order_by("pk").values()) for model in (Attempt, Run, PromptTemplate, SharedAttempt)
    ]
    assert not Review.objects.exists()


def test_a_superuser_is_no_exception(practiced, person_factory, client_of):
    client = client_of(person_factory(is_superuser=True))

    answers = {client.get(address).status_code for address in addresses(practiced).values()}

    assert answers <= {404, 405}


def test_others_see_their_own_empty_page_of_the_same_exercise(practiced, bruno, client_of):
    page = client_of(bruno).get("/practice/hand-over/")

    assert "attempt 1" in page.content.decode()
    assert "late shift in at most 60 words" not in page.content.decode()
    assert client_of(bruno).get("/practice/hand-over/?attempt=1").status_code == 404


def test_a_shared_copy_opens_to_colleagues_until_it_is_taken_back(practiced, ada, bruno, client_of):
    address = f"/practice/shared/{practiced.copy.public_id}/"

    assert client_of(bruno).get(address).status_code == 200

    client_of(ada).post(f"/practice/my/copies/{practiced.copy.public_id}/revoke/")
    practiced.copy.refresh_from_db()

    assert client_of(bruno).get(address).status_code == 404
    assert (practiced.copy.prompt, practiced.copy.answer) == ("", "")
