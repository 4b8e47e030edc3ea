"""What is measured, and what it may cost. The one table to change when a page moves.

The bounds come from measuring this stack and its peers (docs/performance.md).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """A page under measurement.

    Attributes:
        address: With ``{path}`` and ``{lesson}`` standing for slugs of the company under test.
        share_of_bare: Least throughput relative to the bare view, 0.0 to 1.0.
        queries: Most queries it may ask.
    """

    name: str
    address: str
    share_of_bare: float
    queries: int


BARE = Page("bare", "/bench/bare/{path}/", share_of_bare=1.0, queries=2)
PAGES = [
    Page("path", "/paths/{path}/", share_of_bare=0.60, queries=8),
    Page("lesson", "/lessons/{lesson}/?path={path}", share_of_bare=0.55, queries=7),
    Page("today", "/", share_of_bare=0.50, queries=10),
]
ANSWER_ADDRESS = "/lessons/{lesson}/answer/"
COMPLETE_ADDRESS = "/lessons/{lesson}/complete/"
COMPLETE_QUERIES = 8

CONNECTIONS = (8, 32)
LEAST_AT_32_VS_8 = 0.95
SESSIONS = 16
STEPS = (5, 50, 500)
PEOPLE = (250, 25_000)
STEPS_UNDER_LOAD = 36
MOST_PATH_KILOBYTES = 60.0
MOST_FIRST_LOAD_KILOBYTES = 100.0
