"""Forms about when tips go out: the weekly plan, campaigns, and days on which nobody works."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.people.selectors import location_choices
from lms.tips.models import Tip, TipPlan
from lms.tips.models.plans import WEEKDAYS
from lms.tips.services.plans import CampaignText, NewHoliday
from lms.web.message_forms import hour_field

MOST_LINES = 2000
LINES_NAMED = 5


def _weekday() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=gettext_lazy("Day"), choices=WEEKDAYS, coerce=int, initial=2)


def facts_of(plan: TipPlan) -> dict[str, Any]:
    """Return what the form of the weekly plan says of one."""
    return {"is_enabled": plan.is_enabled, "weekday": plan.weekday, "hour": plan.hour}


class WeeklyPlanForm(forms.Form):
    """The tip for everybody."""

    is_enabled = forms.BooleanField(label=gettext_lazy("Everybody gets a tip each week"), required=False)
    weekday = _weekday()
    hour = hour_field(
        gettext_lazy("Hour"),
        initial=9,
        help_text=gettext_lazy("Where each person lives. Who has chosen another day or hour gets it then."),
    )

    def __init__(self, data: Any, *, plan: TipPlan | None) -> None:
        """Begin with what holds."""
        super().__init__(data, initial=facts_of(plan) if plan else {})


class _Week(forms.DateField):
    """A week, given by any day of it."""

    def __init__(self, label: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(label=label, required=False, widget=widget)


class _TipField(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django cannot be told of what
    """A tip that may be sent, or the one that is stored."""

    def label_from_instance(self, obj: Any) -> str:
        if obj.is_sendable(timezone.now().date()):
            return str(obj)
        return _("%(tip)s (not sent now: it is not published, or overdue for review)") % {"tip": obj}


class CampaignForm(forms.Form):
    """What a campaign says beside whom it is for."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("For you and your colleagues, such as “New rules for customer names”."),
    )
    tip = _TipField(
        label=gettext_lazy("Tip"),
        queryset=Tip.objects.none(),
        required=False,
        empty_label=gettext_lazy("The one that fits each person"),
        help_text=gettext_lazy("Who has had the chosen one gets the one that fits them instead."),
    )
    weekday = _weekday()
    hour = hour_field(gettext_lazy("Hour"), initial=9)
    first_week = _Week(gettext_lazy("From the week of"))
    last_week = _Week(gettext_lazy("To the week of"))

    def __init__(self, *args: Any, plan: TipPlan | None, **kwargs: Any) -> None:
        """Offer the tips that may be sent, and the one that is stored."""
        super().__init__(*args, **kwargs)
        tip = self.fields["tip"]
        assert isinstance(tip, forms.ModelChoiceField)
        offered = Tip.objects.sendable(timezone.now().date())
        if plan and plan.tip_id:
            offered |= Tip.objects.filter(pk=plan.tip_id)
        tip.queryset = offered.only("title", "live", "review_by").order_by("title")

    def text(self, audience: dict[str, Any]) -> CampaignText:
        """Return what was said, with the rule of its audience."""
        said = {
            name: value
            for name, value in self.cleaned_data.items()
            if name in CampaignText.__dataclass_fields__
        }
        return CampaignText(audience=audience, **said)


def initial_of(plan: TipPlan) -> dict[str, Any]:
    """Return what the form of a campaign begins with."""
    return {name: getattr(plan, name) for name in CampaignForm.base_fields}


class HolidayForm(forms.Form):
    """One day on which nobody works."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    location = forms.ChoiceField(label=gettext_lazy("Where"), required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the locations that people work at."""
        super().__init__(*args, **kwargs)
        location = self.fields["location"]
        assert isinstance(location, forms.ChoiceField)
        location.choices = [("", _("everywhere")), *location_choices()]

    @property
    def holiday(self) -> NewHoliday:
        """The day."""
        return NewHoliday(**self.cleaned_data)


class HolidayListForm(forms.Form):
    """Many days, one in a line; `holidays` once it is valid."""

    lines = forms.CharField(
        label=gettext_lazy("One in a line: day; location; name"),
        widget=forms.Textarea(attrs={"rows": 6, "placeholder": "2026-12-25; Porto; Christmas"}),
        help_text=gettext_lazy("Leave the location empty for everywhere: 2027-01-01;; New Year."),
    )
    holidays: list[NewHoliday]

    def clean_lines(self) -> str:
        """Read every line, or say which cannot be read; then none is taken.

        Raises:
            ValidationError: A line is not a day, a location and a name.
        """
        text: str = self.cleaned_data["lines"]
        self.holidays, wrong = [], []
        known = {name.casefold(): value for value, name in location_choices()}
        lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_("More than %(most)s lines. Split them up.") % {"most": MOST_LINES})
        for number, line in lines:
            try:
                self.holidays.append(_read(line, known))
            except ValueError as error:
                wrong.append(_("Line %(number)s: %(error)s") % {"number": number, "error": error})
        if wrong:
            more = len(wrong) - LINES_NAMED
            told = [_("Nothing was taken over. Put these right:"), *wrong[:LINES_NAMED]]
            raise forms.ValidationError(
                [*told, *([_("and %(more)s more") % {"more": more}] if more > 0 else [])]
            )
        return text


def _read(line: str, known: dict[str, str]) -> NewHoliday:
    parts = [part.strip() for part in line.replace("\t", ";").split(";")]
    if len(parts) != 3:
        raise ValueError(_("write day; location; name"))
    day, location, name = parts
    try:
        parsed = date.fromisoformat(day)
    except ValueError:
        raise ValueError(_("“%(day)s” is no day such as 2026-12-25") % {"day": day[:20]}) from None
    if location and location.casefold() not in known:
        raise ValueError(_("nobody works at “%(location)s”") % {"location": location[:40]})
    if not name or len(name) > 100:
        raise ValueError(_("give it a name of at most 100 characters"))
    return NewHoliday(parsed, known.get(location.casefold(), ""), name)
