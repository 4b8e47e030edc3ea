"""Forms around credentials for everyone."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badges.models import Award
from badges.ob3.reports import Report
from badges.services.verifying import MOST_BYTES, too_large, verify_address, verify_file, verify_text
from lms.core.errors import ActionRefused

LONGEST_TEXT = 400_000


class VerifyForm(forms.Form):
    """A credential in one of three ways: a file, an address, or its text."""

    file = forms.FileField(
        label=gettext_lazy("A file"),
        required=False,
        help_text=gettext_lazy("PNG, SVG, JSON or a web token. It is read here and not kept."),
    )
    url = forms.CharField(
        label=gettext_lazy("Or an address"),
        required=False,
        max_length=2000,
        widget=forms.URLInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text=gettext_lazy("Of the credential or of its picture, beginning with https://"),
    )
    text = forms.CharField(
        label=gettext_lazy("Or its text"),
        required=False,
        strip=True,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy("JSON that begins with { or a token that begins with ey"),
    )
    holder = forms.EmailField(
        label=gettext_lazy("E-mail address of whoever shows it"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "May stay empty. A badge names its holder by a fingerprint; with the address it can be compared. It is "
            "not kept."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """See that there is exactly one thing to verify."""
        given = [name for name in ("file", "url", "text") if self.cleaned_data.get(name)]
        if not self.errors and len(given) != 1:
            raise forms.ValidationError(
                _("Choose a file, or enter an address, or paste a text.")
                if not given
                else _("Only one of the three can be verified at a time. Leave the others empty.")
            )
        if (file := self.cleaned_data.get("file")) and file.size > MOST_BYTES:
            self.add_error("file", too_large().message)
        return self.cleaned_data

    def verified(self, *, at: datetime) -> Report | None:
        """Return what was found; None when it could not be had, with the reason at its field."""
        data = self.cleaned_data
        holder = data["holder"]
        try:
            if data["file"]:
                field = "file"
                return verify_file(content=data["file"].read(), at=at, recipient_email=holder)
            if data["url"]:
                field = "url"
                return verify_address(url=data["url"], at=at, recipient_email=holder)
            field = "text"
            return verify_text(text=data["text"], at=at, recipient_email=holder)
        except ActionRefused as refusal:
            self.add_error(field, refusal.message)
            return None


class VisibilityForm(forms.Form):
    """Who may see the page of a credential."""

    visibility = forms.ChoiceField(
        label=gettext_lazy("Who may see this page"), choices=Award.Visibility, widget=forms.RadioSelect
    )
