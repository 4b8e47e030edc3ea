"""Who may open what: every route, every persona. A route without a row fails.

A row holds the status of a GET for strangers (nobody signed in, or an API client), for Ada whose things are asked
for, and for everyone else; or it names the personas for whom a page exists, and for all others it does not. What a
person may *post* is proven beside each page; here a GET of such a route answers 405.
"""

import pytest
from allauth.idp.oidc.models import Client as OidcClient
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from lms.paths.models import Enrollment, StepCompletion
from lms.paths.services import complete_lesson, enroll_person
from tests.journeys.pages import (
    ADMIN_PAGES,
    MANAGER_PAGES,
    PLACEHOLDERS,
    REVIEWER_PAGES,
    SIGNED_IN_PAGES,
    SIGNED_OUT_PAGES,
    answered,
)
from tests.people.test_permissions import token_for
from tests.permission_table_cms import CMS_ROWS
from tests.routes import address_of, all_routes

PUBLIC = (200, 200, 200)
FOR_STRANGERS = (200, 302, 302)
SIGN_IN_FIRST = (302, 200, 200)
OWN = (302, 200, 404)
POST_ONLY = (405, 405, 405)
LEADS_ON = (302, 302, 302)
MOVED = (301, 301, 301)
NOT_THERE = (404, 404, 404)  # of the made-up id in the address
NONE_SUCH = (302, 404, 404)  # of the made-up id in the address
NOTHING_SET_UP = (302, 404, 404)  # no passkey, no authenticator app, no such file
NO_WAY_TO_PROVE = (302, 403, 403)  # nothing to confirm oneself with but a new code
SIGN_IN_FAILED = (401, 401, 401)
ADMIN_ONLY = {"admin": 200}
MANAGER_ONLY = {"manager": 200}
MANAGER_AND_ADMIN = {"manager": 200, "admin": 200}
# No page and no visit counts here; a token does, and it must be a person's.
BY_TOKEN = {
    **dict.fromkeys(["anonymous", "Ada", "manager", "author", "reviewer", "admin"], 401),
    "API client": 403,
}
ASKS_WRONGLY = (302, 400, 400)  # without saying what for
REVIEWER_AND_ADMIN = {"reviewer": 200, "admin": 200}
ADMIN_BUT_NOT_THERE = {"admin": 404}  # of the made-up id in the address
MANAGER_BUT_NOT_THERE = {"manager": 404}

