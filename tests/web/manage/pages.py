"""What tests read on pages of Manage."""

import re
from html import unescape

from django.http import HttpResponse


def text_of(response: HttpResponse) -> str:
    """Return the page with spaces as one and its entities as letters."""
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def seen_in(response: HttpResponse) -> str:
    """Return the fingerprint of what a preview has shown."""
    [seen] = re.findall(r'name="seen" value="(\w+)"', response.content.decode())
    return str(seen)
