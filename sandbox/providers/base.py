"""What a provider of model answers is, and the ways in which it fails.

An answer comes as deltas and ends with exactly one `Usage`, or with a `ProviderFailed`; never with both, never with
silence. Closing the iterator, or cancelling the task that reads it, hangs up at once, so that a model with few
places has the place free again.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol

from django.utils.translation import gettext_lazy as _

CHARACTERS_PER_TOKEN = 4  # how usage is estimated where a server does not report it
MOST_CHARACTERS_PER_TOKEN = 8  # an answer longer than this times its limit does not keep to the limit


@dataclass(frozen=True)
class Message:
    """One turn of a conversation, as it is sent."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Delta:
    """The next piece of the answer; never empty."""

    text: str


@dataclass(frozen=True)
class Usage:
    """How an answer ended and what it took.

    Attributes:
        finish_reason: ``stop`` when the model was done, ``length`` when `max_tokens` cut it, or another word of the
            server's, such as ``content_filter``.
        is_estimate: The server did not count, so these are characters divided by four.
    """

    tokens_in: int
    tokens_out: int
    finish_reason: str
    is_estimate: bool = False


@dataclass(frozen=True)
class Health:
    """Whether answers can be had now, and what to tell a person about it."""

    is_ready: bool
    sentence: str


@dataclass(frozen=True)
class Capabilities:
    """What a model can do.

    Attributes:
        json_schema: An answer can be held to a JSON schema.
        max_context: Tokens that messages and answer may have together.
        is_local: Nothing leaves this installation.
    """

    json_schema: bool = False
    max_context: int = 8192
    is_local: bool = False


@dataclass(frozen=True)
class Timeouts:
    """How long a provider is waited for, in seconds.

    Attributes:
        connect: Until a connection stands.
        first: From the request until the first piece of the answer.
        between: From one piece to the next.
        total: From the request until the end of the answer.
    """

    connect: float = 3.0
    first: float = 30.0
    between: float = 15.0
    total: float = 120.0


class Reason(StrEnum):
    """Why no complete answer came."""

    UNREACHABLE = "unreachable"
    TIMEOUT_FIRST = "timeout_first"
    TIMEOUT_BETWEEN = "timeout_between"
    TIMEOUT_TOTAL = "timeout_total"
    RATE_LIMITED = "rate_limited"
    REFUSED_KEY = "refused_key"
    REFUSED_REQUEST = "refused_request"
    INPUT_TOO_LONG = "input_too_long"
    SERVER_ERROR = "server_error"
    NOT_A_MODEL = "not_a_model"
    CUT_OFF = "cut_off"
    TOO_LONG = "too_long"
    REPETITION = "repetition"


# What happened, what was kept, what to do: read by the learner beside the prompt and the text that came so far.
SENTENCES = {
    Reason.UNREACHABLE: _(
        "The model could not be reached. What you wrote is kept. Try again in a minute; if it happens again, tell "
        "whoever looks after Praxis."
    ),
    Reason.TIMEOUT_FIRST: _(
        "The model did not begin to answer in time; it may be busy. What you wrote is kept. Try again in a minute."
    ),
    Reason.TIMEOUT_BETWEEN: _(
        "The model stopped in the middle of its answer. What you wrote and what came so far are kept. Try again."
    ),
    Reason.TIMEOUT_TOTAL: _(
        "The answer took too long and was stopped. What you wrote and what came so far are kept. Ask for less at "
        "once, or try again."
    ),
    Reason.RATE_LIMITED: _(
        "The model has too many questions to answer right now. What you wrote is kept. Try again in a minute."
    ),
    Reason.REFUSED_KEY: _(
        "The provider of the model did not accept the key of Praxis. What you wrote is kept. Tell whoever looks "
        "after Praxis; trying again will not help."
    ),
    Reason.REFUSED_REQUEST: _(
        "The provider of the model did not accept the question as it was sent. What you wrote is kept. Tell "
        "whoever looks after Praxis; trying again will not help."
    ),
    Reason.INPUT_TOO_LONG: _(
        "Your prompt and its material are longer than this model can read at once. What you wrote is kept. Shorten "
        "it, then try again."
    ),
    Reason.SERVER_ERROR: _(
        "The server of the model failed. What you wrote and what came so far are kept. Try again in a minute."
    ),
    Reason.NOT_A_MODEL: _(
        "What answered does not speak as a model does. What you wrote is kept. Tell whoever looks after Praxis: the "
        "address of the model may be wrong."
    ),
    Reason.CUT_OFF: _(
        "The connection to the model broke in the middle of its answer. What you wrote and what came so far are "
        "kept. Try again."
    ),
    Reason.TOO_LONG: _(
        "The answer did not end and was stopped. What you wrote and what came so far are kept. Say in your prompt "
        "how long the answer may be, then try again."
    ),
    Reason.REPETITION: _(
        "The model began to repeat itself and was stopped. What you wrote and what came so far are kept. Say more "
        "precisely what you want, then try again."
    ),
}


