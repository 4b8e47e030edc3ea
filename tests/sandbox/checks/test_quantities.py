"""Numbers, dates and times: what is the same in another form, and what is new."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.checks import CheckContext, registered_checks
from sandbox.checks.quantities import Known, quantities


def is_known(answer, material):
    """Whether everything in the answer is in the material."""
    found = quantities(answer)
    assert found, f"nothing was read in {answer!r}"
    return all(Known([material]).holds(quantity) for quantity in found)


@pytest.mark.parametrize(
    ("answer", "material"),
    [
        ("1,200", "1200"),
        ("By September 18: call them", "18 September"),
        ("00:40: Mira takes over", "at 00:40"),
        ("September 18", "until September\n  18, and not later"),
        ("380 and 412", "Plant,412,380,-32"),
        ("1.200", "1200"),
        ("1 200", "1200"),
        ("1\u202f200", "1,200"),
        ("1'200", "1200"),
        ("1,200.50", "1.200,50"),
        ("12.50", "12,5"),
        ("1,200,000", "1.2 million"),
        ("€1.2m", "1,200,000 euros"),
        ("62k", "62,000"),
        ("3 Mrd.", "3 billion"),
        ("€40", "40 EUR"),
        ("12 %", "12 percent"),
        ("12%", "12"),
        ("12%", "0.12"),
        ("two", "2 technicians"),
        ("2", "two technicians"),
        ("twenty-five", "25"),
        ("fünfundzwanzig", "25"),
        ("two hundred", "200"),
        ("a dozen", "12"),
        ("3 March", "03/03"),
        ("3 March", "2026-03-03"),
        ("3rd of March", "March 3, 2026"),
        ("3. März", "3 March 2026"),
        ("03.03.2026", "3 March 2026"),
        ("3.3.", "3 March"),
        ("03/04/2026", "3 April 2026"),
        ("03/04/2026", "March 4, 2026"),
        ("3 March 2026", "3 March, in the year 2026"),
        ("March 2026", "3 March 2026"),
        ("in 2026", "3 March 2026"),
        ("Mar 3", "3 March"),
        ("3 March", "3–5 March 2026"),
        ("5 March", "3 to 5 March"),
        ("3 March", "March 3-5, 2026"),
        ("vom 3. bis 5. März", "3 March and 5 March"),
        ("2 pm", "14:00"),
        ("2:30 p.m.", "14:30"),
        ("2:30", "14:30"),
        ("14 Uhr", "2 pm"),
        ("9 o'clock", "9:00"),
        ("10-15", "10 to 15"),
        ("INC-2041", "incident 2041"),
        ("incident 2041", "INC-2041"),
        ("Q3", "Q3"),
        ("500ml", "500 ml"),
        ("the 4th", "4 calls"),
        ("the 3rd", "3 March"),
        ("31/31", "31/31"),
    ],
)
def test_another_form_of_the_same_is_known(answer, material):
    assert is_known(answer, material)


@pytest.mark.parametrize(
    ("answer", "material"),
    [
        ("1,250", "1200"),
        ("12", "1200"),
        ("1.2 billion", "1.2 million"),
        ("three", "2"),
        ("three", "3 March"),
        ("the 4th", "3 March"),
        ("45 %", "40 %"),
        ("4 March", "3 March and 4 calls"),
        ("3 April", "3 March"),
        ("4 March", "3–5 March"),
        ("3 March 2027", "3 March 2026"),
        ("3 March 2026", "3 March"),
        ("April 2026", "3 March 2026"),
        ("2:45 pm", "14:30"),
        ("3 am", "3 pm"),
        ("0.5", "5"),
        ("INC-2042", "INC-2041"),
        ("162,000", "62,000"),
        ("62,0001", "62,000"),
    ],
)
def test_what_is_not_the_same_is_new(answer, material):
    assert not is_known(answer, material)


@pytest.mark.parametrize(
    "text", ["24/7 service", "B2B and B2C", "CO2", "an A4 page", "one of them", "you may march"]
)
def test_idioms_and_articles_are_no_quantities(text):
    assert quantities(text) == []


def test_the_place_of_each_quantity_is_that_of_its_words():
    text = "On 3 March 2026 at 2:30 pm we paid €1,200.50 to two people."

    assert [text[each.span.start : each.span.end] for each in quantities(text)] == [
        "3 March 2026",
        "2:30 pm",
        "1,200.50",
        "two",
    ]


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_english_and_german_writing_of_an_amount_are_the_same(amount):
    english = f"{amount:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))

    assert is_known(english, german)
    assert is_known(german, english)


MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]


@given(st.dates())
def test_a_date_is_known_in_every_form(day):
    written = f"{day.day} {MONTHS[day.month - 1]} {day.year:04d}"

    assert is_known(day.isoformat(), written)
    assert is_known(f"{day.day:02d}.{day.month:02d}.{day.year:04d}", written)
    assert is_known(f"{MONTHS[day.month - 1]} {day.day}, {day.year:04d}", day.isoformat())


MATERIAL = "Order 4711 of 3 March: 1,200 euros.\n- first\n- second\n- third\n- fourth"


@pytest.mark.parametrize(
    "answer",
    [
        "1. Order 4711\n2. Thanks",
        "**1.** Order\n**2.** Thanks",
        "1) Order\n2) Thanks",
        "## 2. Order\n\nText",
        "Step 7: call",
        "Subject line 2: Your order",
        "| 1 | order |\n| 2 | call |",
        "There are three points:\n\n- a\n- b\n- c",
        "Here are 3 points:\n\n- a\n- b\n- c",
        "Four things happened.",
        "Two rows:\n\n| A | B |\n|---|---|\n| x | y |\n| v | w |",
        "We refer to your order 4711 of 03/03 over 1.200 €.",
    ],
)
def test_labels_and_counts_of_what_is_listed_are_not_new(answer):
    result = registered_checks()["no_new_numbers"].run(answer, {}, CheckContext(MATERIAL, "", "en"))

    assert (result.passed, result.spans) == (True, ())


@pytest.mark.parametrize(
    ("answer", "new"),
    [
        ("You get 1,250 euros by 4 March.", ["1,250", "4 March"]),
        ("- We had seven calls\n- a\n- b", ["seven"]),
        ("We had three calls.", ["three"]),
        ("- three calls\n- a\n- b", ["three"]),
        ("Total: 2,400 euros", ["2,400"]),
        ("45. The share rose.", ["45"]),
        ("Valid for 30 days, 24/7.", ["30"]),
    ],
)
def test_new_numbers_are_pointed_at(answer, new):
    result = registered_checks()["no_new_numbers"].run(answer, {}, CheckContext(MATERIAL, "", "en"))

    assert result.passed is False
    assert [answer[span.start : span.end] for span in result.spans] == new


def test_a_number_of_the_prompt_is_not_new():
    context = CheckContext("No numbers here.", "Write 80 words about 12 days.", "en")

    result = registered_checks()["no_new_numbers"].run("In 12 days.", {}, context)

    assert (result.passed, result.explanation) == (True, "Every number is in the material or in your prompt.")


def test_a_time_with_seconds_is_not_the_time_without_them():
    assert not is_known("10:30:15", "10:30")
