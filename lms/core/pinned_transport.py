"""How requests travel to somebody else: to the one address that was checked, saying no more than they must."""

import ssl
from collections.abc import AsyncIterator
from functools import cache

import httpx2

from lms.core.addresses import SafeAddress

# The client library adds the version of this machine's system and what its environment says of an organization.
SENT_HEADERS = frozenset(
    {"host", "accept", "authorization", "content-type", "content-length", "transfer-encoding", "user-agent"}
)


class ResponseTooLarge(httpx2.TransportError):
    """The server sent more than any answer has."""


class PinnedTransport(httpx2.AsyncBaseTransport):
    """Connects to the IP address that was checked, while TLS and the Host header keep the name."""

    def __init__(self, address: SafeAddress, *, most_bytes: int, sends_key: bool) -> None:
        """Prepare connections that nobody uses twice: a server may drop one that waits."""
        self._address = address
        self._most_bytes = most_bytes
        self._headers = SENT_HEADERS if sends_key else SENT_HEADERS - {"authorization"}
        self._inner = httpx2.AsyncHTTPTransport(
            verify=_trusted_authorities(), trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0)
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request, and cap what comes back.

        Raises:
            httpx2.UnsupportedProtocol: It is meant for another address.
        """
        url, address = request.url, self._address
        if httpx2.URL(address.url).copy_with(raw_path=url.raw_path) != url:
            raise httpx2.UnsupportedProtocol("Only the address that was checked is called.")
        pinned = httpx2.Request(
            request.method,
            url.copy_with(host=address.ip),
            headers=[
                *((name, text) for name, text in request.headers.items() if name in self._headers),
                ("accept-encoding", "identity"),  # a small answer that unpacks into a large one is not wanted
            ],
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": address.host},
        )
        response = await self._inner.handle_async_request(pinned)
        response.headers.pop("content-encoding", None)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        return httpx2.Response(
            response.status_code,
            headers=response.headers,
            stream=_CappedStream(response.stream, self._most_bytes),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Close what is still open."""
        await self._inner.aclose()


class _CappedStream(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, most_bytes: int) -> None:
        self._stream = stream
        self._left = most_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            self._left -= len(part)
            if self._left < 0:
                raise ResponseTooLarge("The response is too large.")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


@cache
def _trusted_authorities() -> ssl.SSLContext:
    """Return what TLS trusts; reading it takes longer than an exchange with a server nearby."""
    return httpx2.create_ssl_context(trust_env=False)
