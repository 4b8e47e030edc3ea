"""What a program may be let do with somebody's credentials. Source: Open Badges 3.0, section 6.2 Scopes."""

from django.utils.translation import gettext_lazy as _

ADDRESS = "https://purl.imsglobal.org/spec/ob/v3p0/scope/"
READ_CREDENTIALS = f"{ADDRESS}credential.readonly"
READ_PROFILE = f"{ADDRESS}profile.readonly"

SCOPES = {
    READ_CREDENTIALS: _("Read your credentials, also those that only you can see"),
    READ_PROFILE: _("Read your name"),
}
"""What each lets a program do, as the person reads it who is asked."""
