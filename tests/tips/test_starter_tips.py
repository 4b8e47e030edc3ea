"""The tips that a company starts with keep their promises."""

from collections import Counter
from pathlib import Path

import pytest

import courses
import lms.tips
from courses.services import load_content
from lms.notifications.channels.email_form import as_html, as_text
from lms.tips.messages import sample_message
from lms.tips.models import Tip
from lms.tips.models.tips import PREVIEWS
from lms.tips.services.loading import load_tips
from lms.tips.tip_files import read_tips

CONTENT = Path(lms.tips.__file__).parent / "content"


@pytest.fixture
def starter_tips(db) -> list[Tip]:
    load_content(Path(courses.__file__).parent / "content")
    result = load_tips(CONTENT)
    assert [str(problem) for problem in result.problems] == []
    return list(Tip.objects.filter(live=True).prefetch_related("roles"))


def test_there_are_sixty_and_more_for_every_role_and_each_can_be_sent_anywhere(starter_tips, rf, grace):
    roles = Counter(role.code for tip in starter_tips for role in tip.roles.all())
    request = rf.get("/cms/")
    request.user = grace

    assert len(starter_tips) >= 60
    assert len(roles) == 8
    assert min(roles.values()) >= 5
    assert sum(not tip.roles.all() for tip in starter_tips) >= 10
    for tip in starter_tips:
        tip.full_clean()
        message = sample_message(tip, page="https://praxis.example/tip")
        assert message.question is not None, tip.slug
        assert all(len(choice.label) <= 75 for choice in message.question.choices), tip.slug
        assert tip.title in as_html(message).replace("&#x27;", "'").replace("&quot;", '"'), tip.slug
        assert tip.try_it in as_text(message), tip.slug
        shown = [tip.make_preview_request(request, mode).status_code for mode, _label in PREVIEWS]
        assert shown == [200] * len(PREVIEWS), tip.slug


def test_their_files_keep_to_the_form_and_the_mix_that_the_readme_asks_for():
    found = read_tips(CONTENT)
    levels = Counter(tip.level for tip in found.tips)
    right = Counter(
        number
        for tip in found.tips
        for number, answer in enumerate(tip.question[0]["value"]["answers"])
        if answer["value"]["is_right"]
    )

    assert found.problems == []
    assert all(tip.question for tip in found.tips)
    assert 0.5 <= levels["basic"] / len(found.tips) <= 0.7
    assert 0.05 <= levels["advanced"] / len(found.tips) <= 0.15
    assert {tip.file.split("/")[0] for tip in found.tips if not tip.roles} == {"shared"}
    assert max(right.values()) <= len(found.tips) / 2  # the place of an answer does not give it away
