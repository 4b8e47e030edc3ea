"""Where a person lets a program in, and where that gets, renews and gives back its token.

Of what allauth has, only this: no sign-in for other sites, no codes for devices, and no keys at an address that the
keys of credentials have.
"""

from allauth.idp.oidc import views as oidc
from django.urls import include, path

from lms.web.views.authorize import authorize

app_name = "idp"
addresses = [
    path("authorize", authorize, name="authorization"),
    path("api/token", oidc.token, name="token"),
    path("api/revoke", oidc.revoke, name="revoke"),
]
urlpatterns = [path("", include((addresses, "oidc")))]