ROWS: dict[str, tuple[int, int, int] | dict[str, int]] = {
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "metrics": PUBLIC,  # to this machine, which the test's browsers are
    "today": SIGN_IN_FIRST,
    "learning": SIGN_IN_FIRST,
    "path": SIGN_IN_FIRST,
    "path-start": POST_ONLY,
    "path-why": SIGN_IN_FIRST,
    "lesson": SIGN_IN_FIRST,
    "lesson-answer": POST_ONLY,
    "lesson-complete": POST_ONLY,
    "practice": SIGN_IN_FIRST,
    "practice-exercise": SIGN_IN_FIRST,
    "practice-try": LEADS_ON,
    "practice-compare": NONE_SUCH,
    "practice-material": NONE_SUCH,
    "practice-stream": NONE_SUCH,
    "practice-shared": NONE_SUCH,
    "practice-mine": SIGN_IN_FIRST,
    "practice-export": SIGN_IN_FIRST,
    "practice-keep": POST_ONLY,
    "practice-template-new": SIGN_IN_FIRST,
    "practice-template": NONE_SUCH,
    "practice-template-use": POST_ONLY,
    "practice-template-delete": POST_ONLY,
    "practice-revoke": POST_ONLY,
    "practice-forget": POST_ONLY,
    "practice-opinion": POST_ONLY,
    "practice-read-ahead": POST_ONLY,
    "practice-result": NONE_SUCH,
    "practice-stop": POST_ONLY,
    "practice-review": POST_ONLY,
    "practice-prefer": POST_ONLY,
    "practice-share": NONE_SUCH,
    "record": SIGN_IN_FIRST,
    "record-export": SIGN_IN_FIRST,
    "record-credentials": NONE_SUCH,  # nobody holds any
    "record-lesson": OWN,
    "verify": PUBLIC,
    "verify-award": NOT_THERE,
    "verify-award-show": POST_ONLY,
    "record-address": SIGN_IN_FIRST,
    "record-address-give-up": POST_ONLY,
    "credentials-return": PUBLIC,
    "credentials-keep": NOT_THERE,
    "credentials-open": NOT_THERE,
    "credentials-mine": LEADS_ON,  # to where one asks for a link
    "credentials-give-up": POST_ONLY,
    "credentials-leave": POST_ONLY,
    "nominations": SIGN_IN_FIRST,
    "nomination-new": NONE_SUCH,
    "nomination": NONE_SUCH,
    "nomination-add": POST_ONLY,
    "nomination-remove": POST_ONLY,
    "nomination-submit": POST_ONLY,
    "nomination-withdraw": POST_ONLY,
    "nomination-appeal": POST_ONLY,
    "evidence-file": NONE_SUCH,
    "reviews": REVIEWER_AND_ADMIN,
    "review": NONE_SUCH,
    "badge-key-set": PUBLIC,
    "badge-key": NOT_THERE,
    "badge-issuer": NOT_THERE,
    "badge-identity": NOT_THERE,
    "badge-status-list": NOT_THERE,
    "badge-achievement": NOT_THERE,
    "badge-image": NOT_THERE,
    "badge-award": NOT_THERE,
    "badge-file": NOT_THERE,
    "badge-ob2-assertion": NOT_THERE,
    "badge-ob2-picture": NOT_THERE,
    "badge-ob2-personal-assertion": NOT_THERE,
    "badge-ob2-personal-picture": NOT_THERE,
    "badge-ob2-class": NOT_THERE,
    "badge-ob2-issuer": NOT_THERE,
    "badge-refresh": NOT_THERE,
    "badge-api-discovery": PUBLIC,
    "badge-api-credentials": BY_TOKEN,
    "badge-api-profile": BY_TOKEN,
    "slack-events": POST_ONLY,
    "teams-messages": POST_ONLY,
    "authorization": ASKS_WRONGLY,
    "token": POST_ONLY,
    "revoke": POST_ONLY,
    "inbox": SIGN_IN_FIRST,
    "inbox-open": POST_ONLY,
    "inbox-read-all": POST_ONLY,
    "tips": SIGN_IN_FIRST,
    "tip-answer": NOT_THERE,  # of a token that nobody has made
    "tip-useful": POST_ONLY,
    "notifications-stop": NOT_THERE,
    "settings-messages": SIGN_IN_FIRST,
    "settings-messages-types": POST_ONLY,
    "settings-messages-pause": POST_ONLY,
    "settings-messages-stop": POST_ONLY,
    "settings": SIGN_IN_FIRST,
    "settings-program-end": POST_ONLY,
    "team": MANAGER_ONLY,
    "team-export": MANAGER_BUT_NOT_THERE,  # without a format
    "team-remind": POST_ONLY,
    "team-person": MANAGER_BUT_NOT_THERE,
    "team-enroll": MANAGER_BUT_NOT_THERE,
    "team-extend": MANAGER_BUT_NOT_THERE,
    "team-remind-one": POST_ONLY,
    "team-thank": MANAGER_BUT_NOT_THERE,
    "team-vouch": MANAGER_BUT_NOT_THERE,
    "team-vouch-take-back": MANAGER_BUT_NOT_THERE,
    "encouragement-seen": POST_ONLY,
    "manage": ADMIN_ONLY,
    "manage-people": ADMIN_ONLY,
    "manage-person": ADMIN_BUT_NOT_THERE,
    "manage-person-address": ADMIN_BUT_NOT_THERE,
    "manage-word-take-back": ADMIN_BUT_NOT_THERE,
    "manage-rules": ADMIN_ONLY,
    "manage-rule-new": ADMIN_ONLY,
    "manage-rule": ADMIN_BUT_NOT_THERE,
    "manage-rule-edit": ADMIN_BUT_NOT_THERE,
    "manage-rule-preview": ADMIN_BUT_NOT_THERE,
    "manage-rule-preview-export": ADMIN_BUT_NOT_THERE,
    "manage-rule-pause": POST_ONLY,
    "manage-rule-duplicate": POST_ONLY,
    "manage-rule-discard": POST_ONLY,
    "manage-enroll": ADMIN_ONLY,
    "manage-enroll-plan": ADMIN_BUT_NOT_THERE,
    "manage-enroll-confirm": POST_ONLY,
    "manage-enroll-discard": POST_ONLY,
    "manage-person-choose-path": ADMIN_BUT_NOT_THERE,
    "manage-person-path": ADMIN_BUT_NOT_THERE,
    "manage-person-exclude": POST_ONLY,
    "manage-person-clear": POST_ONLY,
    "manage-person-extend": POST_ONLY,
    "manage-credentials": ADMIN_ONLY,
    "manage-issuer-new": ADMIN_ONLY,
    "manage-issuer": ADMIN_BUT_NOT_THERE,
    "manage-credential-new": ADMIN_ONLY,
    "manage-credential-emblem": ADMIN_ONLY,
    "manage-credentials-expiring": ADMIN_ONLY,
    "manage-credential-keys": ADMIN_ONLY,
    "manage-programs": ADMIN_ONLY,
    "manage-program-new": ADMIN_ONLY,
    "manage-program-retire": POST_ONLY,
    "manage-key-rotate": POST_ONLY,
    "manage-key-give-up": POST_ONLY,
    "manage-credential": ADMIN_BUT_NOT_THERE,
    "manage-credential-edit": ADMIN_BUT_NOT_THERE,
    "manage-picture": ADMIN_BUT_NOT_THERE,
    "manage-picture-use": POST_ONLY,
    "manage-picture-draw": POST_ONLY,
    "manage-picture-shown": ADMIN_BUT_NOT_THERE,
    "manage-credential-open": POST_ONLY,
    "manage-credential-retire": POST_ONLY,
    "manage-credential-rule": ADMIN_BUT_NOT_THERE,
    "manage-credential-rule-try": ADMIN_BUT_NOT_THERE,
    "manage-credential-rule-rest": POST_ONLY,
    "manage-award-people": ADMIN_BUT_NOT_THERE,
    "manage-award-list": ADMIN_BUT_NOT_THERE,
    "manage-award-plan": ADMIN_BUT_NOT_THERE,
    "manage-award-plan-confirm": POST_ONLY,
    "manage-award-plan-discard": POST_ONLY,
    "manage-award": ADMIN_BUT_NOT_THERE,
    "manage-award-revoke": POST_ONLY,
    "manage-award-renew": POST_ONLY,
    "manage-award-sign": POST_ONLY,
    "manage-practice": ADMIN_ONLY,
    "manage-practice-words": ADMIN_ONLY,
    "manage-practice-model-new": ADMIN_ONLY,
    "manage-practice-model": ADMIN_BUT_NOT_THERE,
    "manage-practice-model-ask": POST_ONLY,
    "manage-practice-model-calibrate": POST_ONLY,
    "manage-practice-model-judge": POST_ONLY,
    "manage-practice-model-switch": POST_ONLY,
    "manage-practice-model-remove": POST_ONLY,
    "manage-practice-budget-new": ADMIN_ONLY,
    "manage-practice-budget": ADMIN_BUT_NOT_THERE,
    "manage-practice-budget-remove": POST_ONLY,
    "manage-tips": ADMIN_ONLY,
    "manage-weekly-plan": ADMIN_ONLY,
    "manage-campaign-new": ADMIN_ONLY,
    "manage-campaign": ADMIN_BUT_NOT_THERE,
    "manage-campaign-edit": ADMIN_BUT_NOT_THERE,
    "manage-campaign-end": POST_ONLY,
    "manage-holidays": ADMIN_ONLY,
    "manage-holidays-import": POST_ONLY,
    "manage-holiday-remove": POST_ONLY,
    "manage-messages": ADMIN_ONLY,
    "manage-messages-addresses": ADMIN_ONLY,
    "manage-messages-mail-works": POST_ONLY,
    "manage-messages-lost": ADMIN_BUT_NOT_THERE,
    "manage-messages-again": POST_ONLY,
    "manage-messages-all-again": POST_ONLY,
    "manage-audit": ADMIN_ONLY,
    "manage-audit-export": ADMIN_ONLY,
    "manage-audit-verify": POST_ONLY,
    "manage-settings": ADMIN_ONLY,
    "manage-persona-take-back": POST_ONLY,
    "manage-jobs": ADMIN_ONLY,
    "manage-job": ADMIN_BUT_NOT_THERE,
    "manage-job-cancel": POST_ONLY,
    "manage-job-resume": POST_ONLY,
    "manage-job-undo": POST_ONLY,
    "manage-job-errors": ADMIN_BUT_NOT_THERE,
    "manage-job-file": ADMIN_BUT_NOT_THERE,
    "reports": MANAGER_AND_ADMIN,
    "reports-export": MANAGER_AND_ADMIN,
    "demo": PUBLIC,
    "demo-sign-in": POST_ONLY,
    "media": NOTHING_SET_UP,
    "account_email": LEADS_ON,
    "wagtaildocs_serve": NOTHING_SET_UP,
    "wagtaildocs_authenticate_with_password": NOTHING_SET_UP,
    "account_login": FOR_STRANGERS,
    "account_logout": SIGN_IN_FIRST,
    "account_inactive": PUBLIC,
    "account_signup": FOR_STRANGERS,
    "account_reauthenticate": NO_WAY_TO_PROVE,
    "account_email_verification_sent": PUBLIC,
    "account_change_password": LEADS_ON,
    "account_set_password": SIGN_IN_FIRST,
    "account_reset_password": PUBLIC,
    "account_confirm_login_code": LEADS_ON,
    "account_confirm_email": NOT_THERE,
    "account_reset_password_from_key_done": PUBLIC,
    "account_reset_password_from_key": NOT_THERE,
    "account_reset_password_done": PUBLIC,
    "account_request_login_code": FOR_STRANGERS,
    "mfa_index": SIGN_IN_FIRST,
    "mfa_authenticate": LEADS_ON,
    "mfa_reauthenticate": NO_WAY_TO_PROVE,
    "mfa_activate_totp": SIGN_IN_FIRST,
    "mfa_deactivate_totp": NOTHING_SET_UP,
    "mfa_view_recovery_codes": NOTHING_SET_UP,
    "mfa_generate_recovery_codes": SIGN_IN_FIRST,
    "mfa_download_recovery_codes": NOTHING_SET_UP,
    "mfa_list_webauthn": SIGN_IN_FIRST,
    "mfa_add_webauthn": SIGN_IN_FIRST,
    "mfa_reauthenticate_webauthn": NO_WAY_TO_PROVE,
    "mfa_remove_webauthn": NOTHING_SET_UP,
    "mfa_edit_webauthn": NOTHING_SET_UP,
    "mfa_login_webauthn": LEADS_ON,
    "socialaccount_login_cancelled": PUBLIC,
    "socialaccount_login_error": SIGN_IN_FAILED,
    "socialaccount_signup": LEADS_ON,
    "socialaccount_connections": SIGN_IN_FIRST,
    "accounts/social/login/cancelled/": MOVED,
    "accounts/social/login/error/": MOVED,
    "accounts/social/signup/": MOVED,
    "accounts/social/connections/": MOVED,
    "saml_acs": NOT_THERE,
    "saml_finish_acs": NOT_THERE,
    "saml_sls": NOT_THERE,
    "saml_metadata": NOT_THERE,
    "saml_login": NOT_THERE,
    "openid_connect_login": NOT_THERE,
    "openid_connect_callback": NOT_THERE,
    "usersessions_list": SIGN_IN_FIRST,
}


