"""A picture for a badge is what one sees and nothing else."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from badges.ob3.baking import KEYWORD_2, bake_png, read_baked
from badges.picture_files import UnfitPicture, clean_png, side_of
from tests.badges.pictures import png_file


def opened(png):
    return Image.open(io.BytesIO(png))


def chunks_of(png):
    found, at = [], 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        found.append(png[at + 4 : at + 8])
        at += length + 12
    return found


def test_a_fit_picture_keeps_its_dots_and_nothing_else():
    notes = PngInfo()
    notes.add_text("Author", "Ada Okafor, 12 Rua das Flores")
    content = png_file(pnginfo=notes, dpi=(72, 72)) + b"something behind the end"

    cleaned = clean_png(content)

    assert set(chunks_of(cleaned)) == {b"IHDR", b"IDAT", b"IEND"}
    assert opened(cleaned).size == (300, 300)
    assert opened(cleaned).getpixel((150, 150)) == (10, 85, 72, 255)
    assert b"Ada" not in cleaned


def test_color_under_what_lets_everything_through_is_gone():
    image = Image.new("RGBA", (256, 256), (200, 10, 10, 0))
    image.putpixel((0, 0), (1, 2, 3, 255))
    image.putpixel((1, 0), (4, 5, 6, 7))
    written = io.BytesIO()
    image.save(written, "PNG")

    cleaned = opened(clean_png(written.getvalue()))

    assert [cleaned.getpixel(at) for at in [(0, 0), (1, 0), (2, 0)]] == [
        (1, 2, 3, 255),
        (4, 5, 6, 7),
        (0, 0, 0, 0),
    ]


def test_a_badge_that_somebody_baked_before_does_not_stay_inside():
    baked = bake_png(bake_png(png_file(), "{}"), "{}", keyword=KEYWORD_2)

    again = bake_png(clean_png(baked), '{"new": true}')

    assert read_baked(again) == '{"new": true}'


def test_equal_pictures_give_equal_bytes_and_cleaning_twice_changes_nothing():
    notes = PngInfo()
    notes.add_text("Comment", "another program")

    first, second = clean_png(png_file()), clean_png(png_file(pnginfo=notes, compress_level=1))

    assert first == second
    assert clean_png(first) == first


@pytest.mark.parametrize(("side", "kept"), [(256, 256), (512, 512), (513, 512), (2000, 512)])
def test_a_large_picture_is_brought_down(side, kept):
    cleaned = clean_png(png_file(side))

    assert (side_of(cleaned), opened(cleaned).size) == (kept, (kept, kept))


@pytest.mark.parametrize(
    ("mode", "color"), [("RGB", (1, 2, 3)), ("L", 7), ("LA", (7, 9)), ("P", 3), ("1", 1), ("I;16", 700)]
)
def test_a_picture_of_any_kind_of_color_is_taken(mode, color):
    assert opened(clean_png(png_file(mode=mode, color=color))).mode == "RGBA"


def test_of_a_moving_picture_the_first_stays():
    written = io.BytesIO()
    frames = [Image.new("RGBA", (256, 256), (shade, 0, 0, 255)) for shade in (10, 200)]
    frames[0].save(written, "PNG", save_all=True, append_images=frames[1:])

    cleaned = opened(clean_png(written.getvalue()))

    assert (cleaned.n_frames, cleaned.getpixel((0, 0))) == (1, (10, 0, 0, 255))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (png_file(300, height=200), "It is 300 by 200 pixels. A badge is square"),
        (png_file(255), "It is 255 pixels wide. Between 256 and 4096 is right"),
        (b"\x89PNG\r\n\x1a\n", "The file is damaged"),
        (png_file()[:300], "The file is damaged"),
        (b"", "This is no PNG."),
        (b"GIF89a", "This is no PNG."),
        (b"\xff\xd8\xff\xe0", "This is no PNG."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "An SVG cannot be taken"),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?><svg/>", "An SVG cannot be taken"),
        (png_file() + b"x" * 1_000_000, "The file is larger than 1 MB."),
    ],
    ids=range(10),
)
def test_what_is_not_fit_is_refused_with_the_remedy(content, told):
    with pytest.raises(UnfitPicture) as refused:
        clean_png(content)

    assert refused.value.message.startswith(told)
    assert refused.value.field == "picture"


def test_a_small_file_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked():
    """60,000 by 60,000 dots of one color pack into a few megabytes; a header alone says so."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))

    with pytest.raises(UnfitPicture) as refused:
        clean_png(b"\x89PNG\r\n\x1a\n" + chunk)

    assert refused.value.message.startswith("It is 60000 pixels wide.")


@given(at=st.integers(8, 2000), changed=st.binary(min_size=1, max_size=40), cut=st.integers(0, 2000))
def test_a_damaged_file_is_refused_or_read_and_never_breaks_anything(at, changed, cut):
    whole = png_file(256, compress_level=0)[: 2200 + cut]
    damaged = whole[:at] + changed + whole[at + len(changed) :]

    try:
        cleaned = clean_png(damaged)
    except UnfitPicture:
        return
    assert opened(cleaned).size[0] <= 512
