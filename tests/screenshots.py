"""`make screenshots`: photographs the demo, narrow and wide, light and dark, for people to look at.

All pictures go to build/screenshots; those that documentation shows are copied to docs/screenshots.
"""

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

from lms.web.processes import Processes, Program

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "build" / "screenshots"
KEPT = ROOT / "docs" / "screenshots"
CHROMIUMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
WIDTHS = {360: 800, 1280: 900}
SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]
SECONDS_TO_START = 180


@dataclass(frozen=True)
class Shot:
    """A page to photograph.

    Attributes:
        who: E-mail of the person of the cast who looks at it; empty for nobody.
        is_kept: Whether documentation shows it, wide and light.
    """

    name: str
    address: str
    who: str = "ada@larkfield.example"
    is_kept: bool = False


SHOTS = [
    Shot("sign-in", "/accounts/login/", who=""),
    Shot("demo", "/demo/", who=""),
    Shot("today", "/", is_kept=True),
    Shot("learning", "/learning/"),
    Shot("path", "/paths/customer-service/"),
    Shot("lesson", "/lessons/trustworthy-thread-summary/"),
    Shot("practice", "/practice/"),
    Shot("exercise", "/practice/hand-over-a-case/"),
    Shot("record", "/me/record/"),
    Shot("settings", "/me/settings/"),
    Shot("inbox", "/me/inbox/"),
    Shot("tips", "/tips/"),
    Shot("messages", "/me/settings/messages/"),
    Shot("verify", "/verify/", who=""),
    Shot("team", "/team/", who="linus@larkfield.example"),
    Shot("reports", "/reports/", who="mei@larkfield.example"),
    Shot("manage", "/manage/", who="mei@larkfield.example"),
    Shot("assignments", "/manage/assignments/", who="mei@larkfield.example"),
    Shot("new-rule", "/manage/assignments/new/", who="mei@larkfield.example"),
    Shot("people", "/manage/people/", who="mei@larkfield.example"),
    Shot("manage-practice", "/manage/practice/", who="mei@larkfield.example"),
    Shot("manage-credentials", "/manage/credentials/", who="mei@larkfield.example"),
    Shot("manage-tips", "/manage/tips/", who="mei@larkfield.example"),
    Shot("manage-messages", "/manage/messages/", who="mei@larkfield.example"),
    Shot("cms", "/cms/", who="grace@larkfield.example"),
]


def main() -> int:
    """Start the demo, photograph every page, and say where the pictures are."""
    chromium = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    if chromium is None:
        print("No Chromium found. On Debian: apt install chromium. Then run make screenshots again.")
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with running_demo() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for shot in SHOTS:
            photograph(browser, site, shot)
        browser.close()
    KEPT.mkdir(parents=True, exist_ok=True)
    for shot in SHOTS:
        if shot.is_kept:
            shutil.copyfile(picture_of(shot, 1280, "light"), KEPT / f"{shot.name}.png")
    print(f"{len(SHOTS) * len(WIDTHS) * len(SCHEMES)} pictures in {PICTURES.relative_to(ROOT)}")
    return 0


def photograph(browser: Browser, site: str, shot: Shot) -> None:
    """Take the pictures of one page.

    Raises:
        RuntimeError: The page does not answer 200.
    """
    for width, height in WIDTHS.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                base_url=site, viewport={"width": width, "height": height}, color_scheme=scheme
            )
            page = context.new_page()
            if shot.who:
                page.goto("/demo/")
                page.locator(f'form:has(input[value="{shot.who}"]) button').click()
            response = page.goto(shot.address, wait_until="networkidle")
            if response is None or not response.ok:
                raise RuntimeError(f"{shot.address} answers {response.status if response else 'nothing'}.")
            page.screenshot(path=picture_of(shot, width, scheme), full_page=True)
            context.close()


def picture_of(shot: Shot, width: int, scheme: str) -> Path:
    """Return the file of one picture."""
    return PICTURES / f"{shot.name}-{width}-{scheme}.png"


@contextmanager
def running_demo() -> Iterator[str]:
    """Run a demo of its own, with data of its own; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PRAXIS_DEMO": "1", "PRAXIS_DATA_DIR": str(PICTURES / "var")}
    program = Program(
        name="demo",
        command=[sys.executable, "manage.py", "start", f"--port={port}"],
        environment=environment,
        log=PICTURES / "demo.log",
    )
    with Processes([program], seconds_to_stop=30) as processes:  # it has programs of its own to stop
        processes.wait_until(lambda: is_ready(port), seconds=SECONDS_TO_START, what="the demo")
        yield f"http://localhost:{port}"


def is_ready(port: int) -> bool:
    """Return whether the demo answers."""
    try:
        with urlopen(f"http://localhost:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(main())
