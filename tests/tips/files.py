"""A small tip as a file."""

import uuid

DOUBT = uuid.UUID("0d0e7c5e-6a0b-4f0f-8d57-3f2f5c0a9b42")

TIP = """\
---
title: {title}
uuid: {uuid}
roles: [customer-service]
level: basic
skills: [checking]
tools: []
review_by: 2027-05-31
sources: []
---
End a prompt with "list what you are **unsure** of". It will not find every mistake, but it tells you
where to look first.

::try When you next ask for a summary, add "what are you unsure of?".

::question It says: unsure about the date. What now?
- [ ] Ask it to be sure.
  > It will only sound surer.
- [x] Look up the date.
  > Ten seconds settle it.
"""


def tip_file(*, title: str = "Ask for the doubt", tip_uuid: uuid.UUID = DOUBT) -> str:
    """Return the text of a complete tip."""
    return TIP.format(title=title, uuid=tip_uuid)
