"""What a learner's prompt meets at a model's server: an answer, or a failure that says what to do."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from lms.core.addresses import SafeAddress
from lms.core.coroutines import result_of
from sandbox.providers.base import (
    Capabilities,
    ChatProvider,
    Delta,
    Message,
    ProviderFailed,
    Reason,
    Timeouts,
    Usage,
)
from sandbox.providers.openai_compatible import OpenAICompatibleProvider
from tests import fake_model
from tests.fake_model import Behavior, FakeModel

ASKED = [Message("system", "You answer briefly."), Message("user", "Write a salutation for Ada.")]
PATIENT = Timeouts(connect=2, first=5, between=5, total=10)
HASTY = {
    Reason.TIMEOUT_FIRST: replace(PATIENT, first=0.05),
    Reason.TIMEOUT_BETWEEN: replace(PATIENT, between=0.05),
}


@pytest.fixture
def model():
    with FakeModel() as running:
        yield running


def provider_of(model: FakeModel, **options: Any) -> OpenAICompatibleProvider:
    address = SafeAddress(model.url, "127.0.0.1", model.port, "127.0.0.1")
    return OpenAICompatibleProvider(address, **{"model": "practice", "timeouts": PATIENT, **options})


async def read(provider: ChatProvider, **options: Any) -> tuple[str, Usage | ProviderFailed]:
    """Return all text, and how it ended."""
    text = ""
    try:
        async for each in provider.stream(ASKED, **{"max_tokens": 100, **options}):
            if isinstance(each, Usage):
                return text, each
            text += each.text
    except ProviderFailed as failed:
        return text, failed
    raise AssertionError("The answer ended without a usage.")


def ask(provider: ChatProvider, **options: Any) -> tuple[str, Usage | ProviderFailed]:
    return result_of(read(provider, **options))


def failure(provider: ChatProvider, **options: Any) -> tuple[str, ProviderFailed]:
    text, end = ask(provider, **options)
    assert isinstance(end, ProviderFailed)
    return text, end


def test_an_answer_comes_piece_by_piece_and_ends_with_its_usage(model):
    async def collect():
        return [each async for each in provider_of(model).stream(ASKED, max_tokens=100)]

    assert result_of(collect()) == [
        Delta("Dear "),
        Delta("Ms. "),
        Delta("Okafor"),
        Usage(tokens_in=12, tokens_out=3, finish_reason="stop"),
    ]


def test_the_server_is_asked_in_its_protocol_with_the_key_and_nothing_about_this_machine(model, monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-larkfield")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-machine")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    ask(provider_of(model, key="sk-ours", extra_body={"repeat_penalty": 1.1}), max_tokens=50, temperature=0.0)

    [question] = model.questions
    assert (question.method, question.path) == ("POST", "/v1/chat/completions")
    assert question.json == {
        "model": "practice",
        "messages": [
            {"role": "system", "content": "You answer briefly."},
            {"role": "user", "content": "Write a salutation for Ada."},
        ],
        "max_tokens": 50,
        "temperature": 0.0,
        "stream": True,
        "stream_options": {"include_usage": True},
        "repeat_penalty": 1.1,
    }
    assert question.headers["authorization"] == "Bearer sk-ours"
    assert set(question.headers) <= {
        *("host", "accept", "accept-encoding", "authorization", "connection"),
        *("content-type", "content-length", "user-agent"),
    }


def test_without_a_key_none_is_sent(model):
    ask(provider_of(model))

    assert "authorization" not in model.questions[0].headers


def test_an_answer_can_be_held_to_a_schema(model):
    schema = {"type": "object", "properties": {"score": {"type": "integer"}}}

    ask(provider_of(model), json_schema=schema)

    assert model.questions[0].json["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": schema, "strict": True},
    }


def test_usage_that_the_server_does_not_count_is_estimated_and_says_so(model):
    model.behavior = Behavior(usage=None)

    _text, usage = ask(provider_of(model))

    # 19 + 27 characters asked, 15 answered, by four and rounded up
    assert usage == Usage(tokens_in=12, tokens_out=4, finish_reason="stop", is_estimate=True)


def test_an_answer_that_its_limit_cut_says_so(model):
    model.behavior = Behavior(finish_reason="length")

    assert ask(provider_of(model)) == ("Dear Ms. Okafor", Usage(12, 3, "length"))


def error(status: int, body: Any) -> Behavior:
    return Behavior(status=status, body={"error": body} if isinstance(body, dict) else body)


ANSWERED_WRONGLY = {
    "silence from the start": (fake_model.NEVER_BEGINS, "", Reason.TIMEOUT_FIRST),
    "silence in the middle": (fake_model.STALL, "Dear ", Reason.TIMEOUT_BETWEEN),
    "broken off": (fake_model.CUT, "Dear ", Reason.CUT_OFF),
    "broken off before a word": (fake_model.CUT_AT_ONCE, "", Reason.UNREACHABLE),
    "ended without an end": (Behavior(finish_reason=""), "Dear Ms. Okafor", Reason.CUT_OFF),
    "too many questions": (fake_model.RATE_LIMITED, "", Reason.RATE_LIMITED),
    "unknown key": (fake_model.WRONG_KEY, "", Reason.REFUSED_KEY),
    "key without this right": (replace(fake_model.WRONG_KEY, status=403), "", Reason.REFUSED_KEY),
    "500": (fake_model.FAILING, "", Reason.SERVER_ERROR),
    "503": (replace(fake_model.FAILING, status=503), "", Reason.SERVER_ERROR),
    "error in the middle": (Behavior(chunks=('{"error": {"message": "full"}}',)), "", Reason.SERVER_ERROR),
    "unknown model": (error(404, {"message": "no such model"}), "", Reason.REFUSED_REQUEST),
    "unknown page": (error(404, "<h1>Not found</h1>"), "", Reason.NOT_A_MODEL),
    "redirect": (
        Behavior(status=302, headers={"Location": "http://127.0.0.1:9/"}, body=""),
        "",
        Reason.NOT_A_MODEL,
    ),
    "long for llama.cpp": (
        error(400, {"type": "exceed_context_size_error", "message": "request exceeds the context size"}),
        "",
        Reason.INPUT_TOO_LONG,
    ),
    "long for OpenAI": (
        error(400, {"code": "context_length_exceeded", "message": "maximum context length"}),
        "",
        Reason.INPUT_TOO_LONG,
    ),
    "long for a proxy": (error(413, "Request Entity Too Large"), "", Reason.INPUT_TOO_LONG),
    "web page": (fake_model.WEB_PAGE, "", Reason.NOT_A_MODEL),
    "all at once": (fake_model.JSON_INSTEAD_OF_A_STREAM, "", Reason.NOT_A_MODEL),
    "half a chunk": (Behavior(chunks=("{not json",)), "", Reason.NOT_A_MODEL),
    "a list": (Behavior(chunks=("[1, 2]",)), "", Reason.NOT_A_MODEL),
    "a text": (Behavior(chunks=('"Dear"',)), "", Reason.NOT_A_MODEL),
    "no choices": (Behavior(chunks=('{"choices": null}',)), "", Reason.NOT_A_MODEL),
    "nothing": (Behavior(chunks=(), finish_reason="", usage=None), "", Reason.NOT_A_MODEL),
}


@pytest.mark.parametrize(("behavior", "text", "reason"), ANSWERED_WRONGLY.values(), ids=ANSWERED_WRONGLY)
def test_every_way_to_fail_has_its_reason_and_keeps_what_came(model, behavior, text, reason):
    model.behavior = behavior

    came, failed = failure(provider_of(model, timeouts=HASTY.get(reason, PATIENT)))

    assert (came, failed.reason) == (text, reason)
    model.wait_until(lambda: model.open_answers == 0)


def test_an_answer_that_takes_too_long_altogether_is_stopped(model):
    model.behavior = Behavior(between=0.15, is_endless=True)

    text, failed = failure(provider_of(model, timeouts=replace(PATIENT, total=1.5)))

    assert failed.reason is Reason.TIMEOUT_TOTAL
    assert text.startswith("Dear ")
    model.wait_until(lambda: model.open_answers == 0)


def test_a_failure_quotes_nothing_of_what_was_asked(model):
    for model.behavior in (fake_model.FAILING, fake_model.CUT, Behavior(chunks=("{not json",))):
        _text, failed = failure(provider_of(model, key="sk-ours"))

        assert (str(failed), failed.__cause__, failed.__context__) == (failed.reason.value, None, None)


def test_what_was_used_before_a_failure_is_estimated(model):
    model.behavior = fake_model.CUT

    _text, failed = failure(provider_of(model))

    assert failed.usage == Usage(tokens_in=12, tokens_out=2, finish_reason="cut_off", is_estimate=True)


@pytest.mark.parametrize("behavior", [fake_model.RATE_LIMITED, fake_model.FAILING, fake_model.CUT_AT_ONCE])
def test_a_question_that_no_model_took_used_nothing(model, behavior):
    model.behavior = behavior

    assert failure(provider_of(model))[1].usage is None


def test_a_busy_provider_says_when_to_come_back(model):
    model.behavior = fake_model.RATE_LIMITED

    assert failure(provider_of(model))[1].retry_after == 7.0


def test_nobody_there_is_said_at_once(model):
    nobody = SafeAddress("http://127.0.0.1:9/v1", "127.0.0.1", 9, "127.0.0.1")

    _text, failed = failure(OpenAICompatibleProvider(nobody, model="practice", timeouts=PATIENT))

    assert (failed.reason, failed.usage) == (Reason.UNREACHABLE, None)


def test_a_key_that_cannot_be_sent_is_refused_before_anything_is(model):
    assert failure(provider_of(model, key="sk-ours\r\nX-Evil: 1"))[1].reason is Reason.REFUSED_KEY
    assert failure(provider_of(model, key="sk-öurs"))[1].reason is Reason.REFUSED_KEY
    assert model.questions == []


def test_an_answer_that_never_ends_is_cut_at_eight_characters_for_each_token(model):
    model.behavior = fake_model.ENDLESS

    text, failed = failure(provider_of(model), max_tokens=100)

    assert failed.reason is Reason.TOO_LONG
    assert 780 < len(text) <= 800
    model.wait_until(lambda: model.open_answers == 0)


def test_an_answer_that_repeats_itself_is_stopped(model):
    model.behavior = fake_model.REPEATING

    text, failed = failure(provider_of(model), max_tokens=1000)

    assert failed.reason is Reason.REPETITION
    assert 320 <= len(text) <= 480


def test_more_bytes_than_any_answer_has_are_not_read(model):
    model.behavior = Behavior(chunks=('{"choices": [], "padding": "' + "x" * 1000 + '"}',), is_endless=True)

    _text, failed = failure(provider_of(model, most_bytes=20_000))

    assert failed.reason is Reason.TOO_LONG
    model.wait_until(lambda: model.open_answers == 0)


@pytest.mark.parametrize("sign", ['"reasoning_content": "Hm"', '"reasoning": "Hm"'])
def test_a_model_that_thinks_before_it_writes_is_waited_for(model, sign):
    thought = '{"choices": [{"index": 0, "delta": {' + sign + "}}]}"
    said = '{"choices": [{"index": 0, "delta": {"content": "Dear"}}]}'
    model.behavior = Behavior(chunks=(*[thought] * 4, said), between=0.1)

    text, _usage = ask(provider_of(model, timeouts=replace(PATIENT, first=0.25)))

    assert text == "Dear"


def test_empty_chunks_are_no_sign_of_an_answer(model):
    model.behavior = Behavior(chunks=('{"choices": []}',), between=0.02, is_endless=True)

    _text, failed = failure(provider_of(model, timeouts=replace(PATIENT, first=0.1)))

    assert failed.reason is Reason.TIMEOUT_FIRST


def test_a_slow_reader_is_not_taken_for_a_slow_model(model):
    async def read_slowly():
        text = ""
        async for each in provider_of(model, timeouts=replace(PATIENT, between=0.05)).stream(
            ASKED, max_tokens=9
        ):
            if isinstance(each, Delta):
                text += each.text
                await asyncio.sleep(0.1)
        return text

    assert result_of(read_slowly()) == "Dear Ms. Okafor"


async def close_after_first(stream: Any) -> None:
    assert await anext(stream) == Delta("Dear ")
    await stream.aclose()


async def cancel_after_first(stream: Any) -> None:
    first = asyncio.Event()

    async def read_on() -> None:
        async for _each in stream:
            first.set()

    task = asyncio.create_task(read_on())
    await first.wait()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("leave", [close_after_first, cancel_after_first])
def test_whoever_stops_reading_frees_the_place_at_the_model_at_once(
    model, leave: Callable[[Any], Awaitable[None]]
):
    model.behavior = fake_model.STALL

    async def leave_and_look():
        await leave(provider_of(model).stream(ASKED, max_tokens=100))
        # The loop still runs: it is the hang-up that frees the place, not the end of the program.
        await asyncio.to_thread(model.wait_until, lambda: model.open_answers == 0)

    result_of(leave_and_look())

    assert model.most_open_answers == 1


def test_whoever_gives_up_before_the_first_word_frees_the_place_too(model):
    model.behavior = fake_model.NEVER_BEGINS

    async def give_up():
        task = asyncio.create_task(read(provider_of(model)))
        await asyncio.to_thread(model.wait_until, lambda: model.open_answers == 1)
        task.cancel()
        await asyncio.to_thread(model.wait_until, lambda: model.open_answers == 0)

    result_of(give_up())


def test_every_answer_has_a_connection_of_its_own(model):
    async def ask_twice():
        provider = provider_of(model)
        return [await read(provider), await read(provider)]

    assert len(result_of(ask_twice())) == 2
    assert model.connections == 2


def test_one_provider_serves_several_event_loops(model):
    provider = provider_of(model)

    assert ask(provider) == ask(provider) == ("Dear Ms. Okafor", Usage(12, 3, "stop"))


def refused(parameter: str) -> Behavior:
    return Behavior(status=400, body={"error": {"message": "Unsupported parameter", "param": parameter}})


def test_a_server_that_knows_newer_words_is_asked_in_them(model):
    model.next_behaviors = [refused("max_tokens"), refused("temperature")]

    text, _usage = ask(provider_of(model), max_tokens=50)

    assert text == "Dear Ms. Okafor"
    assert model.questions[-1].json["max_completion_tokens"] == 50
    assert {"max_tokens", "temperature"} & set(model.questions[-1].json) == set()


def test_what_a_server_refuses_for_good_is_not_asked_for_ever(model):
    model.behavior = refused("max_tokens")

    assert failure(provider_of(model))[1].reason is Reason.REFUSED_REQUEST
    assert len(model.questions) == 2


NOT_A_MODEL = "127.0.0.1 answers, but not as a model does. Check the address; it usually ends in /v1."
HEALTH = {
    "well": (fake_model.NORMAL, "127.0.0.1 answers and knows “practice”."),
    "key": (fake_model.WRONG_KEY, "127.0.0.1 does not accept the key."),
    "error": (fake_model.FAILING, "127.0.0.1 answers with an error of its own."),
    "busy": (fake_model.RATE_LIMITED, "127.0.0.1 has too many questions to answer right now."),
    "web page": (fake_model.WEB_PAGE, NOT_A_MODEL),
    "wrong path": (error(404, "nothing here"), NOT_A_MODEL),
    "odd list": (Behavior(body={"data": [5]}), NOT_A_MODEL),
}


@pytest.mark.parametrize(("behavior", "sentence"), HEALTH.values(), ids=HEALTH)
def test_health_says_what_is_wrong_to_whoever_can_repair_it(model, behavior, sentence):
    model.behavior = behavior

    health = result_of(provider_of(model).health())

    assert (health.is_ready, health.sentence) == (behavior is fake_model.NORMAL, sentence)


def test_health_names_a_model_that_the_server_does_not_list():
    with FakeModel(models=("other",)) as model:
        health = result_of(provider_of(model).health())

    assert health.sentence == "127.0.0.1 answers, and does not list a model called “practice”."


def test_health_of_nobody_is_an_answer_too():
    nobody = SafeAddress("http://127.0.0.1:9/v1", "127.0.0.1", 9, "127.0.0.1")

    health = result_of(OpenAICompatibleProvider(nobody, model="practice").health())

    assert (health.is_ready, health.sentence) == (False, "Nothing answers at 127.0.0.1.")


def test_capabilities_are_as_they_were_declared(model):
    declared = Capabilities(json_schema=True, max_context=128_000)

    assert provider_of(model, capabilities=declared).capabilities == declared
