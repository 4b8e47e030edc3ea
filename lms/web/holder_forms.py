"""Forms around the addresses of holders."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.web.team_forms import RefusableForm


class AddressForm(RefusableForm):
    """An address to which a link is sent."""

    address = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter an e-mail address."),
            "invalid": _("Enter a whole e-mail address, such as ada@home.example."),
        },
    )
