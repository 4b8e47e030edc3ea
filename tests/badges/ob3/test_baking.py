"""Badges in pictures: what goes in comes out, and what else is in a picture does nobody harm."""

import io
import json
import struct
import time
import zlib
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from badges.ob3.baking import (
    LARGEST,
    PNG_SIGNATURE,
    CannotBake,
    NoBadgeInside,
    bake_png,
    bake_svg,
    read_baked,
)

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><!-- > --><circle r="4" fill="url(#a)"/></svg>'
)
TOKEN = "eyJhbGciOiJFUzI1NiJ9.e30.AAAA_-"
JSON = '{"name":"Prompt craft ✓","a":"<b>&\'"}'
OPEN_BADGES = "{https://purl.imsglobal.org/ob/v3p0}"


def png() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (2, 2), "teal").save(picture, "PNG")
    return picture.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunks(*chunks: bytes) -> bytes:
    """Return a picture with further chunks behind its header, which is 25 bytes."""
    picture = png()
    return picture[:33] + b"".join(chunks) + picture[33:]


@pytest.mark.parametrize("text", [TOKEN, JSON])
def test_a_png_carries_a_badge_in_one_chunk_behind_its_header(text):
    baked = bake_png(png(), text)

    assert baked[37:41] == b"iTXt"
    assert baked[41:65] == b"openbadgecredential\x00\x00\x00\x00\x00"
    assert read_baked(baked) == text
    with Image.open(io.BytesIO(baked)) as picture:
        assert picture.info["openbadgecredential"] == text
        assert picture.getpixel((1, 1)) == (0, 128, 128)


def test_an_svg_carries_json_as_its_first_element_and_is_otherwise_as_it_was():
    baked = bake_svg(SVG, JSON)

    first = ET.fromstring(baked)[0]
    assert (first.tag, first.text) == (f"{OPEN_BADGES}credential", JSON)
    assert read_baked(baked.encode()) == JSON
    element = f"<openbadges:credential><![CDATA[{JSON}]]></openbadges:credential>"
    assert (
        baked.replace(element, "").replace(' xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"', "")
        == SVG
    )


def test_an_svg_carries_a_token_as_an_attribute():
    baked = bake_svg(SVG, TOKEN)

    assert ET.fromstring(baked)[0].attrib == {"verify": TOKEN}
    assert read_baked(baked.encode()) == TOKEN


@pytest.mark.parametrize(
    "svg",
    [
        "<svg/>",
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<!-- <svg> é -->\n<svg a=">" xmlns="http://www.w3.org/2000/svg"\n/>',
        '<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:title>é &amp; 😀</s:title></s:svg>',
        '<svg xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><path d="M0 0"/></svg>',
    ],
)
def test_every_spelling_of_a_picture_is_baked(svg):
    assert read_baked(bake_svg(svg, JSON).encode()) == JSON


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=40))
def test_any_text_survives_in_a_png(text):
    if text.strip():
        assert read_baked(bake_png(png(), text)) == text


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(["", "]]>", "\uffff", "\r"]),
)
def test_any_value_survives_in_an_svg(text, awkward):
    document = {"narrative": text + awkward + text}
    assert (
        json.loads(read_baked(bake_svg(SVG, json.dumps(document, ensure_ascii=False)).encode())) == document
    )


def refusal(data: bytes) -> str:
    with pytest.raises(NoBadgeInside) as caught:
        read_baked(data)
    return caught.value.message


TEXT = b"openbadgecredential\x00\x00\x00\x00\x00{}"
COMPRESSED = TEXT[:19] + b"\x00\x01\x00\x00\x00" + zlib.compress(b"{}")
SECOND = "<openbadges:credential>{}</openbadges:credential><circle"
OLDER = b'<svg><o:assertion xmlns:o="http://openbadges.org"/></svg>'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "This file is no PNG and no SVG."),
        (b"GIF89a", "This file is no PNG and no SVG."),
        (png(), "There is no badge in this picture."),
        (with_chunks(chunk(b"iTXt", TEXT), chunk(b"iTXt", TEXT)), "This picture holds two badges"),
        (with_chunks(chunk(b"tEXt", b"openbadges\x00{}")), "This picture holds a badge of Open Badges 2.0."),
        (with_chunks(chunk(b"iTXt", TEXT))[:60], "This picture is damaged."),
        (with_chunks(chunk(b"iTXt", TEXT).replace(b"{}", b"[]")), "This picture is damaged."),
        (with_chunks(chunk(b"iTXt", b"openbadgecredential\x00")), "This picture is damaged."),
        (with_chunks(chunk(b"iTXt", COMPRESSED)), "This picture is damaged."),
        (with_chunks(chunk(b"iTXt", TEXT[:-2] + b"\xff")), "This picture is damaged."),
        (PNG_SIGNATURE + chunk(b"IDAT", b""), "This picture is damaged."),
        (PNG_SIGNATURE + b"\xff\xff\xff\xffIHDR", "This picture is damaged."),
        (SVG.encode(), "There is no badge in this picture."),
        (b"<html/>", "The picture is XML and no SVG."),
        (b"<svg", "The picture is not well-formed"),
        (b"<svg>\xff</svg>", "This picture is not written in UTF-8"),
        (bake_svg(SVG, JSON).replace("<circle", SECOND).encode(), "This picture holds two badges"),
        (OLDER, "This picture holds a badge of Open Badges 2.0."),
    ],
)  # fmt: skip
def test_what_holds_no_single_whole_badge_is_refused_with_its_reason(data, message):
    assert refusal(data).startswith(message)


