"""The front matter of content files: YAML between two `---` lines, read strictly.

A misspelled key that is silently ignored would leave an author wondering for an afternoon, so every key must
be known, present and of the right type, and each problem names its line.
"""

import re
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml

from courses.file_problems import Problems, did_you_mean

Reader = Callable[[Any], Any]

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LEVELS = ["basic", "intermediate", "advanced"]


@dataclass(frozen=True)
class Key:
    """What one key of the front matter must hold.

    Attributes:
        read: Returns the value, or raises ValueError with a remedy that follows the name of the key.
        example: What a right line looks like.
    """

    read: Reader
    example: str


@dataclass(frozen=True)
class FrontMatter:
    """The values of a file, where each stands, and the body below.

    Attributes:
        values: By key; a key that was missing or wrong is left out.
        lines: Line of each key.
        body: Lines below the front matter.
        body_line: Line of the file on which the body begins.
    """

    values: dict[str, Any]
    lines: dict[str, int]
    body: list[str]
    body_line: int


def text(*, longest: int) -> Reader:
    """Return a reader of one line of text."""

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("is not text. Put it in double quotes.")
        if not value.strip():
            raise ValueError("is empty.")
        if len(value) > longest:
            raise ValueError(f"has {len(value)} characters; {longest} is the most. Shorten it.")
        return " ".join(value.split())

    return read


def code(value: Any) -> str:
    """Read a code such as `customer-service`."""
    if not isinstance(value, str) or not CODE.fullmatch(value):
        raise ValueError(
            f"has “{value}”. Use lower case letters, digits and hyphens, such as customer-service."
        )
    return value


def optional_code(value: Any) -> str:
    """Read a code, or nothing, which means everybody."""
    return "" if value is None else code(value)


def list_of(item: Reader) -> Reader:
    """Return a reader of a list, in the order of the file."""

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError("is not a list. Write it in brackets, such as [one, two], or [] for none.")
        items = tuple(item(entry) for entry in value)
        if len(set(items)) < len(items):
            raise ValueError("names something twice. Remove one.")
        return items

    return read


def level(value: Any) -> str:
    """Read a level."""
    if value not in LEVELS:
        raise ValueError(f"is “{value}”. Write one of: {', '.join(LEVELS)}.")
    return str(value)


def identity(value: Any) -> uuid.UUID:
    """Read a UUID."""
    try:
        return uuid.UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise ValueError(
            "is not a UUID. Make one with: python -c 'import uuid; print(uuid.uuid4())'"
        ) from None


def day(value: Any) -> date:
    """Read a date."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError("is not a date. Write it like 2027-05-31, without quotes.")
    return value


def whole_number(*, most: int) -> Reader:
    """Return a reader of a whole number from 0."""

    def read(value: Any) -> int:
        if type(value) is not int or not 0 <= value <= most:
            raise ValueError(f"is “{value}”. Write a whole number from 0 to {most}.")
        return value

    return read


def yes_or_no(value: Any) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"is “{value}”. Write true or false.")
    return value


def one_of(*choices: str) -> Reader:
    """Return a reader of one of some words."""

    def read(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"is “{value}”. Write one of: {', '.join(choices)}.")
        return str(value)

    return read


def read_front_matter(
    content: str, keys: Mapping[str, Key], problems: Problems, *, optional: Collection[str] = ()
) -> FrontMatter:
    """Split a file into front matter and body; what is wrong goes to `problems`.

    Args:
        content: Text of the file.
        keys: What it may hold.
        problems: Where to note what is wrong.
        optional: Keys that need not be there.
    """
    lines = content.splitlines()
    if not lines or lines[0].rstrip() != "---":
        problems.add(1, "There is no front matter. Begin the file with a line of three hyphens: ---")
        return FrontMatter({}, {}, [], 1)
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        problems.add(1, "The front matter does not end. Close it with a line of three hyphens: ---")
        return FrontMatter({}, {}, [], 1)
    values, places = _read_mapping("\n".join(lines[1:end]), keys, problems, optional)
    return FrontMatter(values, places, lines[end + 1 :], end + 2)


def read_entry(value: Any, keys: Mapping[str, Key], *, required: set[str]) -> dict[str, Any]:
    """Read one mapping inside a list, such as a step of a path.

    Raises:
        ValueError: What is wrong with it and the remedy.
    """
    if not isinstance(value, dict):
        raise ValueError(
            f"is “{value}”. Write it like: {next(iter(keys))}: {next(iter(keys.values())).example}"
        )
    for name in value:
        if name not in keys:
            raise ValueError(f"has an unknown key “{name}”. {did_you_mean(str(name), keys)}")
    for name in required - value.keys():
        raise ValueError(f"has no “{name}”. Add it, such as {name}: {keys[name].example}")
    read = {}
    for name, entry in value.items():
        try:
            read[name] = keys[name].read(entry)
        except ValueError as error:
            raise ValueError(f"is wrong: “{name}” {error}") from None
    return read


def _read_mapping(
    content: str, keys: Mapping[str, Key], problems: Problems, optional: Collection[str]
) -> tuple[dict[str, Any], dict[str, int]]:
    loader = yaml.SafeLoader(content)
    try:
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = str(error.problem or error.context)
        problems.add(
            (mark.line if mark else 0) + 2,
            f"The front matter is not valid YAML: {reason}. Text with a colon, a bracket or a quote in it"
            " needs double quotes around it.",
        )
        return {}, {}
    if not isinstance(node, yaml.MappingNode):
        problems.add(
            2, "The front matter has no keys. Write lines such as: title: Turn a thread into a summary"
        )
        return {}, {}
    values: dict[str, Any] = {}
    places: dict[str, int] = {}
    for name_node, value_node in node.value:
        name, line = str(name_node.value), name_node.start_mark.line + 2
        if name not in keys:
            problems.add(line, f"Unknown key “{name}”. {did_you_mean(name, keys)}")
        elif name in places:
            problems.add(line, f"“{name}” stands here a second time. Remove one of the two.")
        else:
            places[name] = line
            try:
                values[name] = _read_value(loader, value_node, keys[name])
            except ValueError as error:
                problems.add(line, f"“{name}” {error}")
    for name in keys.keys() - places.keys() - set(optional):
        problems.add(1, f"“{name}” is missing. Add a line such as: {name}: {keys[name].example}")
    return values, places


def _read_value(loader: yaml.SafeLoader, node: yaml.Node, key: Key) -> Any:
    try:
        value = loader.construct_object(node, deep=True)
    except (ValueError, yaml.YAMLError):  # 2027-02-31 looks like a date to YAML and is none
        raise ValueError(f"is {getattr(node, 'value', '')}, which does not exist. Correct it.") from None
    return key.read(value)
