"""A list of people in a form: pasted, or out of a file."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LARGEST_FILE = 4_000_000
EXCEL = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of spreadsheet programs begin, the new ones and the old ones."""


class PeopleListForm(forms.Form):
    """Whom something is about, one in a line; `people` is all of it as text once the form is valid."""

    people = forms.CharField(
        label=gettext_lazy("E-mail addresses or employee numbers, one in a line"),
        required=False,
        max_length=LARGEST_FILE,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("You can paste columns from a spreadsheet: the one with addresses is found."),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        required=False,
        help_text=gettext_lazy("CSV or text in UTF-8, up to 4 MB. In a spreadsheet program: save as CSV."),
    )

    def clean(self) -> dict[str, Any]:
        """Read the file, or take what was pasted; one of them is wanted."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        file = given.get("file")
        if file is not None and (given.get("people") or "").strip():
            told = _(
                "There is a list in the box, and a file as well. Keep one: empty the box, or choose no file."
            )
            self.add_error("people", told)
        elif file is not None:
            given["people"] = self._read(file)
        if not self.errors and not (given.get("people") or "").strip():
            self.add_error("people", _("Paste at least one address or employee number, or choose a file."))
        return given

    def _read(self, file: UploadedFile[Any]) -> str:
        """Return what a file says; empty when it cannot be read, which is then noted."""
        if (file.size or 0) > LARGEST_FILE:
            self.add_error("file", _("The file is larger than 4 MB. Split it up."))
            return ""
        content = file.read()
        if content.startswith(EXCEL):
            self.add_error("file", _("This is an Excel file. Save it as CSV UTF-8."))
            return ""
        try:
            return str(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            told = _("This file is not text in UTF-8. In a spreadsheet program, save it as “CSV UTF-8”.")
            self.add_error("file", told)
            return ""
