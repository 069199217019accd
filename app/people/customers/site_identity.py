"""A site's word on who its customer is: a JWT, read here and nowhere else."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from app.errors import AuthFailed, Invalid, TokenExpired, TooLarge
from app.people.customers.attributes import Attributes, read_attributes
from app.people.jwts import BadJwt, Expired, read_claims
from app.values.text import NAME_CHARS, Line, line

EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
ADVICE = {
    "expired": "Sign a new one for each page; `exp` is in seconds.",
    "signature": "Sign with this inbox's own secret: `create-inbox --name … --show-identity-secret`.",
    "not a JWT": "Hand in the token itself, header.payload.signature.",
}


class SiteIdentity(Struct, frozen=True, kw_only=True):
    """A website's word about its customer."""

    sub: Line
    """The customer's id there."""
    name: Line | None = None
    email: Line | None = None
    attributes: Attributes | None = None
    """None: it says nothing of them, and those of before stay. An empty one takes them away."""


def read_identity(token: str, secret: str) -> SiteIdentity:
    """Check a website's token and return what it says. An empty name or address is none.

    Raises:
        TokenExpired: The website has to sign a new one.
        AuthFailed: It is not good. Either has the reason by name.
    """
    try:
        claims = read_claims(token, secret)
        return SiteIdentity(
            sub=_line(claims, "sub"),
            name=_line(claims, "name") if claims.get("name") not in (None, "") else None,
            email=_email(claims) if claims.get("email") not in (None, "") else None,
            attributes=_attributes(claims) if claims.get("attributes") is not None else None,
        )
    except Expired as error:
        raise TokenExpired(_sentence(error), reason=error.reason) from error
    except BadJwt as error:
        raise AuthFailed(_sentence(error), reason=error.reason) from error


def _sentence(error: BadJwt) -> str:
    return f"The identity was refused: {error.reason}. {ADVICE.get(error.reason, '')}".strip()


def _email(claims: dict[str, Any]) -> Line:
    email = _line(claims, "email")
    if not EMAIL.fullmatch(email):
        raise BadJwt("email must be an address")
    return email


def _attributes(claims: dict[str, Any]) -> Attributes:
    try:
        return read_attributes(claims["attributes"])
    except (Invalid, TooLarge) as error:
        raise BadJwt(_fault(error)) from error


def _line(claims: dict[str, Any], name: str) -> Line:
    value = claims[name]
    if not isinstance(value, str):
        raise BadJwt(f"{name} must be a string")
    try:
        return line(value, name, NAME_CHARS)
    except Invalid as error:
        raise BadJwt(_fault(error)) from error


def _fault(error: Invalid | TooLarge) -> str:
    return error.message.removeprefix("The ").partition(". ")[0].removesuffix(".")
