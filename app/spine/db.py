"""The pool of connections to Postgres, and the only import of `databases`.

`databases` is used for its pool alone. Statements go straight to the asyncpg connection it lends, so that SQL is
Postgres's own (`$1`), and each call is one autocommitted statement: no transaction is open where a cancellation
could reach it, for a cancelled `commit()` of `databases` leaks its connection for ever, and a connection that dies
inside a transaction spoils every later query of that task.

Statements are run by workers, tasks that nobody cancels: a pool that is cancelled while a connection is given back can
lose it. Nor is a statement ever cancelled at the server, for a commit that waits for its standby is then a commit
without one: its connection is ended instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from contextvars import Context
from typing import Any

import asyncpg
import structlog
from databases import Database as Pool
from msgspec import Struct

from app.errors import Invalid, Retryable, Timeout, Unavailable
from app.spine.postgres.connecting import connect
from app.spine.postgres.kept import Kept, Lent
from app.spine.postgres.outages import Outages
from app.spine.postgres.queue import Crowded, Queue
from app.spine.postgres.reasons import reason_of
from app.values.postgres_address import PostgresAddress

log = structlog.get_logger()

STATEMENT_TIMEOUT_MS = 5_000
"""Milliseconds Postgres lets one statement run; a lock that is not had by then is a fault elsewhere."""
ANSWER_SECONDS = 8.0
"""Seconds a call waits for a free connection and its answer together; past that the outcome is unknown."""
CLOSE_SECONDS = 2.0
"""Seconds a stop waits for statements under way before it ends their connections."""
SESSION = {
    "statement_timeout": str(STATEMENT_TIMEOUT_MS),
    "idle_in_transaction_session_timeout": "10000",
    "synchronous_commit": "on",
    "jit": "off",
}
"""Run-time parameters of every session. A pooler hands none of them on, so there they are the role's."""
SESSION_CHECK = """
select current_user as role,
       current_setting('synchronous_commit') as synchronous_commit,
       current_setting('statement_timeout') as statement_timeout
"""
DURABLE = frozenset({"on", "remote_apply"})
"""Values of `synchronous_commit` with which a commit is kept here, and by a synchronous standby if there is one."""
LOST = (
    Crowded,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # asyncpg's word for a connection that was terminated in mid-statement.
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.ObjectNotInPrerequisiteStateError,  # The database takes no connections, as while it is restored.
    asyncpg.InsufficientPrivilegeError,
    asyncpg.ReadOnlySQLTransactionError,
    OSError,
)
"""Errors that mean Postgres, not the statement, is the trouble. The same statement may succeed later."""


def why(error: Retryable) -> str:
    """Tell an operator why Postgres could not answer, and what to do."""
    if isinstance(error, Timeout) or not isinstance(error.__cause__, LOST):
        return error.message
    return f"The database cannot be used: {reason_of(error.__cause__)}."


async def _keep(_connection: object) -> None:
    """Give a connection back as it is: nothing here changes its session, and asyncpg's reset is a round trip."""


class Statement(Struct):
    """One statement for a worker to run, and its caller's future."""

    method: str
    sql: str
    arguments: Sequence[object]
    deadline: float
    """On the loop's clock."""
    answer: asyncio.Future[Any]

    def tell(self, outcome: Any) -> None:
        """Hand over an answer or an error, unless nobody waits any more."""
        if self.answer.done():
            return
        if isinstance(outcome, Exception):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)


