"""What was practiced in a month, exercise by exercise: totals over at least ten people, and of nobody."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sandbox.models.exercises import Exercise


class PracticeMonth(models.Model):
    """How one exercise was practiced in one month. Written once, after the month; only where ten people or more did."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="+")
    begins_on = models.DateField(_("month"), help_text=_("its first day"))
    learners = models.PositiveIntegerField(_("people"))
    attempts = models.PositiveIntegerField(_("attempts"))
    reviewed = models.PositiveIntegerField(_("people who reviewed an answer"), null=True)
    first_score = models.FloatField(
        _("mean prompt score, first attempt of the month"),
        null=True,
        help_text=_("0 to 100, of those who tried at least twice; empty where they are fewer than ten"),
    )
    latest_score = models.FloatField(_("mean prompt score, latest attempt of the month"), null=True)
    tried_again = models.PositiveIntegerField(_("people who tried at least twice"), null=True)

    class Meta:
        verbose_name = _("month of practice")
        verbose_name_plural = _("months of practice")
        ordering = ["-begins_on", "-learners"]
        constraints = [
            models.UniqueConstraint(fields=["exercise", "begins_on"], name="practice_month_once"),
            models.CheckConstraint(
                condition=models.Q(learners__gte=10), name="practice_month_of_ten_people_or_more"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.begins_on:%Y-%m} {self.exercise_id}"
