"""Asking others while verifying: each address once, and a refusal is an answer."""

import logging
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from badges.ob3.json_text import UnreadableJson, read_json_object
from badges.ob3.vc_jwt import looks_like_jwt

logger = logging.getLogger(__name__)

Fetch = Callable[[str], Any]


class CannotFetch(Exception):
    """An address gave no answer.

    Attributes:
        reason: Half a sentence for a person, such as "the server did not answer within 5 seconds".
    """

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


class Source:
    """Whoever fetches, asked at most once for each address, and for no more addresses than `MOST`."""

    MOST = 20

    def __init__(self, fetch: Fetch) -> None:
        self.fetch = fetch
        self.answers: dict[str, Any] = {}

    def document(self, url: str) -> dict[str, Any]:
        """Return the JSON object at an address; the part behind ``#`` is left aside.

        Raises:
            CannotFetch: It is no web address, or does not answer with an object.
        """
        answer = self.answer(url)
        if isinstance(answer, dict):
            return answer
        try:
            return read_json_object(answer)
        except UnreadableJson as error:
            raise CannotFetch(str(error)) from error

    def answer(self, url: str) -> dict[str, Any] | str:
        """Return what is at an address: an object, or text such as a token.

        Raises:
            CannotFetch: It is no web address, does not answer, or answers with something else.
        """
        address = url.partition("#")[0]
        if address not in self.answers:
            self.answers[address] = self._ask(address)
        answer = self.answers[address]
        if isinstance(answer, CannotFetch):
            raise answer
        if isinstance(answer, bytes):
            answer = answer.decode(errors="replace")
        if not isinstance(answer, dict | str):
            raise CannotFetch("the answer is no JSON object")
        return answer

    def _ask(self, address: str) -> Any:
        if not address.startswith(("https://", "http://")):
            return CannotFetch("it is no web address")
        if len(self.answers) >= self.MOST:
            return CannotFetch("it asks for more addresses than any badge needs")
        try:
            return self.fetch(address)
        except CannotFetch as error:
            return error
        except (OSError, ValueError) as error:
            logger.info("An address that a badge names cannot be read: %s", type(error).__name__)
            return CannotFetch(_("it does not answer in a way that can be read"))


def is_token(answer: dict[str, Any] | str) -> bool:
    """Tell whether an answer is a compact token."""
    return isinstance(answer, str) and looks_like_jwt(answer)
