"""Forms around nominations."""

from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from badges.models import Evidence, Nomination, Review
from badges.reviewing import LEVELS
from badges.services.evidence import NewEvidence
from lms.people.models import User
from lms.web.team_forms import RefusableForm
from sandbox.selectors import own_copies


def _text(label: Any, *, most: int, rows: int = 4, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


class WhyForm(RefusableForm):
    """Puts somebody forward."""

    why = _text(
        _("Why"),
        most=1000,
        help_text=_("What have you seen, and what came of it? Reviewers begin with it."),
        error_messages={"required": _("Say in a few words why. Reviewers begin with it.")},
    )


class AppealForm(RefusableForm):
    """Asks that somebody else looks at it."""

    words = _text(
        _("What have the reviewers missed?"),
        most=1000,
        error_messages={"required": _("Say in a few words what the reviewers have missed.")},
    )


class EvidenceForm(RefusableForm):
    """Adds one thing; its kind says which fields there are."""

    FIELDS: ClassVar[dict[str, set[str]]] = {
        Evidence.Kind.FILE: {"file"},
        Evidence.Kind.LINK: {"url"},
        Evidence.Kind.PRACTICE: {"shared_copy"},
        Evidence.Kind.RESULT: set(),
    }

    title = forms.CharField(label=_("Title"), max_length=120)
    file = forms.FileField(label=_("File"), help_text=_("PDF, PNG, JPEG or plain text, at most 10 MB."))
    url = forms.CharField(
        label=_("Address"),
        max_length=1000,
        widget=forms.URLInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text=_("Beginning with https://"),
    )
    shared_copy = forms.TypedChoiceField(
        label=_("Shared copy"),
        help_text=_(
            "Only frozen copies that you shared on purpose. Take one back, and it is gone here, too."
        ),
        error_messages={"invalid_choice": _("Choose a copy that you have shared and not taken back.")},
    )
    text = _text(_("What it shows"), most=2000, rows=3, required=False)
    visibility = forms.ChoiceField(
        label=_("Who sees it"),
        choices=Evidence.Visibility,
        initial=Evidence.Visibility.REVIEWERS,
        widget=forms.RadioSelect,
    )

    def __init__(self, kind: str, person: User, posted: QueryDict | None = None, files: Any = None) -> None:
        """Leave out the fields of other kinds, and offer a person's own shared copies."""
        super().__init__(posted, files)
        self.kind = kind
        for name in set.union(*self.FIELDS.values()) - self.FIELDS[kind]:
            del self.fields[name]
        if kind == Evidence.Kind.PRACTICE:
            shared = [copy for copy in own_copies(person) if copy.revoked_at is None]
            choices = [(str(each.public_id), each.title) for each in shared]
            self.fields["shared_copy"].choices = choices  # type: ignore[attr-defined]
        if kind == Evidence.Kind.RESULT:
            self.fields["text"].label = _("What was measured, and how")
            self.fields["text"].help_text = _("Before and after, in how many cases, and who counted.")
            self.fields["text"].required = True

    @property
    def has_copies(self) -> bool:
        """Whether there is a shared copy to choose."""
        field = self.fields.get("shared_copy")
        return bool(getattr(field, "choices", []))

    def new_evidence(self) -> NewEvidence:
        """Return what was entered; the file is read into memory, as far as it may be."""
        given = dict(self.cleaned_data)
        file = given.pop("file", None)
        return NewEvidence(kind=self.kind, content=file.read() if file else None, **given)


class ReviewForm(RefusableForm):
    """Decides about a nomination, criterion by criterion."""

    decision = forms.ChoiceField(
        label=_("Your decision"),
        choices=Review.Decision,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you decide.")},
    )
    comment = _text(
        _("Comment"),
        most=2000,
        required=False,
        help_text=_("The nominee reads it, without your name. Needed to return or decline."),
    )
    round = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, nomination: Nomination, posted: QueryDict | None = None) -> None:
        """Ask for the level of each criterion of the rubric first."""
        super().__init__(posted, initial={"round": nomination.round})
        self.criteria = {f"criterion_{number}": each for number, each in enumerate(nomination.version.rubric)}
        for name, criterion in self.criteria.items():
            self.fields[name] = forms.TypedChoiceField(
                label=criterion, choices=list(LEVELS.items()), coerce=int, required=False, empty_value=None,
                widget=forms.RadioSelect,
            )  # fmt: skip
        self.order_fields([*self.criteria, "decision", "comment", "round"])

    @property
    def levels(self) -> dict[str, int]:
        """Level by criterion, as far as it was given."""
        given = {each: self.cleaned_data.get(name) for name, each in self.criteria.items()}
        return {each: level for each, level in given.items() if level is not None}


class ColleagueForm(RefusableForm):
    """Looks for a colleague."""

    q = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        help_text=_("At least two letters."),
    )

    @property
    def asked(self) -> str:
        """What was looked for; empty when nothing was, or when it cannot be looked for."""
        return self.cleaned_data["q"].replace("\0", "") if self.is_valid() else ""


def no_copies_sentence() -> str:
    """Return what to do for somebody who has shared nothing."""
    return gettext(
        "You have no shared copy. Open an attempt in your practice and freeze one, then come back."
    )
