"""From an exercise as its author wrote it to the plain values that feedback works from."""

from __future__ import annotations

from collections.abc import Iterable
from html import unescape
from typing import TYPE_CHECKING, Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from sandbox.checks import registered_checks, validate_check
from sandbox.definitions import Definition, Fact, Material, Pitfall
from sandbox.planted import MarkupError, read_planted

if TYPE_CHECKING:
    from sandbox.models import Exercise

RESERVED_SLUGS = {"my", "shared", "stream"}


def definition_of(exercise: Exercise) -> Definition:
    """Return what feedback on this state of an exercise works from.

    Raises:
        MarkupError: The planted answer cannot be read; `problems_with` says so before anything is published.
    """
    return Definition(
        language=exercise.language,
        situation=_situation(exercise),
        weights={each.value["criterion"]: each.value["weight"] for each in exercise.criteria},
        facts=tuple(_fact(each.value) for each in exercise.facts),
        checks=tuple(_check(each.block_type, each.value) for each in exercise.checks),
        pitfalls=tuple(
            Pitfall(each.value["explanation"], tuple(each.value["words"])) for each in exercise.pitfalls
        ),
        materials=tuple(
            Material(each.value["name"], each.value["kind"], each.value["body"].strip())
            for each in exercise.materials
        ),
        reference_prompt=exercise.reference_prompt.strip(),
        planted_answer=read_planted(exercise.planted_answer),
    )


def describe_checks(definition: Definition) -> list[str]:
    """Return what each check asks for, in words; one that is set up wrongly is left out."""
    known = registered_checks()
    return [
        known[each["check"]].describe({name: value for name, value in each.items() if name != "check"})
        for each in definition.checks
        if not validate_check(each)
    ]


def _situation(exercise: Exercise) -> str:
    goals = "\n".join(str(each.value) for each in exercise.goals)
    return "\n".join([exercise.title, unescape(strip_tags(exercise.brief)), goals])


def problems_with(exercise: Exercise) -> dict[str, list[str]]:
    """Return what an author must mend, in words, by field; empty when it can be published."""
    problems: dict[str, list[str]] = {}
    if exercise.slug in RESERVED_SLUGS:
        problems["slug"] = [_("This address belongs to the practice area itself. Choose another one.")]
    chosen = [each.value["criterion"] for each in exercise.criteria]
    if not chosen:
        problems["criteria"] = [_("Choose at least one criterion and give it points.")]
    elif twice := {each for each in chosen if chosen.count(each) > 1}:
        problems["criteria"] = [
            _("This criterion stands here twice: %s. Remove one.") % ", ".join(sorted(twice))
        ]
    wrong = [
        problem for each in exercise.checks for problem in validate_check(_check(each.block_type, each.value))
    ]
    if wrong:
        problems["checks"] = wrong
    try:
        read_planted(exercise.planted_answer)
    except MarkupError as error:
        problems["planted_answer"] = [str(error)]
    return problems


def _fact(value: Any) -> Fact:
    return Fact(value["name"], tuple(value["words"]))


def _check(name: str, value: Any) -> dict[str, Any]:
    return {"check": name, **{key: _plain(each) for key, each in value.items() if each is not None}}


def _plain(value: Any) -> Any:
    """Return strings, numbers, lists and dictionaries in place of Wagtail's values."""
    if isinstance(value, str | int | float | bool):
        return value
    if hasattr(value, "items"):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, Iterable):
        return [_plain(each) for each in value]
    raise TypeError(type(value))
