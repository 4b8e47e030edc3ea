"""Names that the words around them give away, without a name finder."""

import pytest


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Mr Harper called.", ["Harper"]),
        ("Ask Dr. Anna Weiss and Prof. Dr. Klaus von Berg", ["Anna Weiss", "Klaus von Berg"]),
        (
            "Frau Müller, Mme Lefèvre, M. Dupont, Sra. García López",
            ["Müller", "Lefèvre", "Dupont", "García López"],
        ),
        ("Mr. J. R. Smith-Jones", ["J. R. Smith-Jones"]),
        ("my colleague Anna Weiss is late", ["Anna Weiss"]),
        ("our new intern Tom asked", ["Tom"]),
        ("The employee Jane Doe-Smith left", ["Jane Doe-Smith"]),
        ("Name: Jane Doe, age 41", ["Jane Doe"]),
        ("From: Anna Weiss <anna@example.com>", ["Anna Weiss"]),
        ("Dear Anna,\nthank you", ["Anna"]),
        ("Liebe Katarzyna, danke", ["Katarzyna"]),
        ("See you.\n\nBest regards,\nAnna Weiss", ["Anna Weiss"]),
        ("Mit freundlichen Grüßen\nJürgen Groß\n", ["Jürgen Groß"]),
        ("Dr. O'Brien", ["O'Brien"]),
        ("Signora Łucja Nowak", ["Łucja Nowak"]),
    ],
)
def test_a_name_beside_a_title_a_part_or_a_greeting_is_a_person(found, text, names):
    assert found(text) == [("person", name) for name in names]


@pytest.mark.parametrize(
    "text",
    [
        "Dear Sir or Madam,",
        "Dear Customer,",
        "Dear Hiring Manager,",
        "Hi all,",
        "Hello Team!",
        "Best regards,\nCustomer Support Team",
        "Project name: Alpha Centauri",
        "Employee Onboarding Checklist and Patient Safety Report",
        "MS Excel and Ms Teams",
        "Our manager training starts on Monday.",
        "Use [PERSON_1] and Dr. [PERSON_2]",
    ],
)
def test_other_words_with_a_capital_letter_are_none(found, text):
    assert found(text) == []
