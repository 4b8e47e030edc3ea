"""From which point of view shall it be written?"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sandbox.definitions import Span
from sandbox.rubric.criteria.base import Criterion, Judgment
from sandbox.rubric.detection import words_of
from sandbox.rubric.reading import Reading

_SHORTEST_SUBJECT_WORD = 4
_ENOUGH_WORDS = 3


class Role(Criterion):
    """A point of view that changes the result; light, because a title alone changes little.

    2: a role that is tied to the task: by a word of the exercise behind "who", "at", "for" or the like.
    1: a bare persona, however it is praised ("You are a world-class expert.").
    """

    key = "role"
    label = gettext_lazy("Role")
    live_signals = ("role.persona",)
    live_hint = gettext_lazy("Say from whose point of view it is written, if that matters.")

    def judge(self, reading: Reading) -> Judgment:
        """Return the level of the role that is tied best."""
        personas = reading.find("role.persona")
        for persona in personas:
            if _is_tied(reading, persona):
                return Judgment(2, (persona,))
        if personas:
            return Judgment(
                1,
                personas[:1],
                _("A title alone hardly changes the result."),
                _("Say what this role knows or cares about in this task."),
            )
        return Judgment(
            0, (), _("No point of view is given."), _("Say who is speaking, and what they pay attention to.")
        )


def _is_tied(reading: Reading, persona: Span) -> bool:
    """Whether the role has something to do with this exercise, beyond its title."""
    sentence = reading.sentence_at(persona.start)
    link = next(
        (each for each in reading.find("role.link") if persona.end <= each.start < sentence.end), None
    )
    if link is None or reading.lexicon is None:
        return False
    words = [
        word for word in reading.content_words(link.end, sentence.end) if word not in reading.lexicon.praise
    ]
    if not reading.subject_words:
        return len(words) >= _ENOUGH_WORDS
    title = words_of(reading.text[persona.end : link.start])
    return _is_about(reading, words) or (len(words) >= _ENOUGH_WORDS and _is_about(reading, title))


def _is_about(reading: Reading, words: list[str]) -> bool:
    return any(len(word) >= _SHORTEST_SUBJECT_WORD and reading.is_subject(word) for word in words)
