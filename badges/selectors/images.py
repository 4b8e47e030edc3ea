"""The image of an achievement, drawn from its words."""

from dataclasses import dataclass
from functools import lru_cache

from badges.drawing import Emblem, as_png, draw_emblem
from badges.models import AchievementVersion


@dataclass(frozen=True)
class Picture:
    """One image in both forms."""

    svg: str
    png: bytes


def image_of(version: AchievementVersion) -> Picture:
    """Return the image of one version; no query when its achievement and issuer are at hand."""
    return _drawn(Emblem(version.name, version.level, version.color, version.achievement.issuer.name))


@lru_cache(maxsize=256)
def _drawn(emblem: Emblem) -> Picture:
    svg = draw_emblem(emblem)
    return Picture(svg, as_png(svg))
