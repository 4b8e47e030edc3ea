"""Who may open what: every route, every persona. A route without a row here fails."""

from django.urls import URLPattern, URLResolver, get_resolver

PERSONAS = ["anonymous", "api client", "learner", "manager", "author", "reviewer", "admin"]
OUTSIDE = {"anonymous", "api client"}

# What a GET answers: to those outside, to Ada whose things they are, to everyone else who is signed in.
PUBLIC, SIGN_IN_FIRST, OWN, POST_ONLY = (200, 200, 200), (302, 200, 200), (302, 200, 404), (405, 405, 405)
NOT_THERE, LEADS_ON = (404, 404, 404), (302, 302, 302)

ROWS = {
    "today": SIGN_IN_FIRST,
    "learning": SIGN_IN_FIRST,
    "path": SIGN_IN_FIRST,
    "path-start": POST_ONLY,
    "lesson": SIGN_IN_FIRST,
    "lesson-answer": POST_ONLY,
    "lesson-complete": POST_ONLY,
    "record": SIGN_IN_FIRST,
    "record-export": SIGN_IN_FIRST,
    "record-lesson": OWN,
    "settings": SIGN_IN_FIRST,
    "demo": PUBLIC,
    "demo-sign-in": POST_ONLY,
    "wagtaildocs_serve": NOT_THERE,
    "wagtaildocs_authenticate_with_password": NOT_THERE,
    # Signing in and out. People who are signed in already are led on to Today.
    "account_login": (200, 302, 302),
    "account_logout": (302, 200, 200),
    "account_inactive": PUBLIC,
    "account_signup": (200, 302, 302),
    "account_request_login_code": (200, 302, 302),
    "account_confirm_login_code": (302, 302, 302),
    "account_reset_password": (200, 302, 302),
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "account_email": LEADS_ON,
    "account_email_verification_sent": PUBLIC,
    "account_confirm_email": PUBLIC,
    "account_change_password": LEADS_ON,
    "account_set_password": LEADS_ON,
    "account_reauthenticate": LEADS_ON,
    "mfa_index": SIGN_IN_FIRST,
    "mfa_authenticate": LEADS_ON,
    "mfa_reauthenticate": LEADS_ON,
    "mfa_activate_totp": LEADS_ON,
    "mfa_deactivate_totp": LEADS_ON,
    "mfa_view_recovery_codes": LEADS_ON,
    "mfa_generate_recovery_codes": LEADS_ON,
    "mfa_download_recovery_codes": LEADS_ON,
    "mfa_list_webauthn": LEADS_ON,
    "mfa_add_webauthn": LEADS_ON,
    "mfa_reauthenticate_webauthn": LEADS_ON,
    "mfa_remove_webauthn": LEADS_ON,
    "mfa_edit_webauthn": LEADS_ON,
    "mfa_login_webauthn": LEADS_ON,
}


def routes(patterns, prefix=""):
    """Yield name and pattern of every route outside the CMS."""
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield pattern.name or address, address


ALL_ROUTES = list(routes(get_resolver().url_patterns))
