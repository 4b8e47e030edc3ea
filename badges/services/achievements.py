"""What can be earned: writing it, opening it, ending it. A version that somebody holds is never changed."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from badges.models import Achievement, AchievementVersion, Issuer
from badges.services.history import actor_name
from lms.core.errors import ActionRefused
from lms.core.services import write_audit_entry
from lms.people.models import User


@transaction.atomic
def make_achievement(
    *, issuer: Issuer, actor: User | None, at: datetime, slug: str = "", **words: Any
) -> Achievement:
    """Make a draft of an achievement with its first version.

    Args:
        issuer: Who vouches for it.
        actor: Who makes it; None for Praxis itself.
        at: Now.
        slug: Short name; made from the name when empty.
        words: Columns of `AchievementVersion`.

    Raises:
        ValidationError: A word is missing or too long.
    """
    achievement = Achievement.objects.create(issuer=issuer, slug=_free_slug(slug or slugify(words["name"])))
    version = AchievementVersion(achievement=achievement, number=1, **words)
    version.full_clean()
    version.save()
    achievement.live = version
    achievement.save(update_fields=["live"])
    _audit("make", achievement, actor, at, after={"name": version.name})
    return achievement


@transaction.atomic
def change_achievement(
    *, achievement: Achievement, actor: User | None, at: datetime, **words: Any
) -> Achievement:
    """Change the words or terms; once somebody holds it, that makes a new version for those who earn it from now on.

    Raises:
        ActionRefused: It is retired.
        ValidationError: A word is missing or too long.
    """
    achievement = _locked(achievement)
    if achievement.state == Achievement.State.RETIRED:
        raise ActionRefused(_("This is retired, so its words stay as they are. Make a new one."))
    assert achievement.live_id is not None, "made with its first version"
    # Whoever awards it at this moment freezes the version: wait for that, or its words change under a holder.
    version = AchievementVersion.objects.select_for_update().get(pk=achievement.live_id)
    before = {name: getattr(version, name) for name in words}
    if version.frozen_at is not None and before != words:
        version = _successor_of(version, achievement.versions.count() + 1)
    for name, value in words.items():
        setattr(version, name, value)
    version.full_clean()
    version.save()
    achievement.live = version
    achievement.save(update_fields=["live"])
    changed = {name: value for name, value in words.items() if before[name] != value}
    _audit(
        "change", achievement, actor, at, before={name: before[name] for name in changed},
        after={**changed, "version": version.number},
    )  # fmt: skip
    return achievement


@transaction.atomic
def open_achievement(*, achievement: Achievement, actor: User | None, at: datetime) -> Achievement:
    """Let it be earned; opening an open one changes nothing."""
    return _move(achievement, Achievement.State.OPEN, "open", actor, at)


@transaction.atomic
def retire_achievement(*, achievement: Achievement, actor: User | None, at: datetime) -> Achievement:
    """Award it no more; whoever holds it keeps it."""
    return _move(achievement, Achievement.State.RETIRED, "retire", actor, at)


def _move(
    achievement: Achievement, state: Achievement.State, action: str, actor: User | None, at: datetime
) -> Achievement:
    achievement = _locked(achievement)
    if achievement.state != state:
        before, achievement.state = achievement.state, state
        achievement.save(update_fields=["state"])
        _audit(action, achievement, actor, at, before={"state": before}, after={"state": state.value})
    return achievement


def _successor_of(version: AchievementVersion, number: int) -> AchievementVersion:
    own = {"id", "number", "frozen_at", "created_at"}
    same = [field.attname for field in version._meta.concrete_fields if field.name not in own]
    return AchievementVersion(number=number, **{name: getattr(version, name) for name in same})


def _locked(achievement: Achievement) -> Achievement:
    rows = Achievement.objects.select_for_update(of=("self",))
    locked: Achievement = rows.select_related("live", "issuer").get(pk=achievement.pk)
    return locked


def _free_slug(wanted: str) -> str:
    wanted = wanted[:70] or "achievement"
    taken = set(Achievement.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (wanted, *numbered) if slug not in taken)


def _audit(action: str, achievement: Achievement, actor: User | None, at: datetime, **rest: Any) -> None:
    write_audit_entry(
        actor=actor_name(actor),
        action=f"badges.{action}_achievement",
        object_type="achievement",
        object_id=str(achievement.public_id),
        at=at,
        **rest,
    )
