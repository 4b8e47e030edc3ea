"""Reads the gold set: rated prompts, each with its exercise as the starter content has it (courses/content/gold)."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from courses.exercise_files import read_exercise
from sandbox.definitions import CRITERIA, Definition, Fact, Material
from sandbox.gold import GoldPrompt, GoldSet

CONTENT = Path(__file__).resolve().parent / "content"
HALVES = ("a", "b")
RATERS = ("a", "b")


@cache
def gold_set() -> GoldSet:
    """Return the gold set; read once, a tenth of a second."""
    definitions = {file.stem: _definition(file) for file in (CONTENT / "exercises").glob("*/*.md")}
    ratings = {rater: _by_id(*(f"labels_{half}_by_{rater}" for half in HALVES)) for rater in RATERS}
    written = [row for half in HALVES for row in _rows(f"prompts_{half}")]
    prompts = tuple(
        GoldPrompt(
            row["id"],
            row["prompt"],
            definitions[row["exercise"]],
            tuple(ratings[rater][row["id"]] for rater in RATERS),
        )
        for row in written
    )
    rated = [[each.identity, each.prompt, *each.ratings] for each in prompts]
    return GoldSet(prompts, hashlib.sha256(json.dumps(rated, sort_keys=True).encode()).hexdigest())


def _rows(name: str) -> list[dict[str, Any]]:
    lines = (CONTENT / "gold" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


def _by_id(*names: str) -> dict[str, Mapping[str, int]]:
    return {row["id"]: {key: row[key] for key in CRITERIA} for name in names for row in _rows(name)}


def _definition(file: Path) -> Definition:
    read = read_exercise(file.read_text(encoding="utf-8"), file=file.name, slug=file.stem, digest="")
    return Definition(
        language=read.language,
        situation=f"{read.title}\n{read.brief}",
        weights=dict.fromkeys(CRITERIA, 10),
        facts=tuple(Fact(each["name"], tuple(each["words"])) for each in read.facts),
        materials=tuple(Material(name, kind, body) for name, kind, body in read.materials),
        reference_prompt=read.reference,
    )
