"""Is it free of what must not be here?"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sandbox.rubric.criteria.base import Criterion, Judgment
from sandbox.rubric.reading import Reading


class DataHygiene(Criterion):
    """A gate: 0 with private data or a secret in the prompt, otherwise 2. The data guard finds out, not the rubric."""

    key = "data_hygiene"
    label = gettext_lazy("Data")
    live_hint = gettext_lazy("Leave out names, numbers and secrets that the task does not need.")

    def judge(self, reading: Reading) -> Judgment:
        """Return 0 or 2."""
        if not reading.has_private_data:
            return Judgment(2)
        return Judgment(
            0,
            (),
            _("It holds private data or a secret."),
            _("Replace what identifies a person or opens a door with a placeholder such as [NAME]."),
        )

    def judge_without_words(self, reading: Reading) -> Judgment:
        """Return the same: the guard does not depend on the rubric's words."""
        return self.judge(reading)
