"""A picture that somebody uploads for an achievement: read dot by dot and written anew, so that nothing hides in it.

PNG alone, since it is what goes into credentials, previews of links and the older form. An SVG would need a second
picture beside it, and nobody could promise that the two show the same.
"""

import io
import struct
import zlib
from typing import Final

from django.utils.translation import gettext as _
from PIL import Image

from lms.core.errors import ActionRefused

MOST_BYTES: Final = 1_000_000
SMALLEST, LARGEST, KEPT = 256, 4096, 512
"""Sides in pixels: what is taken, and to what a larger one is brought down."""

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
HEADER: Final = struct.Struct(">II")


class UnfitPicture(ActionRefused):
    """The file is no picture that a badge can have; the message says why and what to do."""


def clean_png(content: bytes) -> bytes:
    """Return a picture as a PNG that holds what one sees and nothing else, at most 512 pixels wide.

    Equal pictures give equal bytes. Of a moving picture the first one stays.

    Args:
        content: A square PNG of 256 to 4096 pixels, at most 1 MB.

    Raises:
        UnfitPicture: It is not that.
    """
    if len(content) > MOST_BYTES:
        raise _unfit(_("The file is larger than 1 MB. Save it smaller, such as 512 by 512 pixels."))
    if not content.startswith(SIGNATURE):
        raise _unfit(_refusal_of(content))
    _check_size(content)
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            image.load()
            dots = image.convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error):
        raise _unfit(_("The file is damaged, so it cannot be read. Export it once more.")) from None
    shown = _without_what_is_not_seen(dots)
    if shown.width > KEPT:
        shown = _without_what_is_not_seen(shown.resize((KEPT, KEPT), Image.Resampling.LANCZOS))
    written = io.BytesIO()
    shown.save(written, format="PNG", optimize=True)
    return written.getvalue()


def side_of(png: bytes) -> int:
    """Return how wide and high a picture is that `clean_png` returned."""
    width: int = HEADER.unpack_from(png, 16)[0]
    return width


def _check_size(content: bytes) -> None:
    """Look at the size before anything is unpacked: a small file can hold a picture that fills the memory."""
    if len(content) < 24:
        raise _unfit(_("The file is damaged, so it cannot be read. Export it once more."))
    width, height = HEADER.unpack_from(content, 16)
    facts = {"width": width, "height": height}
    if width != height:
        told = _(
            "It is %(width)d by %(height)d pixels. A badge is square: cut it to the same width and height."
        )
        raise _unfit(told % facts)
    if not SMALLEST <= width <= LARGEST:
        raise _unfit(_("It is %(width)d pixels wide. Between 256 and 4096 is right, such as 512.") % facts)


def _without_what_is_not_seen(image: Image.Image) -> Image.Image:
    """Return a picture on new dots: no metadata, and no color where it lets everything through."""
    blank = Image.new("RGBA", image.size, (0, 0, 0, 0))
    seen = image.getchannel("A").point(lambda alpha: 255 if alpha else 0)
    blank.paste(image, mask=seen)
    return blank


def _refusal_of(content: bytes) -> str:
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _(
            "An SVG cannot be taken: credentials, previews of links and older backpacks need a PNG, and nobody could "
            "promise that two pictures look the same. Export it as a PNG of 512 by 512 pixels."
        )
    return _("This is no PNG. Export the picture as a PNG of 512 by 512 pixels.")


def _unfit(message: str) -> UnfitPicture:
    return UnfitPicture(message, field="picture")
