"""The practice model is asked as it likes to be asked, and found wherever it runs."""

import pytest

from lms.core.coroutines import result_of
from sandbox.embedded.catalog import GOOD
from sandbox.embedded.state import Stage, forget_server, show_server, write_fetch_state
from sandbox.providers.base import Delta, Message, ProviderFailed, Reason, Usage
from sandbox.providers.embedded import EmbeddedProvider, practice_provider
from tests import fake_model
from tests.fake_model import Behavior, FakeModel

ASKED = [Message("user", "Write a salutation for Ada.")]


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.PRAXIS_MODEL_DIR = tmp_path / "models"


@pytest.fixture
def model():
    with FakeModel() as running:
        yield running


async def read(provider: EmbeddedProvider) -> list[Delta | Usage]:
    return [each async for each in provider.stream(ASKED, max_tokens=100)]


def test_it_is_told_not_to_repeat_itself_and_to_say_how_far_it_has_read(model):
    result_of(read(EmbeddedProvider(model.url, key="k")))

    [question] = model.questions
    assert (question.json["repeat_penalty"], question.json["return_progress"]) == (1.1, True)
    assert question.headers["authorization"] == "Bearer k"


def test_it_is_local_holds_to_schemas_and_shares_its_context_between_two():
    capabilities = EmbeddedProvider("http://127.0.0.1:9/v1").capabilities

    assert (capabilities.is_local, capabilities.json_schema, capabilities.max_context) == (True, True, 6144)


def test_a_connection_that_drops_before_the_first_word_is_tried_once_more(model):
    model.next_behaviors = [fake_model.CUT_AT_ONCE]

    answer = result_of(read(EmbeddedProvider(model.url)))

    assert answer[-1] == Usage(12, 3, "stop")
    assert len(model.questions) == 2


def test_it_is_not_tried_for_ever(model):
    model.behavior = fake_model.CUT_AT_ONCE

    with pytest.raises(ProviderFailed) as failed:
        result_of(read(EmbeddedProvider(model.url)))

    assert failed.value.reason is Reason.UNREACHABLE
    assert len(model.questions) == 2


def test_after_the_first_word_nothing_is_asked_again(model):
    model.behavior = fake_model.CUT

    with pytest.raises(ProviderFailed) as failed:
        result_of(read(EmbeddedProvider(model.url)))

    assert failed.value.reason is Reason.CUT_OFF
    assert len(model.questions) == 1


def test_reading_on_in_a_long_prompt_counts_as_being_at_work(model):
    progress = '{"choices": [{"index": 0, "delta": {}}], "prompt_progress": {"total": 900, "processed": 256}}'
    said = '{"choices": [{"index": 0, "delta": {"content": "Dear"}}]}'
    model.behavior = Behavior(chunks=(progress, progress, progress, said), between=0.05)

    assert result_of(read(EmbeddedProvider(model.url)))[0] == Delta("Dear")


@pytest.mark.parametrize(
    ("behavior", "is_ready", "sentence"),
    [
        (fake_model.NORMAL, True, "The practice model is ready."),
        (
            Behavior(status=503, body={"error": {"message": "Loading model"}}),
            False,
            "The practice model is being loaded. Wait a few seconds.",
        ),
    ],
    ids=["ready", "loading"],
)
def test_its_health_is_what_it_says_itself(model, behavior, is_ready, sentence):
    model.behavior = behavior

    health = result_of(EmbeddedProvider(model.url).health())

    assert (health.is_ready, health.sentence) == (is_ready, sentence)
    assert model.questions[0].path == "/health"


def test_while_nothing_answers_its_health_is_how_far_it_is():
    write_fetch_state(GOOD, stage=Stage.FETCHING, bytes_done=GOOD.size // 2, bytes_total=GOOD.size)

    health = result_of(EmbeddedProvider("http://127.0.0.1:9/v1").health())

    assert health.sentence == "The practice model is being fetched: 50 percent of 1.1 GB are here."
    assert not health.is_ready


def test_it_is_found_where_it_says_that_it_runs(model):
    show_server(url=model.url.removesuffix("/v1"), key="k", model=GOOD)
    found = practice_provider()
    forget_server()

    assert found is not None
    assert result_of(read(found))[-1] == Usage(12, 3, "stop")
    assert model.questions[0].headers["authorization"] == "Bearer k"
    assert practice_provider() is None


def test_it_is_found_in_another_container(model, settings):
    settings.PRAXIS_MODEL_URL = f"http://localhost:{model.port}"
    show_server(url="http://127.0.0.1:9", key="k", model=GOOD)

    found = practice_provider()

    assert found is not None
    assert (found.address.host, found.address.port) == ("localhost", model.port)
