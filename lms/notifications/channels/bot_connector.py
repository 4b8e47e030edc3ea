"""The service through which bots speak in Teams: tokens for it, and one request at a time.

There is no library for it that still lives: the Bot Framework SDK ended on 31 December 2025, and what follows it brings
a web framework of its own. The protocol is small. Source: Azure AI Bot Service, REST API reference and Authentication
with the Bot Connector API.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
from django.conf import settings

from lms.core.addresses import UnsafeAddress, check_address
from lms.core.coroutines import result_of
from lms.core.pinned_transport import PinnedTransport
from lms.notifications.channels.base import ChannelDown, MayHaveArrived

SECONDS = 10
MOST_BYTES = 500_000
SCOPE = "https://api.botframework.com/.default"
BEFORE_IT_ENDS = 300
WHEN_IT_DOES_NOT_SAY = timedelta(seconds=30)
HOSTS = {
    "smba.trafficmanager.net",
    "smba.infra.gcc.teams.microsoft.com",
    "smba.infra.gov.teams.microsoft.us",
    "smba.infra.dod.teams.microsoft.us",
}
DOMAINS = (".botframework.com", ".botframework.azure.us", ".botframework.azure.cn")
"""Where Microsoft's services for bots are. A token of ours goes nowhere else, whatever a request says."""


@dataclass(frozen=True)
class Answer:
    """What was answered.

    Attributes:
        content: Read from JSON; an empty mapping when it is none.
    """

    status: int
    headers: Mapping[str, str]
    content: dict[str, Any]

    @property
    def code(self) -> str:
        """What Teams calls the error; empty when it does not say."""
        error = self.content.get("error")
        return str(error.get("code", "")) if isinstance(error, dict) else str(error or "")

    @property
    def retry_after(self) -> timedelta | None:
        """For how long to wait, as far as the answer says so."""
        text = self.headers.get("retry-after", "")
        return timedelta(seconds=int(text)) if text.isdecimal() and len(text) < 7 else None


@dataclass(frozen=True)
class Conversation:
    """Where we speak with one person.

    Attributes:
        service_url: Of the service that carries it, as the last request said.
        id: As the service calls it.
    """

    service_url: str
    id: str

    @property
    def is_microsofts(self) -> bool:
        """Whether it is carried by a service of Microsoft's, or by what stands in for Microsoft as a whole."""
        try:
            parts = urlsplit(self.service_url)
        except ValueError:
            return False
        host = (parts.hostname or "").lower()
        if host and host == urlsplit(settings.PRAXIS_TEAMS_LOGIN_URL).hostname:
            return host in settings.PRAXIS_INTERNAL_HOSTS
        has_port = ":" in parts.netloc.rpartition("@")[2].rpartition("]")[2]
        return parts.scheme == "https" and not has_port and (host in HOSTS or host.endswith(DOMAINS))

    def url(self, *path: str) -> str:
        """Return the address of something in it."""
        inner = "/".join(quote(each, safe="") for each in (self.id, *path))
        return f"{self.service_url.rstrip('/')}/v3/conversations/{inner}"


def ask_connector(
    method: str,
    conversation: Conversation,
    *path: str,
    content: Mapping[str, Any] | None = None,
    seconds: float = SECONDS,
) -> Answer:
    """Send one request about a conversation.

    Args:
        method: Of HTTP.
        conversation: Which.
        path: What of it.
        content: What is sent.
        seconds: How long to wait.

    Raises:
        ChannelDown: It did not go out: no token, nobody there, or an address that is not Microsoft's.
        MayHaveArrived: It went out, and no answer came.
    """
    if not conversation.is_microsofts:
        raise ChannelDown("The address of the service is not one of Microsoft's.")
    headers = {"authorization": f"Bearer {bot_token()}"}
    answer = exchange(method, conversation.url(*path), headers=headers, content=content, seconds=seconds)
    if answer.status == 401:
        forget_token()
    return answer


_tokens: dict[tuple[str, ...], tuple[str, float]] = {}
"""In the memory of each process only: whoever has a token speaks as our bot."""