@pytest.mark.parametrize("start", [PNG_SIGNATURE, b"<svg>", b"x"])
def test_fifty_megabytes_are_refused_before_anything_is_read(start):
    data = start + bytes(50_000_000)
    began = time.perf_counter()

    assert refusal(data) == "This picture is too large: at most 10 MB are read."
    assert time.perf_counter() - began < 0.1


def test_a_picture_of_nothing_but_tiny_chunks_is_read_in_one_pass():
    data = PNG_SIGNATURE + chunk(b"IHDR", bytes(13)) + chunk(b"tIME", b"") * ((LARGEST - 100) // 12)
    assert refusal(data) == "This picture is damaged. Download it again from where you were given it."


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 100}">' for n in range(9))

HOSTILE = [
    ("<script>1</script>", "The picture holds a script element. Remove it."),
    ('<x:script xmlns:x="http://www.w3.org/2000/svg"/>', "The picture holds a script element."),
    ("<foreignObject/>", "The picture holds a foreignobject element."),
    ('<g onload="x()"/>', "The picture reacts to events (onload)."),
    ('<g ONCLICK="x()"/>', "The picture reacts to events (onclick)."),
    ('<image href="https://evil.example/x.png"/>', "The picture links to something outside it."),
    (
        '<use x:href="//evil.example/#a" xmlns:x="http://www.w3.org/1999/xlink"/>',
        "The picture links to something",
    ),
    ('<image href="data:image/svg+xml;base64,AAAA"/>', "The picture links to something outside it."),
    ('<a href="java&#10;script:x()"/>', "The picture links to something outside it."),
    ('<set attributeName="href" to="x"/>', "The picture would run a script."),
    ('<animate values="javascript:x()"/>', "The picture would run a script."),
    ("<style>@import 'https://evil.example'</style>", "A style in the picture reaches"),
    ("<style>a{b:u\\72l(https://evil.example)}</style>", "A style in the picture reaches"),
    ('<g style="fill:url( &quot;https://evil.example&quot;)"/>', "A style in the picture reaches"),
    ('<g fill="URL(https://evil.example)"/>', "A style in the picture reaches"),
    ("<?xml-stylesheet href='x'?>", "The picture holds a processing instruction"),
    ("<g>" * 150 + "</g>" * 150, "The picture has more parts than any badge."),
    ("<g/>" * 30_000, "The picture has more parts than any badge."),
]


@pytest.mark.parametrize(("inside", "message"), HOSTILE)
def test_a_picture_that_would_do_something_is_neither_baked_nor_read(inside, message):
    hostile = f"<svg>{inside}</svg>"

    found = message.removesuffix(" Remove it.")
    assert refusal(hostile.encode()).startswith(found)
    assert refusal(hostile.encode()).endswith("ask for the original, as it was issued.")
    with pytest.raises(CannotBake) as caught:
        bake_svg(hostile, JSON)
    assert caught.value.message.startswith(message)


DOCTYPES = [
    f"<!DOCTYPE svg [{BOMB}]>",
    '<!DOCTYPE svg SYSTEM "https://evil.example/x.dtd">',
    '<!DOCTYPE svg [<!ENTITY e8 SYSTEM "file:///etc/passwd">]>',
]


@pytest.mark.parametrize("doctype", DOCTYPES, ids=["bomb", "elsewhere", "file"])
def test_a_document_type_is_refused_before_it_is_expanded(doctype):
    assert refusal(f"{doctype}<svg>&e8;</svg>".encode()).startswith("The picture declares a document type")


def test_nothing_is_baked_twice_or_into_what_is_no_picture():
    for refused in (
        lambda: bake_png(bake_png(png(), JSON), JSON),
        lambda: bake_svg(bake_svg(SVG, JSON), TOKEN),
    ):
        with pytest.raises(CannotBake, match="holds a badge already"):
            refused()
    for refused in (
        lambda: bake_png(b"no", JSON),
        lambda: bake_png(bytes(LARGEST + 1), JSON),
        lambda: bake_svg("no", JSON),
    ):
        with pytest.raises(CannotBake):
            refused()
    with pytest.raises(CannotBake, match="a character that no picture can carry"):
        bake_svg(SVG, "\x00")
    with pytest.raises(CannotBake, match="does not fit into this picture"):
        bake_svg('<svg xmlns:openbadges="urn:other"/>', JSON)


def test_the_badge_itself_cannot_break_out_of_its_place():
    breaking = '{"a":"]]></openbadges:credential><script>1</script>"}'
    assert json.loads(read_baked(bake_svg(SVG, breaking).encode())) == json.loads(breaking)
