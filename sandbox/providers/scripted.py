"""A provider that says what it was told to say. For tests; nothing ever selects it by itself."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.providers.base import (
    Capabilities,
    Delta,
    Health,
    Message,
    ProviderFailed,
    Usage,
    estimate_usage,
)


@dataclass(frozen=True)
class Pause:
    """So many seconds of silence."""

    seconds: float


class ScriptedProvider:
    """Follows its script at every question.

    Attributes:
        asked: The messages of each question, in order.
        open_streams: How many answers are being given right now.
    """

    def __init__(
        self,
        script: Sequence[str | Pause | Usage | ProviderFailed],
        *,
        capabilities: Capabilities | None = None,
        health: Health | None = None,
    ) -> None:
        """Take a script: texts are said, pauses waited, failures raised; an estimated usage ends it if none does."""
        self.script = script
        self.capabilities = capabilities or Capabilities(json_schema=True, is_local=True)
        self.asked: list[tuple[Message, ...]] = []
        self.open_streams = 0
        self._health = health or Health(is_ready=True, sentence="")

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,  # noqa: ARG002  a script is as long as it is
        temperature: float = 0.3,  # noqa: ARG002
        json_schema: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> AsyncGenerator[Delta | Usage, None]:
        """Give what the script says."""
        self.asked.append(tuple(messages))
        self.open_streams += 1
        said = ""
        try:
            for entry in self.script:
                if isinstance(entry, ProviderFailed):
                    raise entry
                if isinstance(entry, Usage):
                    yield entry
                    return
                if isinstance(entry, Pause):
                    await asyncio.sleep(entry.seconds)
                elif entry:
                    said += entry
                    yield Delta(entry)
            yield estimate_usage(messages, said, "stop")
        finally:
            self.open_streams -= 1

    async def health(self) -> Health:
        """Return the health it was given."""
        return self._health
