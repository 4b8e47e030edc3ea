"""What is said of a person warns; what is said of people in general does not."""

import pytest


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("She was born on 12 March 1985.", ("birth_date", "12 March 1985")),
        ("DOB: 03/12/1985", ("birth_date", "03/12/1985")),
        ("geboren am 12.03.1985 in Ulm", ("birth_date", "12.03.1985")),
        ("née le 4 mars 1990", ("birth_date", "4 mars 1990")),
        ("date of birth: 1990-01-02", ("birth_date", "1990-01-02")),
        ("Her salary is 54,000 EUR.", ("salary", "54,000 EUR")),
        ("Tom's bonus was $5,500", ("salary", "$5,500")),
        ("he earns 52k", ("salary", "52k")),
        ("Sein Gehalt beträgt 4.200 €", ("salary", "4.200 €")),
        ("customer number 10482", ("account_number", "10482")),
        ("Employee ID: E-20391", ("account_number", "E-20391")),
        ("account no. 12345678", ("account_number", "12345678")),
        ("passport number X1234567", ("account_number", "X1234567")),
        ("Kontonummer: 1234567890", ("account_number", "1234567890")),
        ("Personalnummer 00012345", ("account_number", "00012345")),
        ("IBAN DE12 3456 7890 1234 5678 90", ("account_number", "DE12 3456 7890 1234 5678 90")),  # mistyped
        ("She was diagnosed with breast cancer.", ("special_category", "breast cancer")),
        ("Tom has diabetes and needs breaks", ("special_category", "diabetes")),
        ("because of her depression", ("special_category", "depression")),
        ("he suffers from epilepsy", ("special_category", "epilepsy")),
        ("Our assistant is pregnant", ("special_category", "pregnant")),
        ("Sie ist schwanger", ("special_category", "schwanger")),
        ("she is a union member", ("special_category", "union member")),
        ("Omar is Muslim", ("special_category", "Muslim")),
        ("his religion is Hinduism", ("special_category", "Hinduism")),
        ("he was convicted of fraud", ("special_category", "convicted of fraud")),
        ("is on sick leave because of burnout", ("special_category", "burnout")),
    ],
)
def test_a_sentence_about_one_person_warns(found, text, finding):
    assert found(text) == [finding]


@pytest.mark.parametrize(
    "text",
    [
        "The company was born in 1985.",
        "Salary band 3: 55,000 to 70,000 EUR",
        "Acme earns $5 million a year",
        "It earns $55 million.",
        "Account 4120 (travel) is over budget",
        "customer number is missing in column C",
        "invoice no. 2026-10482",
        "Write about depression and burnout at work",
        "leave for pregnant employees",
        "the union agreed on 3.5 %",
        "a calendar of Jewish, Muslim and Christian holidays",
        "the diagnosis of the machine: a broken seal",
        "sick leave rose by 4 %",
    ],
)
def test_a_sentence_about_people_in_general_does_not(found, text):
    assert found(text) == []
