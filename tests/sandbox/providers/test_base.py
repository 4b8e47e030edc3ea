"""What every provider shares: limits of an answer, estimates, and a sentence for each way to fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.coroutines import result_of
from sandbox.providers.base import (
    SENTENCES,
    ChatProvider,
    Delta,
    Message,
    ProviderFailed,
    Reason,
    TextLimits,
    Usage,
    estimate_usage,
)
from sandbox.providers.scripted import Pause, ScriptedProvider


@pytest.mark.parametrize("reason", Reason)
def test_every_failure_says_what_happened_what_was_kept_and_what_to_do(reason):
    happened, kept, *remedy = ProviderFailed(reason).sentence.split(". ")

    assert (happened != "", "kept" in kept, remedy != []) == (True, True, True)


def test_no_two_failures_say_the_same():
    assert len({str(sentence) for sentence in SENTENCES.values()}) == len(Reason) == 13


def test_an_answer_may_be_as_long_as_its_limit_and_no_longer():
    limits = TextLimits(most_characters=10)
    limits.add("0123456789")

    with pytest.raises(ProviderFailed) as failed:
        limits.add("x")

    assert failed.value.reason is Reason.TOO_LONG


def outcome(text: str, piece: int) -> Reason | None:
    """Return why a text that comes in pieces of this length is stopped; None when it is not."""
    limits = TextLimits(most_characters=100_000)
    try:
        for start in range(0, len(text), piece):
            limits.add(text[start : start + piece])
    except ProviderFailed as failed:
        return failed.reason
    return None


BLOCK = "".join(chr(ord("A") + number % 50) for number in range(80))


@pytest.mark.parametrize(
    ("text", "is_stopped"),
    [(BLOCK * 4, True), (BLOCK * 3, False), ((BLOCK + "and ") * 4, False), ((BLOCK + "and ") * 5, True)],
    ids=["four times", "three times", "four times, the last not yet whole", "with words between"],
)
def test_the_same_eighty_characters_four_times_are_a_loop(text, is_stopped):
    assert outcome(text, 4) == (Reason.REPETITION if is_stopped else None)


@given(st.integers(1, 300), st.integers(1, 60))
def test_whatever_its_period_a_loop_is_stopped(period, piece):
    text = "".join(chr(0x4E00 + number) for number in range(period)) * (4 + 700 // period)

    assert outcome(text, piece) is Reason.REPETITION


@given(st.integers(1, 60))
def test_text_that_goes_on_is_never_taken_for_a_loop(piece):
    assert outcome(" ".join(f"line {number}" for number in range(1000)), piece) is None


def test_an_estimate_counts_a_token_for_every_four_characters_begun():
    asked = [Message("system", "12345"), Message("user", "1234")]

    assert estimate_usage(asked, "12345", "stop") == Usage(3, 2, "stop", is_estimate=True)
    assert estimate_usage([], "", "stop") == Usage(0, 0, "stop", is_estimate=True)


def run(provider: ChatProvider) -> list[Delta | Usage | Reason]:
    async def collect() -> list[Delta | Usage | Reason]:
        came: list[Delta | Usage | Reason] = []
        try:
            stream = provider.stream([Message("user", "12345678")], max_tokens=10)
            async for each in stream:
                came += [each]
        except ProviderFailed as failed:
            came.append(failed.reason)
        return came

    return result_of(collect())


def test_a_script_is_followed_at_every_question():
    provider = ScriptedProvider(["Dear ", Pause(0.001), "", "Ada"])

    assert (
        run(provider)
        == run(provider)
        == [Delta("Dear "), Delta("Ada"), Usage(2, 2, "stop", is_estimate=True)]
    )
    assert provider.asked == [(Message("user", "12345678"),)] * 2


def test_a_script_may_fail_or_count_for_itself():
    assert run(ScriptedProvider(["Dear", ProviderFailed(Reason.CUT_OFF)])) == [Delta("Dear"), Reason.CUT_OFF]
    assert run(ScriptedProvider([Usage(1, 2, "length"), "never said"])) == [Usage(1, 2, "length")]


def test_a_script_notices_who_stops_reading():
    provider = ScriptedProvider(["Dear", Pause(60)])

    async def leave():
        stream = provider.stream([], max_tokens=10)
        await anext(stream)
        during = provider.open_streams
        await stream.aclose()
        return during, provider.open_streams

    assert result_of(leave()) == (1, 0)
