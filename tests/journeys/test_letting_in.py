"""A person lets a wallet in, in a real browser: the page is for everyone, and its policy lets the answer through."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.idp.oidc.models import Client as Program

from badges.scopes import READ_CREDENTIALS, READ_PROFILE
from tests.journeys.test_accessibility import problems_on

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("button", "told"), [("Let it in", "code"), ("Do not let it in", "error")])
def test_the_program_hears_what_the_person_decides(browse, ada, button, told):
    visit = browse(ada)
    # The same machine by its other name is another host to a browser.
    back = visit.address.replace("localhost", "127.0.0.1") + "/healthz"
    assert not back.startswith(visit.address)
    scopes = [READ_CREDENTIALS, READ_PROFILE]
    Program.objects.create(
        id="wallet", name="Wallet", type="public", scopes="\n".join(scopes), redirect_uris=back
    )
    question = {
        "client_id": "wallet",
        "response_type": "code",
        "redirect_uri": back,
        "scope": " ".join(scopes),
        "state": "visit-1",
        "code_challenge": "a" * 43,
        "code_challenge_method": "S256",
    }

    assert visit.open(f"/identity/o/authorize?{urlencode(question)}") == 200
    problems = problems_on(visit.page)
    visit.page.get_by_role("button", name=button, exact=True).click()
    visit.page.wait_for_url(f"{back}*")

    answer = parse_qs(urlsplit(visit.page.url).query)
    assert (set(answer), answer["state"]) == ({told, "state"}, ["visit-1"])
    assert problems == []
    assert visit.complaints == []
