"""What every page owes everyone: WCAG 2.2 A and AA by axe, light and dark, narrow and wide; targets that a finger
hits; and nothing cut off at 320 px. Each page is opened once and looked at in every way."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.utils import timezone

from lms.notifications.services.stopping import set_wanted, stop_token
from tests.journeys.pages import (
    ADMIN_PAGES,
    MANAGER_PAGES,
    REVIEWER_PAGES,
    SIGNED_IN_PAGES,
    SIGNED_OUT_PAGES,
)

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ALL_RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
COLOR_RULES = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
LAYOUT = """JSON.stringify([...document.querySelectorAll("*")].map(element => {
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    return [box.x, box.y, box.width, box.height, style.display, style.visibility, style.opacity];
}))"""
RUN_AXE = """options => axe.run(options).then(results => results.violations.flatMap(
    violation => violation.nodes.map(node => `${violation.id}: ${node.html.slice(0, 120)}`)))"""
SMALL_TARGETS = """[...document.querySelectorAll("a, button, summary, input:not([type=hidden])")]
    .filter(e => e.offsetParent && !e.closest("p, small, td, .skip, label, .eyebrow"))
    .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
    .filter(([, box]) => box.width < 24 || box.height < 24)
    .map(([html]) => html)"""
"""WCAG 2.5.8: 24 by 24 CSS pixels, links inside a sentence excepted."""


def axe_on(page, rules):
    """Return what axe finds on the open page as it looks now, each with the element it is about."""
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    return page.evaluate(RUN_AXE, options)


def problems_on(page):
    """Return what is wrong with the open page in any look.

    The dark look has other colors and nothing else, so it is asked about colors; as soon as anything on the page
    has another size, place or visibility than in the light, it is asked about everything.
    """
    page.evaluate(AXE_SCRIPT)
    found = []
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="light")
        light = page.evaluate(LAYOUT)
        found += [f"{width} light {problem}" for problem in axe_on(page, ALL_RULES)]
        page.emulate_media(color_scheme="dark")
        rules = COLOR_RULES if page.evaluate(LAYOUT) == light else ALL_RULES
        found += [f"{width} dark {problem}" for problem in axe_on(page, rules)]
    found += [f"too small to touch: {element}" for element in page.evaluate(SMALL_TARGETS)]
    page.set_viewport_size({"width": 320, "height": 900})
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("wider than the narrowest screen")
    return found


def found_by(visit, addresses):
    """Return what is wrong by address; what the browser itself complains of before axe comes counts too."""
    found = {}
    for address in addresses:
        visit.complaints.clear()
        expected_status = 404 if "no-such" in address else 200
        assert visit.open(address) == expected_status, address
        complaints = [complaint for complaint in visit.complaints if "404" not in complaint]
        if problems := complaints + problems_on(visit.page):
            found[address] = problems
    return found


@pytest.mark.parametrize("part", [0, 1])
def test_everyone_can_use_every_page_of_someone_signed_in(browse, ada, pages, part):
    addresses = [address.format(**pages) for address in SIGNED_IN_PAGES[part::2]]

    assert found_by(browse(ada), addresses) == {}


def test_everyone_can_use_the_pages_of_a_stranger(browse, ada, bruno, digest):
    rows = {"stop": digest(ada), "stopped": digest(bruno)}
    set_wanted(person=bruno, type="*", is_wanted=False, at=timezone.now())
    tokens = {name: stop_token(row, "*") for name, row in rows.items()}

    assert found_by(browse(None), [address.format(**tokens) for address in SIGNED_OUT_PAGES]) == {}


def test_everyone_can_use_the_pages_of_someone_without_any_path(browse, bruno):
    assert found_by(browse(bruno), ["/", "/learning/", "/me/record/", "/me/inbox/", "/tips/"]) == {}


def test_everyone_can_use_the_pages_of_a_manager(browse, linus, pages):
    assert found_by(browse(linus), [address.format(**pages) for address in MANAGER_PAGES]) == {}


def test_everyone_can_use_the_pages_of_a_reviewer(browse, radia, pages):
    assert found_by(browse(radia), [address.format(**pages) for address in REVIEWER_PAGES]) == {}


@pytest.mark.parametrize("part", [0, 1])
def test_everyone_can_use_the_pages_of_an_administrator(browse, mei, pages, part):
    assert found_by(browse(mei), [address.format(**pages) for address in ADMIN_PAGES[part::2]]) == {}
