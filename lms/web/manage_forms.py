"""Forms of the pages for administrators."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from lms.core.selectors import known_actions
from lms.people.models import User
from lms.web.audit_sentences import action_name
from lms.web.people_page import ANY_STATUS, WORKS_HERE, role_choices, unit_choices
from lms.web.set_up_page import PERSONAS

LONGEST_SEARCH = 200


class FilterForm(forms.Form):
    """What a list is narrowed by; all of it is in the address, so that it can be sent to a colleague."""

    def __init__(self, asked: QueryDict) -> None:
        """Read the filters from an address."""
        super().__init__(asked, auto_id="filter_%s")

    @property
    def is_in_use(self) -> bool:
        """Whether anything was asked for at all."""
        return any(self.data.get(name) for name in self.fields)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the first field was asked for; the others are shown then."""
        return any(self.data.get(name) for name in list(self.fields)[1:])


class PeopleFilter(FilterForm):
    """Whom the list of people shows."""

    q = forms.CharField(
        label=_("Name, e-mail address or employee number"),
        max_length=LONGEST_SEARCH,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[(WORKS_HERE, _("works here now")), *User.Status.choices, (ANY_STATUS, _("any"))],
    )
    unit = forms.CharField(label=_("Unit, with all below it"), max_length=64, required=False)
    role = forms.CharField(label=_("Job role"), max_length=64, required=False)
    missing = forms.ChoiceField(
        label=_("What is missing"),
        required=False,
        choices=[
            ("", _("show everyone")),
            ("role", _("has no job role")),
            ("unit", _("has no unit")),
            ("manager", _("has no manager")),
            ("line", _("reports in a circle")),
        ],
    )

    def __init__(self, asked: QueryDict) -> None:
        """Offer the units and job roles there are; an address may name others. Two queries, or three."""
        super().__init__(asked)
        units = unit_choices(asked.get("unit", "")[:64])
        self.fields["unit"].widget = forms.Select(choices=[("", _("any")), *units])
        self.fields["role"].widget = forms.Select(choices=[("", _("any")), *role_choices()])


class StatusForm(forms.Form):
    """Decides where a person stands with the company."""

    status = forms.ChoiceField(label=_("From now on"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept in the audit trail, for whoever asks a year from now."),
        error_messages={"required": _("Say why in a few words. It is kept in the audit trail.")},
    )
    typed_name = forms.CharField(label=_("Their full name"), max_length=300, required=False)
    seen_status = forms.CharField(widget=forms.HiddenInput)

    EFFECTS = {
        User.Status.ACTIVE: (_("Active"), _("May sign in and learn. Lifts a suspension.")),
        User.Status.ON_LEAVE: (_("On leave"), _("May still sign in, and still counts as working here.")),
        User.Status.SUSPENDED: (
            _("Suspended"),
            _("Signed out everywhere at once; may not sign in until somebody lifts it here. Records stay."),
        ),
        User.Status.LEFT: (
            _("Left"),
            _("Signed out everywhere at once; their employment ends today. Records stay."),
        ),
    }

    def __init__(self, posted: QueryDict | None, *, person: User) -> None:
        """Offer every status but the one the person has."""
        super().__init__(posted, initial={"seen_status": person.status}, auto_id="status_%s", label_suffix="")
        self.person = person
        cast("forms.ChoiceField", self.fields["status"]).choices = [
            (status.value, format_html("<span><b>{}.</b> {}</span>", name, effect))
            for status, (name, effect) in self.EFFECTS.items()
            if status != person.status
        ]
        self.fields["typed_name"].help_text = _(
            "Only when they have left: type “%(name)s”, to be sure that it is them."
        ) % {"name": person}

    def clean(self) -> dict[str, Any]:
        """Hold the typed name against the person's, and what was seen against what is."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("seen_status") != self.person.status:
            # The hidden field must say next time what the page shows now.
            self.data = {**self.data, "seen_status": self.person.status}
            raise forms.ValidationError(
                _(
                    "Their status has changed since you opened this page; it is now: %(status)s. Nothing has been "
                    "changed by you. Look again, and decide once more."
                ),
                params={"status": self.person.get_status_display()},
            )
        is_named = _plain(data.get("typed_name", "")) == _plain(str(self.person))
        if data.get("status") == User.Status.LEFT and not is_named:
            self.add_error(
                "typed_name",
                _("This is not the name on this page. Nothing has changed. Type: %(name)s")
                % {"name": self.person},
            )
        return data


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


class AuditFilter(FilterForm):
    """Which entries of the audit trail are shown."""

    actor = forms.CharField(
        label=_("Who did it"),
        max_length=LONGEST_SEARCH,
        required=False,
        help_text=_("Name, e-mail address, or a program such as command:import_people."),
    )
    action = forms.ChoiceField(label=_("What was done"), required=False)
    object_type = forms.CharField(label=_("Kind of thing"), max_length=100, required=False)
    object_id = forms.CharField(label=_("Its id"), max_length=200, required=False)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, asked: QueryDict) -> None:
        """Offer the actions that the trail speaks of; one query."""
        super().__init__(asked)
        actions = [(action, action_name(action)) for action in known_actions()]
        cast("forms.ChoiceField", self.fields["action"]).choices = [("", _("anything")), *actions]


class ReasonForm(forms.Form):
    """Asks why, for the audit trail."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        error_messages={"required": _("Say why in a few words. It is kept in the audit trail.")},
    )


class PersonaForm(ReasonForm):
    """Makes someone an author, reviewer or administrator."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    persona = forms.ChoiceField(label=_("May act as"), choices=list(PERSONAS.items()))
    field_order = ["email", "persona", "reason"]

    def clean_email(self) -> User:
        """Return the person who has this address and may sign in.

        Raises:
            ValidationError: There is none.
        """
        person: User | None = User.objects.with_email(self.cleaned_data["email"]).first()
        if person is None:
            raise forms.ValidationError(_("Nobody has this address. Look the person up in People."))
        if not person.is_active:
            raise forms.ValidationError(
                _("%(name)s may not sign in now (%(status)s). Make them active first."),
                params={"name": person, "status": person.get_status_display()},
            )
        return person
