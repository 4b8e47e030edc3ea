"""Renewing: the same credential, the same id, with new dates. Nothing about how it was earned is reset."""

from datetime import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from badges.models import Award, AwardEvent
from badges.services.history import audit, note, record_of
from badges.services.issuers import SIGN
from badges.services.telling import tell_renewed
from badges.validity import renewed_until
from lms.core.errors import ActionRefused
from lms.core.nudges import nudge_on_commit
from lms.people.models import User
from lms.records.models import LearningRecord
from lms.records.services import record_all


class OwnRenewal(ActionRefused):
    """Somebody would renew what they hold themselves."""

    def __init__(self) -> None:
        """Say who can."""
        super().__init__(
            _(
                "Nobody renews what they hold themselves. Ask another administrator, or do what its rule of renewal "
                "asks for."
            )
        )


@transaction.atomic
def renew_award(*, award: Award, actor: User | None, at: datetime) -> Award:
    """Renew an award for another period; files that people keep heal where verifiers refresh.

    Args:
        award: One that expires.
        actor: Who renews it; None when its rule of renewal is met.
        at: Now. It is valid from this moment on, since of two files with one id the later one counts.

    Returns:
        The award with its new dates.

    Raises:
        OwnRenewal: The actor holds it; a rule that they meet renews it like anyone's.
        ActionRefused: It was revoked or replaced, does not expire, or its window of renewal is not open.
    """
    rows = Award.objects.select_for_update(of=("self",))
    award = rows.select_related("achievement__live", "version").get(pk=award.pk)
    if actor is not None and award.recipient_id == actor.pk:
        raise OwnRenewal
    _check_renewal(award, at)
    assert award.valid_until is not None, "checked: it expires"
    months = award.version.validity_months
    assert months is not None, "checked: it expires"
    before = award.valid_until
    award.valid_from, award.valid_until = at, renewed_until(before, at, months)
    award.cycle += 1
    award.sequence += 1
    award.save(update_fields=["valid_from", "valid_until", "cycle", "sequence"])
    details = {"before": before.isoformat(), "after": award.valid_until.isoformat()}
    note([award], AwardEvent.Kind.RENEWED, at=at, actor=actor, details=details)
    tell_renewed(award=award, at=at)
    record_all(records=[record_of(award, LearningRecord.Verb.RENEWED, at)])
    if actor is not None:
        audit(
            "renew", award, actor=actor, at=at, before={"until": before}, after={"until": award.valid_until}
        )
    nudge_on_commit(SIGN)
    return award


def _check_renewal(award: Award, at: datetime) -> None:
    if award.state == Award.State.REVOKED:
        raise ActionRefused(_("This was revoked, so it cannot be renewed. It can be awarded anew."))
    if award.state == Award.State.SUPERSEDED:
        raise ActionRefused(_("A newer award has replaced this one. Renew that one."))
    if award.valid_until is None or award.version.validity_months is None:
        raise ActionRefused(_("This does not expire, so there is nothing to renew."))
    opens, ends = award.renewal_opens, award.renewal_ends
    assert opens is not None, "it expires"
    assert ends is not None, "it expires"
    if at < opens:
        raise ActionRefused(
            _("It can be renewed from %(day)s on.") % {"day": date_format(opens, "DATE_FORMAT")}
        )
    if at >= ends:
        sentence = _("Its time for renewal ended on %(day)s. It can be earned anew.")
        raise ActionRefused(sentence % {"day": date_format(ends, "DATE_FORMAT")})
