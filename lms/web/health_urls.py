"""Where the probes answer."""

from django.urls import URLPattern, path

from lms.web.health import PROBES

health_urls: list[URLPattern] = [
    path(address.lstrip("/"), probe, name=address.lstrip("/")) for address, probe in PROBES.items()
]
