"""Badges inside pictures: the picture that a person passes on, and the credential that a machine finds in it.

Source: Open Badges 3.0, section 5.3 Baking. PNG: one `iTXt` chunk, uncompressed. SVG: the first child of the picture.
"""

import contextlib
import re
import struct
import zlib
from collections.abc import Iterator

from django.utils.translation import gettext as _

from badges.ob3.svg_safety import SvgReading, UnsafeSvg
from lms.core.errors import ActionRefused

LARGEST = 10_000_000
"""Bytes of a picture; nothing larger is looked at."""

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
KEYWORD_2 = b"openbadges"
"""Open Badges 2.0, which keeps something else in its pictures. One picture may carry both."""

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
COMPACT_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
NOT_IN_XML = re.compile("]]>|[\r\ud800-\udfff\ufffe\uffff]")
NO_XML_AT_ALL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


class CannotBake(ActionRefused):
    """The picture, or what is to go into it, is not fit for baking; nothing was changed."""


class NoBadgeInside(ActionRefused):
    """The file is no picture that holds exactly one badge which can be read."""


def bake_png(png: bytes, text: str, *, keyword: bytes = KEYWORD) -> bytes:
    """Return the picture with a credential in it, right behind its header, where every reader finds it.

    Args:
        png: Holds none yet.
        text: The credential as JSON or as a compact token.
        keyword: Which form it has; `KEYWORD_2` for the older one.

    Raises:
        CannotBake: It is no whole PNG, is too large, or holds a badge already.
    """
    try:
        chunks = list(_chunks(png))
    except NoBadgeInside as error:
        raise CannotBake(error.message) from error
    if any(_keyword(kind, data) == keyword for kind, data in chunks):
        raise CannotBake(_("This picture holds a badge already. Take the plain picture."))
    if "\x00" in text:
        raise CannotBake(_("The badge holds a character that no picture can carry."))
    baked = b"iTXt", keyword + b"\x00\x00\x00\x00\x00" + text.encode()
    return PNG_SIGNATURE + b"".join(_chunk(*chunk) for chunk in [chunks[0], baked, *chunks[1:]])


def bake_svg(svg: str, text: str) -> str:
    """Return the picture with a credential as its first element; the rest of it stays as it is written.

    Args:
        svg: Holds none yet.
        text: The credential as JSON or as a compact token.

    Raises:
        CannotBake: The picture is no SVG, is unsafe or too large, holds a badge already, or the text fits no XML.
    """
    if len(svg.encode(errors="replace")) > LARGEST:
        raise CannotBake(_too_large())
    if NO_XML_AT_ALL.search(text):
        raise CannotBake(_("The badge holds a character that no picture can carry."))
    reading = _Credentials()
    try:
        reading.read(svg)
    except UnsafeSvg as error:
        raise CannotBake(str(error)) from error
    if reading.texts or "openbadges:" in svg:
        raise CannotBake(_("This picture holds a badge already. Take the plain picture."))
    opening = reading.root_tag(svg)
    name, rest = opening.group(1), opening.group(2)
    declaration = "" if "xmlns:openbadges" in rest else f' xmlns:openbadges="{NAMESPACE}"'
    start = f"<{name}{declaration}{rest.removesuffix('/')}>{_element(text)}"
    end = f"</{name}>" if rest.endswith("/") else ""
    baked = svg[: opening.start()] + start + end + svg[opening.end() :]
    _check_baked(baked)
    return baked


def read_baked(data: bytes) -> str:
    """Return the credential in a picture: JSON or a compact token, not verified in any way.

    Raises:
        NoBadgeInside: It is neither PNG nor SVG, is broken, unsafe or too large, or holds no badge, or more than one.
    """
    if len(data) > LARGEST:
        raise NoBadgeInside(_too_large())
    if data.startswith(PNG_SIGNATURE):
        texts = [_text_of(chunk) for kind, chunk in _chunks(data) if _keyword(kind, chunk) == KEYWORD]
        older = any(_keyword(kind, chunk) == KEYWORD_2 for kind, chunk in _chunks(data))
    elif data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        texts, older = _texts_in_svg(data)
    else:
        raise NoBadgeInside(_("This file is no PNG and no SVG. Choose the picture of a badge."))
    if len(texts) == 1 and texts[0].strip():
        return texts[0]
    if len(texts) > 1:
        raise NoBadgeInside(_("This picture holds two badges, so it is not clear which one counts."))
    if older:
        raise NoBadgeInside(
            _("This picture holds a badge of Open Badges 2.0. Only version 3.0 can be read here.")
        )
    raise NoBadgeInside(
        _("There is no badge in this picture. Choose the file that you were given, not a copy of it.")
    )


