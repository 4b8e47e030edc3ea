"""A process that is stopped or killed, and another one that goes on."""

import asyncio
import gc
import logging
import os
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from lms.core.coroutines import result_of
from sandbox.models import Run
from sandbox.services.answering import LEASE, end_left_behind
from sandbox.streaming import Dispatcher, dispatcher, follow
from sandbox.streaming.database import in_database
from tests.databases import ROOT
from tests.fake_model import Behavior
from tests.sandbox.streaming.conftest import eventually, reserved_and_used

RESTARTED = (
    "Praxis was restarted while the answer came. What came so far and your prompt are kept. Try again."
)
BROKE_OFF = "The answer broke off. What came so far and what you wrote are kept. Try again."


def test_a_server_that_is_stopped_hangs_up_and_tells_what_happened(ada, fake, practice_model, ask, server):
    fake.behavior = Behavior(stall_after=2)
    run = ask(providers=[practice_model])
    assert eventually(lambda: Run.objects.get(pk=run.pk).answer == "Dear Ms. ")

    server.stop()
    run.refresh_from_db()

    assert fake.open_answers == 0
    assert (run.state, run.answer, run.failure) == ("failed", "Dear Ms. ", "restarted")
    assert run.failure_sentence == RESTARTED
    assert reserved_and_used(ada) == (0, 1, 0, run.tokens_in + run.tokens_out)


# Of a request that the server cancels, Django leaves the body and the connection to the garbage collector.
@pytest.mark.filterwarnings("ignore:Unclosed file <tempfile:ResourceWarning")
@pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning")
def test_a_server_that_is_stopped_waits_for_nobody_who_listens(
    fake, practice_model, ask, listen, server, caplog
):
    caplog.set_level(logging.CRITICAL, logger="uvicorn.error")  # a logged error would keep that body
    fake.behavior = Behavior(stall_after=1)
    with listen(ask(providers=[practice_model])) as browser:
        browser.hear("delta")

        server.stop()
        gc.collect()

    assert fake.open_answers == 0
    assert not Run.objects.open_reservations().exists()


def test_a_run_that_is_claimed_while_the_server_stops_is_ended_too(ask, monkeypatch):
    claiming, may_claim = threading.Event(), threading.Event()
    claim = dispatcher._claim

    def slowly():
        claiming.set()
        assert may_claim.wait(10)
        return claim()

    async def start_and_stop():
        ours = Dispatcher()
        ours.start()
        await asyncio.to_thread(claiming.wait, 10)
        closing = asyncio.create_task(ours.close())
        await asyncio.sleep(0)
        may_claim.set()
        await closing
        return ours.running

    monkeypatch.setattr(dispatcher, "_claim", slowly)
    run = ask()

    assert result_of(start_and_stop()) == 0
    run.refresh_from_db()
    assert (run.state, run.failure, run.is_settled) == ("failed", "restarted", True)


@pytest.mark.proof
def test_another_process_shows_the_text_of_one_that_is_killed_and_ends_its_run(
    ada, fake, practice_model, ask, settings, tmp_path
):
    fake.behavior = Behavior(pieces=("Lena ", "promised ", "more"), stall_after=2)
    run = ask(providers=[practice_model])
    answering = start_a_process(settings, tmp_path)
    heard = []

    async def listen_kill_and_sweep():
        async for text in follow(run, after=0):
            heard.append(text)
            if text.startswith("id: 14\n"):
                answering.kill()
                answering.wait()
                await in_database(lambda: end_left_behind(at=timezone.now() + LEASE))
                await in_database(lambda: end_left_behind(at=timezone.now() + LEASE + timedelta(seconds=5)))

    try:
        result_of(asyncio.wait_for(listen_kill_and_sweep(), 30))
    finally:
        answering.kill()
        answering.wait()
    run.refresh_from_db()

    assert heard[-1] == 'event: done\ndata: {"state": "failed"}\n\n'
    assert (run.state, run.answer, run.failure) == ("failed", "Lena promised ", "left_behind")
    assert run.failure_sentence == BROKE_OFF
    assert reserved_and_used(ada) == (0, 1, 0, run.reserved["tokens"])
    fake.wait_until(lambda: fake.open_answers == 0)


def start_a_process(settings, folder) -> subprocess.Popen[bytes]:
    """Start a server of its own on the database of this test."""
    name = connection.settings_dict["NAME"]
    database = (
        f"sqlite:///{name}"
        if connection.vendor == "sqlite"
        else f"{os.environ['PRAXIS_DATABASE_URL'].rsplit('/', 1)[0]}/{name}"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "PRAXIS_DATABASE_URL": database,
        "PRAXIS_DATA_DIR": str(folder),
        "PRAXIS_MODEL_DIR": str(settings.PRAXIS_MODEL_DIR),
    }
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port=0"]
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