class Database:
    """Statements on a bounded pool. Every method raises `Unavailable` or `Timeout` when Postgres cannot answer.

    Cancellation abandons the answer, not the statement.
    """

    def __init__(self, address: PostgresAddress, *, pool_size: int) -> None:
        self._address = address
        self.outages = Outages()
        self.queue = Queue()
        self._pool_size = pool_size
        self._statements: asyncio.Queue[Statement | None] = asyncio.Queue()
        """Those that no worker has taken yet; None ends a worker."""
        self._workers: set[asyncio.Task[None]] = set()
        self._idle = 0
        """Workers that wait for a statement."""
        # `databases` reads nothing from this URL: everything comes with the address, in `_open`.
        self._pool = Pool(
            "postgresql://",
            min_size=0,
            max_size=pool_size,
            max_inactive_connection_lifetime=60,
            connect=self._open,
            reset=_keep,
        )
        # Not `connection()`, which ties what it lends to the task that asked.
        self._kept = Kept(self._pool._backend.connection)  # noqa: SLF001

    async def connect(self) -> None:
        """Open the pool, and see that Postgres answers and keeps what it commits.

        Raises:
            Unavailable, Timeout: it does not; the message says why and what to do.
        """
        await self._pool.connect()
        try:
            [session] = await self.fetch(SESSION_CHECK)
        except Retryable as error:
            raise type(error)(why(error)) from error
        # Only behind a pooler can it be otherwise; elsewhere we set it ourselves.
        if session["synchronous_commit"] not in DURABLE:
            raise Unavailable(
                f"synchronous_commit is {session['synchronous_commit']}, so an acknowledged message could be lost."
                f' Run: alter role "{session["role"]}" set synchronous_commit = on'
            )
        if session["statement_timeout"] == "0":
            log.warning(
                "postgres_statements_unbounded",
                advice=f"alter role \"{session['role']}\" set statement_timeout = '{STATEMENT_TIMEOUT_MS}ms'",
            )

    async def disconnect(self) -> None:
        """Close the pool; a statement that does not end is left to Postgres, uncancelled."""
        with suppress(TimeoutError):  # asyncpg has ended all connections then.
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._kept.close()
                await self._pool.disconnect()
        for _ in self._workers:
            self._statements.put_nowait(None)
        if self._workers:
            await asyncio.wait(self._workers)

    @property
    def unanswered(self) -> int:
        """Statements that wait or are under way, with those of callers who have left."""
        return self._statements.qsize() + len(self._workers) - self._idle

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
        loop = asyncio.get_running_loop()
        statement = Statement(method, sql, arguments, loop.time() + ANSWER_SECONDS, loop.create_future())
        self._statements.put_nowait(statement)
        if self._statements.qsize() > self._idle and len(self._workers) < self._pool_size:
            self._hire()
        return await statement.answer

    def _hire(self) -> None:
        # In a context of its own, for it works for everybody.
        worker = asyncio.create_task(self._work(), context=Context())
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def _work(self) -> None:
        """Run one statement after the other."""
        while True:
            self._idle += 1
            try:
                statement = await self._statements.get()
            finally:
                self._idle -= 1
            if statement is None:
                return
            try:
                outcome = await self._answer(statement)
            except Exception as error:  # noqa: BLE001 - it is told to whoever asked.
                outcome = error
            statement.tell(outcome)

    async def _answer(self, statement: Statement) -> Any:
        sql = statement.sql
        try:
            answer = await self._ask(statement.method, sql, statement.arguments, statement.deadline)
        except Timeout as error:
            self.outages.failed(sql, error, error.message)
            raise
        except LOST as error:
            self.outages.failed(sql, error, str(error))
            raise Unavailable("The database does not answer. Nothing was stored; try again.") from error
        except asyncpg.DataError as error:
            # Nobody's retry: the same value is refused again. The driver's own words quote it, so they stay here.
            raise Invalid("A value has a character or a number that the database does not know.") from error
        self.outages.succeeded(sql)
        return answer

    async def _ask(self, method: str, sql: str, arguments: Sequence[object], deadline: float) -> Any:
        lent = await self._lend(deadline)
        raw = lent.raw
        expired, is_whole = False, False

        def expire() -> None:
            nonlocal expired
            expired = True
            with suppress(asyncpg.InterfaceError):  # It is closed already.
                raw.terminate()

        limit = asyncio.get_running_loop().call_at(deadline, expire)
        try:
            answer = await getattr(raw, method)(sql, *arguments)
            is_whole = True
        except asyncpg.ReadOnlySQLTransactionError:
            raw.terminate()  # It leads to a primary that is none any more; the next one is looked for anew.
            raise
        except Exception as error:
            # One that we have ended fails in more ways than asyncpg has names for.
            if not expired:
                raise
            raise Timeout(
                "The database has not answered in time. Try again; the same request is safe."
            ) from error
        finally:
            limit.cancel()
            await (self._kept.keep(lent) if is_whole else self._kept.give_back(lent))
            self.queue.returned()
        return answer

    async def _lend(self, deadline: float) -> Lent:
        if not self.queue.has_line and (lent := self._kept.take_kept()) is not None:
            self.queue.lent += 1
            return lent
        try:
            async with asyncio.timeout_at(deadline):
                return await self.queue.lend(self._kept.take)
        except TimeoutError as error:
            raise Crowded(f"no connection came free in {ANSWER_SECONDS:g} s") from error

    async def _open(
        self, _url: None, *, loop: Any, connection_class: Any, record_class: Any, **_from_url: object
    ) -> asyncpg.Connection:
        """Open a connection for the pool; `_from_url` is what `databases` thinks it knows of the address."""
        connection = await connect(
            self._address, SESSION, loop=loop, connection_class=connection_class, record_class=record_class
        )
        self.queue.opened()
        connection.add_termination_listener(lambda _connection: self.queue.closed())
        return connection
