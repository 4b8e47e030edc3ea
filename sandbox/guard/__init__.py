"""The data guard: what is in a text that should not leave, why, and what to write instead.

Pure: text in, findings out. `inspect` is the one choke point for prompt, material, history and what a judge reads;
`policy.decide` says whether the text may be sent to a model; `Pseudonyms` replaces values on the way out and puts them
back into the answer. It fails closed: what could not be inspected does not leave (`InspectionFailed`).
"""

from sandbox.guard.dictionary import EMPTY_DICTIONARY, Dictionary
from sandbox.guard.findings import Finding, Inspection, InspectionFailed, NameFinder, TextTooLong
from sandbox.guard.inspection import LONGEST_TEXT, inspect
from sandbox.guard.kinds import KINDS, Severity, label, why
from sandbox.guard.pseudonyms import Pseudonyms, Restorer

__all__ = [
    "EMPTY_DICTIONARY",
    "KINDS",
    "LONGEST_TEXT",
    "Dictionary",
    "Finding",
    "Inspection",
    "InspectionFailed",
    "NameFinder",
    "Pseudonyms",
    "Restorer",
    "Severity",
    "TextTooLong",
    "inspect",
    "label",
    "why",
]
