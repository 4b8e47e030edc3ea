"""How allauth treats our people: nobody signs up, and company sign-in finds people who work here only."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthProcess
from django.http import HttpRequest
from django.shortcuts import render

from lms.people.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """E-mail code, passkey and password sign-in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Refuse: people come from the HR system."""
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """OpenID Connect and SAML sign-in."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        """Refuse: an unknown person must be in the HR system first."""
        return False

    def authenticate_by_email(self, sociallogin: Any) -> tuple[User, str] | None:
        """Return the one person who may sign in and whose address the provider verified, or None.

        Only the address that HR gave counts. Some providers send the text "false", which Python takes
        for true, so only a real yes counts as verified.
        """
        for address in sociallogin.email_addresses:
            if not _is_yes(address.verified) or not self.can_authenticate_by_email(
                sociallogin, address.email
            ):
                continue
            people = list(User.objects.with_email(address.email).filter(is_active=True)[:2])
            if len(people) == 1:
                return people[0], address.email
        return None

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Stop before anything is linked when the provider's person is not one of ours, or has left.

        Someone signed in may link their company account if it has their own verified address.

        Raises:
            ImmediateHttpResponse: With a page that says whom to ask; status 403.
        """
        found = sociallogin.user if sociallogin.is_existing else None
        if sociallogin.state.get("process") == AuthProcess.CONNECT and found != request.user:
            found = None
        if found and found.is_active:
            return
        addresses = [address.email for address in sociallogin.email_addresses]
        context = {"provider": sociallogin.provider.name, "address": addresses[0] if addresses else ""}
        raise ImmediateHttpResponse(render(request, "socialaccount/refused.html", context, status=403))


def _is_yes(verified: object) -> bool:
    return verified is True or str(verified).lower() in {"true", "1", "yes"}
