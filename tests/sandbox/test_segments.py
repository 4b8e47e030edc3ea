"""An answer in pieces that can be marked, and as HTML that can do nothing."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.planted import MarkupError, read_planted
from sandbox.rendering import answer_html
from sandbox.segments import segments


def pieces(text):
    return [text[start:end] for start, end in segments(text)]


def test_sentences_items_and_rows_are_pieces():
    text = (
        "**Asked for:**\n- A new kettle. No refund.\n1. Call by 5 p.m. on 3 March.\n\n"
        "| Who | When |\n|---|---|\n| Lena | 3 March |\n---\nDone!"
    )

    assert pieces(text) == [
        "A new kettle.", "No refund.", "Call by 5 p.m. on 3 March.", "Who | When", "Lena | 3 March", "Done!",
    ]  # fmt: skip


def test_what_stands_before_a_colon_can_be_marked_and_a_source_stays_with_its_sentence():
    text = 'Told:\n- The number: "I am checking. It may stay." (June 4, Jonas).\n- Due: June 9'

    assert pieces(text) == [
        'The number: "I am checking.', 'It may stay." (June 4, Jonas).', "Due: June 9",
    ]  # fmt: skip


def test_a_title_does_not_end_a_sentence():
    assert pieces("Dear Ms. Brandt, call Dr. Okafor. Thanks.") == [
        "Dear Ms. Brandt, call Dr. Okafor.",
        "Thanks.",
    ]


@given(st.text(max_size=400))
def test_pieces_stand_in_the_text_in_order_and_never_overlap(text):
    found = segments(text)

    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("# Title", "<h4>Title</h4>\n"),
        ("**bold** [go](https://evil.example)", "<p><strong>bold</strong> go</p>\n"),
        ("![x](https://evil.example/a.png)", "<p>!x</p>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("| a |\n|---|\n| b |", None),
    ],
)
def test_an_answer_becomes_harmless_html(markdown, html):
    rendered = answer_html(markdown)

    assert html is None or rendered == html
    assert not any(word in rendered for word in ["<a", "<img", "<script", "href", "src="])


def test_planted_mistakes_are_found_where_they_stand():
    planted = read_planted("One. [[Two is wrong.||It is\nthree.]] | [CLIENT] | [[4||five]]")

    assert planted is not None
    assert planted.text == "One. Two is wrong. | [CLIENT] | 4"
    assert [(planted.text[start:end], why) for (start, end), why in planted.mistakes] == [
        ("Two is wrong.", "It is three."),
        ("4", "five"),
    ]


@pytest.mark.parametrize("text", ["no mark", "[[open||why", "[[no why]]", "a || b"])
def test_marks_that_cannot_be_read_are_refused(text):
    with pytest.raises(MarkupError):
        read_planted(text)
