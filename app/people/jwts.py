"""Signed tokens (JWT): one algorithm, clocks with some leeway, and a name for each reason to refuse one."""

from __future__ import annotations

import json
import math
import time
from typing import Any

import jwt

ALGORITHM = "HS256"
"""The only one accepted: a token does not choose how it is checked."""
MAX_TOKEN_CHARS = 4096
LEEWAY_SECONDS = 60
"""Seconds by which the signer's clock may differ from ours."""
MILLISECONDS = 1e11
"""A time beyond this, in the year 5138 if it were seconds, is one of `Date.now()` and would never end."""

_jws = jwt.PyJWS()


class BadJwt(Exception):
    """The token is not good; `reason` names why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Expired(BadJwt):
    """Nothing is wrong with it but its age."""

    def __init__(self) -> None:
        super().__init__("expired")


def read_claims(token: str, secret: str, *, leeway_seconds: float = LEEWAY_SECONDS) -> dict[str, Any]:
    """Check signature and clocks, and return what the token says. `exp` and `sub` are there.

    `leeway_seconds` is for `exp`; what is not valid yet always has `LEEWAY_SECONDS`.

    Raises:
        Expired, BadJwt: It is not good.
    """
    claims = _payload(token, secret)
    now = time.time()
    for name in ("sub", "exp"):
        if claims.get(name) is None:
            raise BadJwt(f"{name} is missing")
    exp = _time(claims, "exp")
    for name in ("nbf", "iat"):
        if claims.get(name) is not None and _time(claims, name) > now + LEEWAY_SECONDS:
            raise BadJwt(f"not yet valid: {name} is in the future")
    if exp + leeway_seconds <= now:
        raise Expired
    return claims


def _payload(token: str, secret: str) -> dict[str, Any]:
    if len(token) > MAX_TOKEN_CHARS:
        raise BadJwt(f"too long: more than {MAX_TOKEN_CHARS} characters")
    try:
        claims = json.loads(_jws.decode(token, secret, algorithms=[ALGORITHM]))
    except jwt.InvalidSignatureError as error:
        raise BadJwt("signature") from error
    except jwt.InvalidAlgorithmError as error:
        raise BadJwt(f"algorithm: only {ALGORITHM} is accepted") from error
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        # A header or payload of a thousand brackets is an error of the interpreter's, and no reason to fail.
        raise BadJwt("not a JWT") from error
    if not isinstance(claims, dict):
        raise BadJwt("not a JWT")
    return claims


def _time(claims: dict[str, Any], name: str) -> float:
    value = claims[name]
    # JSON of other languages has NaN and Infinity, and to Python true is a number.
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or (isinstance(value, float) and not math.isfinite(value)):
        raise BadJwt(f"{name} must be a number")
    if value > MILLISECONDS:
        raise BadJwt(f"{name} must be in seconds")
    return float(max(value, -MILLISECONDS))
