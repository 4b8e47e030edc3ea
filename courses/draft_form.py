"""The editor's form of lessons and paths: strict when publishing, patient with drafts."""

from typing import Any

from wagtail.admin.forms.pages import WagtailAdminPageForm


class DraftForm(WagtailAdminPageForm):  # type: ignore[misc]
    """Tells the page whether a draft is being saved, which may still miss what learners will need."""

    def _post_clean(self) -> None:
        self.instance.has_gaps = self.is_deferred_validation
        super()._post_clean()

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save, and from then on be strict again."""
        page = super().save(*args, **kwargs)
        page.has_gaps = False
        return page
