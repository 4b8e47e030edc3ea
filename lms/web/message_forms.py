"""Forms about what somebody gets, when and where."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.notifications.channels import FALLBACK, channels_set_up
from lms.notifications.models import DeliveryPreferences, Suppression
from lms.notifications.selectors.preferences import INBOX, MESSAGE, TypeChoice, Wanted
from lms.notifications.services.preferences import MOST_MESSAGES, ReachWish
from lms.tips.models.plans import WEEKDAYS
from lms.tips.services.preferences import TipTime

HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]


def hour_field(label: Any, **options: Any) -> forms.TypedChoiceField:
    """Return a field for an hour of the day."""
    return forms.TypedChoiceField(label=label, choices=HOURS, coerce=int, **options)


class TimesForm(forms.Form):
    """When and where; `wish` and `tip` once it is valid."""

    channel = forms.ChoiceField(label=gettext_lazy("Where"), widget=forms.RadioSelect)
    tip_weekday = forms.TypedChoiceField(label=gettext_lazy("Day of the tip"), coerce=int, required=False)
    tip_hour = hour_field(gettext_lazy("Hour of the tip"))
    digest_hour = hour_field(gettext_lazy("Hour of the digest"))
    weekly_cap = forms.TypedChoiceField(
        label=gettext_lazy("Digests a week, at most"),
        coerce=int,
        help_text=gettext_lazy(
            "The weekly tip comes beside them. What your company requires comes all the same."
        ),
    )
    quiet_from = hour_field(gettext_lazy("Quiet from"))
    quiet_to = hour_field(gettext_lazy("Quiet until"))

    def __init__(
        self, data: Any, *, own: DeliveryPreferences, tip: TipTime | None, planned: TipTime | None
    ) -> None:
        """Begin with what holds now.

        Args:
            data: What was posted; None to show it.
            own: Their preferences.
            tip: Their own day and hour; None as the company plans.
            planned: What the company plans; None when it plans nothing.
        """
        shown = tip or planned or TipTime(2, 9)
        initial = {
            "channel": own.channel,
            "tip_weekday": tip.weekday if tip else "",
            "tip_hour": shown.hour,
            "digest_hour": own.digest_hour,
            "weekly_cap": own.weekly_cap,
            "quiet_from": own.quiet_from,
            "quiet_to": own.quiet_to,
        }
        super().__init__(data, initial=initial)
        self.planned = planned
        channels = [(each.name, _channel_label(each.name, each.label)) for each in channels_set_up()]
        self._choices("channel", channels)
        if own.channel not in dict(channels):  # it was taken away; what waited for it goes by mail
            self.initial["channel"] = FALLBACK
        self._choices("tip_weekday", [("", _as_planned(planned)), *WEEKDAYS])
        self._choices("weekly_cap", [(0, _("none")), *((n, str(n)) for n in range(1, MOST_MESSAGES + 1))])
        if len(channels) == 1:
            self.fields["channel"].widget = forms.HiddenInput()

    def _choices(self, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def wish(self) -> ReachWish:
        """When and where they want to be reached."""
        said = self.cleaned_data
        return ReachWish(**{name: said[name] for name in ReachWish.__dataclass_fields__})

    @property
    def tip(self) -> TipTime | None:
        """When they want their tip; None as the company plans."""
        weekday, hour = self.cleaned_data["tip_weekday"], self.cleaned_data["tip_hour"]
        if weekday:
            return TipTime(weekday, hour)
        if self.planned is not None and hour != self.planned.hour:
            return TipTime(self.planned.weekday, hour)  # another hour on the planned day
        return None


def _channel_label(name: str, label: Any) -> str:
    return _("%(channel)s, as everybody") % {"channel": label} if name == FALLBACK else str(label)


def _as_planned(planned: TipTime | None) -> str:
    if planned is None:
        return _("as planned")
    facts = {"day": dict(WEEKDAYS)[planned.weekday], "hour": f"{planned.hour:02d}:00"}
    return _("as planned: %(day)s, %(hour)s") % facts


class BreakForm(forms.Form):
    """The first day on which somebody is reached again."""

    until = forms.DateField(
        label=gettext_lazy("Until"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("The first day on which you are reached again."),
    )


def wanted_in(posted: Mapping[str, str], choices: Sequence[TypeChoice]) -> dict[tuple[str, str], bool]:
    """Return what the ticked boxes of the matrix say, for every type and place that it shows."""
    return {
        (choice.type.name, place): f"{place}-{choice.type.name}" in posted
        for choice in choices
        for place in (MESSAGE, INBOX)
    }


def in_groups(wanted: Wanted) -> tuple[list[TypeChoice], list[TypeChoice]]:
    """Return what can be chosen, messages of their own first, and what is required."""
    free = [each for each in wanted.choices if not each.type.is_required]
    free.sort(key=lambda each: not each.type.is_own_message)
    return free, [each for each in wanted.choices if each.type.is_required]


class SuppressionForm(forms.Form):
    """An address that gets no more mail."""

    address = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=Suppression.Reason.choices)
    said = forms.CharField(
        label=gettext_lazy("What the bounce said"), max_length=500, required=False, strip=True
    )