@pytest.fixture
def slugs(ada, lesson_factory, path_factory, exercise_factory) -> dict[str, str]:
    """Give Ada a path with one completed lesson, and return what addresses need."""
    lesson = lesson_factory(slug="one-slug")
    exercise_factory(slug="one-slug")
    path = path_factory(lesson, slug="one-slug", role=ada.job_role)
    now = timezone.now()
    enroll_person(learner=ada, path=path, source=Enrollment.Source.RULE, at=now)
    answered(ada, lesson, right=True, at=now)
    complete_lesson(learner=ada, slug=lesson.slug, revision_id=None, at=now)
    return {"slug": "one-slug", "completion": str(StepCompletion.objects.get().pk)}


@pytest.fixture
def machine(db) -> OidcClient:
    return OidcClient.objects.create(
        id="hris", name="HR system", grant_types="client_credentials", scopes="hris.employees.read"
    )


@pytest.fixture
def browsers(ada, linus, grace, radia, mei, client_of, machine) -> dict[str, Client]:
    """Return a browser for every persona; the API client shows a valid token, which no page takes."""
    return {
        "anonymous": Client(),
        "API client": Client(headers={"authorization": f"Bearer {token_for(machine)}"}),
        "Ada": client_of(ada),
        "manager": client_of(linus),
        "author": client_of(grace),
        "reviewer": client_of(radia),
        "admin": client_of(mei),
    }


