"""What a prompt shows and what it lacks: eight criteria, each 0, 1 or 2, with the words that show it.

`score_prompt` is the whole of it. Rules find words, sentences and facts; no model takes part, so the same prompt gets
the same feedback for ever, and every level can be pointed at. `languages/` holds what the rules know of a language,
`criteria/` one module per criterion. Length earns nothing: what counts is whether something is there, not how often.
"""

from sandbox.rubric.criteria import LABELS
from sandbox.rubric.feedback import CriterionFeedback, Note, PromptFeedback, next_hint
from sandbox.rubric.lexicon import supported_languages
from sandbox.rubric.live import live_rules
from sandbox.rubric.scoring import RUBRIC_VERSION, score_prompt

__all__ = [
    "LABELS",
    "RUBRIC_VERSION",
    "CriterionFeedback",
    "Note",
    "PromptFeedback",
    "live_rules",
    "next_hint",
    "score_prompt",
    "supported_languages",
]
