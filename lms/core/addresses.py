"""Addresses that this server may call: checked as they are entered, pinned to the machine they were checked for.

Whoever may enter an address could otherwise make Praxis call what only Praxis can reach: the database's network, a
cloud's metadata service, the machine itself. So an address is read strictly, its name is resolved once, every
answer must be a public address, and the connection then goes to that answer and no other: a name that resolves to
something else a second later (DNS rebinding) changes nothing.

A company lists its own hosts in ``PRAXIS_INTERNAL_HOSTS``. Those may be private, loopback and without TLS; a metadata
service, multicast or a reserved range they may not be, whatever their name resolves to.

Source: OWASP ASVS 5.0, v5.0.0-1.3.6; the reading of numbers as hosts is that of the WHATWG URL standard.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from lms.core.errors import ActionRefused

PORTS = {"https": 443, "http": 80}
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Iterable[str]]

LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")

METADATA = [
    ipaddress.ip_network(text)
    for text in (
        "169.254.0.0/16",  # most clouds
        "fe80::/10",
        "fd00:ec2::254/128",
        "100.100.100.200/32",
        "168.63.129.16/32",  # a public address that answers only inside one cloud
        "192.0.0.192/32",
    )
]
# Each of these carries an IPv4 address, which a translator on the way may unpack.
WRAPPED = [
    ipaddress.ip_network(text)
    for text in ("::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]
COMPANY = [
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "fc00::/7",
        "::1/128",
    )
]

GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # Python calls some of what lies outside of it global


@dataclass(frozen=True)
class SafeAddress:
    """An address that may be called.

    Attributes:
        url: As checked: scheme and host in small letters, the port only where it is not the usual one, no
            trailing slash.
        host: The name that TLS must prove, or an IP address without brackets.
        ip: Where to connect; never resolve `host` again.
    """

    url: str
    host: str
    port: int
    ip: str


class UnsafeAddress(ActionRefused):
    """The address may not be called; the message says why and what to do."""


def resolve_host(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host, the system's first choice first; empty when it has none.

    Cost: asks the resolver of this machine, which may take seconds. Call it outside of the event loop.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(address[0]) for *_kind, address in found]


def check_address(url: str, *, allow_hosts: Collection[str], resolve: Resolver = resolve_host) -> SafeAddress:
    """Return the address with the one IP address that it stands for.

    Args:
        url: What a person entered, such as ``https://models.example.com/v1``.
        allow_hosts: Host names or IP addresses of the company's own network (``PRAXIS_INTERNAL_HOSTS``).
        resolve: Gives the IP addresses of a host.

    Raises:
        UnsafeAddress: It cannot be read in exactly one way, is not https, or leads into a network that this
            server must not call.
    """
    parts = _split(url)
    host = _host_of(parts)
    is_allowed = host in {each.lower().strip("[]").rstrip(".") for each in allow_hosts}
    if parts.scheme == "http" and not is_allowed:
        _refuse(
            _(
                "“%(host)s” would be called without encryption. Start the address with https://, or have "
                "the host added to PRAXIS_INTERNAL_HOSTS."
            ),
            host=host,
        )
    port = _port_of(parts)
    found = [_ip(host)] if _ip(host) else [_ip(each) for each in resolve(host, port)]
    addresses = [address for address in found if address is not None]
    if not addresses or len(addresses) < len(found):
        _refuse(
            _("“%(host)s” was not found. Check the spelling, and that this server can resolve the name."),
            host=host,
        )
    for address in addresses:
        if not _may_be_called(address, is_allowed=is_allowed):
            _refuse(
                _(
                    "“%(host)s” leads into a network that Praxis does not call. If it is a server of your "
                    "company, have it added to PRAXIS_INTERNAL_HOSTS."
                ),
                host=host,
            )
    return SafeAddress(_written(parts, host, port), host, port, str(addresses[0]))


def _split(url: str) -> SplitResult:
    # Python drops tabs and line ends before it parses, other programs do not.
    if re.search(r"[\x00-\x20\x7f\\]", url) or not url.isascii():
        _refuse(
            _(
                "An address holds no spaces, backslashes or letters outside of ASCII. Write an "
                "international name in its xn-- form."
            )
        )
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  read for its ValueError
    except ValueError:
        _refuse(_("That is not an address. Write it like https://models.example.com/v1."))
    if parts.scheme not in PORTS or not parts.hostname:
        _refuse(_("That is not an address. Write it like https://models.example.com/v1."))
    if "@" in parts.netloc:
        _refuse(_("An address carries no user name or password. Enter the key in its own field."))
    if parts.query or parts.fragment or "?" in url or "#" in url:
        _refuse(_("Leave out what follows the path, from “?” or “#” on."))
    return parts


def _host_of(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if "[" in parts.netloc:
        address = _ip(host)
        if address is None:
            _refuse(_("“%(host)s” is not an IP address."), host=host)
        return str(address)
    labels = host.split(".")
    if len(host) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        _refuse(_("“%(host)s” is not the name of a host."), host=host)
    # A browser reads 2130706433, 0x7f.1 and 0177.0.0.1 as 127.0.0.1; we read only the usual form.
    if NUMBER.fullmatch(labels[-1]) and _ip(host) is None:
        _refuse(_("Write “%(host)s” as a name or as four decimal numbers such as 203.0.113.7."), host=host)
    return host


def _port_of(parts: SplitResult) -> int:
    if parts.port == 0:
        _refuse(_("A port is a number from 1 to 65535."))
    return parts.port or PORTS[parts.scheme]


def _ip(text: str) -> IPAddress | None:
    try:
        return (
            None if "%" in text else ipaddress.ip_address(text)
        )  # no scopes: they mean one link's neighbors
    except ValueError:
        return None


def _may_be_called(address: IPAddress, *, is_allowed: bool) -> bool:
    if any(address in network for network in METADATA):
        return False
    if any(address in network for network in COMPANY):
        return is_allowed
    if any(address in network for network in WRAPPED):
        return False
    if address.version == 6 and address not in GLOBAL_UNICAST:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _written(parts: SplitResult, host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    suffix = "" if port == PORTS[parts.scheme] else f":{port}"
    return f"{parts.scheme}://{name}{suffix}{parts.path.rstrip('/')}"


def _refuse(sentence: str, **values: str) -> NoReturn:
    raise UnsafeAddress(sentence % values if values else sentence)
