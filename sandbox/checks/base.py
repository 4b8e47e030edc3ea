"""What the outcome checks share, and the register of them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, TypeVar

from django.utils.translation import gettext as _

from sandbox.definitions import Span

_checks: dict[str, "OutcomeCheck"] = {}


class CheckContext(NamedTuple):
    """What an answer may rest on.

    Attributes:
        material: All material of the exercise, one text.
        prompt: The learner's prompt that was answered.
        language: Code of the language of the task.
    """

    material: str = ""
    prompt: str = ""
    language: str = "en"


@dataclass(frozen=True)
class CheckResult:
    """What one check says of an answer.

    Attributes:
        check: Its name, as authors write it.
        name: What was asked for, in a sentence.
        passed: None when it could not be judged.
        explanation: Why, in words for the learner.
        spans: Where the answer is wrong; where it is right when it passed and that can be shown.
    """

    check: str
    name: str
    passed: bool | None
    explanation: str
    spans: tuple[Span, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return {
            "check": self.check,
            "name": self.name,
            "passed": self.passed,
            "explanation": self.explanation,
            "spans": [list(span) for span in self.spans],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "CheckResult":
        """Return the result that was stored with `to_json`.

        Raises:
            KeyError: A member is missing.
        """
        return cls(
            check=data["check"],
            name=data["name"],
            passed=data["passed"],
            explanation=data["explanation"],
            spans=tuple(Span(*span) for span in data["spans"]),
        )


class Verdict(NamedTuple):
    """What a check finds in an answer that is not empty; see `CheckResult`."""

    passed: bool | None
    explanation: str
    spans: tuple[Span, ...] = ()


class Setting(NamedTuple):
    """One setting that an author may write.

    Attributes:
        kind: ``count``, ``words``, ``facts`` or ``text``.
    """

    name: str
    kind: str
    is_required: bool = True


class OutcomeCheck(ABC):
    """One kind of check on an answer.

    Attributes:
        check: Its name; exercises refer to it, so it is never renamed.
        settings: What an author may write beside it.
    """

    check: ClassVar[str]
    settings: ClassVar[tuple[Setting, ...]] = ()

    @abstractmethod
    def describe(self, settings: Mapping[str, Any]) -> str:
        """Return what a good answer does, in a sentence."""

    @abstractmethod
    def judge(self, answer: str, settings: Mapping[str, Any], context: CheckContext) -> Verdict:
        """Return whether an answer with at least one letter or digit in it holds."""

    def explain_place(self, words: str) -> str:  # noqa: ARG002 - for the checks that point at words
        """Return what is wrong at one place of an answer that failed; empty when places say nothing by themselves."""
        return ""

    def validate(self, settings: Mapping[str, Any]) -> list[str]:
        """Return what is wrong with an author's settings and how to put it right; empty when nothing is."""
        known = {setting.name: setting for setting in self.settings}
        problems = [
            _("%(check)s has no setting \u201c%(name)s\u201d. %(known)s")
            % {"check": self.check, "name": name, "known": _known_settings(known)}
            for name in settings
            if name not in known and name != "check"
        ]
        for name, setting in known.items():
            if name in settings:
                problems.extend(_problems_of_value(self.check, setting, settings[name]))
            elif setting.is_required:
                problems.append(
                    _("%(check)s needs \u201c%(name)s\u201d: %(form)s.")
                    % {"check": self.check, "name": name, "form": _form(setting.kind)}
                )
        return problems or self.validate_together(settings)

    def validate_together(self, settings: Mapping[str, Any]) -> list[str]:  # noqa: ARG002 - for those with several settings
        """Return what is wrong with settings that are each right by themselves."""
        return []

    def run(self, answer: str, settings: Mapping[str, Any], context: CheckContext) -> CheckResult:
        """Return what the check says; settings are valid. An empty answer fails."""
        if any(character.isalnum() for character in answer):
            verdict = self.judge(answer, settings, context)
        else:
            verdict = Verdict(False, _("The answer is empty."))
        return CheckResult(self.check, self.describe(settings), *verdict)


_Class = TypeVar("_Class", bound=type[OutcomeCheck])


def outcome_check(check_class: _Class) -> _Class:
    """Register the decorated class under its name."""
    _checks[check_class.check] = check_class()
    return check_class


def registered_checks() -> Mapping[str, OutcomeCheck]:
    """Return every check by its name."""
    return _checks


def _known_settings(known: Mapping[str, Setting]) -> str:
    if not known:
        return _("It has none.")
    return _("It has: %(names)s.") % {"names": ", ".join(known)}


def _form(kind: str) -> str:
    return {
        "count": _("a whole number from 1"),
        "words": _("a list of words, such as [first, second]"),
        "facts": _("a list of facts, each with name and words"),
        "text": _("a word"),
    }[kind]


def _problems_of_value(check: str, setting: Setting, value: object) -> list[str]:
    is_right: Callable[[object], bool] = {
        "count": lambda given: isinstance(given, int) and not isinstance(given, bool) and given >= 1,
        "words": is_list_of_words,
        "facts": _is_list_of_facts,
        "text": lambda given: isinstance(given, str) and bool(given.strip()),
    }[setting.kind]
    if is_right(value):
        return []
    return [
        _("\u201c%(name)s\u201d of %(check)s must be %(form)s.")
        % {"check": check, "name": setting.name, "form": _form(setting.kind)}
    ]


def is_list_of_words(value: object) -> bool:
    """Whether it is a list of texts, at least one, none of them blank."""
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and bool(value)
        and all(isinstance(word, str) and word.strip() for word in value)
    )


def _is_list_of_facts(value: object) -> bool:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and bool(value)
        and all(
            isinstance(fact, Mapping)
            and set(fact) == {"name", "words"}
            and isinstance(fact["name"], str)
            and bool(fact["name"].strip())
            and is_list_of_words(fact["words"])
            for fact in value
        )
    )
