"""An expired badge, and what its issuer says of a renewal."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from badges.ob3.data_integrity import sign_credential
from badges.ob3.keys import Algorithm
from badges.ob3.status import empty_bits, with_bit
from badges.ob3.vc_jwt import sign_jwt
from tests.badges.ob3.conftest import INDEX, LIST, NOON, P256, Web, badge, local_signer, status_list
from tests.badges.ob3.looking import ALL_WELL, look, outcomes, signed_badge

REFRESH = "https://badges.larkfield.example/badges/refresh/Zm9v"
LATER = NOON + timedelta(days=400)
RENEWAL = {"valid_from": NOON + timedelta(days=360), "valid_until": NOON + timedelta(days=725)}


@pytest.fixture
def web(web) -> Web:
    web.documents[LIST] = status_list(
        empty_bits(), validFrom="2027-01-01T00:00:00Z", validUntil="2028-01-01T00:00:00Z"
    )
    return web


def validity(web: Web, credential: Any) -> tuple[str, str, str]:
    report = look(web, credential, at=LATER)
    assert outcomes(report) == ALL_WELL | {"validity": "failed"}
    expired = "The badge expired on 1 March 2027. "
    assert report.check("validity").explanation.startswith(expired)
    return report.check("validity").explanation.removeprefix(expired), report.newer_at, report.outcome


RENEWED = "It was renewed until 24 February 2028: ask its holder for the newest file."


def test_a_renewed_badge_says_until_when_and_where_its_newest_edition_is(web, signed):
    web.documents[REFRESH] = signed_badge(**RENEWAL)

    assert validity(web, signed) == (RENEWED, REFRESH, "failed")


def test_the_newest_edition_may_be_a_token_and_have_no_end(web, signed):
    web.documents[REFRESH] = sign_jwt(badge(**RENEWAL), signer=P256)
    assert validity(web, signed) == (RENEWED, REFRESH, "failed")
    web.documents[REFRESH] = signed_badge(**{**RENEWAL, "valid_until": None})
    assert validity(web, signed)[0] == "It was renewed without an end: ask its holder for the newest file."


def forged() -> dict[str, Any]:
    return sign_credential(badge(**RENEWAL), signer=local_signer(Algorithm.ED25519, 66)[0], created=NOON)


def stolen() -> dict[str, Any]:
    other = deepcopy(signed_badge(**RENEWAL))
    other["issuer"]["id"] = "did:web:evil.example"
    return other


NONE_NEWER = "Its issuer gives no newer edition."
NOT_IN_ORDER = "Its issuer gives a newer edition, which is not in order today."


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (signed_badge, NONE_NEWER),
        (lambda: signed_badge(**RENEWAL, id="https://badges.larkfield.example/badges/awards/2"), NONE_NEWER),
        (stolen, NONE_NEWER),
        (lambda: "<html>", NONE_NEWER),
        (dict, NONE_NEWER),
        (forged, NOT_IN_ORDER),
        (lambda: signed_badge(**{**RENEWAL, "valid_until": NOON + timedelta(days=380)}), NOT_IN_ORDER),
    ],
    ids=["the same", "another award", "another issuer", "a page", "nothing", "forged", "expired again"],
)
def test_what_is_no_newer_edition_in_order_renews_nothing(web, signed, given, says):
    web.documents[REFRESH] = given()

    assert validity(web, signed) == (says, "", "failed")


def test_a_renewal_that_was_revoked_renews_nothing(web, signed):
    web.documents[REFRESH] = signed_badge(**RENEWAL)
    web.documents[LIST] = status_list(
        with_bit(empty_bits(), INDEX), validFrom="2027-01-01T00:00:00Z", validUntil="2028-01-01T00:00:00Z"
    )
    report = look(web, signed, at=LATER)

    assert report.check("validity").explanation.endswith(NOT_IN_ORDER)
    assert report.check("status").outcome == "failed"


def test_where_nobody_answers_the_reason_is_said(web, signed):
    assert validity(web, signed)[0] == (
        "Whether it was renewed could not be found out (the server did not answer within 5 seconds): "
        "ask its holder for the newest file."
    )


def test_without_a_refresh_address_its_holder_is_to_be_asked(web):
    assert validity(web, signed_badge(refresh_url=""))[0] == (
        "Its holder may have renewed it: ask for the newest file."
    )


def test_nobody_is_asked_about_a_badge_that_is_valid_or_not_genuine(web, signed):
    web.documents[REFRESH] = signed_badge(**RENEWAL)
    look(web, signed)
    look(web, {**signed, "name": "Master"}, at=LATER)

    assert REFRESH not in web.asked
