"""Forms of the pages on which administrators look after credentials."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badges.models import AchievementVersion, Award, Issuer
from lms.web.list_forms import PeopleListForm

LONGEST_TAG = 60
MOST_TAGS = 20
MOST_ALIGNMENTS = 20
BY_HAND = [Award.Code.MISTAKE, Award.Code.EVIDENCE, Award.Code.CONDUCT, Award.Code.REQUEST]
ALIGNMENT = ("target_name", "target_url", "target_framework", "target_code")
WORDS = [
    "name",
    "description",
    "criteria",
    "kind",
    "level",
    "color",
    "language",
    "tags",
    "validity_months",
    "renewal_days",
    "grace_days",
    "alignments",
    "takes_nominations",
    "reviewers_needed",
    "rubric",
]


class AchievementForm(forms.ModelForm):  # type: ignore[type-arg]
    """The words and the terms of an achievement."""

    tags = forms.CharField(
        label=gettext_lazy("Tags"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("Separated by commas, such as: AI, customer service."),
    )
    alignments = forms.CharField(
        label=gettext_lazy("Skills frameworks"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One entry in a line: name | address | framework | code. Framework and code may be left out."
        ),
    )
    rubric = forms.CharField(
        label=gettext_lazy("What reviewers look for"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "One criterion in a line. Each must be shown by the evidence before it is accepted."
        ),
    )
    validity_months = forms.IntegerField(
        label=gettext_lazy("Valid for how many months"),
        required=False,
        min_value=1,
        max_value=120,
        help_text=gettext_lazy("Empty: it does not expire."),
    )

    class Meta:
        model = AchievementVersion
        fields = WORDS
        labels = {
            "name": gettext_lazy("Name"),
            "description": gettext_lazy("What its holder can do"),
            "criteria": gettext_lazy("What one has to do for it"),
            "kind": gettext_lazy("It is a"),
            "level": gettext_lazy("Level"),
            "color": gettext_lazy("Color of the emblem"),
            "language": gettext_lazy("Language of these words"),
            "renewal_days": gettext_lazy("Renewal opens, days before"),
            "grace_days": gettext_lazy("Renewal ends, days after"),
            "takes_nominations": gettext_lazy(
                "People can be put forward for it, with evidence that others review"
            ),
            "reviewers_needed": gettext_lazy("How many reviewers have to agree"),
        }
        help_texts = {
            "name": gettext_lazy("As it stands on the credential. Up to 120 characters."),
            "description": gettext_lazy("One or two sentences for whoever is shown it, such as an employer."),
            "criteria": gettext_lazy("In words for everyone. What people have to do, and who looks at it."),
            "language": gettext_lazy("A code such as en, de or pt-BR."),
            "takes_nominations": "",  # its label says it
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3}),
            "criteria": forms.Textarea(attrs={"rows": 6}),
            "language": forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        }

    def __init__(
        self,
        data: Any = None,
        *,
        version: AchievementVersion | None = None,
        issuers: Sequence[Issuer] = (),
    ) -> None:
        """Show what a version says; one that does not exist yet begins with what most need.

        Args:
            data: What was sent; None when the form is only asked for.
            version: What is changed; None for a new one.
            issuers: Who may vouch for a new one; there is nothing to choose among fewer than two.
        """
        initial: dict[str, Any] = {"validity_months": 12, "tags": "", "alignments": "", "rubric": ""}
        if version is not None:
            initial = {name: getattr(version, name) for name in WORDS}
            initial["tags"] = ", ".join(version.tags)
            initial["alignments"] = "\n".join(map(alignment_line, version.alignments))
            initial["rubric"] = "\n".join(version.rubric)
        self.version = version
        super().__init__(
            data, instance=AchievementVersion(), initial=initial, auto_id="words_%s", label_suffix=""
        )
        self.issuers = {str(issuer.public_id): issuer for issuer in issuers}
        if len(self.issuers) > 1:
            self.fields["issuer"] = forms.ChoiceField(
                label=gettext_lazy("Who vouches for it"),
                choices=[(key, str(issuer)) for key, issuer in self.issuers.items()],
                help_text=gettext_lazy("It signs what is awarded, so it stays when the words change."),
            )

    def clean_tags(self) -> list[str]:
        """Return the tags, each once.

        Raises:
            ValidationError: There are too many, or one is too long.
        """
        tags = list(dict.fromkeys(tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip()))
        if len(tags) > MOST_TAGS:
            raise forms.ValidationError(
                _("%d tags are the most. Keep those that people search for.") % MOST_TAGS
            )
        if long := [tag for tag in tags if len(tag) > LONGEST_TAG]:
            raise forms.ValidationError(_("“%s…” is too long for a tag.") % long[0][:20])
        return tags

    def clean_rubric(self) -> list[str]:
        """Return the criteria, one from each line; the model says what they may be."""
        return [line.strip() for line in self.cleaned_data["rubric"].splitlines() if line.strip()]

    def clean_alignments(self) -> list[dict[str, str]]:
        """Return the entries of skills frameworks; those that somebody else filled in further keep what they have.

        Raises:
            ValidationError: A line cannot be read; the message names it.
        """
        lines = [line for line in self.cleaned_data["alignments"].splitlines() if line.strip()]
        if len(lines) > MOST_ALIGNMENTS:
            raise forms.ValidationError(_("%d entries are the most.") % MOST_ALIGNMENTS)
        known = {alignment_line(each): each for each in (self.version.alignments if self.version else [])}
        return [known.get(line.strip()) or _alignment(line, number) for number, line in enumerate(lines, 1)]

    def clean(self) -> dict[str, Any]:
        """Ask for the time that a certification lasts."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        lasts = given.get("validity_months") is not None or "validity_months" in self.errors
        if given.get("kind") == AchievementVersion.Kind.CERTIFICATION and not lasts:
            told = _("A certification lasts for some time. Say how many months, or choose another kind.")
            self.add_error("validity_months", told)
        return given

    @property
    def chosen_issuer(self) -> Issuer:
        """Who vouches for a new one."""
        return self.issuers.get(self.cleaned_data.get("issuer", "")) or next(iter(self.issuers.values()))

    @property
    def words(self) -> dict[str, Any]:
        """What `make_achievement` and `change_achievement` take."""
        return {name: self.cleaned_data[name] for name in WORDS}


