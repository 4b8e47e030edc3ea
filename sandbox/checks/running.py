"""All checks of an exercise on one answer, and what they add up to."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from sandbox.checks.base import CheckContext, CheckResult, registered_checks
from sandbox.definitions import Definition

logger = logging.getLogger(__name__)


def validate_check(settings: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with an entry of `checks` and how to put it right, for its author; empty when nothing is."""
    name = settings.get("check")
    check = registered_checks().get(name) if isinstance(name, str) else None
    if check is None:
        return [
            _("There is no check \u201c%(name)s\u201d. There are: %(names)s.")
            % {"name": name, "names": ", ".join(registered_checks())}
        ]
    return check.validate(settings)


def run_checks(answer: str, definition: Definition, prompt: str) -> tuple[CheckResult, ...]:
    """Return what each check of an exercise says, in their order; one that cannot judge says so itself.

    Whatever goes wrong inside a check, the others and the answer are kept.
    """
    context = CheckContext(definition.named_material_text, prompt, definition.language)
    return tuple(_run(answer, settings, context) for settings in definition.checks)


def outcome_total(results: Iterable[CheckResult]) -> int | None:
    """Return the share of passed among judged checks, 0 to 100, rounded half up; None when none was judged."""
    judged: Sequence[CheckResult] = [result for result in results if result.passed is not None]
    if not judged:
        return None
    passed = sum(1 for result in judged if result.passed)
    return (200 * passed + len(judged)) // (2 * len(judged))


def _run(answer: str, settings: Mapping[str, Any], context: CheckContext) -> CheckResult:
    problems = validate_check(settings)
    if problems:
        return CheckResult(
            check=str(settings.get("check", "")),
            name=_("A check of this exercise is not set up rightly."),
            passed=None,
            explanation=" ".join(problems),
        )
    check = registered_checks()[settings["check"]]
    try:
        return check.run(answer, settings, context)
    except Exception as error:  # noqa: BLE001  an answer that has come is worth more than one check
        # Without the message: it may quote what a person practices.
        logger.error("Check %s failed with %s", check.check, type(error).__name__)
        return CheckResult(
            check=check.check,
            name=check.describe(settings),
            passed=None,
            explanation=_("This could not be checked. Look at it yourself."),
        )
