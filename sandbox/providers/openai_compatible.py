"""Whatever speaks OpenAI's chat completions: vLLM, Ollama, Azure, gateways, and the practice model itself."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping, Sequence
from typing import Any, TypeVar

import httpx2
import openai
from django.utils.translation import gettext as _

from lms.core.addresses import SafeAddress
from lms.core.pinned_transport import PinnedTransport
from sandbox.providers.base import (
    MOST_CHARACTERS_PER_TOKEN,
    Capabilities,
    Delta,
    Health,
    Message,
    ProviderFailed,
    Reason,
    TextLimits,
    Timeouts,
    Usage,
    estimate_usage,
)
from sandbox.providers.failures import Dropped, failure_of
from sandbox.providers.pieces import Piece, piece_of

Result = TypeVar("Result")
SECONDS_FOR_HEALTH = 5.0
MOST_BYTES = 4 * 1024 * 1024  # a piece of four letters comes in 300 bytes
ADAPTATIONS = 3


class OpenAICompatibleProvider:
    """Answers from one model of one server."""

    retries_dropped_connection = False

    def __init__(
        self,
        address: SafeAddress,
        *,
        model: str,
        key: str = "",
        capabilities: Capabilities | None = None,
        timeouts: Timeouts | None = None,
        extra_body: Mapping[str, Any] | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        """Describe the server; nothing is sent yet.

        Args:
            address: From `check_address`; it usually ends in ``/v1``.
            model: Its name there.
            key: Sent as a bearer token; nothing is sent when it is empty.
            capabilities: What the model can do.
            timeouts: How long to wait.
            extra_body: What this server wants to be told beyond the protocol.
            most_bytes: The most that is read of one response.
        """
        self.address = address
        self.model = model
        self.capabilities = capabilities or Capabilities()
        self.timeouts = timeouts or Timeouts()
        self._key = key
        self._extra_body = dict(extra_body or {})
        self._most_bytes = most_bytes

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float = 0.3,
        json_schema: dict[str, Any] | None = None,
    ) -> AsyncGenerator[Delta | Usage, None]:
        """Give the answer piece by piece, then its usage.

        Raises:
            ProviderFailed: No complete answer came.
        """
        request = self._request(messages, max_tokens, temperature, json_schema)
        answer = _Answer(TextLimits(max_tokens * MOST_CHARACTERS_PER_TOKEN), _Clock(self.timeouts))
        tries = 2 if self.retries_dropped_connection else 1
        failure: ProviderFailed | None = None
        while tries:
            tries -= 1
            failure = None
            try:
                async with contextlib.aclosing(self._pieces(request, answer)) as pieces:
                    async for piece in pieces:
                        answer.take(piece)
                        if piece.text:
                            yield Delta(piece.text)
                answer.check_end()
                break
            except ProviderFailed as failed:
                failure = failed
                if not isinstance(failed, Dropped) or answer.text:
                    break
        if failure is None:
            yield answer.usage or estimate_usage(messages, answer.text, answer.finish_reason)
            return
        if answer.was_accepted:
            failure.usage = estimate_usage(messages, answer.text, failure.reason.value)
        raise failure

    async def health(self) -> Health:
        """Return whether the server lists its models; it costs nothing and shows address and key to be right."""
        failure: ProviderFailed | None = None
        names: list[str] = []
        try:
            async with self._client() as client:
                page = await _wait(client.models.list(), SECONDS_FOR_HEALTH, Reason.TIMEOUT_FIRST)
            names = [model.id for model in page.data]
        except ProviderFailed as failed:
            failure = failed
        except (AttributeError, TypeError):
            failure = ProviderFailed(Reason.NOT_A_MODEL)
        if failure:
            return Health(is_ready=False, sentence=_health_sentence(failure.reason, self.address.host))
        if names and self.model not in names:
            sentence = _("%(host)s answers, and does not list a model called “%(model)s”.")
        else:
            sentence = _("%(host)s answers and knows “%(model)s”.")
        return Health(is_ready=True, sentence=sentence % {"host": self.address.host, "model": self.model})

    @contextlib.asynccontextmanager
    async def _client(self) -> AsyncIterator[openai.AsyncOpenAI]:
        """Give a client of its own to every exchange: closing it hangs up, whatever state the exchange is in."""
        if not (self._key.isascii() and self._key.isprintable()):
            raise ProviderFailed(Reason.REFUSED_KEY)
        transport = PinnedTransport(self.address, most_bytes=self._most_bytes, sends_key=bool(self._key))
        seconds = httpx2.Timeout(self.timeouts.total, connect=self.timeouts.connect)
        async with httpx2.AsyncClient(
            transport=transport, timeout=seconds, trust_env=False, follow_redirects=False
        ) as http_client:
            yield openai.AsyncOpenAI(
                base_url=self.address.url,
                api_key=self._key or "none",
                http_client=http_client,
                timeout=seconds,
                max_retries=0,
            )

    def _request(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        temperature: float,
        json_schema: dict[str, Any] | None,
    ) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": each.role, "content": each.content} for each in messages],
            "max_tokens": max_tokens,
            "temperature": temperature,
            "stream": True,
            "stream_options": {"include_usage": True},
            "extra_body": self._extra_body,
        }
        if json_schema is not None:
            request["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": json_schema, "strict": True},
            }
        return request

    async def _pieces(self, request: dict[str, Any], answer: "_Answer") -> AsyncGenerator[Piece, None]:
        async with self._client() as client:
            stream = await self._open(client, request, answer)
            answer.was_accepted = True
            try:
                if "text/event-stream" not in stream.response.headers.get("content-type", ""):
                    raise ProviderFailed(Reason.NOT_A_MODEL)
                chunks = aiter(stream)
                while (chunk := await answer.wait(anext(chunks, None))) is not None:
                    yield piece_of(chunk)
            finally:
                await stream.close()

    async def _open(
        self, client: openai.AsyncOpenAI, request: dict[str, Any], answer: "_Answer"
    ) -> openai.AsyncStream[Any]:
        """Return the stream of an answer; what a server does not know is said in its words, or left out."""
        for _adaptation in range(ADAPTATIONS):
            refusal: openai.BadRequestError
            try:
                opened: openai.AsyncStream[Any] = await answer.wait(_or_refusal(client, request))
            except _Refused as refused:
                refusal = refused.error
            else:
                return opened
            if not _adapt(request, refusal):
                raise failure_of(refusal, has_text=False)
        raise ProviderFailed(Reason.REFUSED_REQUEST)


class _Refused(Exception):
    def __init__(self, error: openai.BadRequestError) -> None:
        super().__init__()
        self.error = error


async def _or_refusal(client: openai.AsyncOpenAI, request: dict[str, Any]) -> openai.AsyncStream[Any]:
    try:
        opened: openai.AsyncStream[Any] = await client.chat.completions.create(**request)
    except openai.BadRequestError as error:
        raise _Refused(error) from None
    return opened


def _adapt(request: dict[str, Any], refusal: openai.BadRequestError) -> bool:
    """Change a request so that the server may take it; return whether anything was changed."""
    if refusal.param == "max_tokens" and "max_tokens" in request:
        request["max_completion_tokens"] = request.pop("max_tokens")
        return True
    for optional in ("temperature", "stream_options"):
        if refusal.param == optional and optional in request:
            del request[optional]
            return True
    return False


class _Clock:
    """Waits for the server, never for longer than it may take; how slowly its words are read is not its fault."""

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._now = asyncio.get_running_loop().time
        self._ends_at = self._now() + timeouts.total
        self.silence = 0.0

    async def wait(self, awaitable: Awaitable[Result], *, has_text: bool) -> Result:
        began_at = self._now()
        left = self._ends_at - began_at
        patience = (self._timeouts.between if has_text else self._timeouts.first) - self.silence
        reason = Reason.TIMEOUT_BETWEEN if has_text else Reason.TIMEOUT_FIRST
        if left < patience:
            patience, reason = left, Reason.TIMEOUT_TOTAL
        result = await _wait(awaitable, patience, reason, has_text=has_text)
        self.silence += self._now() - began_at
        return result


class _Answer:
    """What has come of an answer."""

    def __init__(self, limits: TextLimits, clock: _Clock) -> None:
        self._limits = limits
        self._clock = clock
        self.was_accepted = False
        self.finish_reason = ""
        self.usage: Usage | None = None
        self._has_pieces = False

    @property
    def text(self) -> str:
        return self._limits.text

    async def wait(self, awaitable: Awaitable[Result]) -> Result:
        return await self._clock.wait(awaitable, has_text=bool(self.text))

    def take(self, piece: Piece) -> None:
        self._has_pieces = True
        if piece.is_progress:
            self._clock.silence = 0.0
        self._limits.add(piece.text)
        self.finish_reason = piece.finish_reason or self.finish_reason
        if piece.tokens:
            self.usage = Usage(*piece.tokens, finish_reason=self.finish_reason)

    def check_end(self) -> None:
        if not self._has_pieces:
            raise ProviderFailed(Reason.NOT_A_MODEL)
        if not self.finish_reason:
            raise Dropped(Reason.CUT_OFF)


async def _wait(
    awaitable: Awaitable[Result], seconds: float, reason: Reason, *, has_text: bool = False
) -> Result:
    """Return what comes within `seconds`; every failure leaves as a `ProviderFailed` that quotes nothing."""
    try:
        async with asyncio.timeout(seconds):
            return await awaitable
    except TimeoutError:
        failure = ProviderFailed(reason)
    except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
        failure = failure_of(error, has_text=has_text)
    raise failure


def _health_sentence(reason: Reason, host: str) -> str:
    sentences = {
        Reason.UNREACHABLE: _("Nothing answers at %(host)s."),
        Reason.TIMEOUT_FIRST: _("%(host)s takes the connection and does not answer."),
        Reason.REFUSED_KEY: _("%(host)s does not accept the key."),
        Reason.RATE_LIMITED: _("%(host)s has too many questions to answer right now."),
        Reason.SERVER_ERROR: _("%(host)s answers with an error of its own."),
    }
    other = _("%(host)s answers, but not as a model does. Check the address; it usually ends in /v1.")
    return sentences.get(reason, other) % {"host": host}