def alignment_line(alignment: dict[str, str]) -> str:
    """Return an entry of a skills framework as one types it."""
    return " | ".join(alignment.get(name, "") for name in ALIGNMENT).rstrip(" |")


def _alignment(line: str, number: int) -> dict[str, str]:
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) < 2 or len(cells) > len(ALIGNMENT) or not cells[0]:
        told = _("Line %d: write name | address | framework | code.")
        raise forms.ValidationError(told % number)
    address = urlsplit(cells[1])
    if address.scheme not in {"http", "https"} or not address.netloc:
        told = _("Line %d: the address must begin with https:// and lead to the entry.")
        raise forms.ValidationError(told % number)
    return {name: cell for name, cell in zip(ALIGNMENT, cells, strict=False) if cell}


class AwardForm(forms.Form):
    """Who is awarded by hand, and what for."""

    narrative = forms.CharField(
        label=gettext_lazy("What for"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Stands in the credential, for everyone to read. May stay empty."),
    )

    def __init__(self, data: Any = None) -> None:
        """Tell the fields of this form from others."""
        super().__init__(data, auto_id="award_%s", label_suffix="")


class AwardListForm(PeopleListForm):
    """A list of people who are awarded."""

    narrative = AwardForm.base_fields["narrative"]
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: Any = None, files: Any = None, *, key: str = "") -> None:
        """Carry a key, so that a list that is sent twice is planned once."""
        super().__init__(data, files, auto_id="list_%s", label_suffix="", initial={"key": key})


class RevokeForm(forms.Form):
    """Why an award is taken back."""

    code = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=[(code.value, code.label) for code in BY_HAND],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose why.")},
    )
    public_text = forms.CharField(
        label=gettext_lazy("What everybody reads"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Empty: a sentence that fits the reason and tells nothing about the person."),
    )
    private_note = forms.CharField(
        label=gettext_lazy("Note for administrators"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept in the audit trail, shown to nobody else."),
    )

    def __init__(self, data: Any = None) -> None:
        """Tell the fields of this form from others."""
        super().__init__(data, auto_id="revoke_%s", label_suffix="")
