"""The origin of a request: a table of what peers and proxies say."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.values.client import NO_PROXIES, Proxies, read_address, read_forwarded, shows_proxy, subject

OURS = Proxies.parse("127.0.0.1, 10.0.0.0/8, fd00::/8, ::1, ::ffff:172.16.0.0/108")
XFF, FORWARDED, PROTO = "X-Forwarded-For", "Forwarded", "X-Forwarded-Proto"
PROXY = "127.0.0.1"
Headers = list[tuple[str, str]]


def lines(headers: Headers, name: str) -> list[str]:
    return [value for key, value in headers if key.lower() == name]


def found(peer: str | None, headers: Headers, proxies: Proxies = OURS) -> str:
    return str(proxies.address(peer, lambda name: lines(headers, name)))


CLIENTS: dict[str, tuple[str | None, Headers, str]] = {
    "nobody between": ("192.0.2.7", [], "192.0.2.7"),
    "a stranger that plays a proxy": ("192.0.2.7", [(XFF, "203.0.113.1")], "192.0.2.7"),
    "a stranger with Forwarded": ("192.0.2.7", [(FORWARDED, "for=203.0.113.1")], "192.0.2.7"),
    "a proxy": (PROXY, [(XFF, "203.0.113.1")], "203.0.113.1"),
    "a proxy, seen by a socket of both families": ("::ffff:127.0.0.1", [(XFF, "203.0.113.1")], "203.0.113.1"),
    "a proxy of a network": ("10.1.2.3", [(XFF, "203.0.113.1")], "203.0.113.1"),
    "a proxy of a network given as mapped": ("172.16.1.1", [(XFF, "203.0.113.1")], "203.0.113.1"),
    "a proxy over IPv6": ("fd00::7", [(XFF, "2001:db8::1")], "2001:db8::1"),
    "a proxy with a zone": ("fd00::7%eth0", [(XFF, "2001:db8::1")], "2001:db8::1"),
    "a proxy that says nothing": (PROXY, [], "127.0.0.1"),
    "a proxy that says it with nothing": (PROXY, [(XFF, " , ")], "127.0.0.1"),
    "what a client has written before": (PROXY, [(XFF, "10.0.0.1, 198.51.100.1, 203.0.113.1")], "203.0.113.1"),
    "two proxies": (PROXY, [(XFF, "198.51.100.1, 203.0.113.1, 10.0.0.9")], "203.0.113.1"),
    "two proxies, a line each": (PROXY, [(XFF, "203.0.113.1"), (XFF, "10.0.0.9")], "203.0.113.1"),
    "a client's line before the proxy's": (PROXY, [(XFF, "127.0.0.1"), (XFF, "203.0.113.1")], "203.0.113.1"),
    "proxies all the way": (PROXY, [(XFF, "10.0.0.1, 10.0.0.2")], "10.0.0.1"),
    "no space": (PROXY, [(XFF, "198.51.100.1,203.0.113.1")], "203.0.113.1"),
    "tabs": (PROXY, [(XFF, "198.51.100.1,\t203.0.113.1\t")], "203.0.113.1"),
    "an end with a comma": (PROXY, [(XFF, "203.0.113.1,")], "203.0.113.1"),
    "a port": (PROXY, [(XFF, "203.0.113.1:4711")], "203.0.113.1"),
    "brackets": (PROXY, [(XFF, "[2001:db8::1]")], "2001:db8::1"),
    "brackets and a port": (PROXY, [(XFF, "[2001:db8::1]:4711")], "2001:db8::1"),
    "long IPv6 in capitals": (PROXY, [(XFF, "2001:0DB8:0:0:0:0:0:1")], "2001:db8::1"),
    "mapped in the header": (PROXY, [(XFF, "::ffff:203.0.113.1")], "203.0.113.1"),
    "a proxy mapped in the header": (PROXY, [(XFF, "203.0.113.1, ::ffff:10.0.0.1")], "203.0.113.1"),
    "unknown": (PROXY, [(XFF, "unknown")], "127.0.0.1"),
    "nginx on a Unix socket": (PROXY, [(XFF, "unix:")], "127.0.0.1"),
    "a name": (PROXY, [(XFF, "203.0.113.1, localhost")], "127.0.0.1"),
    "rubbish before": (PROXY, [(XFF, "<script>, 203.0.113.1")], "203.0.113.1"),
    "rubbish beyond another proxy": (PROXY, [(XFF, "1.2.3, 10.0.0.5")], "10.0.0.5"),
    "octets with zeros before": (PROXY, [(XFF, "0203.000.113.001")], "127.0.0.1"),
    "a number": (PROXY, [(XFF, "3405803777")], "127.0.0.1"),
    "two ports": (PROXY, [(XFF, "203.0.113.1:1:2")], "127.0.0.1"),
    "a port in Arabic digits": (PROXY, [(XFF, "203.0.113.1:٤")], "127.0.0.1"),
    "Forwarded": (PROXY, [(FORWARDED, "for=203.0.113.1;proto=https;by=10.0.0.1")], "203.0.113.1"),
    "Forwarded in capitals": (PROXY, [(FORWARDED, "Proto=https;FOR=203.0.113.1")], "203.0.113.1"),
    "Forwarded, IPv6 and a port": (PROXY, [(FORWARDED, 'for="[2001:db8::1]:4711"')], "2001:db8::1"),
    "Forwarded, IPv6 without quotes": (PROXY, [(FORWARDED, "for=[2001:db8::1]")], "2001:db8::1"),
    "Forwarded with escapes": (PROXY, [(FORWARDED, r'for="203.0.113\.1"')], "203.0.113.1"),
    "Forwarded by two": (PROXY, [(FORWARDED, "for=198.51.100.1, for=203.0.113.1, for=10.0.0.9")], "203.0.113.1"),
    "Forwarded, a line each": (PROXY, [(FORWARDED, "for=10.0.0.1"), (FORWARDED, "for=203.0.113.1")], "203.0.113.1"),
    "Forwarded without for": (PROXY, [(FORWARDED, "for=198.51.100.1, proto=https")], "127.0.0.1"),
    "Forwarded, a pseudonym": (PROXY, [(FORWARDED, "for=_hidden")], "127.0.0.1"),
    "a quote left open before what the proxy adds": (PROXY, [(FORWARDED, 'for=";x=, for=203.0.113.1')], "127.0.0.1"),
    "a quote around what the proxy adds": (
        PROXY, [(FORWARDED, 'for=198.51.100.1;x=", for="[2001:db8::1]"')], "127.0.0.1",
    ),
    "both headers, and they agree": (
        PROXY, [(XFF, "203.0.113.1"), (FORWARDED, "for=203.0.113.1")], "203.0.113.1",
    ),
    "both headers, one of them the client's": (
        PROXY, [(XFF, "203.0.113.1"), (FORWARDED, "for=198.51.100.1")], "127.0.0.1",
    ),
    "no address at all": (None, [(XFF, "203.0.113.1")], "None"),
    "a socket that has gone": ("", [], "None"),
}  # fmt: skip


@pytest.mark.parametrize("name", CLIENTS)
def test_the_client_is_the_nearest_hop_that_is_not_ours(name: str) -> None:
    peer, headers, expected = CLIENTS[name]
    assert found(peer, headers) == expected


@pytest.mark.parametrize("name", CLIENTS)
def test_without_proxies_of_ours_the_client_is_the_peer(name: str) -> None:
    peer, headers, _ = CLIENTS[name]
    assert found(peer, headers, NO_PROXIES) == str(read_address(peer or ""))


@given(st.text(max_size=60), st.sampled_from([XFF, FORWARDED]))
def test_a_client_is_never_believed_about_its_address(forged: str, header: str) -> None:
    """Behind a proxy that adds to what has come, in the same line or in one of its own."""
    real = "203.0.113.1" if header == XFF else "for=203.0.113.1"
    for headers in ([(header, f"{forged}, {real}")], [(header, forged), (header, real)]):
        assert found("127.0.0.1", headers) in {"203.0.113.1", "127.0.0.1"}


@pytest.mark.parametrize(
    "filling", [" ", "\t", ",", ";", '"', "a", "a=", "for=", '\\"', ", ", "1.", "::", "["]
)
def test_no_header_takes_long_to_read(filling: str) -> None:
    """Time that grows with the square of the length would be seconds for this much."""
    started = time.process_time()
    for end in ("", '"', "\x00"):
        for header in (XFF, FORWARDED):
            found("127.0.0.1", [(header, filling * (16_000 // len(filling)) + end)])
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("peer", "headers", "scheme"),
    [
        ("127.0.0.1", [(PROTO, "https")], "https"),
        ("127.0.0.1", [(PROTO, "WSS")], "https"),
        ("127.0.0.1", [(PROTO, "http, https")], "https"),
        ("127.0.0.1", [(PROTO, "https"), (PROTO, "http")], "http"),
        ("127.0.0.1", [(PROTO, "gopher")], "http"),
        ("127.0.0.1", [(FORWARDED, "for=192.0.2.7;proto=https")], "https"),
        ("127.0.0.1", [(FORWARDED, "for=192.0.2.7")], "http"),
        ("127.0.0.1", [], "http"),
        ("192.0.2.7", [(PROTO, "https")], "http"),
        (None, [(PROTO, "https")], "http"),
    ],
)
def test_the_scheme_is_what_the_proxy_says(peer: str | None, headers: Headers, scheme: str) -> None:
    assert OURS.scheme(peer, "http", lambda name: lines(headers, name)) == scheme


def test_the_scheme_without_a_proxy_is_our_own() -> None:
    assert NO_PROXIES.scheme("192.0.2.7", "https", lambda name: []) == "https"
    assert NO_PROXIES.scheme("192.0.2.7", "wss", lambda name: []) == "https"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("", "local"),
    ],
)
def test_a_limit_counts_an_address_or_a_customers_network(address: str, counted: str) -> None:
    assert subject(read_address(address)) == counted


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Forwarded-Host", "X-Real-IP", "Via"])
def test_a_proxy_shows(name: str) -> None:
    assert shows_proxy(lambda asked: lines([(name, "")], asked))
    assert not shows_proxy(lambda asked: lines([("Accept", "*/*")], asked))


@pytest.mark.parametrize(
    "line", ["for", "for=", "for=a b", 'for="', "for=a;;=", "=a", "for=a\x00", 'for="a"b']
)
def test_a_line_that_is_no_forwarded_is_not_half_read(line: str) -> None:
    assert read_forwarded(line, "for") is None


def test_networks_are_told_apart() -> None:
    assert Proxies.parse("127.0.0.1") == Proxies.parse(" 127.0.0.1/32 ,") != NO_PROXIES
    assert str(Proxies.parse("::ffff:10.0.0.0/104")) == "10.0.0.0/8"
    assert not NO_PROXIES
