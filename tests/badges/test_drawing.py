"""A seal is the same each time, holds any name, and still says which badge and level it is when it is small."""

import io
import math
import xml.etree.ElementTree as ET
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, groupby, product

import pytest
from PIL import Image, ImageChops

from badges.drawing import GOLD, GROUNDS, LEVELS, PAPER, Emblem, as_png, draw_emblem

SVG = "{http://www.w3.org/2000/svg}"
NAMES = (
    "Prompt craft",
    "AI at the service desk",
    "Reviewing AI output",
    "Grundlagen der künstlichen Intelligenz",
    "Meeting notes that people read",
    "Working safely with customer data",
)
LOOKS = tuple(product(LEVELS, GROUNDS))


def picture(emblem: Emblem, size: int = 400) -> Image.Image:
    return Image.open(io.BytesIO(as_png(draw_emblem(emblem), size=size))).convert("RGBA")


def title_of(svg: str) -> str | None:
    return ET.fromstring(svg).findtext(f"{SVG}title")


def count_paths(emblem: Emblem) -> int:
    return len(ET.fromstring(draw_emblem(emblem)).findall(f"{SVG}path"))


def colors_of(image: Image.Image, keep: Callable[[float, int], bool]) -> set[bytes]:
    """Colors of the pixels whose distance from the center, and height from the top, are to be kept."""
    data, middle = image.tobytes(), image.width / 2
    return {
        data[at * 4 : at * 4 + 4]
        for at, (y, x) in enumerate(product(range(image.height), range(image.width)))
        if keep(math.hypot(x + 0.5 - middle, y + 0.5 - middle), y)
    }


def solid(color: str) -> bytes:
    return bytes([*rgb(color), 255])


def rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def contrast(one: str, other: str) -> float:
    """Source: WCAG 2.2, relative luminance and contrast ratio."""

    def luminance(color: str) -> float:
        linear = [
            share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
            for share in (channel / 255 for channel in rgb(color))
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("level", "color"), LOOKS)
def test_a_seal_is_the_same_each_time(level, color):
    emblem = Emblem("Prompt craft", level, color, "Northwind Appliances")

    assert draw_emblem(emblem) == draw_emblem(emblem)
    assert as_png(draw_emblem(emblem)) == as_png(draw_emblem(emblem))


def test_seals_drawn_at_the_same_time_do_not_disturb_one_another():
    emblems = [Emblem(f"{name} {number}", "expert") for number in range(20) for name in NAMES]

    with ThreadPoolExecutor(8) as threads:
        at_once = list(threads.map(draw_emblem, emblems))

    assert at_once == [draw_emblem(emblem) for emblem in emblems]


@pytest.mark.parametrize("name", [*NAMES, "提示词工艺", 'R&D <tools> "now"', "x" * 120, ""])
def test_a_seal_is_drawn_from_shapes_alone(name):
    root = ET.fromstring(draw_emblem(Emblem(name, "expert", "plum", "Northwind & Söhne")))

    assert root.tag == f"{SVG}svg"
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("400", "400", "0 0 400 400")
    assert {element.tag.removeprefix(SVG) for element in root} == {"title", "path", "circle"}
    attributes = {key for element in root.iter() for key in element.attrib}
    painted = {"fill", "stroke", "stroke-width", "stroke-linecap"}
    assert attributes == {"width", "height", "viewBox", "role", "d", "cx", "cy", "r"} | painted


def test_the_title_says_name_level_and_issuer():
    svg = draw_emblem(Emblem("Prompt craft", "expert", "ink", "Northwind"))

    assert title_of(svg) == "Prompt craft, expert, Northwind"


def test_a_hostile_name_stays_words():
    svg = draw_emblem(Emblem('</title><script>alert("1")</script>', issuer="]]><a href='x'>"))

    assert title_of(svg) == "</title><script>alert(\"1\")</script>, ]]><a href='x'>"
    assert "<script" not in svg
    assert "<a " not in svg


def test_control_characters_never_reach_the_picture():
    svg = draw_emblem(Emblem("Pro\x00mpt\n\tcr\x1b\x85aft\u202e\ufffe\ud800", issuer="North\x07wind"))

    assert title_of(svg) == "Prompt cr aft, Northwind"
    assert all(char.isprintable() for char in svg)


def test_accents_are_set_however_they_are_typed():
    assert draw_emblem(Emblem("Cafe\u0301")) == draw_emblem(Emblem("Café"))


