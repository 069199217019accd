"""Say once that Postgres is lost and why, and once that it is back."""

from __future__ import annotations

from time import monotonic

import asyncpg
import structlog

from app.postgres.queue import Crowded

log = structlog.get_logger()

EVERYTHING = ""
"""The trouble of all statements: no answer comes."""
REFUSED = (
    Crowded,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.ReadOnlySQLTransactionError,
)
"""Answers of a server that lives: a full disk, a lock that is not had. Other statements may well succeed."""


class Outages:
    """What is wrong with Postgres at the moment. A trouble is over when the statement that met it succeeds."""

    def __init__(self) -> None:
        self.errors = 0
        """Statements that Postgres could not answer since the start."""
        self._since: dict[str, float] = {}

    @property
    def lost(self) -> bool:
        """Whether Postgres answered nothing when it was last asked."""
        return EVERYTHING in self._since

    def failed(self, sql: str, error: BaseException, reason: str) -> None:
        self.errors += 1
        trouble = sql if isinstance(error, REFUSED) else EVERYTHING
        if trouble not in self._since:
            self._since[trouble] = monotonic()
            log.warning("postgres_refuses" if trouble else "postgres_lost", reason=reason)

    def succeeded(self, sql: str) -> None:
        if not self._since:
            return
        for trouble in (EVERYTHING, sql):
            if (since := self._since.pop(trouble, None)) is not None:
                log.warning(
                    "postgres_takes_again" if trouble else "postgres_back",
                    seconds=round(monotonic() - since, 1),
                )
