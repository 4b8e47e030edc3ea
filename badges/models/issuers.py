"""Who vouches for a credential, and with which keys."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Issuer(models.Model):
    """An organisation that awards: the company, or a part of it that vouches under its own name."""

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200, help_text=_("as it stands on every credential"))
    url = models.URLField(_("web address"), blank=True)
    email = models.EmailField(_("e-mail address"), blank=True, help_text=_("public, for questions"))
    description = models.TextField(_("description"), blank=True, max_length=500)
    base_url = models.CharField(
        _("address of this site"),
        max_length=200,
        editable=False,
        help_text=_("at the time it was made; every credential names it, so it never changes"),
    )

    class Meta:
        verbose_name = _("issuer")
        verbose_name_plural = _("issuers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean_fields(self, exclude: Any = None) -> None:
        """Strip what a word processor leaves behind: control characters cannot be signed."""
        for name in ("name", "description"):
            setattr(self, name, printable(getattr(self, name)))
        super().clean_fields(exclude=exclude)


def printable(text: str) -> str:
    """Return a text without control characters, line ends and tabs excepted, and with plain line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        each for each in text if each in "\n\t" or (ord(each) >= 0x20 and not 0x7F <= ord(each) < 0xA0)
    )


class IssuerKey(models.Model):
    """A pair of keys. The public half is published for as long as credentials signed with it are out there."""

    class Algorithm(models.TextChoices):
        """What the key signs with; the values are those of `badges.ob3.keys.Algorithm`."""

        ED25519 = "Ed25519", _("Ed25519, for files with the proof inside")
        P256 = "P-256", _("P-256, for web tokens")

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(
        Issuer, verbose_name=_("issuer"), on_delete=models.PROTECT, related_name="keys"
    )
    algorithm = models.CharField(_("algorithm"), max_length=10, choices=Algorithm)
    public_key = models.CharField(_("public key"), max_length=100, help_text=_("as a multikey, z…"))
    private_key = models.TextField(
        _("private key"), editable=False, help_text=_("encrypted; empty when a key service holds it")
    )
    active_from = models.DateTimeField(_("active from"))
    retired_at = models.DateTimeField(
        _("retired at"), null=True, help_text=_("signs nothing new from then on")
    )
    compromised_at = models.DateTimeField(
        _("compromised at"), null=True, help_text=_("nothing that it signed is vouched for any more")
    )

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        ordering = ["-active_from", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "algorithm"], condition=Q(retired_at=None), name="badges_one_active_key"
            ),
            models.CheckConstraint(
                condition=Q(compromised_at=None) | Q(retired_at__isnull=False),
                name="badges_compromised_is_retired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.algorithm} {self.public_key[-8:]}"

    @property
    def may_assert(self) -> bool:
        """Whether what it has signed still counts."""
        return self.compromised_at is None
