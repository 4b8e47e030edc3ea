"""Workers that are killed in the middle of sending: everyone gets their tip, and two only where there was a doubt."""

import json
import os
import subprocess
import sys
from collections import Counter

import pytest

from lms.notifications.services.sending import LEASE
from lms.notifications.tasks import SWEEP
from tests.databases import ROOT, url_of_copy
from tests.notifications.mail_server import free_port

KILLS = 20
pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def server(tmp_path):
    """A mail server in a process of its own, and the file of recipients that it has accepted."""
    file = tmp_path / "accepted"
    file.touch()
    port = free_port()
    command = [sys.executable, "-m", "tests.notifications.mail_server", str(port), str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield port, file
        process.kill()


def environment(port):
    """What a process needs to send, from the database of this test, through that server."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "PRAXIS_DATABASE_URL": url_of_copy(),
        "PRAXIS_EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "PRAXIS_LOG_LEVEL": "ERROR",
    }


def test_twenty_killed_workers_leave_nobody_without_a_tip_and_nobody_with_two_but_in_doubt(server):
    port, file = server
    seed = int.from_bytes(os.urandom(4))
    command = [sys.executable, "-m", "tests.notifications.killing", str(seed), str(KILLS), str(file)]

    result = subprocess.run(
        command, cwd=ROOT, env=environment(port), capture_output=True, text=True, check=False, timeout=170
    )

    assert result.returncode == 0, f"seed {seed}: {result.stderr[-3000:]}"
    said = json.loads(result.stdout)
    states = Counter(said["states"].values())
    arrived = Counter(file.read_text().split())
    doubled = {person for person, count in arrived.items() if count > 1}
    assert set(arrived) == set(said["states"]), f"seed {seed}"
    assert len(arrived) == 1000
    assert doubled <= set(said["doubted"]), f"seed {seed}"
    assert len(said["doubted"]) <= KILLS
    assert max(arrived.values()) <= 2
    assert set(states) <= {"sent", "unknown"}, f"seed {seed}: {states}"
    # The clock was put on instead of waiting until claims end and the sweep looks.
    assert (LEASE + SWEEP).total_seconds() + said["seconds"] < 180
    print(f"{len(arrived)} arrived, {len(said['doubted'])} in doubt, of which {len(doubled)} came twice")