def bot_token() -> str:
    """Return a token for the service, a new one shortly before the last one ends.

    Raises:
        ChannelDown: None is to be had.
    """
    token, until = _tokens.get(_token_key(), ("", 0.0))
    if token and time.time() < until:
        return token
    try:
        answer = _ask_for_token()
    except MayHaveArrived as error:
        raise ChannelDown(str(error)) from error
    token = str(answer.content.get("access_token", ""))
    if answer.status != 200 or not token:
        raise ChannelDown(_no_token(answer), retry_after=answer.retry_after if answer.status == 429 else None)
    _tokens[_token_key()] = (token, time.time() + int(answer.content.get("expires_in", 0)) - BEFORE_IT_ENDS)
    return token


def forget_token() -> None:
    """Take a new token next time: the last one was not accepted."""
    _tokens.pop(_token_key(), None)


def _token_key() -> tuple[str, ...]:
    return (
        settings.PRAXIS_TEAMS_LOGIN_URL,
        settings.PRAXIS_TEAMS_TENANT_ID,
        settings.PRAXIS_TEAMS_APP_ID,
        settings.PRAXIS_TEAMS_APP_PASSWORD,
    )


def _ask_for_token() -> Answer:
    tenant = quote(settings.PRAXIS_TEAMS_TENANT_ID, safe="")
    return exchange(
        "POST",
        f"{settings.PRAXIS_TEAMS_LOGIN_URL}/{tenant}/oauth2/v2.0/token",
        form={
            "grant_type": "client_credentials",
            "client_id": settings.PRAXIS_TEAMS_APP_ID,
            "client_secret": settings.PRAXIS_TEAMS_APP_PASSWORD,
            "scope": SCOPE,
        },
    )


def _no_token(answer: Answer) -> str:
    if answer.status in {400, 401}:
        # Its description begins with a number that its administrators can look up; the rest holds ids and times.
        number = str(answer.content.get("error_description", "")).partition(":")[0][:40]
        told = f"Microsoft Entra does not let our bot in ({answer.code[:60]} {number})."
        return f"{told} Renew PRAXIS_TEAMS_APP_PASSWORD."
    return f"Microsoft Entra gave no token: {answer.status}"


def exchange(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: Mapping[str, Any] | None = None,
    form: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
) -> Answer:
    """Send one request on a connection of its own, to the address that was checked and no further.

    A connection that is kept and was closed meanwhile would leave a doubt about each message that meets it.

    Raises:
        ChannelDown: It did not go out whole.
        MayHaveArrived: It went out, and no answer came.
    """
    try:
        address = check_address(url, allow_hosts=settings.PRAXIS_INTERNAL_HOSTS)
        transport = PinnedTransport(address, most_bytes=MOST_BYTES, sends_key=True)
        response = result_of(_send(transport, method, address.url, headers, content, form, seconds))
    except UnsafeAddress as error:
        raise ChannelDown(error.message) from error
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.WriteError, httpx2.WriteTimeout) as error:
        raise ChannelDown(f"The service cannot be reached: {type(error).__name__}") from error
    except (httpx2.HTTPError, TimeoutError) as error:
        raise MayHaveArrived(f"The service did not answer: {type(error).__name__}") from error
    return response


async def _send(
    transport: PinnedTransport,
    method: str,
    url: str,
    headers: Mapping[str, str] | None,
    content: Mapping[str, Any] | None,
    form: Mapping[str, str] | None,
    seconds: float,
) -> Answer:
    async with (
        asyncio.timeout(seconds * 2),
        httpx2.AsyncClient(transport=transport, trust_env=False, timeout=seconds) as client,
    ):
        sent = {"user-agent": "Praxis", "accept": "application/json", **(headers or {})}
        response = await client.request(method, url, headers=sent, json=content, data=form)
        await response.aread()
    return Answer(response.status_code, response.headers, _read(response))


def _read(response: httpx2.Response) -> dict[str, Any]:
    try:
        content = response.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
