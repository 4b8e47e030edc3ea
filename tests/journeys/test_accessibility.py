"""WCAG 2.2 A and AA by axe on every page, light and dark, narrow and wide; and nothing is cut off at 320 px."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from lms.paths.models import Enrollment, StepCompletion
from lms.paths.services import complete_lesson, enroll_person
from tests.journeys.pages import SIGNED_IN_PAGES, SIGNED_OUT_PAGES, answered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "preload": False,
}
LOOKS = [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")]


@pytest.fixture
def pages(ada, bruno, lesson_factory, path_factory):
    """Every kind of page with something on it: a lesson done, one answered wrong, one locked, a path completed."""
    done, wrong, locked, last = [
        lesson_factory(f"Lesson {word}", slug=word) for word in ["done", "wrong", "locked", "last"]
    ]
    path = path_factory(
        done, wrong, locked, (last, {"is_required": False}), title="Begun", slug="begun", role=ada.job_role
    )
    short = path_factory(lesson_factory("Short", slug="short"), title="Completed", slug="completed")
    path_factory(last, title="Free to start", slug="free")
    now = timezone.now()
    due = timezone.localdate()
    enroll_person(learner=ada, path=path, source=Enrollment.Source.RULE, at=now, due_on=due)
    enroll_person(learner=ada, path=short, source=Enrollment.Source.SELF, at=now)
    for lesson in (done, short.steps[0].value["lesson"].specific):
        answered(ada, lesson, right=True, at=now)
        complete_lesson(learner=ada, slug=lesson.slug, revision_id=None, at=now)
    answered(ada, wrong, right=False, at=now)
    return {"completion": StepCompletion.objects.order_by("pk")[0].pk}


def violations(page):
    """Return what axe finds on the open page in every look."""
    found = []
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        for violation in Axe().run(page, options=OPTIONS).response["violations"]:
            found += [
                f"{width} {scheme} {violation['id']}: {node['html'][:120]}" for node in violation["nodes"]
            ]
    return found


def axe_finds(visit, addresses):
    """Return violations by address; what the browser itself complains of before axe comes counts too."""
    found = {}
    for address in addresses:
        visit.complaints.clear()
        expected_status = 404 if "no-such" in address else 200
        assert visit.open(address) == expected_status, address
        complaints = [complaint for complaint in visit.complaints if "404" not in complaint]
        if problems := complaints + violations(visit.page):
            found[address] = problems
    return found


@pytest.mark.parametrize("part", [0, 1, 2])
def test_every_page_of_someone_signed_in_passes_axe_in_every_look(browse, ada, pages, part):
    addresses = [address.format(**pages) for address in SIGNED_IN_PAGES[part::3]]

    assert axe_finds(browse(ada), addresses) == {}


def test_every_page_of_a_stranger_passes_axe_in_every_look(browse, ada):
    assert axe_finds(browse(None), SIGNED_OUT_PAGES) == {}


def test_pages_of_someone_without_any_path_pass_axe_in_every_look(browse, bruno):
    assert axe_finds(browse(bruno), ["/", "/learning/", "/me/record/"]) == {}


def test_nothing_is_wider_than_the_narrowest_screen(browse, ada, pages):
    visit = browse(ada, width=320)
    too_wide = []
    for address in SIGNED_IN_PAGES:
        visit.open(address.format(**pages))
        if visit.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            too_wide.append(address)

    assert too_wide == []


def test_every_target_is_large_enough_to_touch(browse, ada, pages):
    """WCAG 2.5.8: 24 by 24 CSS pixels, links inside a sentence excepted."""
    visit = browse(ada, width=360)
    small = """[...document.querySelectorAll("a, button, summary, input:not([type=hidden])")]
        .filter(e => e.offsetParent && !e.closest("p, small, td, .skip, label, .eyebrow"))
        .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
        .filter(([, box]) => box.width < 24 || box.height < 24)
        .map(([html]) => html)"""
    found = {}
    for address in SIGNED_IN_PAGES:
        visit.open(address.format(**pages))
        if problems := visit.page.evaluate(small):
            found[address] = problems

    assert found == {}