@pytest.mark.parametrize(
    "name",
    [
        "W" * 120,
        "i" * 120,
        "Donaudampfschifffahrtsgesellschaftskapitänsmütze " * 2,
        ("Working safely with data " * 6)[:120],
        "a " * 60,
        "Prompt " + "x" * 113,
        "Y" * 500,
    ],
    ids=lambda name: name[:12],
)
def test_a_long_name_stays_inside_the_rim(name):
    image = picture(Emblem(name, "expert", "pine"))

    assert colors_of(image, lambda far, y: 160 <= far <= 167 and y > 240) == {solid(GROUNDS["pine"].field)}
    assert solid(PAPER) in colors_of(image, lambda far, y: far < 157 and y > 262)


@pytest.mark.parametrize(
    "name", ["提示词工艺", "صياغة", "עברית", "ไทย", "\U0001f680\U0001f3c6", "Prompt 工艺", "नमस्ते"]
)
def test_words_that_the_font_lacks_are_left_off_and_stay_in_the_title(name):
    emblem = Emblem(name, "foundation")

    assert title_of(draw_emblem(emblem)) == f"{name}, foundation"
    assert count_paths(emblem) == count_paths(Emblem("", "foundation"))


def test_an_emoji_costs_a_name_no_words():
    emblem = Emblem("Prompt craft \U0001f680")

    assert title_of(draw_emblem(emblem)) == "Prompt craft \U0001f680"
    assert count_paths(emblem) == count_paths(Emblem("Prompt craft"))


@pytest.mark.parametrize(
    ("issuer", "closed_rims"),
    [
        ("", 1),
        ("提示", 1),
        ("Northwind Appliances and Instruments of Greater Copenhagen", 1),
        ("Northwind", 0),
    ],
)
def test_the_rim_opens_for_an_issuer_that_it_can_hold(issuer, closed_rims):
    root = ET.fromstring(draw_emblem(Emblem("Prompt craft", issuer=issuer)))

    assert len(root.findall(f"{SVG}circle")) == closed_rims


@pytest.mark.parametrize("size", [64, 128, 400])
def test_a_picture_has_the_size_asked_for_and_nothing_but_pixels(size):
    png = as_png(draw_emblem(Emblem("Prompt craft")), size=size)

    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    image = Image.open(io.BytesIO(png))
    assert (image.size, image.info) == ((size, size), {})


def test_all_levels_and_colors_differ_at_64_pixels():
    pictures = [picture(Emblem("Prompt craft", level, color), 64) for level, color in LOOKS]

    assert len(pictures) == 16
    assert all(ImageChops.difference(a, b).getbbox(alpha_only=False) for a, b in combinations(pictures, 2))


@pytest.mark.parametrize(("level", "color"), LOOKS)
def test_the_level_can_be_counted_at_64_pixels(level, color):
    image = picture(Emblem("Prompt craft", level, color), 64)

    row = image.crop((0, 38, 64, 39)).convert("RGB").tobytes()
    pixels = [row[at : at + 3] for at in range(0, len(row), 3)]
    golden = [all(abs(a - b) < 40 for a, b in zip(pixel, rgb(GOLD), strict=True)) for pixel in pixels]
    assert sum(1 for is_dot, _ in groupby(golden) if is_dot) == LEVELS[level]


def test_names_have_marks_of_their_own_at_64_pixels():
    mark = (18, 8, 46, 36)  # what lies above dots and words
    marks = [picture(Emblem(name, "expert"), 64).crop(mark) for name in NAMES]

    assert all(ImageChops.difference(a, b).getbbox(alpha_only=False) for a, b in combinations(marks, 2))


def test_the_next_level_keeps_the_mark():
    mark = (100, 60, 300, 225)

    foundation, expert = (
        picture(Emblem("Prompt craft", level)).crop(mark) for level in ("foundation", "expert")
    )

    assert foundation.tobytes() == expert.tobytes()


@pytest.mark.parametrize("color", GROUNDS)
def test_words_and_dots_stand_out(color):
    assert contrast(PAPER, GROUNDS[color].field) >= 7
    assert contrast(GOLD, GROUNDS[color].field) >= 4.5


@pytest.mark.parametrize("emblem", [Emblem("Prompt craft", "master"), Emblem("Prompt craft", color="pink")])
def test_an_unknown_level_or_color_is_refused(emblem):
    with pytest.raises(ValueError, match="No seal has"):
        draw_emblem(emblem)
