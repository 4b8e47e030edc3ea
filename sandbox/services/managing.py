"""What administrators decide about practice: which models may be asked, what that costs, which words are private."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lms.core.addresses import UnsafeAddress, check_address
from lms.core.encryption import encrypt
from lms.core.errors import ActionRefused
from lms.core.services import write_audit_entry
from lms.people.models import OrgUnit, User
from sandbox.models import Budget, CompanyWord, Provider, Run
from sandbox.services.guarding import set_company_words


@dataclass(frozen=True)
class ProviderFacts:
    """What is said of a model, its key left out.

    Attributes:
        base_url: As entered; empty for the model on this machine, as is `model`.
        max_tokens: Of an answer.
        position: Models are offered in this order, the lowest first.
    """

    name: str
    data_region: str
    base_url: str = ""
    model: str = ""
    weakness: str = ""
    policy: str = Provider.Policy.BLOCK
    max_tokens: int = 400
    position: int = 10
    is_enabled: bool = False


@dataclass(frozen=True)
class BudgetFacts:
    """What a budget says.

    Attributes:
        unit: For the scope ``group``; None for the others.
        runs: At most in a period; None without a limit.
        tokens: At most in a period; None without a limit.
    """

    scope: str
    period: str
    unit: OrgUnit | None = None
    runs: int | None = None
    tokens: int | None = None


def save_provider(
    *, provider: Provider | None, facts: ProviderFacts, key: str | None, actor: User, at: datetime
) -> Provider:
    """Add a model that is reached at an address, or change one.

    A stored key goes to the host it was entered for and to no other: with another host it has to be entered again.

    Args:
        provider: The model to change; None for a new one.
        facts: What holds from now on.
        key: A new key; None keeps the stored one, empty text removes it.
        actor: Who decides.
        at: Moment of the decision.

    Raises:
        ActionRefused: The address may not be called, or the key belongs to another host. Nothing has changed.
    """
    is_local = provider is not None and provider.is_local
    if is_local and (facts.base_url or facts.model or key is not None):
        raise ActionRefused(_("The model on this machine has no address, no name there and no key."))
    # Asks the resolver, which may take seconds: before anything is locked.
    values = {**asdict(facts), "base_url": "" if is_local else _checked(facts.base_url)}
    with transaction.atomic():
        row = Provider(kind=Provider.Kind.OPENAI) if provider is None else _locked(provider)
        before = None if provider is None else _told_of_provider(row)
        if row.key_encrypted and key is None and _host(row.base_url) != _host(values["base_url"]):
            raise ActionRefused(
                _("The stored key was entered for another host. Enter the key for this one, or remove it."),
                field="key",
            )
        if provider and (row.base_url, row.model) != (values["base_url"], values["model"]):
            # Another model: what was measured of the one before says nothing of it.
            row.may_judge = False
            row.calibrations.all().delete()
        for name, value in values.items():
            setattr(row, name, value)
        is_new_key = bool(key)
        if key is not None:
            row.key_encrypted = encrypt(key) if key else ""
        row.save()
        after = _told_of_provider(row) | ({"key_replaced": True} if is_new_key and before else {})
        _audit("sandbox.save_provider", _address_of(row), before, after, actor=actor, at=at)
    return row


@transaction.atomic
def switch_provider(*, provider: Provider, is_enabled: bool, actor: User, at: datetime) -> Provider:
    """Let a model be asked from now on, or no longer; answers that are under way come to their end."""
    row = _locked(provider)
    before = _told_of_provider(row)
    row.is_enabled = is_enabled
    row.save(update_fields=["is_enabled"])
    _audit("sandbox.switch_provider", _address_of(row), before, _told_of_provider(row), actor=actor, at=at)
    return row


@transaction.atomic
def remove_provider(*, provider: Provider, actor: User, at: datetime) -> None:
    """Remove a model, its address and its key. What it answered stays with those who asked.

    Raises:
        ActionRefused: It runs on this machine, or is answering right now.
    """
    row = _locked(provider)
    if row.is_local:
        raise ActionRefused(
            _("The model on this machine cannot be removed. Switch it off if nobody shall ask it.")
        )
    if Run.objects.under_way().filter(provider=row).exists():
        raise ActionRefused(_("It is answering right now. Switch it off, and remove it in a few minutes."))
    _audit("sandbox.remove_provider", _address_of(row), _told_of_provider(row), None, actor=actor, at=at)
    row.delete()


def save_budget(*, budget: Budget | None, facts: BudgetFacts, actor: User, at: datetime) -> Budget:
    """Add a budget or change one. When it counts something else from now on, it begins to count anew.

    Raises:
        ActionRefused: It limits nothing, names no unit where it needs one, or there is one like it already.
    """
    if facts.runs is None and facts.tokens is None:
        raise ActionRefused(_("Enter the runs or the tokens that are allowed, or both."), field="runs")
    if (facts.scope == Budget.Scope.GROUP) != (facts.unit is not None):
        raise ActionRefused(_("Choose a unit for a budget of a unit, and none for the others."), field="unit")
    try:
        return _write_budget(budget, facts, actor=actor, at=at)
    except IntegrityError:
        raise ActionRefused(
            _("There is already a budget for the same people in the same period. Change that one."),
            field="period",
        ) from None


@transaction.atomic
def _write_budget(budget: Budget | None, facts: BudgetFacts, *, actor: User, at: datetime) -> Budget:
    row = Budget() if budget is None else Budget.objects.select_for_update().get(pk=budget.pk)
    before = None if budget is None else _told_of_budget(row)
    counted = (row.scope, row.period, row.unit_id)
    row.scope, row.period, row.unit = facts.scope, facts.period, facts.unit
    row.runs, row.tokens = facts.runs, facts.tokens
    row.save()
    if before and (row.scope, row.period, row.unit_id) != counted:
        # What one person used would otherwise stand as what a unit of the same number used.
        row.uses.all().delete()
    _audit(
        "sandbox.save_budget",
        ("sandbox.budget", str(row.pk)),
        before,
        _told_of_budget(row),
        actor=actor,
        at=at,
    )
    return row


@transaction.atomic
def remove_budget(*, budget: Budget, actor: User, at: datetime) -> None:
    """Remove a limit, and what was counted for it."""
    row = Budget.objects.select_for_update().get(pk=budget.pk)
    _audit(
        "sandbox.remove_budget",
        ("sandbox.budget", str(row.pk)),
        _told_of_budget(row),
        None,
        actor=actor,
        at=at,
    )
    row.delete()


@transaction.atomic
def replace_company_words(*, words: Iterable[str], actor: User, at: datetime) -> int:
    """Replace the company's own words, of which only hashes are kept; returns how many there are.

    Raises:
        ActionRefused: An entry has no word in it, or too many; the old list stays.
    """
    before = {"words": CompanyWord.objects.count()}
    count = set_company_words(words=words)
    write_audit_entry(
        actor=actor.as_actor,
        action="sandbox.set_company_words",
        object_type="sandbox.company_words",
        object_id="",  # there is only one list
        before=before,
        after={"words": count},
        at=at,
    )
    return count


def _checked(address: str) -> str:
    try:
        return check_address(address, allow_hosts=settings.PRAXIS_INTERNAL_HOSTS).url
    except UnsafeAddress as refusal:
        raise ActionRefused(refusal.message, field="base_url") from None


def _host(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


def _locked(provider: Provider) -> Provider:
    row: Provider = Provider.objects.select_for_update().get(pk=provider.pk)
    return row


def _address_of(provider: Provider) -> tuple[str, str]:
    return "sandbox.provider", str(provider.public_id)


def _told_of_provider(provider: Provider) -> dict[str, Any]:
    """Return what the audit trail may say of a model: never its key."""
    told = {name: getattr(provider, name) for name in ProviderFacts.__dataclass_fields__}
    return {**told, "has_key": bool(provider.key_encrypted)}


def _told_of_budget(budget: Budget) -> dict[str, Any]:
    unit = str(budget.unit) if budget.unit else None
    return {
        "scope": budget.scope,
        "period": budget.period,
        "unit": unit,
        "runs": budget.runs,
        "tokens": budget.tokens,
    }


def _audit(
    action: str,
    address: tuple[str, str],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    actor: User,
    at: datetime,
) -> None:
    """Write what differs; nothing when nothing does."""
    if before is not None and after is not None:
        names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        if not names:
            return
        before = {name: before[name] for name in names if name in before}
        after = {name: after[name] for name in names if name in after}
    write_audit_entry(
        actor=actor.as_actor,
        action=action,
        object_type=address[0],
        object_id=address[1],
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
        at=at,
    )
