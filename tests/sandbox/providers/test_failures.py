"""When a busy server asks to be tried again."""

import pytest

from sandbox.providers.failures import seconds_to_wait

NOON = 1_795_521_600.0  # 24 November 2026, 12:00:00 UTC


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("86400", 3600.0),
        ("Tue, 24 Nov 2026 12:00:30 GMT", 30.0),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_seconds_and_dates_are_understood_within_an_hour_and_nonsense_is_none(text, seconds):
    assert seconds_to_wait({"retry-after": text}, now=NOON) == seconds


def test_a_server_that_asks_for_nothing_is_not_waited_for():
    assert seconds_to_wait({}, now=NOON) is None