class ProviderFailed(Exception):
    """No complete answer came; deltas that came before stay valid.

    Attributes:
        reason: For programs.
        sentence: For the learner: what happened, what was kept, what to do. Translated when it is shown.
        retry_after: Seconds after which the provider asks to be tried again; None when it did not say.
        usage: What was used up until then, estimated; None when nothing reached the model.
    """

    def __init__(
        self, reason: Reason, *, retry_after: float | None = None, usage: Usage | None = None
    ) -> None:
        """Choose the sentence that belongs to the reason."""
        super().__init__(reason.value)
        self.reason = reason
        self.retry_after = retry_after
        self.usage = usage

    @property
    def sentence(self) -> str:
        """What the learner reads."""
        return str(SENTENCES[self.reason])


class ChatProvider(Protocol):
    """Something that answers conversations."""

    @property
    def capabilities(self) -> Capabilities:
        """What its model can do."""

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float = 0.3,
        json_schema: dict[str, Any] | None = None,
    ) -> AsyncGenerator[Delta | Usage, None]:
        """Give the answer piece by piece, then its usage.

        Args:
            messages: The conversation so far, oldest first, ending with a user's.
            max_tokens: The most the answer may have.
            temperature: 0.0 gives the likeliest words, higher gives more variety.
            json_schema: What the answer must be an instance of; only for models with that capability.

        Raises:
            ProviderFailed: No complete answer came.
        """

    async def health(self) -> Health:
        """Return whether answers can be had now; never raises."""


@dataclass
class TextLimits:
    """Watches a growing answer for the two ways in which small models never end.

    Attributes:
        most_characters: Where the answer is cut.
        text: What came so far.
    """

    most_characters: int
    text: str = ""
    _checked: int = field(default=0, repr=False)

    BLOCK = 80
    TIMES = 4

    def add(self, piece: str) -> None:
        """Take the next piece.

        Raises:
            ProviderFailed: The answer is too long, or its last 80 characters stand in it for the fourth time.
        """
        self.text += piece
        if len(self.text) > self.most_characters:
            raise ProviderFailed(Reason.TOO_LONG)
        if len(self.text) - self._checked >= self.BLOCK // 2:
            self._checked = len(self.text)
            block = self.text[-self.BLOCK :]
            if len(block) == self.BLOCK and self.text.count(block) >= self.TIMES:
                raise ProviderFailed(Reason.REPETITION)


def estimate_usage(messages: Sequence[Message], answer: str, finish_reason: str) -> Usage:
    """Return the usage of a conversation that nobody counted; at least one token each way that holds text."""
    asked = sum(len(message.content) for message in messages)
    return Usage(
        tokens_in=-(-asked // CHARACTERS_PER_TOKEN),
        tokens_out=-(-len(answer) // CHARACTERS_PER_TOKEN),
        finish_reason=finish_reason,
        is_estimate=True,
    )
