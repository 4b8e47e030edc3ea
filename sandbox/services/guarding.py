"""The one choke point: what is about to be sent to a model is looked at here, and nowhere else is anything sent."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused
from sandbox.definitions import Definition
from sandbox.guard import (
    Dictionary,
    Inspection,
    InspectionFailed,
    Pseudonyms,
    TextTooLong,
    inspect,
)
from sandbox.guard.names import load_name_finder
from sandbox.guard.policy import Decision, Policy, decide
from sandbox.models import CompanyWord, GuardCount, Provider

logger = logging.getLogger(__name__)

SALT = "company-words"


class GuardUnavailable(ActionRefused):
    """The guard could not look at the text, so nothing was sent."""


@dataclass(frozen=True)
class Look:
    """What the guard says of one text for all the models that it may go to.

    Attributes:
        decisions: One for each provider, in their order.
    """

    inspection: Inspection
    decisions: tuple[Decision, ...]

    @property
    def may_send(self) -> bool:
        """Whether it may go to all of them; with no model nothing goes anywhere, and secrets are refused still."""
        return all(decision.may_send for decision in self.decisions) and not self.inspection.is_blocked


@cache
def _salt() -> bytes:
    return f"{SALT}:{settings.SECRET_KEY}".encode()


def company_words() -> Dictionary:
    """Return the company's own words; one query."""
    digests = CompanyWord.objects.values_list("digest", flat=True)
    return Dictionary.from_hashes((bytes.fromhex(each) for each in digests), _salt())


def look_at(
    *, text: str, material: str, providers: Iterable[Provider], accepted: frozenset[str] = frozenset()
) -> Look:
    """Return what a text holds that must not leave, and whether it may go to these models.

    Args:
        text: What would be sent.
        material: Material of the exercise; fictional, so what it says does not warn.
        providers: Models that it would go to.
        accepted: Digests of values that the learner called fictional.

    Raises:
        GuardUnavailable: The text is too long, or could not be looked at. Nothing is sent then.
    """
    try:
        inspection = inspect(
            text,
            known=material,
            dictionary=company_words(),
            find_names=load_name_finder(),
            region=settings.PRAXIS_PHONE_REGION or None,
        )
    except TextTooLong as error:
        raise GuardUnavailable(str(error), field="prompt") from None
    except InspectionFailed as error:
        logger.error("The data guard failed: %s", error)
        raise GuardUnavailable(
            _(
                "Your text could not be checked for private data, so nothing was sent. It is kept here; "
                "try again, or tell whoever looks after Praxis."
            ),
            field="prompt",
        ) from None
    decisions = tuple(
        decide(
            inspection,
            policy=cast("Policy", provider.policy),
            is_local=provider.is_local,
            accepted=accepted,
            requires_names=provider.policy != Provider.Policy.WARN,
        )
        for provider in providers
    )
    return Look(inspection, decisions)


def outgoing(
    *, texts: Sequence[str], definition: Definition, provider: Provider
) -> tuple[list[str], Pseudonyms]:
    """Return a conversation as it may leave for one model, and what puts values back into the answer.

    For a model on this machine texts stay as they are; learners have decided about them already. Whatever the
    policy, a secret never passes.

    Raises:
        GuardUnavailable: A text could not be looked at, or holds what never leaves.
    """
    looks = [look_at(text=text, material=definition.released_text, providers=[]).inspection for text in texts]
    if any(look.is_blocked for look in looks):
        raise GuardUnavailable(
            _("This holds a secret or a number of a person that never leaves. Replace it first.")
        )
    sees_all = provider.is_local or provider.policy == Provider.Policy.WARN
    if not sees_all and not all(look.names_checked for look in looks):
        raise GuardUnavailable(
            _("Names cannot be checked right now, so nothing was sent outside. Your text is kept.")
        )
    pseudonyms = Pseudonyms.for_inspections(looks)
    if provider.is_local or provider.policy == Provider.Policy.WARN:
        return list(texts), Pseudonyms({})
    return [pseudonyms.hide(text, look) for text, look in zip(texts, looks, strict=True)], pseudonyms


def hide_chosen(*, look: Look, placeholders: Iterable[str]) -> str:
    """Return the text with the chosen findings replaced by their placeholders."""
    wanted = set(placeholders)
    chosen = [finding for finding in look.inspection.findings if finding.placeholder in wanted]
    return Pseudonyms.for_inspections([look.inspection]).hide(look.inspection.text, chosen)


@transaction.atomic
def count_findings(*, look: Look, action: str, on: date) -> None:
    """Count what was found by kind and by what was done about it; never by whom, never the value."""
    for kind in {finding.kind for finding in look.inspection.findings}:
        number = sum(finding.kind == kind for finding in look.inspection.findings)
        row, _created = GuardCount.objects.get_or_create(day=on, kind=kind, action=action)
        GuardCount.objects.filter(pk=row.pk).update(count=F("count") + number)


@transaction.atomic
def set_company_words(*, words: Iterable[str]) -> int:
    """Replace the list of the company's own words, of which only hashes are kept; returns how many there are.

    Raises:
        ActionRefused: An entry has no word in it, or too many.
    """
    try:
        dictionary = Dictionary.from_words([word for word in words if word.strip()], _salt())
    except ValueError as error:
        raise ActionRefused(str(error), field="words") from None
    CompanyWord.objects.all().delete()
    rows: list[Any] = [CompanyWord(digest=digest.hex()) for digest in sorted(dictionary.hashes)]
    return len(CompanyWord.objects.bulk_create(rows))
