"""Texts that name an origin, and which one."""

from __future__ import annotations

import pytest

from app.values.origin import OPAQUE, NotAnOrigin, is_source, origin_of, parse_origin, read_origin


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://shop.example", "https://shop.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        # As people write it.
        ("https://shop.example/", "https://shop.example"),
        ("HTTPS://Shop.EXAMPLE", "https://shop.example"),
        # A port that says nothing.
        ("https://shop.example:443", "https://shop.example"),
        ("http://shop.example:80/", "http://shop.example"),
        ("http://shop.example:", "http://shop.example"),
        ("http://shop.example:443", "http://shop.example:443"),
        ("https://shop.example:08443", "https://shop.example:8443"),
        # Beyond ASCII, as browsers write it: UTS 46, not transitional.
        ("http://müller.example", "http://xn--mller-kva.example"),
        ("http://MÜLLER.example", "http://xn--mller-kva.example"),
        ("http://mu\u0308ller.example", "http://xn--mller-kva.example"),
        ("http://xn--mller-kva.example", "http://xn--mller-kva.example"),
        ("http://XN--MLLER-KVA.example", "http://xn--mller-kva.example"),
        ("https://faß.example", "https://xn--fa-hia.example"),
        ("https://例え.テスト", "https://xn--r8jz45g.xn--zckzah"),
        ("https://例え。テスト", "https://xn--r8jz45g.xn--zckzah"),
        ("https://\uff53\uff48\uff4f\uff50.example", "https://shop.example"),
        ("https://пример.рф:8443", "https://xn--e1afmkfd.xn--p1ai:8443"),
        ("https://مثال.example", "https://xn--mgbh0fb.example"),
        ("https://☃.example", "https://xn--n3h.example"),
        ("https://my_shop.müller.example", "https://my_shop.xn--mller-kva.example"),
        # Addresses.
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://\uff11\uff12\uff17.0.0.1", "http://127.0.0.1"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://[2001:DB8:0:0:0:0:0:1]", "http://[2001:db8::1]"),
        ("http://[::ffff:192.0.2.1]", "http://[::ffff:c000:201]"),
        # We tell apart what browsers tell apart.
        ("https://shop.example.", "https://shop.example."),
        ("https://a--b.r3---sn.example", "https://a--b.r3---sn.example"),
    ],
)
def test_an_origin_is_written_as_a_browser_writes_it(text: str, origin: str) -> None:
    assert parse_origin(text) == origin
    assert parse_origin(origin) == origin
    assert origin.isascii()
    assert read_origin(origin) == origin


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "begin with https://"),
        ("null", "begin with https://"),
        ("*", "begin with https://"),
        ("shop.example", "begin with https://"),
        ("//shop.example", "begin with https://"),
        ("https:shop.example", "begin with https://"),
        ("file://", "only https:// and http://"),
        ("wss://shop.example", "only https:// and http://"),
        ("chrome-extension://abcdef", "only https:// and http://"),
        ("capacitor://localhost", "only https:// and http://"),
        ("javascript://shop.example", "only https:// and http://"),
        (" https://shop.example", "only https:// and http://"),
        ("https://", "host is missing"),
        ("https:///", "host is missing"),
        ("https://:443", "host is missing"),
        ("https://*", "wildcards"),
        ("https://*.shop.example", "wildcards"),
        ("https://shop.example/chat", "after the host"),
        ("https://shop.example//", "after the host"),
        ("https://shop.example?", "after the host"),
        ("https://shop.example#", "after the host"),
        ("https://shop.example\\", "after the host"),
        ("https://me@shop.example", "before the @"),
        ("https://me:secret@shop.example", "before the @"),
        ("https://shop.example:https", "a port"),
        ("https://shop.example:65536", "a port"),
        ("https://shop.example:" + "9" * 5000, "a port"),
        ("https://shop.example:\u0661", "a port"),
        ("https://shop.example:1:2", "a port"),
        ("https://shop..example", "no host"),
        ("https://.shop.example", "no host"),
        ("https://shop.example..", "no host"),
        ("https://shop example", "no host"),
        ("https://shop.example https://b.example", "no host"),
        ("https://shop.example;script-src", "no host"),
        ("https://shop.example,https://b.example", "no host"),
        ("https://shop.example\r\nX: y", "no host"),
        ("https://shop.example\n", "no host"),
        ("https://shop.example\0", "no host"),
        ("https://sh%6fp.example", "no host"),
        ("https://sh'op.example", "no host"),
        ("https://\u200b", "no host"),
        ("https://\ud83d.example", "no host"),
        ("https://" + "a" * 64 + ".example", "no host"),
        ("https://" + "ü" * 64 + ".example", "no host"),
        ("https://" + "a." * 130, "no host"),
        ("http://127.1", "four numbers"),
        ("http://2130706433", "four numbers"),
        ("http://0x7f.0.0.1", "four numbers"),
        ("http://0x7f000001", "four numbers"),
        ("http://192.168.000.001", "four numbers"),
        ("http://1.2.3.256", "four numbers"),
        ("http://[::1", "IPv6"),
        ("http://[::1]x", "after the host"),
        ("http://[fe80::1%eth0]", "zone"),
        ("http://[shop.example]", "IPv6"),
        ("http://[]", "IPv6"),
    ],
)
def test_a_text_that_names_none_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(NotAnOrigin, match=reason):
        parse_origin(text)
    assert read_origin(text) is OPAQUE


@pytest.mark.parametrize(
    "header",
    ["https://shop.example/", "https://SHOP.example", "https://shop.example:443", "http://müller.example"],
)
def test_a_header_that_no_browser_writes_names_nobody(header: str) -> None:
    assert read_origin(header) is OPAQUE


@pytest.mark.parametrize(
    ("scheme", "host", "origin"),
    [
        ("http", "chat.example", "http://chat.example"),
        ("https", "Chat.example:443", "https://chat.example"),
        ("http", "chat.example:443", "http://chat.example:443"),
        ("https", "[::1]:3001", "https://[::1]:3001"),
        ("https", "", None),
        ("https", "chat.example@evil.example", None),
        ("null", "chat.example", None),
    ],
)
def test_the_host_of_a_request_makes_its_origin(scheme: str, host: str, origin: str | None) -> None:
    assert origin_of(scheme, host) == origin


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://shop.example", True),
        ("http://xn--mller-kva.example:8080", True),
        ("http://127.0.0.1", True),
        ("https://shop.example.", True),
        ("http://[::1]:8000", False),
        ("http://my_shop.example", False),
        ("null", False),
    ],
)
def test_a_policy_can_name_most_of_them(text: str, *, expected: bool) -> None:
    assert is_source(read_origin(text)) is expected
