"""Does the answer have to stay with the material, and say where it cannot?"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sandbox.rubric.criteria.base import Criterion, Judgment, distinct
from sandbox.rubric.reading import Reading

_SAFEGUARDS = ("restrict", "unknown", "cite")
_SHOWN = 6


class Grounding(Criterion):
    """The material, and a safeguard against inventions.

    2: points to the material and asks to stay with it, to say what is unknown, or to name sources; or asks for two of
       these three. 1: one of all this.
    """

    key = "grounding"
    label = gettext_lazy("Grounding")
    live_signals = tuple(f"grounding.{name}" for name in ("material", *_SAFEGUARDS))
    live_hint = gettext_lazy("Say what to do when the material does not answer it.")

    def judge(self, reading: Reading) -> Judgment:
        """Return whether inventions are kept out."""
        pointers = (*reading.find("grounding.material"), *reading.named_materials)
        has_material = bool(pointers or reading.copied)
        safeguards = [spans for name in _SAFEGUARDS if (spans := reading.find(f"grounding.{name}"))]
        evidence = distinct([*pointers[:2], *(span for spans in safeguards for span in spans)])[:_SHOWN]
        if len(safeguards) >= 2 or (safeguards and has_material):
            return Judgment(2, evidence)
        if safeguards:
            return Judgment(
                1,
                evidence,
                _("It asks for care, but does not say which material counts."),
                _("Name the text or the table that the answer must rest on."),
            )
        if has_material:
            return Judgment(
                1,
                evidence,
                _("It points to the material, but nothing keeps inventions out."),
                _("Say what to write where the material gives no answer."),
            )
        return Judgment(
            0,
            (),
            _("Nothing ties the answer to the material."),
            _("Say what the answer must rest on, and what to do where that is silent."),
        )
