"""The pool of connections to Postgres, and the only import of `databases`.

`databases` is used for its pool alone. Statements go straight to the asyncpg connection it lends, so that SQL is
Postgres's own (`$1`), and each call is one autocommitted statement: no transaction is open where a cancellation
could reach it, for a cancelled `commit()` of `databases` leaks its connection for ever, and a connection that dies
inside a transaction spoils every later query of that task.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg
from databases import Database as Pool

from app.errors import Timeout, Unavailable

STATEMENT_TIMEOUT_MS = 5_000
"""How long Postgres lets one statement run; a lock that is not had by then is a fault elsewhere."""
ANSWER_SECONDS = 8
"""How long a call waits for a free connection and its answer together; past that the outcome is unknown."""
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # What asyncpg says where a connection was terminated in mid-statement.
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
    OSError,
)
"""What says that Postgres, not the statement, is the trouble. The same statement may succeed later."""


async def _keep(_connection: object) -> None:
    """Give a connection back as it is: nothing here changes its session, and asyncpg's reset is a round trip."""


class Database:
    """Statements on a bounded pool. Every method raises `Unavailable` or `Timeout` when Postgres cannot answer."""

    def __init__(self, url: str, *, pool_size: int) -> None:
        self._pool = Pool(
            url,
            min_size=1,
            max_size=pool_size,
            max_inactive_connection_lifetime=60,
            timeout=5,
            reset=_keep,
            server_settings={
                "application_name": "fireside",
                "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                "idle_in_transaction_session_timeout": "10000",
                "synchronous_commit": "on",
                "jit": "off",
            },
        )

    async def connect(self) -> None:
        await self._pool.connect()

    async def disconnect(self) -> None:
        await self._pool.disconnect()

    async def fetch(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        """Run one statement and return its rows."""
        rows: list[asyncpg.Record] = await self._run("fetch", sql, arguments)
        return rows

    async def fetchrow(self, sql: str, *arguments: object) -> asyncpg.Record | None:
        """Run one statement and return its first row, if it has one."""
        row: asyncpg.Record | None = await self._run("fetchrow", sql, arguments)
        return row

    async def fetchval(self, sql: str, *arguments: object) -> Any:
        """Run one statement and return the first column of its first row, or None."""
        return await self._run("fetchval", sql, arguments)

    async def execute(self, sql: str, *arguments: object) -> None:
        """Run one statement for its effect."""
        await self._run("execute", sql, arguments)

    async def _run(self, method: str, sql: str, arguments: Sequence[object]) -> Any:
        try:
            async with asyncio.timeout(ANSWER_SECONDS), self._pool.connection() as connection:
                return await getattr(connection.raw_connection, method)(sql, *arguments)
        except TimeoutError as error:
            raise Timeout(
                "The database has not answered in time. Try again; the same request is safe."
            ) from error
        except LOST as error:
            raise Unavailable("The database does not answer. Nothing was stored; try again.") from error
