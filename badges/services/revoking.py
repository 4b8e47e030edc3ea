"""Taking awards back. A revoked one stays revoked; whoever deserves it after all gets a new one."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from badges.models import Award, AwardEvent
from badges.services.history import audit, note, record_of
from badges.services.status import mark_revoked
from badges.services.telling import tell_revoked
from lms.core.errors import ActionRefused
from lms.people.models import User
from lms.records.models import LearningRecord
from lms.records.services import record_all

REASONS_FOR_EVERYONE = {
    Award.Code.MISTAKE: "Awarded by mistake.",
    Award.Code.EVIDENCE: "The evidence behind it did not hold.",
    Award.Code.CONDUCT: "Withdrawn by the issuer.",
    Award.Code.REQUEST: "Withdrawn at the request of its holder.",
    Award.Code.LAPSED: "What it stands for is no longer met.",
    Award.Code.UNDONE: "Awarded by mistake.",
}
"""What a credential's page says when nobody wrote something better: public, so it tells nothing about a person."""


@transaction.atomic
def revoke_award(
    *,
    award: Award,
    actor: User | None,
    at: datetime,
    code: str,
    public_text: str = "",
    private_note: str = "",
) -> Award:
    """Revoke an award; from the commit on, every verifier that asks for the status list reads it.

    Args:
        award: The award.
        actor: Who revokes it; None when a rule does.
        at: Now.
        code: One of `Award.Code`.
        public_text: For whoever looks at the credential; a sentence that fits the code when empty.
        private_note: For administrators alone.

    Raises:
        ActionRefused: It was revoked or replaced before, perhaps a moment ago.
    """
    award = _locked(award)
    if award.state == Award.State.REVOKED:
        raise ActionRefused(_("This was revoked already. Nothing has changed."))
    if award.state == Award.State.SUPERSEDED:
        raise ActionRefused(_("A newer award has replaced this one. Revoke that one."))
    award.private_note = private_note
    _revoke([award], actor=actor, at=at, code=code, public_text=public_text)
    audit(
        "revoke", award, actor=actor, at=at, after={"code": code, "public": award.revocation_text},
        reason=private_note,
    )  # fmt: skip
    return award


@transaction.atomic
def revoke_awards(*, awards: Collection[int], actor: User | None, at: datetime, code: str) -> list[Award]:
    """Revoke many awards by their keys, those of them that still stand; returns which.

    Cost: a fixed number of queries.
    """
    standing = Award.objects.select_for_update(of=("self",)).filter(pk__in=awards, state=Award.State.ISSUED)
    rows = list(standing.select_related("achievement", "version").order_by("pk"))
    _revoke(rows, actor=actor, at=at, code=code)
    return rows


def _locked(award: Award) -> Award:
    rows = Award.objects.select_for_update(of=("self",))
    locked: Award = rows.select_related("achievement", "version").get(pk=award.pk)
    return locked


def _revoke(
    awards: list[Award], *, actor: User | None, at: datetime, code: str, public_text: str = ""
) -> None:
    sentence = public_text.strip() or REASONS_FOR_EVERYONE[Award.Code(code)]
    for award in awards:
        award.state, award.revoked_at, award.revocation_code = Award.State.REVOKED, at, code
        award.revocation_text = sentence
    fields = ["state", "revoked_at", "revocation_code", "revocation_text", "private_note"]
    Award.objects.bulk_update(awards, fields)
    mark_revoked(awards)
    note(awards, AwardEvent.Kind.REVOKED, at=at, actor=actor, details={"code": code})
    tell_revoked(awards=awards, at=at)
    own = [award for award in awards if award.recipient_id is not None]
    record_all(records=[record_of(award, LearningRecord.Verb.LOST, at) for award in own])
