"""The picture of an achievement: an uploaded one in place of the drawn one, and back."""

import hashlib
from datetime import datetime, timedelta

from django.db import transaction

from badges.models import Achievement, AchievementPicture
from badges.picture_files import clean_png, side_of
from badges.services.achievements import change_achievement
from lms.people.models import User

UNUSED_FOR = timedelta(days=1)


@transaction.atomic
def keep_picture(*, content: bytes, at: datetime) -> AchievementPicture:
    """Keep a picture, written anew, so that it can be looked at before anything has it.

    Pictures that nothing has had for a day are deleted meanwhile.

    Args:
        content: The file as it was sent.
        at: Now.

    Raises:
        UnfitPicture: It is no picture that a badge can have.
    """
    png = clean_png(content)
    AchievementPicture.objects.filter(versions=None, created_at__lt=at - UNUSED_FOR).delete()
    picture, _is_new = AchievementPicture.objects.get_or_create(
        digest=hashlib.sha256(png).hexdigest(), defaults={"png": png, "side": side_of(png), "created_at": at}
    )
    return picture


def use_picture(
    *, achievement: Achievement, picture: AchievementPicture, actor: User, at: datetime
) -> Achievement:
    """Let an achievement have a picture; once somebody holds it, that makes a new version.

    Raises:
        ActionRefused: It is retired.
    """
    return change_achievement(achievement=achievement, actor=actor, at=at, picture_id=picture.digest)


def draw_picture(*, achievement: Achievement, actor: User, at: datetime) -> Achievement:
    """Let an achievement have the picture that is drawn from its words; nothing changes where it has that.

    Raises:
        ActionRefused: It is retired.
    """
    if achievement.live is not None and achievement.live.picture_id is None:
        return achievement
    return change_achievement(achievement=achievement, actor=actor, at=at, picture_id=None)
