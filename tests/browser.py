"""A real browser for tests, and what it complains about.

A test that asks for `browse` drives the system's Chromium. Where none is installed, such tests are skipped and say so;
under CI they fail instead, so that nobody ships what no browser has seen.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from lms.people.models import User

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  window.reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample} on ${location.pathname}`);
});
"""


def find_chromium() -> str | None:
    """Return the path of an installed Chromium; None when there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass
class Visit:
    """One person in a browser of their own.

    Attributes:
        page: The open tab.
        complaints: Policy violations, errors in the console and uncaught exceptions, oldest first.
    """

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> int:
        """Open a path of the site, wait until it is quiet, and return the status of the response."""
        response = self.page.goto(f"{self.address}{path}", wait_until="load")
        assert response is not None
        return response.status


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    executable = find_chromium()
    if executable is None:
        message = f"NO BROWSER: none of {', '.join(NAMES)} is installed, so nothing was seen in a browser."
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    # Playwright keeps an event loop in this thread; Django would refuse to use the database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def browse(
    browser: Browser, live_server: object, client_of: Callable[[User], Client]
) -> Iterator[Callable[..., Visit]]:
    """Return a function that opens a browser in which a person, or nobody, is signed in."""
    contexts: list[BrowserContext] = []

    def begin(
        person: User | None, *, width: int = 1280, dark: bool = False, java_script: bool = True
    ) -> Visit:
        context = browser.new_context(
            base_url=str(live_server),
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            java_script_enabled=java_script,
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        if person is not None:
            session = client_of(person).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": str(live_server)}]
            )
        visit = Visit(page=context.new_page(), address=str(live_server))

        def note(message: ConsoleMessage) -> None:
            if message.type == "error":
                visit.complaints.append(f"console: {message.text}")

        def report(violation: str) -> None:
            visit.complaints.append(violation)

        context.expose_function("reportViolation", report)
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", note)
        context.on("weberror", lambda error: visit.complaints.append(f"uncaught: {error.error}"))
        return visit

    yield begin
    for context in contexts:
        context.close()
