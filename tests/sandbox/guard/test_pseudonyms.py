"""Values become placeholders on the way out, and come back in the answer, however it is cut."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.definitions import Span
from sandbox.guard import Pseudonyms, inspect
from sandbox.guard.pseudonyms import Restorer, restore

MAPPING = {
    "[PERSON_1]": "Anna Weiss",
    "[PERSON_12]": "Li Wei",
    "[IBAN_1]": "DE89 [x]",
    "[EMAIL_1]": "[PERSON_1]",
}


def test_values_are_replaced_over_a_whole_conversation_by_the_same_placeholders():
    first = inspect("Mr Harper writes from harper@firm.com")
    second = inspect("Ms Okafor and Mr Harper share HARPER@firm.com")

    pseudonyms = Pseudonyms.for_inspections([first, second])

    assert pseudonyms.hide(first.text, first) == "Mr [PERSON_1] writes from [EMAIL_1]"
    assert pseudonyms.hide(second.text, second) == "Ms [PERSON_2] and Mr [PERSON_1] share [EMAIL_1]"
    assert dict(pseudonyms.mapping) == {
        "[PERSON_1]": "Harper",
        "[EMAIL_1]": "harper@firm.com",
        "[PERSON_2]": "Okafor",
    }


def test_only_the_findings_that_are_named_are_replaced():
    inspection = inspect("Mr Harper, harper@firm.com")
    pseudonyms = Pseudonyms.for_inspections([inspection])

    assert pseudonyms.hide(inspection.text, inspection.findings[1:]) == "Mr Harper, [EMAIL_1]"


def test_hints_stay_unless_they_are_named():
    inspection = inspect("in Lyon", find_names=lambda _: [(Span(3, 7), "PLACE")])
    pseudonyms = Pseudonyms.for_inspections([inspection])

    assert pseudonyms.hide("in Lyon", inspection) == "in Lyon"
    assert pseudonyms.hide("in Lyon", inspection.findings) == "in [PLACE_1]"


def test_a_placeholder_that_a_text_of_the_conversation_uses_is_given_to_nothing_else():
    texts = [inspect("Mr Harper"), inspect("Write to [PERSON_1]")]

    assert dict(Pseudonyms.for_inspections(texts).mapping) == {"[PERSON_2]": "Harper"}


def test_a_finding_of_another_text_is_not_replaced_by_guessing():
    with pytest.raises(KeyError):
        Pseudonyms({}).hide("Mr Harper", inspect("Mr Harper"))


def test_hidden_and_restored_is_the_text_again():
    text = "Mr Harper <harper@firm.com> pays with 4111 1111 1111 1111, password: Sommer2026!"
    inspection = inspect(text)
    pseudonyms = Pseudonyms.for_inspections([inspection])

    assert restore(pseudonyms.hide(text, inspection), pseudonyms.mapping) == text


def test_the_mapping_cannot_be_changed_from_outside():
    with pytest.raises(TypeError):
        Pseudonyms(MAPPING).mapping["[PERSON_1]"] = "Eve"  # type: ignore[index]


@pytest.mark.parametrize(
    ("deltas", "shown"),
    [
        (["Dear [PERSON_1], hello"], ["Dear Anna Weiss, hello", ""]),
        (["Dear [", "PERSON", "_1", "], hello"], ["Dear ", "", "", "Anna Weiss, hello", ""]),
        (["[PERSON_1", "2]", "."], ["", "Li Wei", ".", ""]),
        (["a[b]", " [x", "[PERSON_1]"], ["a[b]", " [x", "Anna Weiss", ""]),
        (["[", "[PERSON_1]"], ["", "[Anna Weiss", ""]),
        (["[PERS", "IAN]"], ["", "[PERSIAN]", ""]),
        (["see [PERSON_3] and [PERSON_1"], ["see [PERSON_3] and ", "[PERSON_1"]),
        (["[EMAIL_1]"], ["[PERSON_1]", ""]),  # values are not searched in turn
        (["[person_1] [ PERSON_1]"], ["[person_1] [ PERSON_1]", ""]),
    ],
)
def test_text_waits_only_while_it_may_become_a_placeholder(deltas, shown):
    restorer = Restorer(MAPPING)

    assert [*map(restorer.feed, deltas), restorer.finish()] == shown


def test_what_was_shown_at_the_end_is_not_shown_again():
    restorer = Pseudonyms(MAPPING).restorer()
    restorer.feed("[PERSON")

    assert (restorer.finish(), restorer.finish()) == ("[PERSON", "")


ANSWERS = st.lists(
    st.one_of(
        st.sampled_from(
            [*MAPPING, "[", "]", "[PERSON_", "[IBAN_1", "PERSON_1]", "[[", "[PERSON_2]", "\n", "🙂"]
        ),
        st.text(alphabet="[]_PERSON12 a", max_size=6),
    ),
    max_size=12,
).map("".join)


@given(ANSWERS, st.lists(st.integers(0, 80), max_size=20))
@example("[[PERSON_1]", [1, 2])
def test_any_split_of_any_answer_restores_the_same(answer, cuts):
    restorer = Restorer(MAPPING)
    edges = [0, *sorted(min(cut, len(answer)) for cut in cuts), len(answer)]
    deltas = [answer[start:end] for start, end in pairwise(edges)]

    shown = "".join([*map(restorer.feed, deltas), restorer.finish()])

    assert shown == restore(answer, MAPPING)
