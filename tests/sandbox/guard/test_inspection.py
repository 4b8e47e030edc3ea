"""One choke point: what counts more, what is left out, what cannot hide, and that it fails closed."""

import logging
import pickle
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.definitions import Span
from sandbox.guard import (
    KINDS,
    LONGEST_TEXT,
    Dictionary,
    InspectionFailed,
    Pseudonyms,
    Severity,
    TextTooLong,
    inspect,
    label,
    why,
)
from sandbox.guard.reading import readings_of

CARD = "4111 1111 1111 1111"
MIXED = "Mr Harper (harper@firm.com) pays with 4111 1111 1111 1111."


def name_finder(*names):
    return lambda text: [(Span(text.index(name), text.index(name) + len(name)), kind) for name, kind in names]


def test_findings_come_in_the_order_of_the_text_and_by_severity():
    inspection = inspect(MIXED)

    assert [inspection.value_of(each) for each in inspection.warnings] == ["Harper", "harper@firm.com"]
    assert [inspection.value_of(each) for each in inspection.blocking] == [CARD]
    assert inspection.hints == ()
    assert inspection.is_blocked
    assert [each.span for each in inspection.findings] == [Span(3, 9), Span(11, 26), Span(38, 57)]


def test_a_text_without_anything_is_not_blocked():
    inspection = inspect("Write three subject lines.")

    assert (inspection.findings, inspection.is_blocked) == ((), False)


def test_equal_values_share_a_placeholder_and_others_are_numbered():
    text = "DE89370400440532013000, then DE89 3704 0044 0532 0130 00, then GB29NWBK60161331926819"

    assert [each.placeholder for each in inspect(text).findings] == ["[IBAN_1]", "[IBAN_1]", "[IBAN_2]"]


def test_a_placeholder_that_the_learner_wrote_is_given_to_nothing_else():
    assert [each.placeholder for each in inspect("[CARD_1] or 4111111111111111").findings] == ["[CARD_2]"]


def test_the_graver_finding_wins_over_a_longer_one():
    text = "customer number 4111 1111 1111 1111"

    assert [each.kind for each in inspect(text).findings] == ["payment_card"]


def test_of_equally_grave_findings_the_longer_one_wins():
    inspection = inspect("Ask Dr. Anna Weiss", find_names=name_finder(("Weiss", "PERSON")))

    assert [inspection.value_of(each) for each in inspection.findings] == ["Anna Weiss"]


def test_what_the_winner_leaves_of_a_name_is_still_found():
    """Otherwise the card would be replaced, and the name beside it sent."""
    inspection = inspect(f"Weiss {CARD} Anna", find_names=name_finder((f"Weiss {CARD} Anna", "PERSON")))

    assert [(each.kind, inspection.value_of(each)) for each in inspection.findings] == [
        ("person", "Weiss"),
        ("payment_card", CARD),
        ("person", "Anna"),
    ]


@pytest.mark.parametrize(
    ("hidden", "span"),
    [
        ("card ４１１１ １１１１ １１１１ １１１１ ok", Span(5, 24)),  # full-width digits
        ("card 4111\u200d1111\u200b1111\ufeff1111 ok", Span(5, 24)),  # joiners and other invisible characters
        ("card 4111\u00ad1111\u20601111\x001111 ok", Span(5, 24)),
        ("card 4111\u00a01111\u202f1111\u20071111 ok", Span(5, 24)),  # spaces that do not break
        ("card 4111\u20111111\u20131111\u22121111 ok", Span(5, 24)),  # dashes
        ("card ٤١١١ ١١١١ ١١١١ ١١١١ ok", Span(5, 24)),  # Arabic digits
        ("card 𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏 ok", Span(5, 21)),  # mathematical digits
        ("card 4\u03011\u03011\u0301111111111111\u03011 ok", Span(5, 25)),  # combining marks
        ("no. 99\u200b4111111111111111 ok", Span(7, 23)),  # invisible between two numbers
    ],
)
def test_look_alikes_and_invisible_characters_hide_no_card(hidden, span):
    assert [(each.kind, each.span) for each in inspect(hidden).findings] == [("payment_card", span)]


