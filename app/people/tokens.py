"""Tokens: random ones, kept as a hash, and signed ones, which say by themselves whose they are."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from datetime import UTC, datetime
from uuid import UUID

import jwt
from msgspec import Struct

from app.errors import AuthFailed, TokenExpired
from app.people.jwts import ALGORITHM, BadJwt, Expired, read_claims

SESSION_PREFIX = "fss_"
API_KEY_PREFIX = "fsk_"
"""Prefixes tell the kinds apart, for us and for scanners that look for leaked secrets."""
AUDIENCE = "ws-admin"


class AccessToken(Struct, frozen=True):
    token: str
    expires_at: datetime


class Claims(Struct, frozen=True):
    """The claims of an access token: who, by which sign-in, and until when in seconds since the epoch."""

    user_id: int
    family: UUID | None
    expires_at: float


def make_token(prefix: str = "") -> str:
    """Return a new token of 256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """Return what the store keeps.

    A random token needs no salt and no slow hash: there is nothing to guess.
    """
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def succeed_token(token: str, secret: str) -> str:
    """Return the token that follows `token`.

    It is the same for all who ask, and nothing that the holder of `token` can work out.
    """
    return hmac.new(secret.encode(), b"refresh token\0" + token.encode(), hashlib.sha256).hexdigest()


def sign_access_token(user_id: int, family: UUID | None, *, secret: str, seconds: int) -> AccessToken:
    expires_at = int(time.time()) + seconds
    claims = {"sub": str(user_id), "aud": AUDIENCE, "exp": expires_at}
    if family is not None:
        claims["sid"] = str(family)
    return AccessToken(jwt.encode(claims, secret, ALGORITHM), datetime.fromtimestamp(expires_at, UTC))


def read_access_token(token: str, *, secret: str) -> Claims:
    """Check an agent's access token and return what it says.

    Raises:
        TokenExpired: It was good once.
        AuthFailed: It never was, or it is for something else.
    """
    try:
        # No leeway: an installation's own clocks are right, and whoever holds an old token gets a new one.
        claims = read_claims(token, secret, leeway_seconds=0)
    except Expired as error:
        raise TokenExpired("The access token has expired. Get a new one.") from error
    except BadJwt as error:
        raise AuthFailed("The access token is not valid.") from error
    if claims.get("aud") != AUDIENCE:
        raise AuthFailed("The access token is for something else.")
    try:
        user_id, family = int(claims["sub"]), claims.get("sid")
        user_id.to_bytes(4, signed=True)  # As wide as the column.
        return Claims(user_id, family and UUID(family), float(claims["exp"]))
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise AuthFailed("This access token is not one of ours.") from error
