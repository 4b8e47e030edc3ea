"""Forms of the pages."""

import zoneinfo
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.people.models import User


class SettingsForm(forms.ModelForm[User]):
    """What a person may change about themselves."""

    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = User
        fields = ["preferred_name", "time_zone", "theme"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every zone this machine knows, the company's first."""
        super().__init__(*args, **kwargs)
        zones = sorted(
            zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/")
        )
        zone = cast("forms.ChoiceField", self.fields["time_zone"])
        zone.choices = [
            ("", _("as the company")),
            *((zone, zone.replace("_", " ")) for zone in zones),
        ]
