"""The smallest pictures that there are, to put a credential into."""

from struct import pack
from zlib import compress, crc32

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1"/></svg>'


def png_of_one_pixel() -> bytes:
    """Return one black pixel."""
    chunks = [(b"IHDR", pack("!IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), (b"IDAT", compress(b"\0\0")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack("!I", len(data)) + kind + data + pack("!I", crc32(kind + data)) for kind, data in chunks
    )
