"""Words that a company keeps to itself are found, and kept as hashes only."""

import hashlib
import hmac

import pytest

from sandbox.guard import Dictionary, inspect

SALT = b"a salt of the company"
WORDS = Dictionary.from_words(["Acme-Corp", "Falcon", "Röhm & Söhne", "The Big Blue Boat"], SALT)


def company_words(text, dictionary=WORDS):
    inspection = inspect(text, dictionary=dictionary)
    return [inspection.value_of(each) for each in inspection.findings if each.kind == "company_word"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Our client Acme Corp called.", ["Acme Corp"]),
        ("ACME\ncorp", ["ACME\ncorp"]),
        ("acme-corp's offer", ["acme-corp"]),
        ("Ａｃｍｅ Corp", ["Ａｃｍｅ Corp"]),
        ("Ac\u200bme Corp", ["Ac\u200bme Corp"]),
        ("project falcon", ["falcon"]),
        ("Röhm & Söhne, RO\u0308HM + SO\u0308HNE", ["Röhm & Söhne", "RO\u0308HM + SO\u0308HNE"]),
        ("the big blue boat sails", ["the big blue boat"]),
    ],
)
def test_case_spacing_punctuation_and_look_alikes_do_not_count(text, words):
    assert company_words(text) == words


@pytest.mark.parametrize("text", ["acmecorp", "falcons", "Acme", "big blue boat", "corp acme"])
def test_other_words_are_none(text):
    assert company_words(text) == []


def test_company_words_warn_with_their_placeholder():
    finding = inspect("Falcon", dictionary=WORDS).warnings[0]

    assert (finding.kind, finding.placeholder) == ("company_word", "[COMPANY_WORD_1]")


def test_it_holds_a_keyed_hash_of_the_normal_form_and_nothing_else():
    """HMAC-SHA256, worked out here from the standard library's parts."""
    expected = hmac.new(SALT, b"acme corp", hashlib.sha256).digest()

    assert Dictionary.from_words(["  ACME   Corp "], SALT).hashes == {expected}
    assert "acme" not in repr(WORDS).lower()
    assert "salt" not in repr(WORDS).lower()


def test_stored_hashes_find_the_same_words_with_the_same_salt_only():
    again = Dictionary.from_hashes(WORDS.hashes, SALT)
    other = Dictionary.from_hashes(WORDS.hashes, b"another")

    assert company_words("Falcon", again) == ["Falcon"]
    assert company_words("Falcon", other) == []


@pytest.mark.parametrize("entry", ["", "&", "one two three four five"])
def test_an_entry_that_could_never_be_found_is_refused_by_its_number(entry):
    with pytest.raises(ValueError, match=r"^Entry 2 has \d words; it needs 1 to 4\.$"):
        Dictionary.from_words(["Falcon", entry], SALT)
