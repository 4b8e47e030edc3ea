"""The image of an achievement: drawn from its words, or the picture that somebody uploaded for it."""

from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from xml.sax.saxutils import escape

from badges.drawing import Emblem, as_png, draw_emblem
from badges.models import AchievementPicture, AchievementVersion


@dataclass(frozen=True)
class Picture:
    """One image in both forms; the SVG of an uploaded one holds its PNG."""

    svg: str
    png: bytes


def image_of(version: AchievementVersion) -> Picture:
    """Return the image of one version; no query when its achievement and issuer are at hand.

    One query for an uploaded picture that this process has not shown lately.
    """
    if version.picture_id is not None:
        return _uploaded(version.picture_id, version.name)
    return drawn_image_of(version)


def drawn_image_of(version: AchievementVersion) -> Picture:
    """Return the image of one version as it is drawn, also where a picture is shown in its place."""
    return _drawn(Emblem(version.name, version.level, version.color, version.achievement.issuer.name))


@lru_cache(maxsize=256)
def _drawn(emblem: Emblem) -> Picture:
    svg = draw_emblem(emblem)
    return Picture(svg, as_png(svg))


@lru_cache(maxsize=16)
def _uploaded(digest: str, name: str) -> Picture:
    """Return a picture; its key is the digest of what it shows, so it never changes."""
    kept = AchievementPicture.objects.get(pk=digest)
    side, png = kept.side, bytes(kept.png)
    data = b64encode(png).decode()
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 {side} {side}" '
        f'role="img"><title>{escape(name)}</title>'
        f'<image width="{side}" height="{side}" href="data:image/png;base64,{data}"/></svg>'
    )
    return Picture(svg, png)
