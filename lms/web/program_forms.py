"""The form with which a program is registered."""

from typing import Any

from allauth.idp.oidc.models import Client
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badges.services.programs import LONGEST_NAME

MOST_ADDRESSES = 10
is_https = URLValidator(schemes=["https"])


class ProgramForm(forms.Form):
    """A program that may ask people whether it may read their credentials."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("As people read it when it asks them, such as the name of the wallet."),
    )
    redirect_uris = forms.CharField(
        label=gettext_lazy("Where people are sent back to"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "The addresses that whoever makes the program gave you, each in full and on a line of its own. "
            "They begin with https://."
        ),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of program it is"),
        choices=[
            (Client.Type.CONFIDENTIAL, gettext_lazy("It runs on a server and can keep a secret")),
            (Client.Type.PUBLIC, gettext_lazy("It runs on phones or in browsers and cannot keep one")),
        ],
        widget=forms.RadioSelect,
        initial=Client.Type.CONFIDENTIAL,
    )

    def __init__(self, data: Any = None) -> None:
        """Tell its fields from others."""
        super().__init__(data, auto_id="program_%s", label_suffix="")

    def clean_redirect_uris(self) -> list[str]:
        """Return the addresses, each once.

        Raises:
            ValidationError: One is not complete or does not begin with https; the message names its line.
        """
        lines = [line.strip() for line in self.cleaned_data["redirect_uris"].splitlines() if line.strip()]
        if len(lines) > MOST_ADDRESSES:
            raise forms.ValidationError(_("%d addresses are the most.") % MOST_ADDRESSES)
        for number, line in enumerate(lines, 1):
            try:
                is_https(line)
            except ValidationError:
                told = _("Line %d: write the whole address, beginning with https://.")
                raise forms.ValidationError(told % number) from None
        return list(dict.fromkeys(lines))
