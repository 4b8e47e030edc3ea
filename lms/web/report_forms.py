"""What a report is narrowed by."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lms.paths.models import Enrollment
from lms.web.manage_forms import FilterForm
from lms.web.people_page import unit_choices

OWN_PEOPLE = "mine"
CLOSED = "closed"
DAYS_KNOWN = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 1, 1))]


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=False, widget=widget, validators=DAYS_KNOWN)


class ReportFilter(FilterForm):
    """Whose required paths a report is about, and which of them its list shows."""

    whose = forms.ChoiceField(
        label=_("Whose"), required=False, choices=[("", _("everyone")), (OWN_PEOPLE, _("my people"))]
    )
    path = forms.CharField(label=_("Path"), max_length=255, required=False)
    unit = forms.CharField(label=_("Unit, with all below it"), max_length=64, required=False)
    status = forms.ChoiceField(
        label=_("Status, in the list below"),
        required=False,
        choices=[("", _("any")), *Enrollment.Standing.choices, (CLOSED, _("closed"))],
    )
    since = _day(_("Completed from"))
    until = _day(_("Completed to"))

    def __init__(self, asked: QueryDict, *, paths: list[tuple[str, str]], may_choose_whose: bool) -> None:
        """Offer these paths, and the units there are; an address may name others. One query, or two.

        Args:
            asked: The address.
            paths: Slug and title of each path.
            may_choose_whose: Whether the reader may see everyone, and has people of their own.
        """
        super().__init__(asked)
        units = unit_choices(asked.get("unit", "")[:64])
        self.fields["path"].widget = forms.Select(choices=[("", _("any")), *paths])
        self.fields["unit"].widget = forms.Select(choices=[("", _("any")), *units])
        if not may_choose_whose:
            del self.fields["whose"]

    @property
    def names_days(self) -> bool:
        """Whether it asks for completions of certain days."""
        return bool(self.data.get("since") or self.data.get("until"))

    def clean(self) -> dict[str, Any]:
        """Refuse days that end before they begin."""
        data = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day lies before the first one. Choose it or a later one."))
        return data
