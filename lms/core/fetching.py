"""Fetching a document from an address that somebody else has named."""

import asyncio
from collections.abc import Collection

import httpx2
from django.utils.translation import gettext as _

from lms.core.addresses import check_address
from lms.core.coroutines import result_of
from lms.core.errors import ActionRefused
from lms.core.pinned_transport import PinnedTransport, ResponseTooLarge

SECONDS = 10


class NotFetched(ActionRefused):
    """There is no document at the address, or none that may be had; the message says why."""


def fetch_document(
    url: str, *, most_bytes: int, accept: str = "*/*", allow_hosts: Collection[str] = ()
) -> bytes:
    """Return what stands at an address: the answer to one GET, without cookies, keys or redirects.

    Args:
        url: As somebody else wrote it; it must be https and lead to a public machine (`lms.core.addresses`).
        most_bytes: A longer answer is refused.
        accept: Which types are wanted.
        allow_hosts: Hosts of the company's own network that may be called nevertheless. Strangers name addresses
            here, so it is empty unless whoever calls says otherwise: `PRAXIS_INTERNAL_HOSTS` is for administrators.

    Raises:
        UnsafeAddress: The address may not be called.
        NotFetched: Nobody answers within ten seconds, or the answer is an error, a redirect or too long.

    Cost: up to ten seconds.
    """
    address = check_address(url, allow_hosts=allow_hosts)
    transport = PinnedTransport(address, most_bytes=most_bytes, sends_key=False)
    return result_of(_get(address.url, transport, accept))


async def _get(url: str, transport: PinnedTransport, accept: str) -> bytes:
    try:
        async with (
            asyncio.timeout(SECONDS),
            httpx2.AsyncClient(transport=transport, trust_env=False) as client,
        ):
            response = await client.get(url, headers={"accept": accept, "user-agent": "Praxis"})
            content: bytes = await response.aread()
    except ResponseTooLarge:
        raise NotFetched(_("What stands at that address is too large.")) from None
    except (TimeoutError, httpx2.TimeoutException):
        raise NotFetched(_("Nobody answered at that address within ten seconds. Try again later.")) from None
    except httpx2.HTTPError:
        raise NotFetched(_("That address could not be reached. Check it, and try again later.")) from None
    if response.is_redirect:
        target = response.headers.get("location", "")[:300]
        raise NotFetched(_("That address leads on to %(target)s. Enter that one.") % {"target": target})
    if response.status_code != 200:
        raise NotFetched(_("That address answered with the error %(code)s.") % {"code": response.status_code})
    return content
