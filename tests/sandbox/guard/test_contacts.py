"""Addresses and telephone numbers warn, unless they are reserved for examples and stories."""

import pytest


@pytest.mark.parametrize(
    "address",
    ["anna.weiss@firm.com", "o'neil+news@mail.corp.co.uk", "søren@bücher.de", "ADA@X9.IO", "a@b.museum"],
)
def test_an_email_address_warns(found, address):
    assert found(f"Write to <{address}>, please.") == [("email", address)]


@pytest.mark.parametrize(
    "text", ["(_anna@firm.com_)", "anna@firm.com-based", "mailto:anna@firm.com?subject=Hi", "anna@firm.com."]
)
def test_what_stands_around_an_address_does_not_hide_it(found, text):
    assert found(text) == [("email", "anna@firm.com")]


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.com",
        "ada@mail.example.org",
        "ada@shop.example",
        "ada@host.test",
        "ada@nowhere.invalid",
        "root@localhost",
        "git@github.com:team/repo.git",
        "@angular/core and lodash@4.17.21",
        "meet @ 10:30",
    ],
)
def test_reserved_domains_and_other_at_signs_do_not(found, text):
    assert found(text) == []


@pytest.mark.parametrize(
    "number",
    [
        "+49 30 901820",  # Berlin's city hall
        "+1 (415) 555-2671",
        "0044 20 7031 3000",
        "415-555-2671",
        "(212) 736-5000",
        "06 12 34 56 78",
        "020 7031 3000",
        "0151 23456789",
    ],
)
def test_a_telephone_number_in_a_usual_form_warns(found, number):
    assert found(f"It was {number} I think.") == [("phone", number)]


@pytest.mark.parametrize(
    "text", ["Call 4155552671", "mobile: 0612345678", "Handy 015123456789", "phone 415 555 2671"]
)
def test_a_number_without_grouping_warns_when_a_word_says_what_it_is(found, text):
    assert [kind for kind, _ in found(text)] == ["phone"]


def test_the_region_tells_national_numbers_from_others(found):
    text = "Zentrale (089) 233-96500"

    assert found(text) == []
    assert found(text, region="DE") == [("phone", "(089) 233-96500")]


@pytest.mark.parametrize(
    "number",
    [
        "+1 202 555 0147",
        "(415) 555-0199",
        "+44 7700 900123",
        "07700 900123",
        "020 7946 0958",
        "+44 1632 960001",
        "+33 1 99 00 12 34",
        "06 39 98 12 34",
        "+49 30 23125 123",
        "0171 3920012",
    ],
)
def test_numbers_that_are_reserved_for_stories_do_not(found, number):
    """Sources: NANPA, Ofcom, Arcep, Bundesnetzagentur; see the docstring of `phones`."""
    assert found(f"Call {number}") == []


@pytest.mark.parametrize(
    "text", ["order 4155552671", "2026-11-20 14:00", "call on 2026-11-20 at 14:00", "1200 800 400", "+12 %"]
)
def test_other_digits_are_no_telephone_numbers(found, text):
    assert found(text) == []


@pytest.mark.parametrize("address", ["8.8.8.8", "193.99.144.85", "2001:4860:4860::8888"])
def test_a_public_ip_address_warns(found, address):
    assert found(f"Requests from {address} fail") == [("ip_address", address)]


@pytest.mark.parametrize(
    "text",
    [
        "192.168.10.24",
        "127.0.0.1",
        "192.0.2.10",  # RFC 5737
        "2001:db8::1",  # RFC 3849
        "999.1.1.1",
        "version 4.18.2.1",
        "from firmware 2.7.1.4 to 2.8.0.0",
        "clause 4.2.1.3",
        "at 12:30:45",
        "std::abc",
    ],
)
def test_private_and_documented_networks_and_versions_do_not(found, text):
    assert found(text) == []


@pytest.mark.parametrize(
    "address",
    [
        "12 Baker Street",
        "221B Baker St",
        "1600 Pennsylvania Ave",
        "Hauptstraße 12",
        "Berliner Straße 5a",
        "Lindenweg 7",
        "12 rue de la Paix",
        "Calle Mayor 10",
        "Via Roma, 12",
        "Kerkstraat 15",
        "Storgatan 5",
        "ul. Marszałkowska 10",
        "P.O. Box 123",
    ],
)
def test_a_street_with_a_number_warns(found, address):
    assert found(f"Lives at: {address}.") == [("street_address", address)]


@pytest.mark.parametrize(
    "text",
    [
        "3 Google Drive folders",
        "via Teams 3 times",
        "a 2 way street",
        "Road 66 is long",
        "Phase 2 of the 2027 Roadmap",
        "Umweg 30 %",
    ],
)
def test_other_uses_of_those_words_do_not(found, text):
    assert found(text) == []
