"""The practice model that runs on this machine."""

from http import HTTPStatus
from urllib.parse import urlsplit

import httpx2
from django.utils.translation import gettext as _

from lms.core.addresses import check_address
from lms.core.pinned_transport import PinnedTransport
from sandbox.embedded.state import Stage, model_status, running_server
from sandbox.providers.base import Capabilities, Health, Timeouts
from sandbox.providers.openai_compatible import OpenAICompatibleProvider

CAPABILITIES = Capabilities(json_schema=True, max_context=6144, is_local=True)
# Two long prompts at the same time on two cores take it this long; it says that it reads on meanwhile.
TIMEOUTS = Timeouts(first=60.0, total=240.0)
SECONDS_FOR_HEALTH = 3.0


class EmbeddedProvider(OpenAICompatibleProvider):
    """Answers from `manage.py sandbox_model serve`."""

    retries_dropped_connection = True  # llama.cpp drops one now and then before it has read the question

    def __init__(self, url: str, *, key: str = "", timeouts: Timeouts | None = None) -> None:
        """Take the address and key that the server has shown.

        Cost: resolves the host, where it is a name; create it outside of the event loop.

        Raises:
            UnsafeAddress: The host is not found, or is none that anything may call.
        """
        super().__init__(
            check_address(url, allow_hosts=[urlsplit(url).hostname or ""]),
            model="practice",
            key=key,
            capabilities=CAPABILITIES,
            timeouts=timeouts or TIMEOUTS,
            # Small models repeat themselves; and a long prompt takes them a minute, which they should say.
            extra_body={"repeat_penalty": 1.1, "return_progress": True},
        )

    async def health(self) -> Health:
        """Return whether the model answers; while it does not, how far it is."""
        status: int | None = None
        transport = PinnedTransport(self.address, most_bytes=10_000, sends_key=False)
        async with httpx2.AsyncClient(
            transport=transport, timeout=SECONDS_FOR_HEALTH, trust_env=False
        ) as client:
            try:
                status = (await client.get(httpx2.URL(self.address.url).join("/health"))).status_code
            except httpx2.HTTPError:
                status = None
        if status == HTTPStatus.OK:
            return Health(is_ready=True, sentence=_("The practice model is ready."))
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            return Health(
                is_ready=False, sentence=_("The practice model is being loaded. Wait a few seconds.")
            )
        known = model_status()
        if known.stage is not Stage.READY:
            return Health(is_ready=False, sentence=known.sentence)
        return Health(
            is_ready=False, sentence=_("The practice model does not answer. Try again in a minute.")
        )


def practice_provider(*, timeouts: Timeouts | None = None) -> EmbeddedProvider | None:
    """Return the provider of the running practice model; None when none runs. Cost: see `EmbeddedProvider`.

    Raises:
        UnsafeAddress: ``PRAXIS_MODEL_URL`` names a host that is not found.
    """
    server = running_server()
    return EmbeddedProvider(server.url, key=server.key, timeouts=timeouts) if server else None
