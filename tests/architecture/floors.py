"""The house as .importlinter describes it; read by the tests of this folder."""

import ast
import configparser
from collections.abc import Iterator
from pathlib import Path

from django.apps import AppConfig, apps

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ["config", "lms", "badges", "courses", "sandbox"]


def floors() -> dict[str, int]:
    """Return how high each app stands, the ground floor being 0; siblings stand equally high."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    layers = parser["importlinter:contract:floors"]["layers"].split("\n")
    heights = {}
    for height, layer in enumerate(reversed([line for line in layers if line.strip()])):
        for name in layer.split("|"):
            heights[name.strip()] = height
    return heights


def our_apps() -> list[AppConfig]:
    """Return the installed apps that are written here."""
    return [app for app in apps.get_app_configs() if app.name.split(".")[0] in PACKAGES]


def our_modules() -> Iterator[tuple[Path, ast.Module]]:
    """Give every module that is written here, migrations left out, with its path in the project."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file.relative_to(ROOT), ast.parse(file.read_text(encoding="utf-8"))
