"""The score of a prompt: 0 to 100, worked out the same way every time.

The total is the share of the points that apply and can be judged. It is None where a number would say nothing: when
less than half of the points can be judged, and when the prompt was copied from the reference or from an answer. A
copied prompt may be perfect and says nothing of what its sender can do; a capped number would still enter a learner's
progress, so there is none. Its criteria are shown all the same, because one can learn from them.
"""

from collections.abc import Sequence

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _

from sandbox.definitions import Definition
from sandbox.rubric.criteria import ALL, Criterion, Judgment
from sandbox.rubric.detection import WORD, detect_language
from sandbox.rubric.feedback import CriterionFeedback, Note, PromptFeedback
from sandbox.rubric.lexicon import lexicon, supported_languages
from sandbox.rubric.overlap import share_within, shingles
from sandbox.rubric.reading import Reading

RUBRIC_VERSION = "2"
"""Part of every result. It changes whenever the same prompt could get another level."""

COPIED_SHARE = 0.8
_SHORTEST_COPY = 8
_JUDGED_SHARE = 0.5


def score_prompt(
    prompt: str, definition: Definition, *, has_private_data: bool = False, answers: Sequence[str] = ()
) -> PromptFeedback:
    """Return what the rubric says of a prompt, in the language that is active.

    Args:
        prompt: As it was typed.
        definition: Of the exercise, as it was when the prompt was written.
        has_private_data: Whether the data guard found something that must not be here.
        answers: What models answered before; pasting one of them is no prompt.
    """
    if not any(character.isalnum() for character in prompt):
        return _empty(definition)
    language = detect_language(_own_words(prompt, definition), expected=definition.language)
    words = lexicon(language) if language in supported_languages() else None
    reading = Reading(prompt, definition, words, has_private_data=has_private_data)
    criteria = tuple(_criterion(each, definition, _judge(each, reading)) for each in ALL)
    notes = _notes(reading, language, answers)
    is_copied = any(note.key in {"reference_used", "answer_used"} for note in notes)
    return PromptFeedback(
        version=RUBRIC_VERSION,
        language=words.language if words else None,
        total=None if is_copied else total(criteria),
        criteria=criteria,
        notes=notes,
    )


def total(criteria: Sequence[CriterionFeedback]) -> int | None:
    """Return the share of points, 0 to 100, rounded half up; None when less than half of them can be judged."""
    applying = sum(each.weight for each in criteria)
    judged = sum(each.weight for each in criteria if each.level is not None)
    if not judged or judged < _JUDGED_SHARE * applying:
        return None
    points = sum(each.weight * each.level for each in criteria if each.level is not None)
    return (100 * points + judged) // (2 * judged)


def _own_words(prompt: str, definition: Definition) -> str:
    """Return the prompt without what was pasted from the material; all of it when nothing else is there."""
    own = Reading(prompt, definition, None).text
    return own if WORD.search(own) else prompt


def _judge(criterion: Criterion, reading: Reading) -> Judgment:
    """Return the judgment, with its evidence in places of the prompt."""
    judgment = criterion.judge(reading) if reading.lexicon else criterion.judge_without_words(reading)
    return judgment._replace(evidence=tuple(reading.in_prompt(span) for span in judgment.evidence))


def _criterion(criterion: Criterion, definition: Definition, judgment: Judgment) -> CriterionFeedback:
    """Return what a criterion says; nothing but its name where the exercise does not ask for it."""
    weight = definition.weights.get(criterion.key, 0)
    if not weight:
        return CriterionFeedback(criterion.key, str(criterion.label), None, 0)
    return CriterionFeedback(
        key=criterion.key,
        label=str(criterion.label),
        level=judgment.level,
        weight=weight,
        evidence=judgment.evidence,
        missing=judgment.missing,
        hint=judgment.hint,
    )


def _empty(definition: Definition) -> PromptFeedback:
    nothing = Judgment(0, (), _("The prompt is empty."), _("Begin with what you need and for whom."))
    criteria = tuple(_criterion(each, definition, nothing) for each in ALL)
    return PromptFeedback(
        version=RUBRIC_VERSION,
        language=None,
        total=total(criteria),
        criteria=criteria,
        notes=(Note("empty", nothing.missing),),
    )


def _notes(reading: Reading, language: str | None, answers: Sequence[str]) -> tuple[Note, ...]:
    notes = []
    if reading.lexicon is None:
        notes.append(Note("language_unknown", _about_language(language)))
    copied = _copied_from(reading, answers)
    if copied == "reference":
        notes.append(
            Note(
                "reference_used",
                _(
                    "This is the reference prompt, so there is no score. Write it in your own words to get one."
                ),
            )
        )
    if copied == "answer":
        notes.append(
            Note(
                "answer_used",
                _(
                    "This is an answer of the model, so there is no score. Write what you ask for in your own words."
                ),
            )
        )
    if reading.has_private_data:
        notes.append(Note("private_data", _("The prompt holds private data or a secret. Replace it first.")))
    return tuple(notes)


def _about_language(language: str | None) -> str:
    judged = _(
        "Only facts, layout and data were judged; the other criteria need words that the rubric does not know."
    )
    name = LANG_INFO.get(language or "", {}).get("name")
    if not name:
        return _("The rubric does not know the language of this prompt.") + " " + judged
    return _("This prompt seems to be written in %(language)s.") % {"language": _(name)} + " " + judged


def _copied_from(reading: Reading, answers: Sequence[str]) -> str:
    """Return ``reference``, ``answer`` or nothing: where four fifths of the prompt's own words come from."""
    prompt = shingles(reading.prompt)
    own = prompt - shingles(reading.definition.material_text)
    if len(own) < _SHORTEST_COPY:
        return ""
    reference = shingles(reading.definition.reference_prompt)
    is_whole_reference = len(reference) >= _SHORTEST_COPY and share_within(reference, prompt) >= COPIED_SHARE
    if is_whole_reference or share_within(own, reference) >= COPIED_SHARE:
        return "reference"
    if any(share_within(own, shingles(answer)) >= COPIED_SHARE for answer in answers):
        return "answer"
    return ""
