"""From a stored provider to one that answers."""

import logging

from django.conf import settings
from django.utils.translation import gettext as _

from lms.core.addresses import check_address
from lms.core.encryption import decrypt
from lms.core.errors import ActionRefused
from sandbox.embedded.state import model_status
from sandbox.models import Provider
from sandbox.providers.base import ChatProvider

logger = logging.getLogger(__name__)

EMBEDDED_PLACES = 2
"""How many answers the model on this machine gives at once."""
OUTSIDE_PLACES = 200


def places_of(provider: Provider) -> int:
    """Return how many answers a provider gives at once; the others wait for their turn."""
    return EMBEDDED_PLACES if provider.is_local else OUTSIDE_PLACES


class ModelUnreachable(ActionRefused):
    """A model cannot be asked now, in words for a learner; why stands in the log and in Manage."""


def learners_provider(provider: Provider) -> ChatProvider:
    """Return what asks this provider for a learner, who can do nothing about its address or its key.

    Raises:
        ModelUnreachable: It cannot be asked now.
    """
    try:
        return chat_provider(provider)
    except ActionRefused as refusal:
        logger.warning("Model %s cannot be asked: %s", provider.pk, refusal.message)
        raise ModelUnreachable(
            _(
                "This model cannot be reached right now. Your prompt is kept. Try again in a minute; if it happens "
                "again, tell whoever looks after Praxis."
            )
        ) from None


def chat_provider(provider: Provider) -> ChatProvider:
    """Return what asks this provider. It may resolve a host, so call it outside of the event loop.

    Raises:
        ActionRefused: It cannot be asked now: the model does not run, its address may not be called, or its key
            cannot be read.
    """
    # The library that speaks the protocol takes most of a second to import; pages never need it.
    from sandbox.providers.embedded import practice_provider  # noqa: PLC0415
    from sandbox.providers.openai_compatible import OpenAICompatibleProvider  # noqa: PLC0415

    if provider.is_local:
        running = practice_provider()
        if running is None:
            raise ActionRefused(model_status().sentence)
        return running
    return OpenAICompatibleProvider(
        check_address(provider.base_url, allow_hosts=settings.PRAXIS_INTERNAL_HOSTS),
        model=provider.model,
        key=decrypt(provider.key_encrypted) if provider.key_encrypted else "",
    )
