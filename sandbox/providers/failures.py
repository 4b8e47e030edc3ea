"""Which of our reasons an error of the client library stands for. What it quotes, the prompt among it, stays there."""

import email.utils
import math
import time
from collections.abc import Mapping

import httpx2
import openai

from lms.core.pinned_transport import ResponseTooLarge
from sandbox.providers.base import ProviderFailed, Reason

MOST_SECONDS_TO_WAIT = 3600.0
REASONS = {
    401: Reason.REFUSED_KEY,
    403: Reason.REFUSED_KEY,
    408: Reason.SERVER_ERROR,
    429: Reason.RATE_LIMITED,
}
TOO_LONG_CODES = {"context_length_exceeded", "exceed_context_size_error", "string_above_max_length"}


class Dropped(ProviderFailed):
    """The connection broke; before the first piece of text another try may do."""


def failure_of(error: Exception, *, has_text: bool) -> ProviderFailed:
    """Return the failure that an error stands for; `has_text` tells whether a part of the answer came before."""
    if isinstance(error, openai.APIStatusError):
        return _refusal(error)
    if isinstance(error, openai.APIConnectionError | httpx2.HTTPError):
        return _broken_connection(error.__cause__ or error, has_text=has_text)
    if isinstance(error, openai.APIError) and not isinstance(error, openai.APIResponseValidationError):
        return ProviderFailed(Reason.SERVER_ERROR)  # said by the server in the middle of its answer
    return ProviderFailed(Reason.NOT_A_MODEL)


def seconds_to_wait(headers: Mapping[str, str], *, now: float) -> float | None:
    """Return what a server asks for with Retry-After, 0 to 3600 seconds; None when it asks for nothing readable.

    Source: RFC 9110, section 10.2.3: seconds or a date.
    """
    text = headers.get("retry-after", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(text).timestamp() - now
        except ValueError:
            return None
    return min(max(seconds, 0.0), MOST_SECONDS_TO_WAIT) if math.isfinite(seconds) else None


def _refusal(error: openai.APIStatusError) -> ProviderFailed:
    status = error.status_code
    retry_after = seconds_to_wait(error.response.headers, now=time.time())
    if status in REASONS:
        return ProviderFailed(REASONS[status], retry_after=retry_after)
    if status >= 500:
        return ProviderFailed(Reason.SERVER_ERROR, retry_after=retry_after)
    if status == 413 or {error.code, error.type} & TOO_LONG_CODES:
        return ProviderFailed(Reason.INPUT_TOO_LONG)
    # A server of models explains itself in JSON; a web page or a redirect comes from something else.
    return ProviderFailed(Reason.REFUSED_REQUEST if isinstance(error.body, dict) else Reason.NOT_A_MODEL)


def _broken_connection(cause: BaseException, *, has_text: bool) -> ProviderFailed:
    if isinstance(cause, ResponseTooLarge):
        return ProviderFailed(Reason.TOO_LONG)
    if isinstance(cause, httpx2.RemoteProtocolError | httpx2.ReadError | httpx2.WriteError):
        return Dropped(Reason.CUT_OFF if has_text else Reason.UNREACHABLE)
    return ProviderFailed(Reason.UNREACHABLE)
