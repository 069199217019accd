"""The troubles of Redis at the moment: each told once when it begins, with what to do, and once when it ends."""

from __future__ import annotations

from time import monotonic
from typing import Literal

import structlog
from redis.exceptions import (
    AuthenticationError,
    MovedError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
)

log = structlog.get_logger()

Trouble = Literal["away", "password", "certificate", "permission", "replica", "full", "cluster", "refused"]

ADVICE: dict[Trouble, str] = {
    "away": "See that Redis runs and that REDIS_URL leads to it. Chat goes on, up to half a second later.",
    "password": "Redis takes neither user nor password of REDIS_URL.",
    "certificate": "The certificate of Redis is not what REDIS_URL asks for; see ssl_ca_certs and its host.",
    "permission": "Allow the user of REDIS_URL what docs/redis.md lists: ~fireside:* &fireside:* and its commands.",
    "replica": "REDIS_URL leads to a replica. Give the address of the Redis that is written to.",
    "full": "Redis is at its maxmemory. Give it more, or an instance of its own.",
    "cluster": "REDIS_URL leads to a Redis Cluster, which is not spoken yet. Give a single or replicated Redis.",
    "refused": "Redis refuses to write. See its own log.",
}


def trouble_of(error: BaseException | None) -> Trouble:
    """Return which trouble an error tells of; None is silence.

    redis-py hides an error of the handshake behind a ConnectionError that is raised from it.
    """
    while error is not None:
        if (trouble := _trouble_of_one(error)) != "away":
            return trouble
        error = error.__cause__ or error.__context__
    return "away"


def _trouble_of_one(error: BaseException) -> Trouble:
    text = str(error)
    if isinstance(error, AuthenticationError) or text.startswith(("NOAUTH", "WRONGPASS")):
        return "password"
    if "CERTIFICATE_VERIFY_FAILED" in text or "certificate verify failed" in text:
        return "certificate"
    if isinstance(error, ResponseError):
        kinds: tuple[tuple[type[ResponseError], Trouble], ...] = (
            (NoPermissionError, "permission"),
            (ReadOnlyError, "replica"),
            (OutOfMemoryError, "full"),
            (MovedError, "cluster"),
        )
        return next((trouble for kind, trouble in kinds if isinstance(error, kind)), "refused")
    return "away"


class Condition:
    """One thing that can be wrong."""

    def __init__(self, begins: str, ends: str) -> None:
        self._begins = begins
        self._ends = ends
        self._since = 0.0
        self.trouble: Trouble | None = None

    def begin(self, error: BaseException | None) -> None:
        """Note that it is so; only what was not so before, or for another reason, is told."""
        trouble = trouble_of(error)
        if trouble == self.trouble:
            return
        if self.trouble is None:
            self._since = monotonic()
        self.trouble = trouble
        log.warning(
            self._begins, reason=trouble, error=str(error or "") or "no answer", advice=ADVICE[trouble]
        )

    def end(self) -> None:
        if self.trouble is not None:
            self.trouble = None
            log.warning(self._ends, seconds=round(monotonic() - self._since, 1))


class RedisState:
    """Whether what we publish comes back to us, and whether what we write is taken."""

    def __init__(self) -> None:
        self.deaf = Condition("redis_deaf", "redis_heard_again")
        self.refusing = Condition("redis_refuses", "redis_takes_again")

    @property
    def troubles(self) -> list[Trouble]:
        """The troubles, each once."""
        found = (self.deaf.trouble, self.refusing.trouble)
        return list(dict.fromkeys(trouble for trouble in found if trouble is not None))
