"""Small lessons and paths as files, and the pages made of them."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from courses.models import LearningPathPage, MicroLessonPage
from courses.services import load_content
from lms.people.models import JobRole

SUMMARY_LESSON = uuid.UUID("6f0d4c1e-53a1-4a4e-9c7e-0a5f6a3d9b11")
REPLY_LESSON = uuid.UUID("0b6f6f0e-3a58-4c6d-8d2f-6c1a5b7e9d22")
SERVICE_PATH = uuid.UUID("b22969d9-4b99-42fb-8036-c216b6ed5407")

LESSON = """\
---
title: {title}
uuid: {uuid}
roles: [customer-service]
level: basic
skills: [summarizing, checking]
tools: [Copilot]
review_by: 2027-05-31
summary: See where a first summary goes wrong, and repair it.
sources: ["GDPR, Article 9"]
---

{opening}

::before Summarise this email thread.
::answer The customer is unhappy and has been offered a refund.
::flaw Nobody offered a refund. The two
  sentences became one event.
::after List **what we promised, with date and name**.
::why You can check three quotes in twenty seconds.

::limit Quotes can be invented as well.

::may-i Order numbers: yes. Names: replace them first.

::checklist Before you send it on
  - Search the thread for one quote
  - Compare the date

::question The summary says "Promised: replacement". What do you do?
- [ ] Tell the customer that our records show a replacement.
  > The summary is not the record; the thread is.
- [x] Look up the line of 3 March.
  > Yes. One search settles it.

::today When the next long case arrives, check one quote.
"""

PATH = """\
---
title: Working with AI in customer service
uuid: {uuid}
role: customer-service
level: basic
review_by: 2027-05-31
summary: From the first summary to the reply.
outcome: You can summarise a case and reply to it.
steps:
  - lesson: trustworthy-thread-summary
  - lesson: clear-reply
    required: false
    delay_days: 2
---

A case, from start to end.
"""

ContentWriter = Callable[..., Path]


def lesson_file(
    *,
    title: str = "Turn a long thread into a summary you can trust",
    lesson_uuid: uuid.UUID = SUMMARY_LESSON,
    opening: str = "A complaint has wandered through nineteen messages.",
) -> str:
    """Return the text of a complete lesson file."""
    return LESSON.format(title=title, uuid=lesson_uuid, opening=opening)


def path_file(*, path_uuid: uuid.UUID = SERVICE_PATH) -> str:
    """Return the text of a path over both lessons of `content_folder`."""
    return PATH.format(uuid=path_uuid)


@pytest.fixture
def write(tmp_path: Path) -> ContentWriter:
    """Return a function that writes one file of a content folder and returns the folder."""

    def write_file(name: str, text: str) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return tmp_path

    return write_file


@pytest.fixture
def content_folder(write: ContentWriter) -> Path:
    """Two lessons and a path over both."""
    write("lessons/customer-service/trustworthy-thread-summary.md", lesson_file())
    write(
        "lessons/customer-service/clear-reply.md",
        lesson_file(title="Write a clear reply from your notes", lesson_uuid=REPLY_LESSON),
    )
    return write("paths/customer-service.md", path_file())


@pytest.fixture
def summary_lesson(customer_service: JobRole, content_folder: Path) -> MicroLessonPage:
    """A published lesson that a published path uses."""
    assert load_content(content_folder).problems == []
    return MicroLessonPage.objects.get(uuid=SUMMARY_LESSON)


@pytest.fixture
def reply_lesson(summary_lesson: MicroLessonPage) -> MicroLessonPage:
    """The other lesson of the path."""
    return MicroLessonPage.objects.get(uuid=REPLY_LESSON)


@pytest.fixture
def service_path(summary_lesson: MicroLessonPage) -> LearningPathPage:
    """The path over both lessons."""
    return LearningPathPage.objects.get(uuid=SERVICE_PATH)
