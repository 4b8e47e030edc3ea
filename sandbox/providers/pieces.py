"""What one chunk of a streamed answer says, whatever a server left out of it or added to it."""

from dataclasses import dataclass
from typing import Any

from sandbox.providers.base import ProviderFailed, Reason


@dataclass(frozen=True)
class Piece:
    """One chunk, read.

    Attributes:
        is_progress: The model is at work: it wrote, thought, or read on in a long prompt.
        tokens: Tokens in and out, where the chunk carries the count.
    """

    text: str = ""
    is_progress: bool = False
    finish_reason: str = ""
    tokens: tuple[int, int] | None = None


def piece_of(chunk: Any) -> Piece:
    """Return what a chunk of the client library says.

    Raises:
        ProviderFailed: It is no chunk of an answer.
    """
    choices = getattr(chunk, "choices", None)
    if not isinstance(choices, list):
        raise ProviderFailed(Reason.NOT_A_MODEL)
    first = choices[0] if choices else None
    delta = getattr(first, "delta", None)
    text = _text(delta, "content")
    thought = _text(delta, "reasoning_content") or _text(delta, "reasoning")
    return Piece(
        text=text,
        is_progress=bool(text or thought or getattr(chunk, "prompt_progress", None)),
        finish_reason=_text(first, "finish_reason"),
        tokens=_tokens(getattr(chunk, "usage", None)),
    )


def _text(holder: Any, name: str) -> str:
    value = getattr(holder, name, None)
    return value if isinstance(value, str) else ""


def _tokens(usage: Any) -> tuple[int, int] | None:
    counts = (getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None))
    if all(isinstance(count, int) and count >= 0 for count in counts):
        return counts  # type: ignore[return-value]
    return None
