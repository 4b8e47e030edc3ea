"""The editor's form of lessons and paths: strict when publishing, patient with drafts."""

from typing import Any

from django.db.models import Q
from wagtail.admin.forms.pages import WagtailAdminPageForm

from lms.people.models import User
from lms.people.permissions import ADMINS, AUTHORS, REVIEWERS


class DraftForm(WagtailAdminPageForm):
    """Tells the page whether a draft is being saved, which may still miss what learners will need."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer as owners those who work in the CMS, not the whole company."""
        super().__init__(*args, **kwargs)
        if owner := self.fields.get("owner"):
            in_cms = Q(groups__name__in=[AUTHORS, REVIEWERS, ADMINS]) | Q(pk=self.instance.owner_id)
            owner.queryset = User.objects.filter(in_cms).distinct()

    def _post_clean(self) -> None:
        self.instance.has_gaps = self.is_deferred_validation
        super()._post_clean()

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save, and from then on be strict again."""
        page = super().save(*args, **kwargs)
        page.has_gaps = False
        return page
