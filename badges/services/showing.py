"""Who sees the page of an award: its holder decides."""

from datetime import datetime

from django.db import transaction

from badges.models import Award, AwardEvent
from badges.services.history import note
from lms.people.models import User


@transaction.atomic
def show_award(*, award: Award, holder: User, visibility: str, at: datetime) -> Award:
    """Let nobody, whoever has the link, or everyone see the page of an award.

    Args:
        award: One of the holder's own.
        holder: Who decides.
        visibility: One of `Award.Visibility`.
        at: Now.
    """
    award = Award.objects.of(holder).select_for_update(of=("self",)).get(pk=award.pk)
    if award.visibility != visibility:
        award.visibility = Award.Visibility(visibility)
        award.save(update_fields=["visibility"])
        note([award], AwardEvent.Kind.SHOWN, at=at, actor=holder, details={"visibility": visibility})
    return award
