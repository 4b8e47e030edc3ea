"""Asking a model whether it answers, for whoever sets it up. Nothing of anybody is sent, stored or counted."""

import asyncio
import contextlib

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.core.coroutines import result_of
from lms.core.errors import ActionRefused
from sandbox.model_access import chat_provider
from sandbox.models import Provider
from sandbox.providers.base import ChatProvider, Delta, Health, Message, ProviderFailed, Reason

QUESTION = "This is a test. Answer with one short sentence: are you there?"
MOST_TOKENS = 50
MOST_SHOWN = 160
SECONDS = 15.0

WHAT_TO_DO = {
    Reason.UNREACHABLE: gettext_lazy("The connection broke before it answered. Ask again in a minute."),
    Reason.RATE_LIMITED: gettext_lazy(
        "It has too many questions to answer right now. Ask again in a minute."
    ),
    Reason.REFUSED_KEY: gettext_lazy("It did not accept the key. Enter the key again, save, then ask again."),
    Reason.REFUSED_REQUEST: gettext_lazy(
        "It refused the question. Check the name of the model, save, then ask again."
    ),
    Reason.NOT_A_MODEL: gettext_lazy(
        "What came back is not an answer of a model. Check the address; it usually ends in /v1."
    ),
    Reason.SERVER_ERROR: gettext_lazy(
        "It failed while answering. Ask again in a minute; if it fails again, its own log says why."
    ),
}
TOO_SLOW = gettext_lazy("It did not answer in time; it may be busy or still loading. Ask again in a minute.")
OTHER = gettext_lazy(
    "It began to answer and did not end well. Ask again; if it happens again, look into its log."
)


def ask_provider(*, provider: Provider) -> Health:
    """Ask a model one fixed question and return in words what came of it, and what to do when nothing did.

    Cost: resolves its host, and waits for at most 20 seconds. Call it outside of a transaction.
    """
    try:
        chat = chat_provider(provider)
    except ActionRefused as refusal:
        return Health(is_ready=False, sentence=refusal.message)
    return result_of(_ask(chat, is_local=provider.is_local))


async def _ask(chat: ChatProvider, *, is_local: bool) -> Health:
    health = await chat.health()
    if not health.is_ready:
        # What is said of the model on this machine ends with what to do.
        remedy = (
            "" if is_local else _("Check address and key, and that this server may go there; then ask again.")
        )
        return Health(is_ready=False, sentence=f"{health.sentence} {remedy}".strip())
    try:
        answer = await _answer_of(chat)
    except ProviderFailed as failed:
        slow = {Reason.TIMEOUT_FIRST, Reason.TIMEOUT_BETWEEN, Reason.TIMEOUT_TOTAL}
        what = TOO_SLOW if failed.reason in slow else WHAT_TO_DO.get(failed.reason, OTHER)
        return Health(is_ready=False, sentence=f"{health.sentence} {what}")
    except TimeoutError:
        return Health(is_ready=False, sentence=f"{health.sentence} {TOO_SLOW}")
    if not answer:
        return Health(
            is_ready=True,
            sentence=_(
                "It took the question and gave no words within %(tokens)d tokens. A model that thinks first needs "
                "more of them: allow it 1,000 or more for an answer."
            )
            % {"tokens": MOST_TOKENS},
        )
    return Health(is_ready=True, sentence=_("It answered: “%(answer)s”") % {"answer": answer[:MOST_SHOWN]})


async def _answer_of(chat: ChatProvider) -> str:
    """Return what it says, spaces as one.

    Raises:
        ProviderFailed: No complete answer came.
        TimeoutError: It took longer than 15 seconds.
    """
    question = [Message("user", QUESTION)]
    async with (
        asyncio.timeout(SECONDS),
        contextlib.aclosing(chat.stream(question, max_tokens=MOST_TOKENS, temperature=0.0)) as pieces,
    ):
        text = "".join([piece.text async for piece in pieces if isinstance(piece, Delta)])
    return " ".join(text.split())
