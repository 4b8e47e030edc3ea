"""Who holds what, what became of it, and the signed files."""

import secrets
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from badges.models.achievements import Achievement, AchievementVersion
from badges.models.issuers import Issuer, IssuerKey
from badges.querysets import NOT_BY_HAND, AwardQuerySet
from lms.core.models import AppendOnlyModel
from lms.jobs.models import Job


def new_salt() -> str:
    """Return a salt for the hash of an e-mail address: 128 bits in hexadecimal."""
    return secrets.token_hex(16)


def new_token() -> str:
    """Return what nobody can guess: 192 bits, safe in an address."""
    return secrets.token_urlsafe(24)


class StatusList(models.Model):
    """One bit for each credential of an issuer: set once it is revoked, and never cleared.

    Source: W3C Bitstring Status List 1.0. All credentials share a list, so whoever asks for it does not say which one
    they are looking at.
    """

    issuer = models.ForeignKey(
        Issuer, verbose_name=_("issuer"), on_delete=models.PROTECT, related_name="status_lists"
    )
    number = models.PositiveIntegerField(_("number"))
    bits = models.BinaryField(_("bits"))
    given_out = models.PositiveIntegerField(_("places given out"), default=0)
    signed = models.TextField(_("signed list"), blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True)

    class Meta:
        verbose_name = _("status list")
        verbose_name_plural = _("status lists")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "number"], name="badges_status_list_number"),
        ]

    def __str__(self) -> str:
        return f"{self.issuer_id}/{self.number}"


