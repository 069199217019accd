"""The origin of a request: one reading of a peer's address, and of what our proxies say in its stead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal, NewType

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Scheme = Literal["http", "https"]
Subject = NewType("Subject", str)
"""The client as a limit by address counts it."""
Lines = Callable[[str], Iterable[str]]
"""Gives all lines of a header by its lower-case name, in the order in which they came."""

CUSTOMER_BITS = 64
"""Prefix of an IPv6 address; one customer of a provider has all the addresses behind it (RFC 6177)."""
MAPPED = IPv6Network("::ffff:0:0/96")
"""IPv4 as a socket of both families shows it (RFC 4291, section 2.5.5.2)."""
WITH_PORT = re.compile(r"(?:\[([^\]]+)\]|([0-9.]+))(?::[0-9]{1,5})?")
FORWARDED_FOR, FORWARDED_PROTO, FORWARDED = "x-forwarded-for", "x-forwarded-proto", "forwarded"
SIGNS = (FORWARDED_FOR, FORWARDED_PROTO, FORWARDED, "x-forwarded-host", "x-real-ip", "via")
"""Headers by which a proxy shows that it is there."""
SCHEMES: dict[str, Scheme] = {"http": "http", "ws": "http", "https": "https", "wss": "https"}
CHAR = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]"
PAIR = re.compile(
    rf"""[ \t]*+(?:({CHAR}+)=((?:{CHAR}|[:\[\]])+|"(?:[^"\\]|\\.)*+"))?[ \t]*+([;,]|$)""", re.ASCII
)
"""One pair of `Forwarded` and what ends it (RFC 7239, section 4). Ports and brackets are let pass without quotes."""
UNREADABLE = "unknown"
"""A hop without an address, as RFC 7239 calls it."""


class Proxies:
    """The networks whose word we take for where a request comes from."""

    __slots__ = ("_networks",)

    def __init__(self, *networks: Network) -> None:
        self._networks = networks

    @classmethod
    def parse(cls, text: str) -> Proxies:
        """Read addresses and networks, separated by commas.

        Raises:
            ValueError: With the one that is neither.
        """
        return cls(*(read_network(part.strip()) for part in text.split(",") if part.strip()))

    def __contains__(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)

    def __bool__(self) -> bool:
        return bool(self._networks)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Proxies) and self._networks == other._networks

    def __hash__(self) -> int:
        return hash(self._networks)

    def __str__(self) -> str:
        return ",".join(map(str, self._networks))

    def __repr__(self) -> str:
        return f"Proxies({self})"

    def address(self, peer: str | None, lines: Lines) -> Address | None:
        """Return the rightmost hop that is no proxy of ours: whatever is further left, anybody can have written.

        A proxy writes one of two headers and may pass on the other as it came, which anybody can have written too:
        where they disagree, neither counts. None is a peer without an address, on a Unix socket.
        """
        address = read_address(peer or "")
        if address not in self:
            return address
        each = (split(lines(FORWARDED_FOR)), forwarded(lines(FORWARDED), "for"))
        said = {self._nearest_stranger(address, hops) for hops in each if hops}
        return said.pop() if len(said) == 1 else address

    def _nearest_stranger(self, proxy: Address | None, hops: list[str]) -> Address | None:
        """Walk from our peer towards the client; a hop that cannot be read is known by the proxy that passed it on."""
        address = proxy
        for hop in reversed(hops):
            said = read_address(hop) if address in self else None
            if said is None:
                break
            address = said
        return address

    def scheme(self, peer: str | None, ours: str, lines: Lines) -> Scheme:
        """Return what the client speaks to the nearest proxy of ours, or to us."""
        said: list[str] = []
        if read_address(peer or "") in self:
            said = split(lines(FORWARDED_PROTO)) or forwarded(lines(FORWARDED), "proto")
        return SCHEMES.get(said[-1].lower() if said else ours, SCHEMES.get(ours, "http"))


NO_PROXIES = Proxies()


def subject(address: Address | None) -> Subject:
    """Return whom a limit counts: an address, or where one customer has very many, all of them together."""
    if isinstance(address, IPv6Address):
        network = int(address) >> (128 - CUSTOMER_BITS) << (128 - CUSTOMER_BITS)
        return Subject(f"{IPv6Address(network)}/{CUSTOMER_BITS}")
    return Subject(str(address) if address is not None else "local")


def shows_proxy(lines: Lines) -> bool:
    """Say whether the headers show that somebody has passed this on."""
    return any(True for name in SIGNS for _ in lines(name))


def read_address(text: str) -> Address | None:
    """Read an address as sockets and headers have it: plain, in brackets, with a port, IPv4 mapped into IPv6."""
    with_port = WITH_PORT.fullmatch(text)
    bare = (with_port[1] or with_port[2]) if with_port else text
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        # Without its zone, which says by which of our interfaces it came.
        return address.ipv4_mapped or IPv6Address(int(address))
    return address


def read_network(text: str) -> Network:
    """Read an address or network.

    Raises:
        ValueError: It is neither.
    """
    network = ip_network(text)
    if isinstance(network, IPv6Network) and network.subnet_of(MAPPED):
        mapped = network.network_address.ipv4_mapped
        return IPv4Network((int(mapped or 0), network.prefixlen - MAPPED.prefixlen))
    return network


def split(lines: Iterable[str]) -> list[str]:
    return [part.strip() for line in lines for part in line.split(",") if part.strip()]


def forwarded(lines: Iterable[str], name: str) -> list[str]:
    """Return a parameter of each hop in `Forwarded`.

    In a line that cannot be read no hop can: a quote that a client has left open reaches into what our proxy has added.
    """
    hops: list[str] = []
    for line in lines:
        hops += read_forwarded(line, name) or [UNREADABLE]
    return hops


def read_forwarded(line: str, name: str) -> list[str] | None:
    hops, hop, at = [], UNREADABLE, 0
    while at <= len(line):
        pair = PAIR.match(line, at)
        if pair is None:
            return None
        if (pair[1] or "").lower() == name:
            hop = re.sub(r"\\(.)", r"\1", pair[2][1:-1]) if pair[2].startswith('"') else pair[2]
        if pair[3] != ";":
            hops.append(hop)
            hop = UNREADABLE
        at = pair.end() if pair[3] else len(line) + 1
    return hops