STRANGERS = {"anonymous", "API client"}
HARMLESS = {"cms/sprite/", "cms/jsi18n/"}  # icons and translations of Wagtail itself


def expected_status(persona: str, row: tuple[int, int, int] | dict[str, int]) -> int:
    if isinstance(row, dict):
        return row.get(persona, 302 if persona in STRANGERS else 404)
    strangers, ada, others = row
    return strangers if persona in STRANGERS else ada if persona == "Ada" else others


def own_routes() -> dict[str, str]:
    return {pattern: name for pattern, name in all_routes().items() if not pattern.startswith("cms/")}


def cms_routes() -> list[str]:
    """Return the patterns of the CMS, the one that signs out last."""
    return sorted((p for p in all_routes() if p.startswith("cms/")), key=lambda pattern: "logout" in pattern)


def test_every_route_has_a_row_and_every_row_a_route():
    assert set(own_routes().values()) ^ set(ROWS) == set()
    assert set(cms_routes()) ^ set(CMS_ROWS) == set()


@pytest.mark.parametrize(
    "persona", ["anonymous", "API client", "Ada", "manager", "author", "reviewer", "admin"]
)
def test_pages_open_to_whom_the_table_says(browsers, slugs, persona, client_of):
    wrong = {}
    for pattern, name in own_routes().items():
        status = browsers[persona].get(address_of(pattern, **slugs)).status_code
        if status != expected_status(persona, ROWS[name]):
            wrong[name] = f"{status} instead of {expected_status(persona, ROWS[name])}"

    assert wrong == {}