class Award(models.Model):
    """An achievement in the hands of one person. Renewal keeps the row and its id; a second chance is a new row."""

    class State(models.TextChoices):
        """What became of it. Whether it has expired follows from the dates."""

        ISSUED = "issued", _("issued")
        REVOKED = "revoked", _("revoked")
        SUPERSEDED = "superseded", _("replaced by a newer one")

    class Source(models.TextChoices):
        """Why it was awarded."""

        RULE = "rule", _("its rule was met")
        PERSON = "person", _("an administrator awarded it")
        LIST = "list", _("awarded with a list")
        REVIEW = "review", _("its evidence was accepted")

    class Visibility(models.TextChoices):
        """Who may see its page."""

        PRIVATE = "private", _("only you")
        LINK = "link", _("whoever has the link")
        PUBLIC = "public", _("everyone, also search engines")

    class Code(models.TextChoices):
        """Why it was revoked, in one word."""

        MISTAKE = "mistake", _("awarded by mistake")
        EVIDENCE = "evidence", _("its evidence did not hold")
        CONDUCT = "conduct", _("misuse")
        REQUEST = "request", _("its holder asked for it")
        LAPSED = "lapsed", _("its rule is no longer met")
        UNDONE = "undone", _("the list it came from was taken back")

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    achievement = models.ForeignKey(
        Achievement, verbose_name=_("achievement"), on_delete=models.PROTECT, related_name="awards"
    )
    version = models.ForeignKey(
        AchievementVersion, verbose_name=_("version"), on_delete=models.PROTECT, related_name="awards"
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("holder"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="awards",
        help_text=_("empty once the person was erased"),
    )
    subject_id = models.UUIDField(_("subject id"), default=uuid.uuid4, editable=False)
    salt = models.CharField(_("salt"), max_length=64, default=new_salt, editable=False)
    refresh_token = models.CharField(
        _("refresh token"), max_length=64, default=new_token, unique=True, editable=False
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ISSUED)
    source = models.CharField(_("source"), max_length=10, choices=Source)
    awarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("awarded by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    narrative = models.TextField(
        _("what for"),
        blank=True,
        max_length=1000,
        help_text=_("stands in the credential, for everyone to read"),
    )
    awarded_at = models.DateTimeField(_("awarded at"), help_text=_("stays when it is renewed"))
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"), null=True)
    cycle = models.PositiveIntegerField(_("times renewed"), default=0)
    sequence = models.PositiveIntegerField(
        _("edition"), default=1, help_text=_("counts up whenever it has to be signed anew")
    )
    lapses_at = models.DateTimeField(
        _("lapses at"), null=True, help_text=_("when its holder does not meet its rule again before")
    )
    visibility = models.CharField(
        _("who sees its page"), max_length=10, choices=Visibility, default=Visibility.LINK
    )
    status_list = models.ForeignKey(
        StatusList, verbose_name=_("status list"), on_delete=models.PROTECT, related_name="awards"
    )
    status_index = models.PositiveIntegerField(_("place in the status list"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    revocation_code = models.CharField(_("reason"), max_length=10, choices=Code, blank=True)
    revocation_text = models.CharField(_("reason for everyone"), max_length=300, blank=True)
    private_note = models.TextField(_("note for administrators"), max_length=2000, blank=True)
    supersedes = models.OneToOneField(
        "self",
        verbose_name=_("replaces"),
        null=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
    )
    job = models.ForeignKey(
        Job, verbose_name=_("job"), null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = ["-awarded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["achievement", "recipient"], condition=Q(state="issued"), name="badges_one_award_each"
            ),
            models.UniqueConstraint(fields=["status_list", "status_index"], name="badges_own_status_place"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=models.F("valid_from")),
                name="badges_valid_until_after_from",
            ),
            models.CheckConstraint(
                condition=~Q(state="revoked") | Q(revoked_at__isnull=False), name="badges_revoked_has_moment"
            ),
        ]
        indexes = [
            # What expires from one day to another, for reminders and for the page of administrators.
            models.Index(fields=["valid_until"], condition=Q(state="issued"), name="badges_expiring"),
        ]

    def __str__(self) -> str:
        return f"{self.version} for {self.recipient_id}"

    def is_valid_at(self, moment: datetime) -> bool:
        """Whether it counts at a moment: neither revoked nor replaced, begun, and not expired."""
        has_ended = self.valid_until is not None and moment >= self.valid_until
        return self.state == self.State.ISSUED and self.valid_from <= moment and not has_ended

    def has_expired_at(self, moment: datetime) -> bool:
        """Whether its time is over; false for one that was revoked or replaced before."""
        return self.state == self.State.ISSUED and self.valid_until is not None and moment >= self.valid_until

    @property
    def was_taken_by_hand(self) -> bool:
        """Whether a person took it back; of the newest award of a pair as `AwardQuerySet.taken_by_hand` says it."""
        return self.state == self.State.REVOKED and self.revocation_code not in NOT_BY_HAND

    @property
    def is_taken_back(self) -> bool:
        """Whether it was revoked for anything but lapsing: what speaks for it counts no more either."""
        return self.state == self.State.REVOKED and self.revocation_code != self.Code.LAPSED

    def is_lapsing_at(self, moment: datetime) -> bool:
        """Whether it counts and will end soon, as its holder no longer meets the rule to keep it."""
        return self.lapses_at is not None and self.is_valid_at(moment)

    @property
    def renewal_opens(self) -> datetime | None:
        """From when on it can be renewed; None for one that does not expire."""
        return self.valid_until and self.valid_until - timedelta(days=self.version.renewal_days)

    @property
    def renewal_ends(self) -> datetime | None:
        """Until when it can be renewed, some days after it has expired; None for one that does not expire."""
        return self.valid_until and self.valid_until + timedelta(days=self.version.grace_days)

    def can_be_renewed_at(self, moment: datetime) -> bool:
        """Whether its window of renewal is open."""
        opens, ends = self.renewal_opens, self.renewal_ends
        return self.state == self.State.ISSUED and bool(opens and ends and opens <= moment < ends)


class SignedCredential(models.Model):
    """What was signed for an award: another row whenever it is signed anew. Erasure alone removes rows."""

    class Format(models.TextChoices):
        """How it is written."""

        JSON = "json", _("JSON with the proof inside")
        JWT = "jwt", _("web token")

    award = models.ForeignKey(Award, verbose_name=_("award"), on_delete=models.PROTECT, related_name="signed")
    sequence = models.PositiveIntegerField(_("sequence"))
    format = models.CharField(_("format"), max_length=5, choices=Format)
    key = models.ForeignKey(IssuerKey, verbose_name=_("key"), on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("text"))
    signed_at = models.DateTimeField(_("signed at"))

    class Meta:
        verbose_name = _("signed credential")
        verbose_name_plural = _("signed credentials")
        constraints = [
            models.UniqueConstraint(fields=["award", "sequence", "format"], name="badges_signed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.award_id}/{self.sequence} {self.format}"


class SigningProblem(models.Model):
    """Why one edition of an award was not signed: it is set aside, so that it holds up no other one."""

    award = models.ForeignKey(
        Award, verbose_name=_("award"), on_delete=models.CASCADE, related_name="signing_problems"
    )
    sequence = models.PositiveIntegerField(_("sequence"))
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("signing problem")
        verbose_name_plural = _("signing problems")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["award", "sequence"], name="badges_set_aside_once"),
        ]

    def __str__(self) -> str:
        return f"{self.award_id}/{self.sequence}"


class AwardEvent(AppendOnlyModel):
    """One step in the life of an award."""

    class Kind(models.TextChoices):
        """What happened."""

        ISSUED = "issued", _("issued")
        RENEWED = "renewed", _("renewed")
        REISSUED = "reissued", _("signed anew")
        REMINDED = "reminded", _("reminded")
        EXPIRED = "expired", _("expired")
        WARNED = "warned", _("warned that it lapses")
        KEPT = "kept", _("met its rule again")
        REVOKED = "revoked", _("revoked")
        SUPERSEDED = "superseded", _("replaced")
        SHOWN = "shown", _("visibility changed")
        ADDRESSED = "addressed", _("signed anew with other addresses of its holder")
        ERASED = "erased", _("person erased")

    award = models.ForeignKey(Award, verbose_name=_("award"), on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("actor"), max_length=200, help_text=_("as in the audit trail"))
    details = models.JSONField(_("details"), default=dict)
    once = models.CharField(  # noqa: DJ001  most steps may happen again, and empty texts would be alike
        _("happens once"),
        max_length=100,
        null=True,
        unique=True,
        help_text=_("such as a reminder for one date: whoever runs the round twice sends it once"),
    )

    class Meta:
        verbose_name = _("step of an award")
        verbose_name_plural = _("steps of awards")
        indexes = [models.Index(fields=["award", "at"], name="badges_events_of_award")]

    def __str__(self) -> str:
        return f"{self.award_id} {self.kind} {self.at:%Y-%m-%d}"
