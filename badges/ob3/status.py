"""Who was revoked: one long row of bits for many credentials, so that looking one up does not tell which.

Source: W3C Bitstring Status List 1.0.
"""

import gzip
import zlib
from datetime import datetime
from typing import Any

from badges.ob3.contexts.loader import CREDENTIALS_V2
from badges.ob3.keys import decode_base64url, encode_base64url
from badges.ob3.moments import write_moment

LENGTH = 131_072
"""Bits in a list: the fewest that the standard allows, 16 KiB, under which one bit is not hidden among others."""

LARGEST = 2**21
"""Bytes that a list may unpack to, 16 million credentials. Beyond that somebody means harm."""

GZIP = 16 + zlib.MAX_WBITS


class InvalidStatusList(ValueError):
    """What was given is no list of bits, or unpacks to more than anybody needs."""


def empty_bits() -> bytes:
    """Return a list in which nobody was revoked."""
    return bytes(LENGTH // 8)


def with_bit(bits: bytes, index: int) -> bytes:
    """Return the list with one more bit set. None is ever cleared: a badge that comes back is a new award.

    Raises:
        IndexError: The list is not that long.
    """
    position, mask = _place(bits, index)
    changed = bytearray(bits)
    changed[position] |= mask
    return bytes(changed)


def has_bit(bits: bytes, index: int) -> bool:
    """Tell whether a bit is set; bit 0 is the left-most of the first byte.

    Raises:
        IndexError: The list is not that long.
    """
    position, mask = _place(bits, index)
    return bool(bits[position] & mask)


def encode_bits(bits: bytes) -> str:
    """Return the list as a credential carries it: compressed, in base64url behind a ``u``.

    The same bits always give the same text, as no moment is written into the archive.
    """
    return "u" + encode_base64url(gzip.compress(bits, mtime=0))


def decode_bits(text: str) -> bytes:
    """Return the bits of an `encodedList`. Unpacking stops at `LARGEST` bytes, so an archive that swells does no harm.

    Raises:
        InvalidStatusList: It is no such text, is broken, is shorter than `LENGTH` bits or longer than allowed.
    """
    if not text.startswith("u") or len(text) > 2 * LARGEST:
        raise InvalidStatusList("Not a base64url text behind a u, or too long")
    unpacking = zlib.decompressobj(GZIP)
    try:
        bits = unpacking.decompress(decode_base64url(text[1:]), LARGEST + 1)
    except (ValueError, zlib.error) as error:
        raise InvalidStatusList("The list cannot be unpacked") from error
    if len(bits) > LARGEST:
        raise InvalidStatusList("The list unpacks to more than it may")
    if not unpacking.eof or unpacking.unused_data:
        raise InvalidStatusList("The list is cut off, or something follows it")
    if len(bits) * 8 < LENGTH:
        raise InvalidStatusList("The list is shorter than the standard allows")
    return bits


def status_list_credential(
    *,
    id: str,  # noqa: A002 - what the standard calls it
    issuer_id: str,
    bits: bytes,
    valid_from: datetime,
    valid_until: datetime,
) -> dict[str, Any]:
    """Return the unsigned credential that publishes a list.

    Args:
        id: URL of the list, as `status_entry` names it.
        issuer_id: The same issuer as that of the credentials.
        bits: All of them.
        valid_from: When this edition was made.
        valid_until: When verifiers must fetch a newer one; keep it short.
    """
    return {
        "@context": [CREDENTIALS_V2],
        "id": id,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_id,
        "validFrom": write_moment(valid_from),
        "validUntil": write_moment(valid_until),
        "credentialSubject": {
            "id": f"{id}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encode_bits(bits),
        },
    }


def _place(bits: bytes, index: int) -> tuple[int, int]:
    if not 0 <= index < len(bits) * 8:
        raise IndexError(f"A list of {len(bits) * 8} bits has none at {index}")
    return index // 8, 0x80 >> index % 8
