"""What a person reads before they let a program in."""

from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter

from badges.scopes import SCOPES


class ConsentAdapter(DefaultOIDCAdapter):  # type: ignore[misc]
    """Says in words what each scope lets a program do."""

    scope_display: dict[str, Any] = {**DefaultOIDCAdapter.scope_display, **SCOPES}
