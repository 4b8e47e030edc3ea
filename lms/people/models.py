"""People and the company they work in.

A `User` is a person who may sign in, with their *current* place in the company. `Employment` keeps the dated facts
behind it. `ReportingLine` is derived from the manager of each user, so that "everyone below Grace" is one join.
"""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from lms.core.models import AppendOnlyModel
from lms.people.querysets import UserManager
from lms.people.time_zones import validate_time_zone


class OrgUnit(MP_Node):
    """A part of the company: the company itself, a division, a department, a team."""

    code = models.CharField(_("code"), max_length=64, unique=True, help_text=_("as the HR system writes it"))
    name = models.CharField(_("name"), max_length=200)

    node_order_by: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self) -> str:
        return self.name


class JobRole(models.Model):
    """What a person does, as far as learning is concerned; many job titles share one role."""

    code = models.SlugField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    family = models.CharField(_("family"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("job role")
        verbose_name_plural = _("job roles")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser, PermissionsMixin):
    """A person who may sign in."""

    class Status(models.TextChoices):
        """Where a person stands with the company."""

        PREHIRE = "prehire", _("not started yet")
        ACTIVE = "active", _("active")
        ON_LEAVE = "on_leave", _("on leave")
        SUSPENDED = "suspended", _("suspended")
        LEFT = "left", _("left")

    class Suspender(models.TextChoices):
        """Who decided that a person is suspended."""

        HR = "hr", _("the HR system")
        LOCAL = "local", _("an administrator")

    class Theme(models.TextChoices):
        """Which colors the pages have."""

        SYSTEM = "system", _("as my device")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    MAY_SIGN_IN: ClassVar[set[str]] = {Status.ACTIVE, Status.ON_LEAVE}

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    full_name = models.CharField(_("full name"), max_length=300, help_text=_("as the person writes it"))
    preferred_name = models.CharField(
        _("what to call you"), max_length=150, blank=True, help_text=_("used when Praxis speaks to you")
    )
    locale = models.CharField(_("language"), max_length=35, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_time_zone])
    theme = models.CharField(_("colors"), max_length=10, choices=Theme, default=Theme.SYSTEM)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.ACTIVE)
    suspended_by = models.CharField(
        _("suspended by"),
        max_length=10,
        choices=Suspender,
        blank=True,
        editable=False,
        help_text=_("the HR system lifts only what it did itself"),
    )
    is_active = models.BooleanField(_("may sign in"), default=True, help_text=_("follows from the status"))
    is_staff = models.BooleanField(_("may enter technical admin pages"), default=False)
    job_role = models.ForeignKey(
        JobRole,
        verbose_name=_("job role"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="people",
    )
    org_unit = models.ForeignKey(
        OrgUnit,
        verbose_name=_("unit"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="people",
    )
    manager = models.ForeignKey(
        "self",
        verbose_name=_("manager"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reports",
    )
    joined_at = models.DateTimeField(_("joined Praxis"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message=_("Someone else has this e-mail address already."),
            ),
            models.CheckConstraint(
                condition=Q(manager=None) | ~Q(manager=models.F("id")), name="user_not_own_manager"
            ),
        ]
        indexes = [
            # The list of people, in the order of their names; a page of it begins behind the last row seen.
            models.Index(fields=["full_name", "id"], name="user_by_name"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with `is_active` following from the status."""
        self.is_active = self.status in self.MAY_SIGN_IN
        if (fields := kwargs.get("update_fields")) is not None and "status" in fields:
            kwargs["update_fields"] = {*fields, "is_active"}
        super().save(*args, **kwargs)

    @cached_property
    def group_names(self) -> frozenset[str]:
        """Names of the groups that make the person an author, reviewer or admin; at most one query."""
        if not getattr(self, "is_in_a_group", True):
            return frozenset()
        return frozenset(self.groups.values_list("name", flat=True))

    @cached_property
    def leads_people(self) -> bool:
        """Whether anyone who works here now reports to the person; at most one query, kept for the request."""
        known: bool | None = getattr(self, "has_reports", None)
        return bool(User.objects.below(self).current().exists()) if known is None else known

    @property
    def as_actor(self) -> str:
        """The person as the audit trail names whoever does something."""
        return f"user:{self.public_id}"

    @property
    def called(self) -> str:
        """The name that Praxis uses when it speaks to the person; their full name when none is given."""
        return self.preferred_name or self.full_name

    @property
    def initials(self) -> str:
        """One or two letters for a small portrait; "?" for a person without a name."""
        words = self.full_name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"

    def get_full_name(self) -> str:
        """Return the full name; Django, Wagtail and allauth ask for it under this name."""
        return self.full_name

    def get_short_name(self) -> str:
        """Return what the person is called."""
        return self.called


class ReportingLine(models.Model):
    """One pair of the reporting line: `manager` stands `depth` steps above `report`. Derived, see `services`."""

    manager = models.ForeignKey(User, on_delete=models.CASCADE, related_name="lines_down")
    report = models.ForeignKey(User, on_delete=models.CASCADE, related_name="lines_up")
    depth = models.PositiveSmallIntegerField(_("steps"))

    class Meta:
        verbose_name = _("reporting line")
        verbose_name_plural = _("reporting lines")
        constraints = [models.UniqueConstraint(fields=["manager", "report"], name="reporting_line_once")]

    def __str__(self) -> str:
        return f"{self.report} reports to {self.manager} over {self.depth}"


class Employment(models.Model):
    """Dated facts of one job of one person, as HR knows them."""

    class Type(models.TextChoices):
        """How a person is employed."""

        FULL_TIME = "full_time", _("full time")
        PART_TIME = "part_time", _("part time")
        CONTRACT = "contract", _("contract")
        INTERN = "intern", _("intern")
        TEMPORARY = "temporary", _("temporary")

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="employments")
    number = models.CharField(_("employee number"), max_length=64, help_text=_("text: leading zeros count"))
    org_unit = models.ForeignKey(OrgUnit, null=True, on_delete=models.SET_NULL, related_name="+")
    job_role = models.ForeignKey(JobRole, null=True, on_delete=models.SET_NULL, related_name="+")
    manager = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    location = models.CharField(_("location"), max_length=100, blank=True)
    employment_type = models.CharField(
        _("employment type"), max_length=20, choices=Type, default=Type.FULL_TIME
    )
    hired_on = models.DateField(_("hired on"), null=True)
    effective_from = models.DateField(_("effective from"))
    effective_to = models.DateField(
        _("effective to"), null=True, help_text=_("last day; empty while it holds")
    )
    is_primary = models.BooleanField(_("primary"), default=True)

    class Meta:
        verbose_name = _("employment")
        verbose_name_plural = _("employments")
        ordering = ["-effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(is_primary=True, effective_to=None),
                name="employment_one_current_primary",
            ),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gte=models.F("effective_from")),
                name="employment_ends_after_start",
            ),
        ]
        indexes = [
            # The list of people, searched by an exact employee number.
            models.Index(fields=["number"], name="employment_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.job_title or self.job_role} from {self.effective_from}"


class ExternalIdentity(models.Model):
    """The name another system has for a person: an HR number, a SCIM external id, a sign-in subject."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="external_identities")
    source = models.CharField(_("system"), max_length=64)
    kind = models.CharField(_("kind"), max_length=32)
    value = models.CharField(_("value"), max_length=255)

    class Meta:
        verbose_name = _("external identity")
        verbose_name_plural = _("external identities")
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "value"], name="external_identity_one_person")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.value}"


class PersonChange(AppendOnlyModel):
    """A note that facts about a person changed which audiences ask for. Higher apps read these in order of position."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("change of a person")
        verbose_name_plural = _("changes of people")
        indexes = [
            # The sealer asks for the oldest rows without a position.
            models.Index(fields=["id"], condition=Q(position=None), name="person_change_unsealed"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.at:%Y-%m-%d %H:%M}"


def _empty_rule() -> dict[str, Any]:
    return {"any": []}


class Audience(models.Model):
    """A named group of people, described by a rule and by hand; see `lms.people.audience_rules`."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    rule = models.JSONField(_("rule"), default=_empty_rule, blank=True)
    members = models.ManyToManyField(
        User, blank=True, related_name="+", help_text=_("always in, whatever the rule")
    )
    excluded = models.ManyToManyField(
        User, blank=True, related_name="+", help_text=_("never in, whatever the rule")
    )

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
