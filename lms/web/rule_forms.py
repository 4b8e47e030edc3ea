"""The form of an assignment rule: what it gives and by when. Who gets it is the matter of `rule_editor`."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import LearningPathPage
from lms.paths.models import Assignment, AssignmentVersion
from lms.paths.services import RuleText
from lms.web.list_forms import PeopleListForm

Basis = AssignmentVersion.Basis
LONGEST_DAYS = 3650
BASES = [
    (Basis.NEVER, gettext_lazy("no day")),
    (Basis.ASSIGNED, gettext_lazy("so many days after a person gets it")),
    (Basis.HIRED, gettext_lazy("so many days after a person was hired")),
    (Basis.DAY, gettext_lazy("on one day, for everyone")),
]


def _day() -> forms.DateField:
    return forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _days() -> forms.IntegerField:
    return forms.IntegerField(label=gettext_lazy("Days"), required=False, min_value=0, max_value=LONGEST_DAYS)


class RuleForm(forms.Form):
    """Name, path, dates, and what happens later."""

    name = forms.CharField(
        label=gettext_lazy("Name of the rule"),
        max_length=200,
        help_text=gettext_lazy("For you and your colleagues, such as “New in Customer Service”."),
    )
    path: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("Learning path"),
        queryset=LearningPathPage.objects.none(),
        empty_label=gettext_lazy("Choose a path"),
        error_messages={"required": gettext_lazy("Choose a path.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why, for those who get it"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("They read it on the path. Say what it is good for, not that it is a rule."),
    )
    is_required = forms.TypedChoiceField(
        label=gettext_lazy("It is"),
        choices=[("1", gettext_lazy("required")), ("0", gettext_lazy("offered; nobody has to"))],
        coerce=lambda value: value == "1",
        initial="1",
        widget=forms.RadioSelect,
    )
    due_basis = forms.ChoiceField(
        label=gettext_lazy("Due"),
        choices=BASES,
        required=False,
        help_text=gettext_lazy(
            "Nothing closes on this day. It ends when the day ends where the person lives."
        ),
    )
    due_days = _days()
    due_day = _day()
    closes_basis = forms.ChoiceField(
        label=gettext_lazy("Closes"),
        choices=BASES,
        required=False,
        help_text=gettext_lazy("The last day on which it can be completed. Managers can give more time."),
    )
    closes_days = _days()
    closes_day = _day()
    on_leaving = forms.ChoiceField(
        label=gettext_lazy("When someone is no longer among those the rule applies to"),
        choices=AssignmentVersion.OnLeaving.choices,
        initial=AssignmentVersion.OnLeaving.WITHDRAW,
        widget=forms.RadioSelect,
    )
    repeat_months = forms.IntegerField(
        label=gettext_lazy("To be taken again after so many months"),
        required=False,
        min_value=1,
        max_value=120,
        help_text=gettext_lazy("Empty: once is enough. What was done before always stays in the record."),
    )
    opens_days_before = forms.IntegerField(
        label=gettext_lazy("The next round opens so many days before the end"),
        required=False,
        min_value=0,
        max_value=365,
        initial=30,
    )

    def __init__(self, data: Any = None, *, rule: Assignment | None = None, **kwargs: Any) -> None:
        """Offer published paths; a rule that exists keeps its path."""
        super().__init__(data, auto_id="rule_%s", label_suffix="", **kwargs)
        if rule is None:
            paths = LearningPathPage.objects.live().defer("steps").order_by("title")
            self.fields["path"].queryset = paths  # type: ignore[attr-defined]
        else:
            del self.fields["path"]

    def clean(self) -> dict[str, Any]:
        """Ask for the days that a choice needs, and forget those of other choices."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("due", "closes"):
            basis = given.get(f"{name}_basis", "")
            needed = {"": None, Basis.DAY: f"{name}_day"}.get(basis, f"{name}_days")
            if needed and given.get(needed) is None and needed not in self.errors:
                told = (
                    _("Choose the day.") if basis == Basis.DAY else _("Enter a number of days, such as 14.")
                )
                self.add_error(needed, told)
            for other in (f"{name}_days", f"{name}_day"):
                if other != needed:
                    given[other] = None
        if given.get("opens_days_before") is None:
            given["opens_days_before"] = 30
        return given

    def text(self, audience: dict[str, Any]) -> RuleText:
        """Return what the rule shall say."""
        names = set(RuleText.__dataclass_fields__) - {"audience"}
        return RuleText(audience=audience, **{name: self.cleaned_data[name] for name in names})


def initial_of(version: AssignmentVersion) -> dict[str, Any]:
    """Return what the form shows of a version."""
    names = set(RuleText.__dataclass_fields__) - {"audience"}
    values = {name: getattr(version, name) for name in names}
    return {**values, "is_required": "1" if version.is_required else "0", "name": version.assignment.name}


class ReasonForm(forms.Form):
    """Why a person decides against the rules."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        help_text=gettext_lazy("Kept in the audit trail. Whoever asks in a year will read it."),
    )


class EnrollForm(PeopleListForm):
    """A list of people for one path."""

    path: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("Learning path"),
        queryset=LearningPathPage.objects.none(),
        empty_label=gettext_lazy("Choose a path"),
        error_messages={"required": gettext_lazy("Choose a path.")},
    )
    due_on = forms.DateField(
        label=gettext_lazy("Due"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    closes_on = forms.DateField(
        label=gettext_lazy("Closes"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(label=gettext_lazy("Why, for those who get it"), max_length=300, required=False)
    field_order = ["path", "people", "file"]

    def __init__(self, data: Any = None, files: Any = None) -> None:
        """Offer published paths."""
        super().__init__(data, files, auto_id="enroll_%s")
        paths = LearningPathPage.objects.live().defer("steps").order_by("title")
        self.fields["path"].queryset = paths  # type: ignore[attr-defined]