@pytest.mark.parametrize(
    ("hidden", "kind"),
    [
        ("ｇｈｐ_" + "a1B2" * 9, "github_token"),
        ("gh\u200bp_" + "a1B2" * 9, "github_token"),
        ("AKIA\u00adIOSFODNN7EXAMPLE", "aws_key"),
        ("DE89\u200b3704\u200b0044\u200b0532\u200b0130\u200b00", "iban"),
        ("anna\u200b@\u200bfirm.com", "email"),
        ("anna＠firm．com", "email"),
        ("pass\u200bword: Sommer2026!", "password"),
        ("Mr\u00a0Harper", "person"),
    ],
)
def test_nor_a_secret_an_identifier_or_an_address(hidden, kind):
    assert [each.kind for each in inspect(hidden).findings] == [kind]


def test_spans_are_code_points_of_the_text_as_it_was_written():
    text = "🙂\u200b e\u0301 ½ ﬁ: anna@firm.com 🙂"

    inspection = inspect(text)

    assert [inspection.value_of(each) for each in inspection.findings] == ["anna@firm.com"]


@given(st.text(max_size=80))
def test_every_reading_points_into_the_text(text):
    for reading in readings_of(text):
        for at in range(len(reading.text)):
            start, end = reading.original(at, at + 1)
            assert 0 <= start < end <= len(text)


@given(st.text(max_size=80))
def test_whatever_stands_around_a_card_it_is_found(around):
    text = f"{around} {CARD} {around}"

    assert any(each.kind == "payment_card" for each in inspect(text).blocking)


@given(st.text(alphabet="aA1 4.@-:/\n[]_IBN\u200b５é", max_size=60))
def test_findings_never_overlap_and_are_sorted(text):
    spans = [each.span for each in inspect(text).findings]

    assert all(left.end <= right.start for left, right in pairwise(spans))


def test_what_the_material_says_too_neither_warns_nor_hints():
    text = "Mr Harper in Lyon, harper@firm.com, and Ms Okafor"
    finder = name_finder(("Lyon", "PLACE"))

    inspection = inspect(text, known="HARPER works in lyon. Mail: harper@firm.com", find_names=finder)

    assert [inspection.value_of(each) for each in inspection.findings] == ["Okafor"]


def test_only_whole_words_of_the_material_count():
    assert [each.kind for each in inspect("Mr Harp", known="Harper and the harpist").findings] == ["person"]


def test_secrets_and_numbers_of_persons_block_even_when_the_material_says_them():
    assert inspect(MIXED, known=MIXED).blocking == inspect(MIXED).blocking
    assert inspect(MIXED, known=MIXED).warnings == ()


def test_places_and_organizations_are_hints():
    inspection = inspect("Acme in Lyon", find_names=name_finder(("Lyon", "PLACE"), ("Acme", "ORGANIZATION")))

    assert [(each.kind, each.severity, each.placeholder) for each in inspection.findings] == [
        ("organization", Severity.HINT, "[ORGANIZATION_1]"),
        ("place", Severity.HINT, "[PLACE_1]"),
    ]
    assert inspection.names_checked


def test_a_name_finder_reads_the_folded_text_and_its_spans_come_back_to_the_original():
    inspection = inspect("Ａｎｎａ\u200b Weiss", find_names=name_finder(("Anna Weiss", "PERSON")))

    assert [each.span for each in inspection.findings] == [Span(0, 11)]


def test_without_a_name_finder_names_are_not_checked():
    assert not inspect("Anna Weiss").names_checked


def failing(_):
    raise RuntimeError("could not parse: Anna Weiss")


