"""The form on which a page is copied."""

from typing import Any

from wagtail.admin.forms.pages import CopyForm


class CopyWithoutAliasForm(CopyForm):
    """Offers no alias: it would be the same lesson twice, and what people learn points at one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for title, address and place only."""
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)
