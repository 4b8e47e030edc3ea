"""Writes what `config.env` declares into the files people read: `python -m config.documentation`."""

from pathlib import Path
from typing import Any

from config.env import FILE_SUFFIX, PREFIX, VARIABLES, Variable

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / ".env.example"
OPERATIONS = ROOT / "docs" / "operations.md"
BEGIN = "<!-- written by python -m config.documentation -->\n"
END = "<!-- end -->\n"


def example() -> str:
    """Return .env.example: every variable, explained and commented out."""
    blocks = [
        "# Everything Praxis reads from its environment. Copy to .env and keep the lines you need.\n"
        f"# Each may also be given as NAME{FILE_SUFFIX}, the path of a file that holds the value.\n"
    ]
    blocks += [
        f"# {variable.meaning}\n# {PREFIX}{name}={_as_text(variable.default)}\n"
        for name, variable in VARIABLES.items()
    ]
    return "\n".join(blocks)


def table() -> str:
    """Return the same as rows of a Markdown table."""
    rows = ["| variable | meaning | default |", "|---|---|---|"]
    rows += [
        f"| `{PREFIX}{name}` | {variable.meaning} | {_as_cell(variable)} |"
        for name, variable in VARIABLES.items()
    ]
    return "\n".join(rows) + "\n"


def with_table(text: str) -> str:
    """Return the page with the table between its two marks.

    Raises:
        ValueError: A mark is missing.
    """
    before, rest = text.split(BEGIN)
    _old, after = rest.split(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return ",".join(value) if isinstance(value, list) else str(value)


def _as_cell(variable: Variable) -> str:
    text = _as_text(variable.default)
    if variable.is_secret:
        return "(secret)"
    return f"`{text}`" if text else ""


if __name__ == "__main__":
    EXAMPLE.write_text(example(), encoding="utf-8")
    OPERATIONS.write_text(with_table(OPERATIONS.read_text(encoding="utf-8")), encoding="utf-8")
