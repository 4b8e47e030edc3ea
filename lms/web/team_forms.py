"""Forms of the Team pages."""

from collections.abc import Collection
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from badges.services.attesting import LONGEST_STATEMENT
from lms.core.errors import ActionRefused
from lms.paths.library import library
from lms.paths.models import Enrollment
from lms.people.models import User

LONGEST_REASON = 300


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("This is no day. Write it like 2026-12-31.")},
        **options,
    )


def _reason(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Why"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
        error_messages={"required": _("Say why in a few words. They will read it.")},
    )


class RefusableForm(forms.Form):
    """A form whose service may refuse what was entered; what was typed stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Leave out the colon after labels."""
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def refuse(self, refusal: ActionRefused) -> None:
        """Show a refusal at the field it is about, or above the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)


class ExtendForm(RefusableForm):
    """Gives a person more time; for managers and for administrators."""

    due_on = _day(_("New due day"), help_text=_("Advisory: nothing closes on this day."))
    closes_on = _day(_("Last day on which it can be completed"), required=False)
    closes_no_more = forms.BooleanField(label=_("It does not close any more"), required=False)
    reason = _reason(_("They will read it, and it is kept."))

    def __init__(self, posted: QueryDict | None, *, enrollment: Enrollment, auto_id: str = "id_%s") -> None:
        """Begin with the days it has; only what closes can be asked to close no more."""
        initial = {"due_on": enrollment.due_on, "closes_on": enrollment.closes_on}
        super().__init__(posted, initial=initial, auto_id=auto_id)
        self.closes_now = enrollment.closes_on
        if self.closes_now is None:
            del self.fields["closes_no_more"]
            self.fields["closes_on"].help_text = _("May be left empty: then it never closes.")

    def clean(self) -> dict[str, Any]:
        """Return the new days; a last day goes only if that was asked for."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.pop("closes_no_more", False):
            given["closes_on"] = None
        elif self.closes_now and given.get("closes_on") is None and "closes_on" not in self.errors:
            told = gettext("It closes on %s now. Enter a day, or tick that it does not close any more.")
            self.add_error("closes_on", told % date_format(self.closes_now, "j F Y"))
        return given


class ThankForm(RefusableForm):
    """Thanks a person for what they completed."""

    note = forms.CharField(
        label=_("A few words, if you like"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("At most 300 characters. Only they see it."),
    )


class VouchForm(RefusableForm):
    """Says what a manager has seen a person do."""

    statement = forms.CharField(
        label=_("What have you seen them do?"),
        max_length=LONGEST_STATEMENT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say in a few words what you have seen them do.")},
    )

    def __init__(self, posted: QueryDict | None, *, about: User) -> None:
        """Say who will read it."""
        super().__init__(posted)
        told = _("At most 500 characters. %(name)s reads it, and so do administrators. Nobody else.")
        self.fields["statement"].help_text = told % {"name": about}


class EnrollForm(RefusableForm):
    """Requires a path of a person."""

    path = forms.TypedChoiceField(
        label=_("Path"),
        coerce=int,
        error_messages={
            "required": _("Choose a path."),
            "invalid_choice": _(
                "This path is required of them already, or not published. Choose another one."
            ),
        },
    )
    due_on = _day(_("Due day"), required=False, help_text=_("May be left empty."))
    reason = _reason(_("They will read it."))

    def __init__(self, posted: QueryDict | None, *, required: Collection[int]) -> None:
        """Offer the published paths that are not required of the person; their own choices are among them."""
        super().__init__(posted)
        cast("forms.ChoiceField", self.fields["path"]).choices = [
            ("", _("Choose a path")),
            *((path.page_id, path.title) for path in library().published() if path.page_id not in required),
        ]
