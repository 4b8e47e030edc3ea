"""Queries, writes and bytes: the same on every machine, so measured once and without load."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin

import brotli
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lms.people.models import User
from tests.bench.company import QUESTION, RIGHT_ANSWER, Walk
from tests.bench.pages import ANSWER_ADDRESS, COMPLETE_ADDRESS, Page

WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE)", re.IGNORECASE)
TRANSACTION = re.compile(r"BEGIN|COMMIT|SAVEPOINT|RELEASE", re.IGNORECASE)  # its marks are no queries


IMPORT = re.compile(r"""(?:@import\s+(?:url\()?|\bfrom\s+|\bimport\s+)["']([^"']+\.(?:css|js))["']""")


class Unexpected(Exception):
    """A page did not answer as it should, so there is nothing to measure."""


@dataclass(frozen=True)
class Cost:
    """What one request costs."""

    queries: int
    writes: int
    html: bytes


def browser_of(person: User) -> Client:
    """Return a browser in which the person is signed in."""
    client = Client()
    client.force_login(person, backend="lms.people.backends.PersonBackend")
    return client


def cost_of(client: Client, address: str) -> Cost:
    """Return what a page costs the second time, when what may be cached is.

    Raises:
        Unexpected: It does not answer 200.
    """
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
    if response.status_code != 200:
        raise Unexpected(f"{address} answers {response.status_code}.")
    writes = sum(1 for query in asked if WRITE.match(query["sql"]))
    return Cost(queries=len(asked), writes=writes, html=response.content)


def cost_of_page(page: Page, walk: Walk) -> Cost:
    """Return what a page costs this learner."""
    return cost_of(browser_of(walk.learner), walk.address(page.address))


def queries_to_complete(walk: Walk) -> int:
    """Answer the open lesson's question, complete the step, and return what the last took.

    Raises:
        Unexpected: The lesson cannot be completed by the forms on its page.
    """
    client = browser_of(walk.learner)
    answer = {"path": walk.path, "question": QUESTION, "chosen": RIGHT_ANSWER}
    client.post(walk.address(ANSWER_ADDRESS), answer)
    html = client.get(f"/lessons/{walk.lesson}/?path={walk.path}&answered={QUESTION}").content.decode()
    revision = _field(html, "revision")
    with CaptureQueriesContext(connection) as asked:
        response = client.post(walk.address(COMPLETE_ADDRESS), {"path": walk.path, "revision": revision})
    if response.status_code != 303 or "done=1" not in response["Location"]:
        raise Unexpected(f"Completing {walk.lesson} answers {response.status_code} {response.headers}.")
    return sum(1 for query in asked if not TRANSACTION.match(query["sql"]))


def first_load(page: Page, walk: Walk) -> int:
    """Return the bytes of a page with all its style sheets and scripts, compressed."""
    client = browser_of(walk.learner)
    html = client.get(walk.address(page.address)).content
    waiting = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', html.decode())
    seen: set[str] = set()
    total = len(brotli.compress(html))
    while waiting:
        address = waiting.pop()
        if address not in seen:
            seen.add(address)
            content = _static_file(client, address)
            total += len(brotli.compress(content))
            waiting += [urljoin(address, name) for name in IMPORT.findall(content.decode())]
    return total


def _static_file(client: Client, address: str) -> bytes:
    response = client.get(address)
    if response.status_code != 200:
        raise Unexpected(f"{address} answers {response.status_code}.")
    return b"".join(response) if response.streaming else response.content


def _field(html: str, name: str) -> str:
    found = re.search(rf'<input[^>]*\bname="{name}"[^>]*\bvalue="([^"]*)"', html)
    if not found:
        raise Unexpected(f"The lesson page has no field {name!r}.")
    return found[1]