class _Credentials(SvgReading):
    """Collects the credentials in a picture on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.is_older = False
        self.root_at = 0

    def root_tag(self, svg: str) -> re.Match[str]:
        """Return the opening tag of the picture: its name, and all up to the bracket."""
        before = svg.encode(errors="replace")[: self.root_at].decode()
        found = re.compile(r"<([^\s/>]+)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>").match(svg, len(before))
        if found is None:
            raise CannotBake(_("The picture is not well-formed."))
        return found

    def element(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.open) == 1:
            self.root_at = self.parser.CurrentByteIndex
        self.is_older = self.is_older or name == "http://openbadges.org assertion"
        if name == f"{NAMESPACE} credential":
            self.texts.append(attributes.get("verify", ""))

    def text(self, text: str) -> None:
        super().text(text)
        if self.open and self.open[-1] == f"{NAMESPACE} credential":
            self.texts[-1] += text


def _texts_in_svg(data: bytes) -> tuple[list[str], bool]:
    try:
        svg = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NoBadgeInside(_("This picture is not written in UTF-8, so it cannot be read.")) from None
    reading = _Credentials()
    try:
        reading.read(svg)
    except UnsafeSvg as error:
        found = str(error).removesuffix(_("Remove it.")).strip()
        told = _("%(found)s So it is not read here: ask for the original, as it was issued.")
        raise NoBadgeInside(told % {"found": found}) from error
    return [text.strip() for text in reading.texts], reading.is_older


def _element(text: str) -> str:
    if COMPACT_TOKEN.fullmatch(text.strip()):
        return f'<openbadges:credential verify="{text.strip()}"/>'
    # These can only stand inside a string of JSON, where there is another way to write them.
    safe = NOT_IN_XML.sub(lambda found: found[0][:-1] + f"\\u{ord(found[0][-1]):04x}", text)
    return f"<openbadges:credential><![CDATA[{safe}]]></openbadges:credential>"


def _check_baked(svg: str) -> None:
    """Refuse a result in which the credential is not found: a picture may use its prefix for something else."""
    reading = _Credentials()
    with contextlib.suppress(UnsafeSvg):
        reading.read(svg)
    if len(reading.texts) != 1:
        raise CannotBake(_("The badge does not fit into this picture."))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give kind and data of each chunk of a PNG.

    Raises:
        NoBadgeInside: It is too large, no PNG, cut off, or a checksum is wrong.
    """
    if len(png) > LARGEST:
        raise NoBadgeInside(_too_large())
    if not png.startswith(PNG_SIGNATURE):
        raise NoBadgeInside(_("This file is no PNG."))
    position, kind = len(PNG_SIGNATURE), b""
    while kind != b"IEND":
        if position + 12 > len(png):
            raise NoBadgeInside(_broken())
        length, kind = struct.unpack_from(">I4s", png, position)
        data = png[position + 8 : position + 8 + length]
        if png[position + 8 + length : position + 12 + length] != struct.pack(">I", zlib.crc32(kind + data)):
            raise NoBadgeInside(_broken())
        if position == len(PNG_SIGNATURE) and kind != b"IHDR":
            raise NoBadgeInside(_broken())
        yield kind, data
        position += 12 + length


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _keyword(kind: bytes, data: bytes) -> bytes:
    return data.partition(b"\x00")[0] if kind in {b"iTXt", b"tEXt", b"zTXt"} else b""


def _text_of(data: bytes) -> str:
    """Return the text of an `iTXt` chunk. A compressed one is not unpacked: the standard forbids it, bombs like it."""
    flags, rest = data[len(KEYWORD) + 1 : len(KEYWORD) + 3], data[len(KEYWORD) + 3 :]
    language_translation_text = rest.split(b"\x00", 2)
    if flags[:1] != b"\x00" or len(language_translation_text) != 3:
        raise NoBadgeInside(_broken())
    try:
        return language_translation_text[2].decode()
    except UnicodeDecodeError:
        raise NoBadgeInside(_broken()) from None


def _too_large() -> str:
    return _("This picture is too large: at most %(limit)d MB are read.") % {"limit": LARGEST // 1_000_000}


def _broken() -> str:
    return _("This picture is damaged. Download it again from where you were given it.")
