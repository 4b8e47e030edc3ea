"""Does the answer hold valid JSON with the keys that were asked for?"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from sandbox.checks.base import CheckContext, OutcomeCheck, Setting, Verdict, outcome_check
from sandbox.checks.markdown import fenced_blocks

_MOST_BEGINNINGS = 50
_TOO_LONG = 100_000


@outcome_check
class HoldsJson(OutcomeCheck):
    """An object, or a list of objects, each with these keys; alone, between fences or inside a text."""

    check = "json"
    settings = (Setting("keys", "words"),)

    def describe(self, settings: Mapping[str, Any]) -> str:
        """Return the keys."""
        return _("Holds valid JSON with the keys %(keys)s.") % {"keys": ", ".join(settings["keys"])}

    def judge(self, answer: str, settings: Mapping[str, Any], context: CheckContext) -> Verdict:  # noqa: ARG002
        """Return whether one of the JSON values in the answer has the keys."""
        problem = _("There is no valid JSON in it.")
        for value, where in _values(answer):
            missing = _missing_keys(value, settings["keys"])
            if missing is None:
                continue
            if not missing:
                return Verdict(True, where)
            problem = _("The JSON lacks: %(keys)s.") % {"keys": ", ".join(missing)}
        return Verdict(False, problem)


def _values(answer: str) -> Iterator[tuple[object, str]]:
    """Give each JSON value in the answer, with a sentence on where it stands."""
    try:
        yield _decoder.decode(answer.strip()), _("The answer is valid JSON.")
    except (ValueError, RecursionError):
        pass
    else:
        return
    for span in fenced_blocks(answer):
        try:
            value = _decoder.decode(answer[span.start : span.end].strip())
        except (ValueError, RecursionError):
            continue
        yield value, _("The JSON between the code fences is valid.")
    for value in _embedded(answer[:_TOO_LONG]):
        yield value, _("There is valid JSON, with other text around it.")


def _embedded(text: str) -> Iterator[object]:
    """Give the values that begin somewhere in a text; after so many beginnings nobody is looking for one."""
    place, tried = 0, 0
    while tried < _MOST_BEGINNINGS:
        starts = [at for at in (text.find("{", place), text.find("[", place)) if at >= 0]
        if not starts:
            return
        tried += 1
        try:
            value, place = _decoder.raw_decode(text, min(starts))
        except (ValueError, RecursionError):
            place = min(starts) + 1
        else:
            yield value


def _missing_keys(value: object, keys: list[str]) -> list[str] | None:
    """Return the keys that some object lacks; None when it is neither an object nor a list of them."""
    listed: list[object] = value if isinstance(value, list) else [value]
    objects = [each for each in listed if isinstance(each, dict)]
    if not objects or len(objects) < len(listed):
        return None
    return [key for key in keys if any(key not in each for each in objects)]


def _refuse(constant: str) -> object:
    raise ValueError(constant)


_decoder = json.JSONDecoder(parse_constant=_refuse)
"""NaN and Infinity are no JSON, though Python reads them."""
