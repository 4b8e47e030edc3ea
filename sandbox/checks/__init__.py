"""What holds of an answer: outcome checks, one module each, behind one small base class.

They are shown apart from the prompt's score, because a good prompt may get a bad answer. `run_checks` says what holds,
`find_mistakes` where the answer is known to be wrong. No model takes part, so the same answer gets the same results.
"""

from sandbox.checks import (
    cites_material,
    forbidden_words,
    items,
    json,
    language,
    max_words,
    min_words,
    no_new_names,
    no_new_numbers,
    required_facts,
    table,
)
from sandbox.checks.base import CheckContext, CheckResult, OutcomeCheck, registered_checks
from sandbox.checks.mistakes import Mistake, find_mistakes
from sandbox.checks.running import outcome_total, run_checks, validate_check

CHECKS_VERSION = "1"
"""Stored beside results. It changes whenever the same answer could get another result."""

__all__ = [
    "CHECKS_VERSION",
    "CheckContext",
    "CheckResult",
    "Mistake",
    "OutcomeCheck",
    "cites_material",
    "find_mistakes",
    "forbidden_words",
    "items",
    "json",
    "language",
    "max_words",
    "min_words",
    "no_new_names",
    "no_new_numbers",
    "outcome_total",
    "registered_checks",
    "required_facts",
    "run_checks",
    "table",
    "validate_check",
]