NOT_FOR_EYES = {
    "healthz",
    "readyz",
    "metrics",
    "record-export",
    "practice-export",
    "badge-key-set",
    "badge-api-discovery",
    "media",
    "reports-export",
    "manage-audit-export",
    "manage-credential-emblem",  # a part of a page
}


def test_every_page_that_opens_is_held_to_wcag():
    opened = {
        name for name, row in ROWS.items() if 200 in (row.values() if isinstance(row, dict) else row[:2])
    }
    looked_at = {
        resolve(page.format(**PLACEHOLDERS).partition("?")[0]).url_name
        for page in [*SIGNED_IN_PAGES, *SIGNED_OUT_PAGES, *MANAGER_PAGES, *REVIEWER_PAGES, *ADMIN_PAGES]
        if "no-such" not in page
    }

    assert opened - looked_at - NOT_FOR_EYES == set()


@pytest.mark.proof
@pytest.mark.parametrize("persona", ["anonymous", "API client", "Ada", "manager"])
def test_no_page_of_the_cms_opens_to_those_who_do_not_write(browsers, slugs, persona):
    opened = []
    for pattern in cms_routes():
        response = browsers[persona].get(address_of(pattern, **slugs))
        if response.status_code not in {301, 302, 403, 404} and pattern not in HARMLESS:
            opened.append((pattern, response.status_code))

    assert opened == []


@pytest.mark.proof
@pytest.mark.parametrize(("persona", "rank"), [("author", 0), ("reviewer", 1), ("admin", 2)])
def test_pages_of_the_cms_open_by_rank(browsers, slugs, persona, rank):
    wrong = {}
    browsers[persona].raise_request_exception = False
    for pattern in cms_routes():
        status = browsers[persona].get(address_of(pattern, **slugs)).status_code
        if status != CMS_ROWS[pattern][rank]:
            wrong[pattern] = f"{status} instead of {CMS_ROWS[pattern][rank]}"

    assert wrong == {}
