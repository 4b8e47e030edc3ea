"""How a message looks in Slack: what Slack takes, and what an author cannot do with it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.notifications.channels.slack_form import NotOurs, as_blocks, as_fallback, read_value
from lms.notifications.messages import Choice, Link, Message, Part, Question, Run, paragraphs_of, plain
from tests.notifications.fake_slack import buttons, words, wrong_blocks

TIP = Message(
    subject="Ask for three drafts",
    parts=(
        Part(
            "Ask for three drafts",
            paragraphs_of("<p>Say <b>three</b>, not one. Then use <code>diff</code>.</p><p>Choose.</p>"),
            (Link("The lesson", "https://praxis.example/lessons/drafts/"),),
        ),
    ),
    question=Question(
        action="tips.answer",
        token="signed:token",
        text="How many drafts?",
        choices=(
            Choice("1", "One", "https://praxis.example/a/"),
            Choice("3", "Three", "https://praxis.example/b/"),
        ),
    ),
    why="You get this because you work in customer service.",
    footer=(Link("Settings", "https://praxis.example/me/settings/"),),
)


def text(block):
    return "".join(words(block))


def test_a_tip_has_heading_text_question_reason_and_footer():
    blocks = as_blocks(TIP)

    assert wrong_blocks(blocks) == ""
    assert [(block["type"], text(block)) for block in blocks] == [
        ("header", "Ask for three drafts"),
        ("rich_text", "Say three, not one. Then use diff.\n\nChoose.\n\nThe lesson"),
        ("rich_text", "How many drafts?"),
        ("actions", "One"),
        ("actions", "Three"),
        ("context", "You get this because you work in customer service."),
        ("rich_text", "Settings"),
    ]
    assert blocks[1]["elements"][0]["elements"][:4] == [
        {"type": "text", "text": "Say "},
        {"type": "text", "text": "three", "style": {"bold": True}},
        {"type": "text", "text": ", not one. Then use "},
        {"type": "text", "text": "diff", "style": {"code": True}},
    ]


def test_a_choice_carries_its_action_the_token_and_its_value():
    first, second = buttons(as_blocks(TIP))

    assert first["action_id"] == second["action_id"] == "tips.answer"
    assert read_value(second["value"]) == ("signed:token", "3")


@pytest.mark.parametrize(
    "value", ["", "null", "1", "[1, 2]", '["one"]', '["a", "b", "c"]', "{", '{"a": "b"}']
)
def test_a_value_that_is_none_of_ours_is_refused(value):
    with pytest.raises(NotOurs):
        read_value(value)


@pytest.mark.parametrize(
    "typed", ["<!channel> come here", "*bold* and _italic_", "<https://evil.example|Click>", ":tada:"]
)
def test_what_looks_like_markup_is_shown_as_it_was_typed(typed):
    message = Message(
        subject=typed,
        parts=(Part(typed, (plain(typed),)),),
        why=typed,
        question=Question("a", "t", typed, (Choice("1", typed, ""),)),
    )

    blocks = as_blocks(message)

    assert '"mrkdwn"' not in json.dumps(blocks)
    assert '"emoji": true' not in json.dumps(blocks)
    assert {kind["type"] for kind in blocks[1]["elements"][0]["elements"]} == {"text"}
    assert set(words(blocks)) == {typed}
    assert "<" not in as_fallback(message)


def test_a_screen_reader_reads_all_of_it_and_a_notification_begins_with_the_subject():
    assert as_fallback(TIP).split("\n") == [
        "Ask for three drafts",
        "Say three, not one. Then use diff.",
        "Choose.",
        "The lesson",
        "How many drafts?",
        "One",
        "Three",
        "You get this because you work in customer service.",
    ]


def test_what_is_read_out_is_escaped_as_slack_asks():
    message = Message(subject="R&D <b>\n asks", parts=(), why="")

    assert as_fallback(message) == "R&amp;D &lt;b&gt; asks"


def test_a_label_that_is_too_long_for_a_button_stands_beside_one():
    long = "It depends on what the customer has asked for before, and on how much time there is left today."
    question = Question("a", "t", "Which?", (Choice("1", long, ""), Choice("2", "None", "")))

    blocks = as_blocks(Message(subject="s", parts=(), why="w", question=question))

    assert wrong_blocks(blocks) == ""
    assert [(block["type"], block["text"]["text"]) for block in blocks if block["type"] == "section"] == [
        ("section", long)
    ]
    assert [button["text"]["text"] for button in buttons(blocks)] == ["Choose", "None"]


def test_a_long_text_is_divided_and_stays_whole():
    words_of_it = "abcdefghi " * 700

    blocks = as_blocks(Message(subject="s", parts=(Part("", (plain(words_of_it),)),), why="w"))

    assert wrong_blocks(blocks) == ""
    assert [len(text(block)) for block in blocks[:3]] == [3000, 3000, 1000]
    assert "".join(text(block) for block in blocks[:3]) == words_of_it


def test_a_message_that_slack_does_not_take_whole_says_so_and_keeps_its_question():
    parts = tuple(Part(f"Heading {number}", (plain("word " * 150),)) for number in range(40))

    blocks = as_blocks(Message(subject="s", parts=parts, why="because", question=TIP.question))

    assert wrong_blocks(blocks) == ""
    assert "This message goes on, but Slack takes no longer ones." in text(blocks[-5])
    assert [text(block) for block in blocks[-4:]] == ["How many drafts?", "One", "Three", "because"]


def test_a_digest_of_the_most_that_is_shown_fits():
    link = Link("Open", "https://praxis.example/")
    news = [Part(f"News {number}", (plain("It happened."),), (link,)) for number in range(20)]
    rest = Part("", (plain("And 3 more."),), (link,))

    blocks = as_blocks(Message(subject="s", parts=(*news, rest), why="w", footer=TIP.footer))

    assert wrong_blocks(blocks) == ""
    assert "News 19" in words(blocks)
    assert "And 3 more." in words(blocks)


def test_an_answer_that_slack_would_not_give_back_is_refused():
    question = Question("a", "t" * 2000, "Which?", (Choice("1", "One", ""),))

    with pytest.raises(ValueError, match="longer than Slack gives back"):
        as_blocks(Message(subject="s", parts=(), why="w", question=question))


texts = st.text(min_size=1, max_size=4000).filter(str.strip)
runs = st.builds(Run, texts, st.sampled_from(["", "bold", "italic", "code"]))
links = st.builds(Link, st.text(min_size=1, max_size=100), st.just("https://praxis.example/"))
paragraphs = st.lists(runs, max_size=3).map(tuple)
parts = st.builds(
    Part,
    st.text(max_size=200),
    st.lists(paragraphs, max_size=4).map(tuple),
    st.lists(links, max_size=2).map(tuple),
)


@given(st.lists(parts, max_size=30).map(tuple), texts, st.lists(links, max_size=3).map(tuple))
def test_slack_takes_whatever_is_written(some, why, footer):
    message = Message(subject="s", parts=some, why=why, footer=footer, question=TIP.question)

    assert wrong_blocks(as_blocks(message)) == ""
