"""Numbers with a check digit block; numbers that only look like them do not.

The valid numbers are examples that standards bodies, banks and tax offices publish, so their check digits are not ours.
"""

import pytest


@pytest.mark.parametrize(
    "number",
    [
        "GB29 NWBK 6016 1331 9268 19",  # SWIFT IBAN registry
        "DE89370400440532013000",
        "FR1420041010050500013M02606",
        "NO93 8601 1117 947",
        "mt84malt011000012345mtlcast001s",
        "CH93-0076-2011-6238-5295-7",
    ],
)
def test_an_iban_blocks_in_any_grouping(found, number):
    assert found(f"Transfer it to {number} please") == [("iban", number)]


@pytest.mark.parametrize(
    "text",
    [
        "DE88370400440532013000",  # a wrong check digit
        "XX89370400440532013000",  # no such country
        "DE8937040044053201300",  # a digit short
        "DE893704004405320130001",  # a digit more
    ],
)
def test_what_is_no_iban_does_not(found, text):
    assert found(text) == []


@pytest.mark.parametrize(
    "number",
    [
        "4111 1111 1111 1111",  # published for tests by payment providers, like all of these
        "5555-5555-5555-4444",
        "378282246310005",
        "3782 822463 10005",
        "6011 1111 1111 1117",
        "3530111333300000",
        "30569309025904",
        "2223003122003222",
        "6200 0000 0000 0005",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "41 11 11 11 11 11 11 11",
    ],
)
def test_a_card_number_blocks_even_when_it_is_a_known_test_number(found, number):
    assert found(f"The card {number} was declined") == [("payment_card", number)]


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",  # a wrong check digit
        "9111111111111111",  # nobody issues cards that begin with 9
        "EAN 4012345678901",
        "tracking 00340434161094042557",
        "a factor of 0.4111111111111111",
        "41111111-1111-4111-8111-111111111111",
        "4,111,111,111,111,111",
    ],
)
def test_other_long_numbers_do_not(found, text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text", ["card no.4111111111111111", "1,4111111111111111", "(4111111111111111)", "x4111111111111111x"]
)
def test_what_stands_directly_beside_a_card_number_does_not_hide_it(found, text):
    assert found(text) == [("payment_card", "4111111111111111")]


def test_of_a_row_of_numbers_only_the_card_is_taken(found):
    assert found("1001;4111111111111111;2027-04;17.50") == [("payment_card", "4111111111111111")]


ALONE = [
    ("us_ssn", "078-05-1120"),  # stood in an advertisement
    ("national_id", "54362315K"),  # Spain, DNI
    ("national_id", "X2482300W"),  # Spain, NIE
    ("national_id", "2 95 10 99 126 111 93"),  # France, NIR
    ("tax_number", "RCCMNL83S18D969H"),  # Italy, codice fiscale
    ("national_id", "811228-9874"),  # Sweden, personnummer, from the tax agency
    ("national_id", "131052-308T"),  # Finland, hetu
    ("national_id", "15108695088"),  # Norway, fodselsnummer
    ("national_id", "85.07.30-033.28"),  # Belgium, rijksregisternummer
    ("national_id", "756.9217.0769.85"),  # Switzerland, AHV
    ("national_id", "710319/2745"),  # Czechia, rodne cislo
    ("tax_number", "390.533.447-05"),  # Brazil, CPF
    ("national_id", "JG 12 13 16 A"),  # United Kingdom, national insurance number
    ("national_id", "BOXW310820HNERXN09"),  # Mexico, CURP
    ("tax_number", "ACUPA7085R"),  # India, PAN
    ("national_id", "11010519491231002X"),  # China, resident identity card
    ("national_id", "15 070649 C 103"),  # Germany, pension insurance number
]


@pytest.mark.parametrize(("kind", "number"), ALONE)
def test_a_number_whose_form_and_check_digits_are_rare_blocks_by_itself(found, kind, number):
    assert found(f"Please check {number} for me") == [(kind, number)]


NAMED = [
    ("us_ssn", "SSN", "123 45 6789"),
    ("national_id", "PESEL", "44051401359"),
    ("national_id", "BSN", "111222333"),
    ("tax_number", "NIF", "501 964 843"),
    ("tax_number", "Steuer-ID", "36 574 261 809"),
    ("health_number", "NHS number", "943 476 5919"),
    ("tax_number", "UTR", "1955839661"),
    ("tax_number", "PPS", "6433435F"),
    ("national_id", "SVNR", "1237 010180"),
    ("national_id", "CPR", "2110625629"),
    ("national_id", "CNP", "1630615123457"),
    ("national_id", "OIB", "33392005961"),
    ("health_number", "AMKA", "01013099997"),
    ("national_id", "isikukood", "36805280109"),
    ("national_id", "TC kimlik", "17291716060"),
    ("national_id", "SIN", "123-456-782"),
    ("tax_number", "TFN", "123 456 782"),
    ("national_id", "Aadhaar", "2341 2341 2346"),
    ("national_id", "personnummer", "8112289874"),
]


@pytest.mark.parametrize(("kind", "name", "number"), NAMED)
def test_a_number_with_a_weak_check_digit_blocks_beside_its_name(found, kind, name, number):
    assert found(f"The {name} is {number}.") == [(kind, number)]


@pytest.mark.parametrize(("kind", "name", "number"), NAMED)
def test_and_is_a_number_like_others_without_it(found, kind, name, number):
    assert found(f"Article {number} is sold out.") == []


def test_the_head_of_a_table_names_the_numbers_of_its_rows(found):
    rows = "\n".join(
        f"Row {row},{number}" for row, number in enumerate(["17,4", "18,5", "19,6", "111222333", "20,7"])
    )

    assert found(f"Clean this up:\n\nname,bsn\n{rows}") == [("national_id", "111222333")]


@pytest.mark.parametrize(
    "text",
    ["000-12-3456", "666-12-3456", "123-00-4567", "54362315A", "20261120A", "QQ 12 34 56 C", "BSN 111222334"],
)
def test_numbers_that_nobody_can_have_do_not_block(found, text):
    assert found(f"Please check {text} for me") == []
