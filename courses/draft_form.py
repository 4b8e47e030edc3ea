"""The editor's forms: strict when publishing, patient with drafts."""

from typing import Any

from django.db.models import Q
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.forms.pages import WagtailAdminPageForm

from lms.people.models import User
from lms.people.permissions import ADMINS, AUTHORS, REVIEWERS


class PatientWithDrafts:
    """Tells the row whether a draft is being saved, which may still miss what people will need."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer as owners those who work in the CMS, not the whole company."""
        super().__init__(*args, **kwargs)
        form: Any = self
        if owner := form.fields.get("owner"):
            in_cms = Q(groups__name__in=[AUTHORS, REVIEWERS, ADMINS]) | Q(pk=form.instance.owner_id)
            owner.queryset = User.objects.filter(in_cms).distinct()

    def _post_clean(self) -> None:
        form: Any = self
        form.instance.has_gaps = form.is_deferred_validation
        super()._post_clean()  # type: ignore[misc]

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save, and from then on be strict again."""
        row: Any = super().save(*args, **kwargs)  # type: ignore[misc]
        row.has_gaps = False
        return row


class DraftForm(PatientWithDrafts, WagtailAdminPageForm):
    """The form of lessons and paths."""


class SnippetDraftForm(PatientWithDrafts, WagtailAdminModelForm):
    """The form of what is written beside them."""
