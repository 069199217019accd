"""Tokens of a website, and the name by which each fault is refused."""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import Any

import pytest

from app.errors import AuthFailed, TokenExpired
from app.people.customers.attributes import (
    ATTRIBUTES_BYTES,
    KEY_CHARS,
    LARGEST,
    MOST_ATTRIBUTES,
    VALUE_CHARS,
    read_attributes,
)
from app.people.customers.site_identity import SiteIdentity, read_identity
from app.people.jwts import LEEWAY_SECONDS, MAX_TOKEN_CHARS
from app.values.text import NAME_CHARS, Line

SECRET = "the inbox's secret, which is long enough"
HOUR = 3600
SLACK = 5
"""Seconds that pass at most between signing and reading, on a busy machine."""


def encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def sign(payload: Any, *, header: Any = None, secret: str = SECRET, digest: str = "sha256") -> str:
    """Sign as any website's own lines would: Python's JSON has lone surrogates, NaN and Infinity too."""
    parts = [header or {"alg": "HS256", "typ": "JWT"}, payload]
    signed = ".".join(
        encode(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in parts
    )
    return f"{signed}.{encode(hmac.new(secret.encode(), signed.encode(), digest).digest())}"


def identity(**claims: Any) -> str:
    """Sign claims, of which None leaves out what is usually there."""
    usual = {"sub": "42", "exp": int(time.time()) + HOUR}
    return sign({name: value for name, value in {**usual, **claims}.items() if value is not None})


def now(offset: float = 0) -> float:
    return int(time.time()) + offset


def unsigned() -> str:
    header, payload, _ = sign({"sub": "42", "exp": now(HOUR)}, header={"alg": "none"}).split(".")
    return f"{header}.{payload}."


BLANK = "is empty, or of characters that cannot be seen"
HALF = "has half a surrogate pair, which is no character"
KEY_FORM = "must be of letters, digits, underscores, hyphens and spaces"
KIND = "must be a text, a number, true or false"
FAR = "is beyond the numbers that a browser can show"
REFUSED: dict[str, tuple[Any, str]] = {
    "no token": (lambda: "garbage", "not a JWT"),
    "white space": (lambda: " ", "not a JWT"),
    "not even ASCII": (lambda: "é.é.é", "not a JWT"),
    "half a surrogate pair": (lambda: "\ud800.a.b", "not a JWT"),
    "a promise": (lambda: "[object Promise]", "not a JWT"),
    "deep brackets as header": (lambda: sign({}, header=b"[" * 2000), "not a JWT"),
    "deep brackets as payload": (lambda: sign(b"[" * 2000), "not a JWT"),
    "a list as payload": (lambda: sign([1]), "not a JWT"),
    "a text as payload": (lambda: sign("sub"), "not a JWT"),
    "no JSON": (lambda: sign(b"{sub: 42}"), "not a JWT"),
    "no UTF-8": (lambda: sign(b'{"sub":"\xff"}'), "not a JWT"),
    "too long": (lambda: identity(name="x" * MAX_TOKEN_CHARS), "too long: more than 4096 characters"),
    "another secret": (lambda: sign({"sub": "42", "exp": now(HOUR)}, secret="x" * 32), "signature"),
    "a changed claim": (
        lambda: ".".join(
            (identity().split(".")[0], identity(sub="43").split(".")[1], identity().split(".")[2])
        ),
        "signature",
    ),
    "none": (unsigned, "algorithm: only HS256 is accepted"),
    "HS512": (
        lambda: sign({"sub": "42", "exp": now(HOUR)}, header={"alg": "HS512"}, digest="sha512"),
        "algorithm: only HS256 is accepted",
    ),
    "an unknown algorithm": (
        lambda: sign({"sub": "42", "exp": now(HOUR)}, header={"alg": "XY1"}),
        "algorithm: only HS256 is accepted",
    ),
    "expired": (lambda: identity(exp=now(-LEEWAY_SECONDS - SLACK)), "expired"),
    "expired long ago": (lambda: identity(exp=1), "expired"),
    "expired before all time": (lambda: identity(exp=-1.5), "expired"),
    "no exp": (lambda: sign({"sub": "42"}), "exp is missing"),
    "exp null": (lambda: sign({"sub": "42", "exp": None}), "exp is missing"),
    "exp a string": (lambda: identity(exp="4102444800"), "exp must be a number"),
    "exp true": (lambda: identity(exp=True), "exp must be a number"),
    "exp a list": (lambda: identity(exp=[1]), "exp must be a number"),
    "exp NaN": (lambda: identity(exp=float("nan")), "exp must be a number"),
    "exp infinite": (lambda: identity(exp=float("inf")), "exp must be a number"),
    "exp in milliseconds": (lambda: identity(exp=now(HOUR) * 1000), "exp must be in seconds"),
    "exp huge": (lambda: identity(exp=10**400), "exp must be in seconds"),
    "iat too far ahead": (
        lambda: identity(iat=now(LEEWAY_SECONDS + SLACK)),
        "not yet valid: iat is in the future",
    ),
    "iat a string": (lambda: identity(iat="now"), "iat must be a number"),
    "iat in milliseconds": (lambda: identity(iat=now() * 1000), "iat must be in seconds"),
    "nbf too far ahead": (
        lambda: identity(nbf=now(LEEWAY_SECONDS + SLACK)),
        "not yet valid: nbf is in the future",
    ),
    "no sub": (lambda: identity(sub=None), "sub is missing"),
    "sub null": (lambda: sign({"sub": None, "exp": now(HOUR)}), "sub is missing"),
    "sub a number": (lambda: identity(sub=42), "sub must be a string"),
    "sub true": (lambda: identity(sub=True), "sub must be a string"),
    "sub a list": (lambda: identity(sub=["42"]), "sub must be a string"),
    "sub empty": (lambda: identity(sub=""), f"sub {BLANK}"),
    "sub of spaces": (lambda: identity(sub="  "), f"sub {BLANK}"),
    "sub of zero width": (
        lambda: identity(sub="\u200b\u200d\ufeff"),
        f"sub {BLANK}",
    ),
    "sub with NUL": (lambda: identity(sub="4\0002"), "sub has a NUL character, which cannot be stored"),
    "sub with half a pair": (
        lambda: identity(sub="4\ud800"),
        f"sub {HALF}",
    ),
    "sub with a line break at its end": (
        lambda: identity(sub="42\n"),
        "sub has a line break or a control character",
    ),
    "sub too long": (lambda: identity(sub="x" * (NAME_CHARS + 1)), "sub has 201 characters; at most 200 fit"),
    "attributes a list": (lambda: identity(attributes=["gold"]), "attributes must be an object"),
    "attributes a text": (lambda: identity(attributes="gold"), "attributes must be an object"),
    "too many attributes": (
        lambda: identity(attributes={f"a{number}": 1 for number in range(MOST_ATTRIBUTES + 1)}),
        f"attributes are {MOST_ATTRIBUTES + 1}; at most {MOST_ATTRIBUTES} fit",
    ),
    "an attribute without a key": (lambda: identity(attributes={"": 1}), f"key of an attribute {BLANK}"),
    "a key with markup": (lambda: identity(attributes={"<b>": 1}), f"key of an attribute {KEY_FORM}"),
    "a key with a line break": (
        lambda: identity(attributes={"a\n": 1}),
        "key of an attribute has a line break or a control character",
    ),
    "a key with half a pair": (lambda: identity(attributes={"a\ud800": 1}), f"key of an attribute {HALF}"),
    "a key turned round": (
        lambda: identity(attributes={"a\u202eb": 1}),
        "key of an attribute has a character that turns the direction of the text",
    ),
    "a key too long": (
        lambda: identity(attributes={"x" * (KEY_CHARS + 1): 1}),
        f"key of an attribute has {KEY_CHARS + 1} characters; at most {KEY_CHARS} fit",
    ),
    "an attribute of blanks": (lambda: identity(attributes={"plan": " "}), f"attribute plan {BLANK}"),
    "an attribute with NUL": (
        lambda: identity(attributes={"plan": "a\0b"}),
        "attribute plan has a NUL character, which cannot be stored",
    ),
    "an attribute too long": (
        lambda: identity(attributes={"plan": "x" * (VALUE_CHARS + 1)}),
        f"attribute plan has {VALUE_CHARS + 1} characters; at most {VALUE_CHARS} fit",
    ),
    "an attribute a list": (lambda: identity(attributes={"plan": []}), f"attribute plan {KIND}"),
    "an attribute an object": (lambda: identity(attributes={"plan": {"a": 1}}), f"attribute plan {KIND}"),
    "an attribute NaN": (lambda: identity(attributes={"plan": float("nan")}), f"attribute plan {FAR}"),
    "an attribute infinite": (lambda: identity(attributes={"plan": -float("inf")}), f"attribute plan {FAR}"),
    "an attribute huge": (lambda: identity(attributes={"plan": 10**400}), f"attribute plan {FAR}"),
    "attributes too large together": (
        lambda: identity(attributes={f"a{number}": "x" * 195 for number in range(10)}),
        f"attributes have 2031 bytes; at most {ATTRIBUTES_BYTES} fit",
    ),
    "name a number": (lambda: identity(name=7), "name must be a string"),
    "name an object": (lambda: identity(name={"first": "Ada"}), "name must be a string"),
    "name with half a pair": (
        lambda: identity(name="Ada \ude00"),
        f"name {HALF}",
    ),
    "name with a line break at its end": (
        lambda: identity(name="Ada\n"),
        "name has a line break or a control character",
    ),
    "name with a line separator": (
        lambda: identity(name="Ada\u2028Byron"),
        "name has a line break or a control character",
    ),
    "name turned round": (
        lambda: identity(name="Ada\u202egnp.exe"),
        "name has a character that turns the direction of the text",
    ),
    "name in an isolate": (
        lambda: identity(name="\u2067Ada"),
        "name has a character that turns the direction of the text",
    ),
    "name of zero width": (
        lambda: identity(name="\u200b\u2060"),
        f"name {BLANK}",
    ),
    "name of Hangul fillers": (
        lambda: identity(name="\u3164\u115f"),
        f"name {BLANK}",
    ),
    "name of spaces": (
        lambda: identity(name="\u00a0 "),
        f"name {BLANK}",
    ),
    "name too long": (
        lambda: identity(name="x" * (NAME_CHARS + 1)),
        "name has 201 characters; at most 200 fit",
    ),
    "email a number": (lambda: identity(email=7), "email must be a string"),
    "email a word": (lambda: identity(email="ada"), "email must be an address"),
    "email with two ats": (lambda: identity(email="a@b@c"), "email must be an address"),
    "email with a name": (lambda: identity(email="Ada <ada@example.com>"), "email must be an address"),
    "email with a line break": (
        lambda: identity(email="ada@example.com\n"),
        "email has a line break or a control character",
    ),
    "email with NUL": (
        lambda: identity(email="a\0@example.com"),
        "email has a NUL character, which cannot be stored",
    ),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_each_fault_is_refused_by_its_name(fault: str) -> None:
    make, reason = REFUSED[fault]
    with pytest.raises(AuthFailed) as caught:
        read_identity(make(), SECRET)
    assert caught.value.reason == reason
    assert reason in caught.value.message
    assert isinstance(caught.value, TokenExpired) == (reason == "expired")


def said(sub: str, name: str | None = None, email: str | None = None) -> SiteIdentity:
    return SiteIdentity(
        sub=Line(sub), name=Line(name) if name else None, email=Line(email) if email else None
    )


ACCEPTED: dict[str, tuple[dict[str, Any], SiteIdentity]] = {
    "no more than it must": ({}, said(sub="42")),
    "all it may": (
        {"name": "Ada", "email": "ada@example.com", "iat": 1, "nbf": 1, "iss": "shop", "aud": ["a"], "x": {}},
        said(sub="42", name="Ada", email="ada@example.com"),
    ),
    "empty is absent": ({"name": "", "email": ""}, said(sub="42")),
    "as long as may be": ({"sub": "x" * NAME_CHARS}, said(sub="x" * NAME_CHARS)),
    "joiners inside a name": ({"name": "می‌خواهم 👩‍🚀"}, said(sub="42", name="می‌خواهم 👩‍🚀")),
    "an address of another script": ({"email": "用户@例え.jp"}, said(sub="42", email="用户@例え.jp")),
    "exp with a fraction": ({"exp": 4102444800.5}, said(sub="42")),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_a_good_token_is_read(case: str) -> None:
    claims, expected = ACCEPTED[case]
    assert read_identity(identity(**claims), SECRET) == expected


@pytest.mark.parametrize(
    "clock",
    [
        {"exp": -LEEWAY_SECONDS + SLACK},
        {"exp": -1},
        {"iat": 5},
        {"iat": LEEWAY_SECONDS - 1},
        {"nbf": LEEWAY_SECONDS - 1},
        {"iat": 30, "nbf": 30, "exp": 31},
    ],
)
def test_every_clock_has_a_minute_of_leeway(clock: dict[str, int]) -> None:
    claims = {name: now(offset) for name, offset in clock.items()}
    assert read_identity(identity(**claims), SECRET).sub == "42"


def test_attributes_keep_their_order_and_kind_and_lose_what_is_empty() -> None:
    said = {"plan": "gold", "Größe": 1.5, "orders": LARGEST, "is_new": False, "last seen": None, "note": ""}
    who = read_identity(identity(attributes=said), SECRET)
    assert who.attributes is not None
    assert list(who.attributes.items()) == list(said.items())[:4]
    assert who.attributes["is_new"] is False
    assert read_identity(identity(), SECRET).attributes is None
    assert read_identity(identity(attributes={}), SECRET).attributes == {}


def test_as_many_attributes_as_are_promised_fit() -> None:
    most = {f"{number:0>{KEY_CHARS}}": number for number in range(MOST_ATTRIBUTES)}
    assert read_attributes(most) == most
