"""Shows each person moments in their own time zone."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from lms.people.time_zones import zone_or_default


class PersonalTimeZoneMiddleware:
    """Activates the zone of the person who is signed in, for the length of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response, rendered in the person's zone."""
        name = request.user.time_zone if request.user.is_authenticated else ""
        with timezone.override(zone_or_default(name, settings.PRAXIS_TIME_ZONE)):
            return self.get_response(request)