@pytest.mark.parametrize(
    "finder",
    [
        failing,
        lambda text: [(Span(0, len(text) + 1), "PERSON")],
        lambda _: [(Span(2, 2), "PERSON")],
        lambda _: [(Span(0, 4), "ANIMAL")],
    ],
    ids=["it fails", "it points outside", "it points at nothing", "it says what is no name"],
)
def test_a_failure_fails_the_inspection_and_quotes_nothing(finder):
    with pytest.raises(InspectionFailed) as failure:
        inspect("Anna Weiss", find_names=finder)

    assert "Anna" not in str(failure.value)
    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__


def test_a_text_that_is_too_long_is_refused_not_cut():
    inspect("a" * LONGEST_TEXT)

    with pytest.raises(TextTooLong, match="The text has 200001 characters; at most 200000 are inspected"):
        inspect("a" * (LONGEST_TEXT + 1))
    with pytest.raises(TextTooLong):
        inspect("a", known="a" * (LONGEST_TEXT + 1))


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "\u200b", "\ud800", "\U0010ffff", "\x00\x01\x02\x7f", "\r\n\x0b\x0c\x85\u2028"]
)
def test_strange_texts_are_inspected_like_others(text):
    assert inspect(text).findings == ()


NASTY = (
    "a", "1", "4 ", "4111 1111 1111 1111 ", "1234 ", "123456789 ", "1.", "1-", "(1", "a,b\n1,2\n", "DE89 ", "0 ",
    "eyJ", "eyJaaaaaaaa.", "sk-", "xoxb-", "bearer ", "aws = ", "glpat-" + "a" * 20 + ".", "://a:", "x=", "'", "[",
    "-----BEGIN PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----" + "A" * 64, "password: ", "password for ",
    "a@", "a@a.", "+", "+1 202 ", "tel 030 ", "2001:", "12 Aa ", "1 rue de la ", "via A ", "Calle a ", "von der ",
    "Mr A", "Mr Aa ", "A. ", "\n", "\n ", "BSN 111222333 ", "account 1 1 ", "her salary ", "born on 1.1.1990 ",
    "diagnosed with ", "4\u200b1", "e\u0301", "\u0301", "\u200b",
)  # fmt: skip


@pytest.mark.parametrize("piece", NASTY, ids=ascii)
def test_the_time_grows_with_the_length_and_not_faster(piece):
    """Eight times the text may take twenty times as long, for a noisy machine; a quadratic rule would take 64 times."""

    def seconds(length):
        text = (piece * (length // len(piece) + 1))[:length]
        times = []
        for _ in range(2):
            start = time.process_time()
            inspect(text, known=text)
            times.append(time.process_time() - start)
        return min(times)

    short = max(seconds(3_000), 0.002)

    assert seconds(24_000) < 20 * short


def test_nothing_that_is_printed_logged_or_pickled_by_accident_shows_a_value(caplog):
    caplog.set_level(logging.DEBUG)

    inspection = inspect(MIXED, dictionary=Dictionary.from_words(["Harper"], b"salt"))
    pseudonyms = Pseudonyms.for_inspections([inspection])
    shown = repr([inspection, *inspection.findings, pseudonyms, pseudonyms.restorer(), readings_of(MIXED)])

    assert caplog.records == []
    for value in ("Harper", "firm.com", "4111"):
        assert value not in shown
        assert value.encode() not in pickle.dumps(inspection.findings)


def test_every_kind_says_what_it_is_and_why_in_a_line():
    for kind in KINDS:
        assert 1 <= len(str(label(kind))) <= 40
        assert str(why(kind)).endswith(".")
        assert "\n" not in str(why(kind))
    assert (
        str(why("iban")) == "An IBAN identifies one person's account. [IBAN_1] tells the model all it needs."
    )


def test_a_sentence_that_names_a_placeholder_names_the_one_of_its_kind():
    for kind, about in KINDS.items():
        if "[" in str(why(kind)):
            assert f"[{about.stem}_1]" in str(why(kind))
