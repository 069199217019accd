"""An origin: which site a page belongs to, written as browsers write it.

`Origin` values come from this module alone, so whoever has one may compare it, store it and put it into a header.
Text that was only looked at may not: a browser drops a `frame-ancestors` with a letter beyond ASCII in it, and then
every site may frame the page.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import NewType

import idna

Origin = NewType("Origin", str)
"""Scheme, host and perhaps a port: ASCII, in lower case, without the port that the scheme has anyway."""

OPAQUE = Origin("null")
"""Of pages that belong to no site, such as files and sandboxed frames. Nobody can allow it by name."""
DEFAULT_PORTS = {"http": "80", "https": "443"}
SPLIT = re.compile(
    r"(?P<scheme>[^:/?#]*)://(?P<host>\[[^\]]*\]|[^:/?#\\]*)(?P<port>:[^/?#\\]*)?(?P<rest>.*)", re.DOTALL
)
HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?")
"""Underscores are in no host name, but in many a company's own network, and browsers take them."""
PORT = re.compile(r":?0*(\d{0,5})", re.ASCII)
MAX_HOST_CHARS = 253
MAX_PORT = 65_535
NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
"""A last label like this makes a browser read the host as an IPv4 address."""
SOURCE = re.compile(r"[a-z]+://[a-z0-9.-]+(?::\d+)?")


class NotAnOrigin(ValueError):
    """The text names no origin; the message says why, after "is no origin: "."""


def parse_origin(text: str) -> Origin:
    """Read an origin as people write it: capitals, umlauts, the default port and a slash at the end are forgiven.

    Raises:
        NotAnOrigin: It is none, or more than one.
    """
    found = SPLIT.fullmatch(text)
    if found is None:
        raise NotAnOrigin("begin with https:// or http://")
    scheme, host, port, rest = found["scheme"].lower(), found["host"], found["port"] or "", found["rest"]
    if scheme not in DEFAULT_PORTS:
        raise NotAnOrigin("only https:// and http:// have sites that can be named")
    if "@" in host + port:
        raise NotAnOrigin("leave out the user before the @")
    host, port = _read_host(host), _read_port(port, scheme)
    if rest not in ("", "/"):
        raise NotAnOrigin("leave out what comes after the host and port")
    return Origin(f"{scheme}://{host}{port}")


@lru_cache(maxsize=512)
def read_origin(header: str) -> Origin:
    """Return the origin that a browser's `Origin` header names.

    `OPAQUE` for `null`, for schemes other than http and https, and for whatever no browser writes.
    """
    try:
        origin = parse_origin(header)
    except NotAnOrigin:
        return OPAQUE
    return origin if origin == header else OPAQUE


@lru_cache(maxsize=512)
def origin_of(scheme: str, host: str) -> Origin | None:
    """Return the origin of a page whose request had this `Host`, written however it was."""
    try:
        return parse_origin(f"{scheme}://{host}")
    except NotAnOrigin:
        return None


def is_host(header: str) -> bool:
    """Tell whether a `Host` header names a host, and perhaps a port, as a browser does."""
    return header.isascii() and "/" not in header and origin_of("http", header) is not None


def scheme_of(origin: Origin) -> str:
    return origin.partition("://")[0]


def host_of(origin: Origin) -> str:
    """Return what comes after the scheme, the port included."""
    return origin.partition("://")[2]


def is_source(origin: Origin) -> bool:
    """Tell whether a policy can name it: source lists know neither IPv6 addresses nor underscores (CSP 3, 2.3.1)."""
    return SOURCE.fullmatch(origin) is not None


def _read_host(text: str) -> str:
    if text.startswith("["):
        return f"[{_read_ipv6(text[1:-1])}]"
    if not text:
        raise NotAnOrigin("the host is missing")
    if "*" in text:
        raise NotAnOrigin("there are no wildcards; name each site")
    host = _to_ascii(text).lower()
    if len(host) > MAX_HOST_CHARS or not HOST.fullmatch(host):
        raise NotAnOrigin("no host has such a name")
    if NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        try:
            return str(IPv4Address(host))
        except AddressValueError:
            raise NotAnOrigin("write the IP address as four numbers") from None
    return host


def _to_ascii(host: str) -> str:
    """Write the labels beyond ASCII as browsers do: UTS 46, not transitional."""
    if host.isascii():
        return host
    try:
        mapped = idna.uts46_remap(host, std3_rules=False, transitional=False)
    except idna.IDNAError:
        raise NotAnOrigin("no host has such a name") from None
    # `idna.encode` would also refuse what was never to be registered, such as ☃, which browsers open.
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode()}"
        for label in mapped.split(".")
    )


def _read_ipv6(text: str) -> str:
    try:
        address = IPv6Address(text)
    except AddressValueError:
        raise NotAnOrigin("no IPv6 address is written so") from None
    if address.scope_id is not None:
        raise NotAnOrigin("leave out the zone after the %")
    # Browsers write the last four bytes as hexadecimal, too; Python does so up to 3.12.
    mapped = address.ipv4_mapped
    return str(address) if mapped is None else f"::ffff:{int(mapped) >> 16:x}:{int(mapped) & 0xFFFF:x}"


def _read_port(text: str, scheme: str) -> str:
    digits = PORT.fullmatch(text)
    if digits is None or int(digits[1] or 0) > MAX_PORT:
        raise NotAnOrigin(f"a port is a number up to {MAX_PORT}")
    return "" if digits[1] in ("", DEFAULT_PORTS[scheme]) else f":{digits[1]}"
