"""The part of the rubric that runs in the browser, for quiet hints while someone types."""

from typing import Any

from sandbox.rubric.criteria import ALL
from sandbox.rubric.lexicon import lexicon, supported_languages
from sandbox.rubric.scoring import RUBRIC_VERSION


def live_rules(language: str) -> dict[str, Any]:
    """Return the patterns that show a criterion, and the hint to give while none of them is found.

    They are those of the rubric, without what needs the exercise; so they say "something is there", never a level.

    Returns:
        JSON-able: ``{"version", "language", "flags", "group", "criteria": [{"key", "label", "hint", "patterns"}]}``.
        The flags are for JavaScript's `RegExp`; what was found is the group of that number. Without a lexicon of the
        language there are no criteria.
    """
    known = lexicon(language) if language in supported_languages() else None
    return {
        "version": RUBRIC_VERSION,
        "language": language,
        "flags": "iu",
        "group": 1,
        "criteria": [
            {
                "key": criterion.key,
                "label": str(criterion.label),
                "hint": str(criterion.live_hint),
                "patterns": [known.patterns[signal] for signal in criterion.live_signals],
            }
            for criterion in ALL
            if known and criterion.live_signals
        ],
    }
