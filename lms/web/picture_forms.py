"""The form with which a picture is uploaded for an achievement."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badges.picture_files import MOST_BYTES


class PictureForm(forms.Form):
    """A picture in place of the drawn one."""

    picture = forms.FileField(
        label=gettext_lazy("A PNG file"),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": "image/png"}),
        help_text=gettext_lazy("Square, at least 256 by 256 pixels, at most 1 MB."),
        error_messages={"required": gettext_lazy("Choose a PNG file.")},
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        """Tell its field from others."""
        super().__init__(data, files, auto_id="upload_%s", label_suffix="")

    def clean_picture(self) -> bytes:
        """Return what the file holds.

        Raises:
            ValidationError: It is too large to be read.
        """
        upload = self.cleaned_data["picture"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 1 MB. Save it smaller, such as 512 by 512 pixels.")
            )
        content: bytes = upload.read()
        return content
