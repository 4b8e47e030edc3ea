"""Pictures that somebody could upload."""

import io
from typing import Any

from PIL import Image


def png_file(side: int = 300, color: Any = (10, 85, 72, 255), *, height: int = 0, **options: Any) -> bytes:
    """Return a PNG of one color; everything that Pillow can write into it can be given."""
    written = io.BytesIO()
    Image.new(options.pop("mode", "RGBA"), (side, height or side), color).save(written, "PNG", **options)
    return written.getvalue()
