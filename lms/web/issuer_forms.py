"""Forms about who vouches for credentials, and with which keys."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from badges.models import Issuer

WORDS = ["name", "url", "email", "description"]


class IssuerForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who vouches for credentials."""

    url = forms.URLField(
        label=gettext_lazy("Its web address"),
        max_length=200,
        assume_scheme="https",
        help_text=gettext_lazy("Such as https://larkfield.example. Public."),
    )

    class Meta:
        model = Issuer
        fields = WORDS
        labels = {
            "name": gettext_lazy("Name"),
            "email": gettext_lazy("E-mail address for questions"),
            "description": gettext_lazy("What it is, in a sentence or two"),
        }
        help_texts = {
            "name": gettext_lazy("As it stands on every credential: the company, or a part of it."),
            "email": gettext_lazy("Public. A shared address lasts longer than that of one person."),
            "description": gettext_lazy("Public. May stay empty."),
        }
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, data: Any = None, *, issuer: Issuer | None = None) -> None:
        """Ask for an address, too: whoever reads a credential may have a question."""
        initial = {name: getattr(issuer, name) for name in WORDS} if issuer else {}
        super().__init__(data, instance=Issuer(), initial=initial, auto_id="issuer_%s", label_suffix="")
        self.fields["email"].required = True

    @property
    def words(self) -> dict[str, str]:
        """What `add_issuer` and `change_issuer` take."""
        return {name: self.cleaned_data[name] for name in WORDS}


class GiveUpForm(forms.Form):
    """Why a key is given up."""

    reason = forms.CharField(
        label=gettext_lazy("What happened"),
        max_length=500,
        help_text=gettext_lazy("Kept in the audit trail."),
        error_messages={"required": gettext_lazy("Say what happened. It is kept in the audit trail.")},
    )

    def __init__(self, data: Any = None, *, number: int = 0) -> None:
        """Tell the fields of one key from those of another."""
        super().__init__(data, auto_id=f"key{number}_%s", label_suffix="")
