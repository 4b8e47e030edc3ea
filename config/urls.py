"""Every address of the site."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtail_admin_urls
from wagtail.documents import urls as wagtail_document_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from lms.web.media import media
from lms.web.views.cms import enter_cms

urlpatterns = [
    path("", include("lms.web.urls")),
    path("", include("badges.urls")),
    path("", include("lms.notifications.urls")),
    path("identity/o/", include("lms.web.oauth_urls")),
    # One way in: Wagtail's own form would go around codes, passkeys and rate limits.
    path("cms/login/", enter_cms),
    # Addresses belong to the HR system; allauth's page for changing them leads to where this is said.
    path("accounts/email/", RedirectView.as_view(pattern_name="settings")),
    path("cms/", include(wagtail_admin_urls)),
    path("documents/", include(decorate_urlpatterns(wagtail_document_urls.urlpatterns, login_required))),
    path(f"{settings.MEDIA_URL.lstrip('/')}<path:name>", media, name="media"),
    path("accounts/", include("allauth.urls")),
]
