"""Forms of the practice pages for administrators."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.people.models import OrgUnit
from lms.web.people_page import unit_choices
from sandbox.models import Budget, Provider
from sandbox.services.managing import BudgetFacts, ProviderFacts

LARGEST_LIMIT = 1_000_000_000
LONGEST_LIST = 100_000

PROVIDER_FIELDS = list(ProviderFacts.__dataclass_fields__)
AT_AN_ADDRESS = ["base_url", "model", "key", "removes_key"]
"""Fields that the model on this machine does not have."""


class ProviderForm(forms.Form):
    """A model, what may be sent to it, and how it is reached."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("As learners read it, beside its answers."),
        error_messages={"required": gettext_lazy("Give it a name that learners will read.")},
    )
    base_url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=200,
        help_text=gettext_lazy("Of an OpenAI-compatible server, such as https://models.example.com/v1."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter the address of the server.")},
    )
    model = forms.CharField(
        label=gettext_lazy("Model"),
        max_length=200,
        help_text=gettext_lazy("As that server calls it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter what the server calls the model.")},
    )
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        validators=[
            RegexValidator(
                r"\A[\x21-\x7e]+\Z",
                gettext_lazy("A key has no spaces and no letters outside of ASCII. Copy it once more."),
            )
        ],
        help_text=gettext_lazy("Kept encrypted, and never shown again."),
    )
    removes_key = forms.BooleanField(label=gettext_lazy("Remove the stored key"), required=False)
    data_region = forms.CharField(
        label=gettext_lazy("Where data goes"),
        max_length=100,
        help_text=gettext_lazy("As learners read it before they send: “our own servers”, “EU, Example Ltd”."),
        error_messages={
            "required": gettext_lazy("Say where data goes; learners read it before they send anything.")
        },
    )
    weakness = forms.CharField(
        label=gettext_lazy("What it is bad at"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Learners read this too. Empty: nothing is said."),
    )
    policy = forms.ChoiceField(
        label=gettext_lazy("Private data in a prompt"),
        choices=Provider.Policy.choices,
        initial=Provider.Policy.BLOCK,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Passwords, keys, IBANs and card numbers never leave, whatever you choose."),
    )
    max_tokens = forms.IntegerField(
        label=gettext_lazy("Tokens of an answer at most"),
        min_value=50,
        max_value=4000,
        initial=400,
        help_text=gettext_lazy("50 to 4,000. A hundred tokens are about 75 English words."),
    )
    position = forms.IntegerField(
        label=gettext_lazy("Order"),
        min_value=0,
        max_value=1000,
        initial=10,
        help_text=gettext_lazy("The lowest number is offered first."),
    )
    is_enabled = forms.BooleanField(label=gettext_lazy("Learners may ask it"), required=False)

    def __init__(self, data: Any = None, *, provider: Provider | None = None) -> None:
        """Show what is stored, the key left out; the model on this machine has no address."""
        initial = {name: getattr(provider, name) for name in PROVIDER_FIELDS} if provider else {}
        super().__init__(data, auto_id="model_%s", label_suffix="", initial=initial)
        if provider and provider.is_local:
            for name in AT_AN_ADDRESS:
                del self.fields[name]
        elif provider and provider.key_encrypted:
            self.fields["key"].help_text = _(
                "A key is stored. Leave this empty to keep it; it is kept encrypted and never shown."
            )
        else:
            del self.fields["removes_key"]

    def clean(self) -> dict[str, Any]:
        """Refuse a new key together with the wish to remove it."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("key") and given.get("removes_key"):
            self.add_error("key", _("Enter a new key, or remove the stored one; not both."))
        return given

    def say_key_is_gone(self) -> None:
        """Say beside the key, where one was entered, that it has to be entered again: no page ever holds it."""
        if self.data.get("key") and "key" in self.fields and "key" not in self.errors:
            self.add_error("key", _("Enter the key once more: it was not stored, and it is never shown."))

    @property
    def facts(self) -> ProviderFacts:
        """What was entered, the key left out."""
        return ProviderFacts(
            **{name: self.cleaned_data[name] for name in PROVIDER_FIELDS if name in self.cleaned_data}
        )

    @property
    def new_key(self) -> str | None:
        """The new key; None to keep what is stored, empty to remove it."""
        if self.cleaned_data.get("removes_key"):
            return ""
        return self.cleaned_data.get("key") or None


class BudgetForm(forms.Form):
    """Whose runs are counted together, for how long, and how many there may be."""

    scope = forms.ChoiceField(
        label=gettext_lazy("For"),
        choices=Budget.Scope.choices,
        initial=Budget.Scope.COMPANY,
        widget=forms.RadioSelect,
    )
    unit = forms.CharField(
        label=gettext_lazy("Unit"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("Only for a budget of a unit."),
    )
    period = forms.ChoiceField(
        label=gettext_lazy("In a"),
        choices=Budget.Period.choices,
        initial=Budget.Period.MONTH,
        widget=forms.RadioSelect,
    )
    runs = forms.IntegerField(
        label=gettext_lazy("Runs at most"),
        min_value=0,
        max_value=LARGEST_LIMIT,
        required=False,
        help_text=gettext_lazy("A run is one answer of one model. Empty: no limit."),
    )
    tokens = forms.IntegerField(
        label=gettext_lazy("Tokens at most"),
        min_value=0,
        max_value=LARGEST_LIMIT,
        required=False,
        help_text=gettext_lazy("Of questions and answers together. Empty: no limit."),
    )

    def __init__(self, data: Any = None, *, budget: Budget | None = None) -> None:
        """Show what is stored, and offer the units there are; one query, or two."""
        initial: dict[str, Any] = {}
        if budget:
            initial = {name: getattr(budget, name) for name in ("scope", "period", "runs", "tokens")}
            initial["unit"] = budget.unit.code if budget.unit else ""
        super().__init__(data, auto_id="budget_%s", label_suffix="", initial=initial)
        chosen = (data or initial).get("unit") or ""
        self.fields["unit"].widget = forms.Select(
            choices=[("", _("no unit")), *unit_choices(str(chosen)[:64])]
        )

    def clean_unit(self) -> OrgUnit | None:
        """Return the unit that was chosen.

        Raises:
            ValidationError: It is gone.
        """
        code = self.cleaned_data["unit"]
        unit: OrgUnit | None = OrgUnit.objects.filter(code=code).first() if code else None
        if code and unit is None:
            raise forms.ValidationError(_("This unit is gone. Choose another one."))
        return unit

    @property
    def facts(self) -> BudgetFacts:
        """What was entered."""
        return BudgetFacts(**{name: self.cleaned_data[name] for name in BudgetFacts.__dataclass_fields__})


class CompanyWordsForm(forms.Form):
    """The company's own words, to replace those there are."""

    words = forms.CharField(
        label=gettext_lazy("Words and phrases, one in a line"),
        required=False,
        max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 10, "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Each has one to four words, such as the name of a client or of a project."),
    )
    removes_all = forms.BooleanField(label=gettext_lazy("Remove all words"), required=False)

    def __init__(self, data: Any = None, *, count: int) -> None:
        """Offer to remove all words where there are any."""
        super().__init__(data, auto_id="words_%s", label_suffix="")
        if not count:
            del self.fields["removes_all"]

    def clean(self) -> dict[str, Any]:
        """Ask for words, or for the wish to have none."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        has_words = bool(given.get("words", "").strip())
        if has_words and given.get("removes_all"):
            self.add_error("removes_all", _("There are words in the box. Empty it, or take this tick away."))
        elif not has_words and not given.get("removes_all") and "words" not in self.errors:
            self.add_error("words", _("Enter at least one word. Nothing has changed."))
        return given

    @property
    def lines(self) -> list[str]:
        """The entries."""
        return list(self.cleaned_data["words"].splitlines())
