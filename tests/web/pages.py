"""What tests read on pages."""

import re
from html import unescape

from django.http import HttpResponse


def text_of(response: HttpResponse) -> str:
    """Return the words of a page: no markup, spaces as one."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def source_of(response: HttpResponse) -> str:
    """Return a page with its markup, spaces as one and entities as letters."""
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def hidden(response: HttpResponse, name: str) -> str:
    """Return the value of the first hidden field of a name."""
    return str(re.findall(rf'name="{name}" value="([^"]*)"', response.content.decode())[0])


def seen_in(response: HttpResponse) -> str:
    """Return the fingerprint of what a preview has shown; there is one."""
    [seen] = re.findall(r'name="seen" value="(\w+)"', response.content.decode())
    return str(seen)
