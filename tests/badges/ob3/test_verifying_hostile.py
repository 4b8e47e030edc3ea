"""Whatever is handed in, there is a report and no traceback."""

from copy import deepcopy
from typing import Any

import pytest

from badges.ob3.members import members
from badges.ob3.verifying import CHECKS, CannotFetch
from tests.badges.ob3.conftest import LIST
from tests.badges.ob3.looking import at_path, look, outcomes, sign_token, signed_badge

HOSTILE = {
    "empty": "",
    "space": " \n",
    "word": "null",
    "list": "[]",
    "text": '"x"',
    "nan": '{"a": NaN}',
    "infinity": '{"a": -Infinity}',
    "large number": '{"a": 1e999}',
    "long number": '{"a": ' + "9" * 5_000 + "}",
    "twice": '{"name": "a", "name": "b"}',
    "half": '{"a": "\\ud800"}',
    "half name": '{"\\ud800": 1}',
    "deep list": "[" * 100_000 + "]" * 100_000,
    "deep object": '{"a":' * 900 + "1" + "}" * 900,
    "wide": '{"a":[' + "1," * 60_000 + "1]}",
    "huge": '{"a":"' + "x" * 3_000_000 + '"}',
    "token": "eyJhbGciOiJub25lIn0.e30.",
    "half token": "eyJ.eyJ.eyJ",
    "binary": "\x00\x89PNG",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_cannot_be_read_gets_a_report_and_not_a_traceback(web, text):
    report = look(web, text)

    assert outcomes(report) == dict.fromkeys(CHECKS, "skipped") | {"format": "failed"}
    assert report.check("format").explanation.startswith("This is no Open Badge that can be read: ")
    assert (report.outcome, report.credential, web.asked) == ("failed", None, [])


WRONG_VALUES: list[Any] = [
    None,
    7,
    1.5,
    True,
    "",
    "x",
    [],
    {},
    [[]],
    [None],
    [{}],
    {"id": 7},
    {"id": []},
    {"": ""},
    ["a", {"id": {}}],
]
PLACES = sorted({member.path for member in members(signed_badge()) if member.path})


@pytest.mark.parametrize("place", PLACES)
def test_any_value_of_the_wrong_kind_anywhere_gets_a_report(web, signed, place):
    """Under a signature that fits, which a token gives to anything; a few, by turns, also in an embedded proof."""
    del web.documents[LIST]
    turn = PLACES.index(place)
    for number, value in enumerate(WRONG_VALUES):
        broken = deepcopy(signed)
        holder, name = at_path(broken, place)
        holder[name] = deepcopy(value)
        report = look(
            web, sign_token(**{name: content for name, content in broken.items() if name != "proof"})
        )
        assert tuple(check.name for check in report.checks) == CHECKS
        if (number + turn) % 7 == 0:
            assert look(web, broken).outcome == "failed"


FAILURES = [
    CannotFetch("it is an address inside this network"),
    TimeoutError("timed out"),
    ValueError("no URL"),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_however_fetching_fails_there_is_a_report(web, signed, failure):
    def fetch(_url: str) -> Any:
        raise failure

    report = look(web, signed, fetch=fetch)
    assert (report.check("issuer").outcome, report.check("status").outcome) == ("failed", "warning")


def test_a_badge_cannot_make_us_ask_without_end(web):
    web.documents |= {f"https://x.example/{number}": {} for number in range(50)}
    look(web, sign_token(issuer={"id": "https://x.example/1"}))
    assert len(web.asked) <= 3


def test_a_name_that_is_no_web_address_is_not_asked(web):
    for issuer in ("file:///etc/passwd", "did:web:127.0.0.1", "ftp://x.example", "javascript:x"):
        report = look(web, sign_token(issuer={"id": issuer, "type": ["Profile"]}, iss=issuer))
        assert report.check("issuer").outcome == "failed"
    assert not any(url.startswith(("file", "ftp", "https://127")) for url in web.asked)
