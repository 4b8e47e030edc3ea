"""Which addresses the server may call: the many ways to write one that leads inside are all refused."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.addresses import SafeAddress, UnsafeAddress, check_address, resolve_host

PUBLIC = "203.0.114.7"


class Resolver:
    """Knows some names and remembers what it was asked."""

    def __init__(self, names: dict[str, list[str]]):
        self.names = names
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        return self.names.get(host, [])


def resolver(**names: list[str]) -> Resolver:
    """Return a resolver that knows these names, "_" standing for a dot."""
    return Resolver({name.replace("_", "."): addresses for name, addresses in names.items()})


def refusal(url: str, *, allow_hosts=(), resolve=None) -> str:
    with pytest.raises(UnsafeAddress) as refused:
        check_address(url, allow_hosts=allow_hosts, resolve=resolve or resolver(models_example_com=[PUBLIC]))
    return refused.value.message


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (
            "https://models.example.com/v1",
            ("https://models.example.com/v1", "models.example.com", 443, PUBLIC),
        ),
        ("https://models.example.com", ("https://models.example.com", "models.example.com", 443, PUBLIC)),
        (
            "HTTPS://Models.Example.COM./v1/",
            ("https://models.example.com/v1", "models.example.com", 443, PUBLIC),
        ),
        (
            "https://models.example.com:8443/v1",
            ("https://models.example.com:8443/v1", "models.example.com", 8443, PUBLIC),
        ),
        (
            "https://models.example.com:443/v1",
            ("https://models.example.com/v1", "models.example.com", 443, PUBLIC),
        ),
        ("https://8.8.4.4/v1", ("https://8.8.4.4/v1", "8.8.4.4", 443, "8.8.4.4")),
        (
            "https://[2001:4860:4860::8844]/v1",
            ("https://[2001:4860:4860::8844]/v1", "2001:4860:4860::8844", 443, "2001:4860:4860::8844"),
        ),
    ],
)
def test_a_public_address_is_written_in_one_way_and_pinned(url, address):
    resolve = resolver(models_example_com=[PUBLIC])

    assert check_address(url, allow_hosts=[], resolve=resolve) == SafeAddress(*address)


def test_a_name_is_resolved_exactly_once():
    resolve = resolver(models_example_com=[PUBLIC])

    check_address("https://models.example.com:8443/v1", allow_hosts=[], resolve=resolve)

    assert resolve.asked == [("models.example.com", 8443)]


@pytest.mark.parametrize(
    "ip",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "10.0.0.5", "172.16.0.1", "172.31.255.255"),
        *("192.168.1.1", "100.64.0.1", "169.254.169.254", "169.254.0.1", "100.100.100.200"),
        *("168.63.129.16", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
        *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1", "fec0::1", "fc00::1", "fd12:3456::1", "fd00:ec2::254", "ff02::1"),
        *("2001:db8::1", "100::1", "5f00::1", "4000::1"),
        *("::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:a00:1", "::127.0.0.1", "::8.8.8.8"),
        *("64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
    ],
)
def test_an_address_inside_is_refused_written_out_as_the_answer_for_a_name_and_beside_a_public_one(ip):
    literal = f"https://[{ip}]/v1" if ":" in ip else f"https://{ip}/v1"

    assert "leads into a network that Praxis does not call" in refusal(literal)
    for answer in ([ip], [PUBLIC, ip], [ip, PUBLIC]):
        assert refusal("https://rebind.example/v1", resolve=resolver(rebind_example=answer)) == (
            "“rebind.example” leads into a network that Praxis does not call. If it is a server of your company, "
            "have it added to PRAXIS_INTERNAL_HOSTS."
        )


@pytest.mark.parametrize(
    "host",
    [
        *("2130706433", "0x7f000001", "0x7F.1", "127.1", "127.0.1", "0177.0.0.1", "017700000001"),
        *("127.0.0.01", "127.0.0.0x1", "256.1.1.1", "1.2.3.4.5", "example.123", "3232235521", "0x"),
    ],
)
def test_a_number_that_programs_read_differently_is_no_host(host):
    assert refusal(f"https://{host}/v1", resolve=lambda *_: [PUBLIC]) == (
        f"Write “{host.lower()}” as a name or as four decimal numbers such as 203.0.113.7."
    )


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://exa\tmple.com",
            "https://example.com/\nHost:x",
            "https://example.com\\@10.0.0.1",
            " https://a.b",
        ),
        *(
            "https://１２７.0.0.1",
            "https://127。0。0。1",
            "https://ⓛocalhost",
            "https://bücher.example",
            "https://a\x00b",
        ),
    ],
)
def test_what_other_programs_would_clean_up_first_is_refused(url):
    assert "no spaces, backslashes or letters outside of ASCII" in refusal(url, resolve=lambda *_: [PUBLIC])


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "That is not an address. Write it like https://models.example.com/v1."),
        ("models.example.com", "That is not an address. Write it like https://models.example.com/v1."),
        ("//models.example.com", "That is not an address. Write it like https://models.example.com/v1."),
        ("https:///v1", "That is not an address. Write it like https://models.example.com/v1."),
        ("https://", "That is not an address. Write it like https://models.example.com/v1."),
        ("https://[::1", "That is not an address. Write it like https://models.example.com/v1."),
        ("file:///etc/passwd", "That is not an address. Write it like https://models.example.com/v1."),
        (
            "gopher://models.example.com/",
            "That is not an address. Write it like https://models.example.com/v1.",
        ),
        (
            "https://models.example.com:99999",
            "That is not an address. Write it like https://models.example.com/v1.",
        ),
        (
            "https://models.example.com:8x",
            "That is not an address. Write it like https://models.example.com/v1.",
        ),
        ("https://models.example.com:0", "A port is a number from 1 to 65535."),
        (
            "https://ada:hush@models.example.com",
            "An address carries no user name or password. Enter the key in its own field.",
        ),
        (
            "https://models.example.com@10.0.0.1/",
            "An address carries no user name or password. Enter the key in its own field.",
        ),
        (
            "https://@models.example.com",
            "An address carries no user name or password. Enter the key in its own field.",
        ),
        ("https://models.example.com/?key=1", "Leave out what follows the path, from “?” or “#” on."),
        ("https://models.example.com/#v1", "Leave out what follows the path, from “?” or “#” on."),
        ("https://models.example.com?", "Leave out what follows the path, from “?” or “#” on."),
        ("https://127.0.0.1%2f.example.com", "“127.0.0.1%2f.example.com” is not the name of a host."),
        ("https://-models.example.com", "“-models.example.com” is not the name of a host."),
        ("https://models..example.com", "“models..example.com” is not the name of a host."),
        (f"https://{'a' * 64}.example", f"“{'a' * 64}.example” is not the name of a host."),
        ("https://[fe80::1%25eth0]/", "“fe80::1%25eth0” is not an IP address."),
        (
            "https://gone.example.com",
            "“gone.example.com” was not found. Check the spelling, and that this server can resolve the name.",
        ),
    ],
)
def test_what_cannot_be_read_in_one_way_is_refused_with_a_remedy(url, sentence):
    assert refusal(url) == sentence


@pytest.mark.parametrize(
    "url",
    [
        "http://models.example.com/v1",
        "http://localhost:11434/v1",
        "http://127.0.0.1:11434",
        "http://[::1]:8000",
    ],
)
def test_without_encryption_only_hosts_that_the_company_named_are_called(url):
    assert "would be called without encryption" in refusal(
        url, resolve=resolver(models_example_com=[PUBLIC], localhost=["127.0.0.1"])
    )


@pytest.mark.parametrize(
    ("url", "allowed", "ip"),
    [
        ("http://localhost:11434/v1", "localhost", "127.0.0.1"),
        ("http://127.0.0.1:11434/v1", "127.0.0.1", "127.0.0.1"),
        ("http://[::1]:11434/v1", "[::1]", "::1"),
        ("http://llm:8080/v1", "LLM", "10.0.0.5"),
        ("https://gpu.larkfield.example/v1", "gpu.larkfield.example", "fd12:3456::7"),
    ],
)
def test_a_host_that_the_company_named_may_be_inside(url, allowed, ip):
    resolve = resolver(localhost=["127.0.0.1"], llm=["10.0.0.5"], gpu_larkfield_example=["fd12:3456::7"])

    assert check_address(url, allow_hosts=[allowed], resolve=resolve).ip == ip


@pytest.mark.parametrize(
    "ip",
    [
        *("169.254.169.254", "100.100.100.200", "168.63.129.16", "fd00:ec2::254", "fe80::1"),
        *("224.0.0.1", "0.0.0.0", "240.0.0.1", "::ffff:10.0.0.5", "ff02::1"),
    ],
)
def test_not_even_a_named_host_may_be_a_metadata_service_or_no_host_at_all(ip):
    assert "does not call" in refusal("http://llm/v1", allow_hosts=["llm"], resolve=resolver(llm=[ip]))


def test_naming_one_host_lets_in_no_other():
    resolve = resolver(llm_evil_example=["10.0.0.5"], llm=["10.0.0.5"])

    assert "does not call" in refusal("https://llm.evil.example", allow_hosts=["llm"], resolve=resolve)
    assert "without encryption" in refusal("http://llm.evil.example", allow_hosts=["llm"], resolve=resolve)


def test_an_answer_that_is_no_ip_address_counts_as_none():
    assert "was not found" in refusal(
        "https://odd.example", resolve=resolver(odd_example=[PUBLIC, "fe80::1%x"])
    )


@given(st.text(max_size=60))
def test_whatever_is_entered_is_either_refused_or_pinned_to_a_public_address(text):
    for url in (text, f"https://{text}", f"https://{text}.example/v1"):
        try:
            found = check_address(url, allow_hosts=[], resolve=lambda *_: [PUBLIC])
        except UnsafeAddress:
            continue
        assert found.url.startswith("https://")
        assert found.ip in {PUBLIC, found.host}


def test_the_resolver_of_this_machine_is_asked_for_streams_only(monkeypatch):
    def answer(host, port, *, type):  # noqa: A002  its name in the library
        assert (host, port, type) == ("models.example.com", 443, socket.SOCK_STREAM)
        return [
            (socket.AF_INET, type, 6, "", (PUBLIC, 443)),
            (socket.AF_INET6, type, 6, "", ("::1", 443, 0, 0)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answer)

    assert resolve_host("models.example.com", 443) == [PUBLIC, "::1"]


@pytest.mark.parametrize(
    "error", [socket.gaierror("unknown"), UnicodeError("label too long"), OSError("down")]
)
def test_a_name_that_cannot_be_resolved_has_no_address(monkeypatch, error):
    def answer(*_arguments, **_options):
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", answer)

    assert resolve_host("gone.example.com", 443) == []
