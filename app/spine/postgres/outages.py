"""Say once that Postgres is lost and why, and once that it is back."""

from __future__ import annotations

from time import monotonic

import asyncpg
import msgspec
import structlog

from app.spine.postgres.queue import Crowded

log = structlog.get_logger()

EVERYTHING = ""
"""The trouble of all statements: no answer comes."""
REFUSED = (
    Crowded,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.ReadOnlySQLTransactionError,
)
"""Answers of a server that lives: a full disk, a lock that is not had. Other statements may well succeed."""


MOST_REASONS = 5
"""Reasons that are logged of one trouble: a connection that ends says less than the next, which is not had."""


class Trouble(msgspec.Struct):
    since: float
    reasons: set[str]


class Outages:
    """The troubles of Postgres at the moment. One is over when the statement that met it succeeds."""

    def __init__(self) -> None:
        self.errors = 0
        """Statements that Postgres could not answer since the start."""
        self._troubles: dict[str, Trouble] = {}

    @property
    def lost(self) -> bool:
        """Whether Postgres answered nothing when it was last asked."""
        return EVERYTHING in self._troubles

    def failed(self, sql: str, error: BaseException, reason: str) -> None:
        self.errors += 1
        key = sql if isinstance(error, REFUSED) else EVERYTHING
        trouble = self._troubles.setdefault(key, Trouble(monotonic(), set()))
        if reason not in trouble.reasons and len(trouble.reasons) < MOST_REASONS:
            trouble.reasons.add(reason)
            log.warning("postgres_refuses" if key else "postgres_lost", reason=reason)

    def succeeded(self, sql: str) -> None:
        if not self._troubles:
            return
        for key in (EVERYTHING, sql):
            if (trouble := self._troubles.pop(key, None)) is not None:
                log.warning(
                    "postgres_takes_again" if key else "postgres_back",
                    seconds=round(monotonic() - trouble.since, 1),
                )
