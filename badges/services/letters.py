"""Mails with a link to addresses that are no user's; sent by workers, again until the mail server has taken them."""

import logging
import smtplib
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.mail import send_mail
from django.db.models import F, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from badges.models import HolderLetter, PersonalAddress
from badges.models.holders import LASTS
from badges.selectors.holders import issuers_of

logger = logging.getLogger(__name__)

LETTERS = "badges.tasks.send_letters"
SALTS = {kind: f"badges.letter.{kind}" for kind in HolderLetter.Kind.values}
MOST_TRIES = 5
TRIED_AGAIN_AFTER = timedelta(minutes=10)
Kind = HolderLetter.Kind


def token_of(*, letter: HolderLetter) -> str:
    """Return what the link of a letter ends with; it names the letter alone, and whoever has it is believed."""
    return signing.dumps(str(letter.public_id), salt=SALTS[letter.kind])


def send_letters(*, at: datetime) -> int:
    """Send what waits, and forget what has ended; returns how many were sent.

    A letter is taken before it is sent, so that of two workers one sends it. One whose worker died is tried again
    after some minutes, five times at most.
    """
    waiting = HolderLetter.objects.filter(sent_at=None, used_at=None, tries__lt=MOST_TRIES)
    again = Q(tried_at=None) | Q(tried_at__lte=at - TRIED_AGAIN_AFTER)
    sent = 0
    for letter in list(waiting.filter(again).select_related("person").order_by("pk")[:100]):
        mine = waiting.filter(again, pk=letter.pk).update(tried_at=at, tries=F("tries") + 1)
        if mine and _send(letter, at):
            sent += 1
    for kind, lasts in LASTS.items():
        HolderLetter.objects.filter(kind=kind, made_at__lte=at - lasts).delete()
    return sent


def _send(letter: HolderLetter, at: datetime) -> bool:
    if letter.kind == Kind.RETURN and not _find_holder(letter):
        letter.delete()
        return False
    subject, text = _written(letter)
    try:
        send_mail(subject, text, None, [letter.address])
    except (smtplib.SMTPException, OSError) as error:
        # What a mail server says may repeat the address.
        logger.warning("Letter %s to a holder was not sent: %s", letter.public_id, type(error).__name__)
        return False
    HolderLetter.objects.filter(pk=letter.pk).update(sent_at=at)
    return True


def _find_holder(letter: HolderLetter) -> bool:
    """See whose address it is, only now: who asked has been answered before, the same whatever is found here."""
    address = PersonalAddress.objects.filter(address=letter.address).select_related("person").first()
    if address is not None:
        letter.person = address.person
        letter.save(update_fields=["person"])
    return address is not None


def _written(letter: HolderLetter) -> tuple[str, str]:
    assert letter.person is not None, "found before"
    issuers = " · ".join(issuers_of(people=[letter.person])) or settings.BASE_URL
    route = "credentials-keep" if letter.kind == Kind.CLAIM else "credentials-open"
    facts = {
        "name": letter.person.full_name,
        "issuers": issuers,
        "link": settings.BASE_URL.rstrip("/") + reverse(route, args=[token_of(letter=letter)]),
        "day": date_format(letter.ends_at, "j F Y"),
    }
    if letter.kind == Kind.CLAIM:
        return _("Keep your credentials from %(issuers)s") % facts, _(
            "Hello,\n\n"
            "the credentials of %(name)s from %(issuers)s are to name this address as well, so that they stay within "
            "reach when %(name)s no longer works there.\n\n"
            "If that is you, read what will happen and confirm it:\n\n%(link)s\n\n"
            "The link works until %(day)s. If it is not you, do nothing: nothing happens then.\n"
        ) % facts
    return _("Your credentials from %(issuers)s") % facts, _(
        "Hello,\n\n"
        "somebody asked for the credentials from %(issuers)s that this address keeps. Open them here:\n\n"
        "%(link)s\n\n"
        "The link works for 24 hours; give it to nobody. If it was not you, do nothing: without this mail nobody "
        "sees anything.\n"
    ) % facts
