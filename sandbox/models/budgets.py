"""What practice may cost, and what it has cost."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Budget(models.Model):
    """A limit on runs and tokens in a day or a month, for each person, for a unit, or for the company."""

    class Scope(models.TextChoices):
        """Whose runs are counted together."""

        PERSON = "person", _("each person")
        GROUP = "group", _("a unit and those below it")
        COMPANY = "company", _("the company")

    class Period(models.TextChoices):
        """When counting begins anew."""

        DAY = "day", _("day")
        MONTH = "month", _("month")

    scope = models.CharField(_("for"), max_length=10, choices=Scope)
    period = models.CharField(_("in a"), max_length=10, choices=Period)
    unit = models.ForeignKey(
        "people.OrgUnit", verbose_name=_("unit"), null=True, blank=True, on_delete=models.CASCADE
    )
    runs = models.PositiveIntegerField(_("runs"), null=True, blank=True, help_text=_("empty for no limit"))
    tokens = models.PositiveIntegerField(
        _("tokens"), null=True, blank=True, help_text=_("empty for no limit")
    )

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        ordering = ["scope", "period", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "period"], condition=Q(unit=None), name="budget_once_without_unit"
            ),
            models.UniqueConstraint(fields=["period", "unit"], name="budget_once_of_unit"),
            models.CheckConstraint(
                condition=Q(scope="group", unit__isnull=False) | (~Q(scope="group") & Q(unit=None)),
                name="budget_unit_of_group",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()}, {self.get_period_display()}"


class BudgetUse(models.Model):
    """What was used and is reserved of a budget in one period. Changed by one UPDATE at a time, never read first."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="uses")
    subject = models.PositiveBigIntegerField(_("whose"), help_text=_("the person, the unit, or 0"))
    begins_on = models.DateField(_("first day of the period"))
    runs_used = models.PositiveIntegerField(default=0)
    runs_reserved = models.PositiveIntegerField(default=0)
    tokens_used = models.PositiveBigIntegerField(default=0)
    tokens_reserved = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("use of a budget")
        verbose_name_plural = _("uses of budgets")
        constraints = [
            models.UniqueConstraint(fields=["budget", "subject", "begins_on"], name="budget_use_once")
        ]

    def __str__(self) -> str:
        return f"{self.budget} {self.begins_on}"
