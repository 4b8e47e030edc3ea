"""How a message looks in Teams: what Teams takes, and what an author cannot do with it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.notifications.channels.teams_form import CONTENT_TYPE, as_activity, as_card
from lms.notifications.messages import Choice, Message, Part, Question, plain
from tests.notifications.fake_teams import check_card, executes, said
from tests.notifications.test_slack_form import TIP, links, parts, texts


def checked(message):
    card = as_card(message)
    check_card({"contentType": CONTENT_TYPE, "content": card})
    return card


def test_a_tip_has_heading_text_question_reason_and_footer():
    card = checked(TIP)

    assert said(card) == [
        "Ask for three drafts",
        "Say three, not one. Then use diff.",
        "Choose.",
        "The lesson",
        "How many drafts?",
        "You get this because you work in customer service.",
        "Settings",
    ]
    assert card["body"][1]["inlines"][1] == {"type": "TextRun", "text": "three", "weight": "Bolder"}
    assert card["body"][1]["inlines"][3] == {"type": "TextRun", "text": "diff", "fontType": "Monospace"}
    assert card["body"][3]["inlines"][0]["selectAction"] == {
        "type": "Action.OpenUrl",
        "url": "https://praxis.example/lessons/drafts/",
    }


def test_a_choice_carries_its_action_the_token_and_its_value():
    assert executes(checked(TIP)) == [
        {
            "type": "Action.Execute",
            "title": "One",
            "verb": "tips.answer",
            "data": {"token": "signed:token", "value": "1"},
        },
        {
            "type": "Action.Execute",
            "title": "Three",
            "verb": "tips.answer",
            "data": {"token": "signed:token", "value": "3"},
        },
    ]


@pytest.mark.parametrize(
    "typed", ["**bold**", "[click](https://evil.example)", "<at>Ada</at>", "{{DATE(2026)}}"]
)
def test_what_looks_like_markup_is_shown_as_it_was_typed(typed):
    card = checked(Message(subject=typed, parts=(Part(typed, (plain(typed),)),), why=typed))

    assert said(card) == [typed, typed, typed]
    assert "TextBlock" not in json.dumps(card).replace("RichTextBlock", "")


def test_a_label_that_is_too_long_for_a_button_stands_above_one():
    long = "It depends on what the customer has asked for before, and on how much time there is left today."
    question = Question("a", "t", "Which?", (Choice("1", long, ""), Choice("2", "None", "")))

    card = checked(Message(subject="s", parts=(), why="w", question=question))

    assert said(card) == ["Which?", long, "w"]
    assert [action["title"] for action in executes(card)] == ["Choose", "None"]


def test_a_message_that_teams_does_not_take_whole_says_so_and_keeps_its_question():
    many = tuple(Part(f"Heading {number}", (plain("word " * 150),)) for number in range(60))

    card = checked(Message(subject="s", parts=many, why="because", question=TIP.question))

    assert said(card)[-3:] == [
        "This message goes on, but Teams takes no longer ones. You find the rest in Praxis.",
        "How many drafts?",
        "because",
    ]
    assert len(executes(card)) == 2


def test_a_question_that_is_longer_than_a_card_is_refused():
    with pytest.raises(ValueError, match="longer than a card"):
        as_card(Message(subject="s", parts=(), why="w " * 20_000))


def test_a_notification_shows_the_subject():
    assert as_activity(TIP)["summary"] == "Ask for three drafts"


@given(st.lists(parts, max_size=30).map(tuple), texts, st.lists(links, max_size=3).map(tuple))
def test_teams_takes_whatever_is_written(some, why, footer):
    checked(Message(subject="s", parts=some, why=why[:500], footer=footer, question=TIP.question))
