"""The pool: what is cancelled around it, what it does without Postgres, and what it says of it."""

from __future__ import annotations

import asyncio
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from app.errors import Timeout, Unavailable
from app.spine import db as module
from app.spine.db import Database
from app.spine.postgres import kept, queue
from app.values.postgres_address import PostgresAddress
from tests.databases import fresh_database
from tests.faults.engines import OwnEngines, own_engines


@pytest.fixture(scope="module")
def engines() -> Iterator[OwnEngines]:
    """A Postgres that may be stopped, and whose configuration may be changed."""
    with tempfile.TemporaryDirectory(prefix="fireside-tests-") as var_dir, own_engines(Path(var_dir)) as made:
        yield made


@pytest_asyncio.fixture
async def url(engines: OwnEngines) -> AsyncIterator[str]:
    async with fresh_database(engines.database_url) as made:
        yield made


@pytest_asyncio.fixture
async def database(url: str) -> AsyncIterator[Database]:
    made = Database(PostgresAddress.read(url), pool_size=3)
    await made.connect()
    yield made
    await made.disconnect()


@pytest_asyncio.fixture
async def beside(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of somebody else."""
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a statement wait so long as a test likes to."""
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.5)


async def settled(database: Database) -> None:
    while database.unanswered:
        await asyncio.sleep(0.01)


async def until(connection: asyncpg.Connection, condition: str, *arguments: object) -> None:
    while not await connection.fetchval(f"select {condition}", *arguments):
        await asyncio.sleep(0.01)


OURS = "from pg_stat_activity where application_name = 'fireside' and datname = current_database()"


async def test_a_task_that_is_cancelled_twice_can_ask_again(database: Database, engines: OwnEngines) -> None:
    """A time limit around ours once hit `databases` while it gave a connection back, and the task was lost to it."""
    asked, thawed = asyncio.Event(), asyncio.Event()

    async def reap() -> object:
        for _ in range(2):
            asked.set()
            try:
                await database.fetchval("select 1")
            except asyncio.CancelledError:
                continue
        await thawed.wait()
        return await database.fetchval("select 2")

    with engines.frozen("postgres"):
        task = asyncio.create_task(reap())
        for _ in range(2):
            await asked.wait()
            asked.clear()
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.sleep(0)
    thawed.set()
    assert await task == 2


@pytest.mark.usefixtures("hurried")
async def test_the_pool_is_whole_after_postgres_hung(database: Database, engines: OwnEngines) -> None:
    async def impatient() -> None:
        with pytest.raises((Timeout, Unavailable, TimeoutError)):
            async with asyncio.timeout(0.25):
                await database.fetchval("select 1")

    async def patient() -> None:
        with pytest.raises((Timeout, Unavailable)):
            await database.fetchval("select 1")

    with engines.frozen("postgres"):
        await asyncio.gather(*(impatient() for _ in range(5)), *(patient() for _ in range(5)))
    # Connections that were begun meanwhile may still end badly.
    while True:
        try:
            assert await asyncio.gather(*(database.fetchval("select 1") for _ in range(20))) == [1] * 20
            break
        except (Timeout, Unavailable):
            await asyncio.sleep(0)
    await settled(database)
    assert (database.queue.lent, database.queue.open <= 3) == (0, True)


@pytest.mark.usefixtures("hurried")
async def test_a_process_that_stood_still_has_lost_what_it_asked(
    database: Database, engines: OwnEngines
) -> None:
    """asyncpg went on to the second half of a statement, on a connection that we had ended before it could."""
    with engines.frozen("postgres"):
        asking = asyncio.create_task(database.fetchval("select 42"))
        for _ in range(100):
            await asyncio.sleep(0)
    # The answer to the first half and the end of our patience, in the same turn of the loop.
    time.sleep(2 * module.ANSWER_SECONDS)
    with pytest.raises(Timeout):
        await asking
    assert await database.fetchval("select 43") == 43


async def test_a_statement_whose_caller_leaves_is_finished(
    database: Database, beside: asyncpg.Connection
) -> None:
    await beside.execute("create table kept (id integer)")
    await beside.execute("begin; lock table kept")
    task = asyncio.create_task(database.execute("insert into kept values (1)"))
    await until(beside, f"exists (select {OURS} and wait_event_type = 'Lock')")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await beside.execute("commit")
    await until(beside, "exists (select from kept)")


WAITING = f"(select count(*) {OURS} and wait_event = 'SyncRep')"


@asynccontextmanager
async def without_its_standby(beside: asyncpg.Connection) -> AsyncIterator[None]:
    """Let commits wait for a standby that is not there, for the time of the block."""
    await beside.execute("set synchronous_commit = local")
    await beside.execute("alter system set synchronous_standby_names = 'nobody'")
    await beside.execute("select pg_reload_conf()")
    try:
        yield
    finally:
        await beside.execute("alter system reset synchronous_standby_names")
        await beside.execute("select pg_reload_conf()")


async def waiting(database: Database, beside: asyncpg.Connection) -> asyncio.Task[None]:
    """Return a statement whose commit waits; some are kept at once until the server has read its configuration."""
    while True:
        await beside.execute("truncate kept")
        task = asyncio.create_task(database.execute("insert into kept values (1)"))
        while not task.done():
            if await beside.fetchval(f"select {WAITING}"):
                return task
        await task


@pytest.mark.parametrize("how", ["late", "cancelled", "stopped"])
async def test_a_commit_that_waits_for_its_standby_is_never_cancelled(
    url: str, beside: asyncpg.Connection, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cancelled wait commits without the standby: what all have seen would be lost in a failover."""
    if how == "late":
        monkeypatch.setattr(module, "ANSWER_SECONDS", 2.0)
    await beside.execute("create table kept (id integer)")
    database = Database(PostgresAddress.read(url), pool_size=2)
    await database.connect()
    async with without_its_standby(beside):
        task = await waiting(database, beside)
        if how == "cancelled":
            task.cancel()
        elif how == "stopped":
            await database.disconnect()
        with pytest.raises((Timeout, Unavailable, asyncio.CancelledError)):
            await task
        await settled(database)
        # Its connection is ended, and it waits on, unseen.
        assert await beside.fetchval(f"select {WAITING}") == 1
        assert await beside.fetchval("select count(*) from kept") == 0
        await database.disconnect()
    await until(beside, "exists (select from kept)")


@pytest_asyncio.fixture
async def limited(url: str, beside: asyncpg.Connection) -> AsyncIterator[str]:
    """A role with two connections."""
    await beside.execute("create role limited login connection limit 2")
    parts = urlsplit(url)
    yield parts._replace(netloc="limited@").geturl()
    await beside.execute("drop role limited")


async def test_when_postgres_has_no_connection_left_a_statement_waits_for_one_of_ours(limited: str) -> None:
    databases = [Database(PostgresAddress.read(limited), pool_size=10) for _ in range(2)]
    for each in databases:
        await each.connect()
    with capture_logs() as lines:
        asked = (each.fetchval("select 1 from pg_sleep(0.01)") for each in databases for _ in range(50))
        assert await asyncio.gather(*asked) == [1] * 100
    assert [line["event"] for line in lines] == ["postgres_full"] * 2
    assert "too many connections for role" in lines[0]["reason"]
    assert [each.outages.errors for each in databases] == [0, 0]
    for each in databases:
        await each.disconnect()


@pytest.mark.usefixtures("hurried")
async def test_waiting_for_a_connection_ends(limited: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "RETRY_SECONDS", 0.05)
    taken = [await asyncpg.connect(limited) for _ in range(2)]
    database = Database(PostgresAddress.read(limited), pool_size=10)
    with pytest.raises(Unavailable, match="no connection came free"):
        await database.connect()
    refused = await asyncio.gather(
        *(database.fetchval("select 1") for _ in range(20)), return_exceptions=True
    )
    assert {type(each) for each in refused} == {Unavailable}
    for connection in taken:
        await connection.close()
    while True:  # Postgres frees a place a moment after it has said good-bye.
        try:
            assert await database.fetchval("select 1") == 1
            break
        except Unavailable:
            await asyncio.sleep(0)
    await database.disconnect()


async def test_the_loss_of_postgres_and_its_return_are_each_said_once(
    database: Database, engines: OwnEngines
) -> None:
    with capture_logs() as lines:
        await engines.end("postgres", signal.SIGQUIT)
        assert not database.outages.lost
        for _ in range(5):
            await refused(database)
        lost = [database.outages.lost]
        await engines.begin("postgres")
        await asyncio.gather(*(database.fetchval("select 1") for _ in range(5)))
        lost.append(database.outages.lost)
    assert lost == [True, False]
    events = [line["event"] for line in lines]
    assert set(events[:-1]) == {"postgres_lost"}
    assert events[-1] == "postgres_back"
    reasons = [line["reason"] for line in lines[:-1]]
    assert len(set(reasons)) == len(reasons) <= 3
    assert {line["log_level"] for line in lines} == {"warning"}


async def refused(database: Database) -> None:
    with pytest.raises(Unavailable):
        await database.fetchval("select 1")


async def test_a_trouble_of_one_statement_is_not_taken_for_an_outage(
    database: Database, beside: asyncpg.Connection
) -> None:
    write = "insert into kept values (1)"
    await beside.execute("create table kept (id integer)")
    await beside.execute("begin; lock table kept")
    with capture_logs() as lines:
        await database.execute("alter role current_user set lock_timeout = '20ms'")
        other = Database(database._address, pool_size=1)
        await other.connect()
        for _ in range(3):
            with pytest.raises(Unavailable):
                await other.execute(write)
            assert await other.fetchval("select 1") == 1
        assert not other.outages.lost
        await beside.execute("commit")
        await other.execute(write)
    await database.execute("alter role current_user reset lock_timeout")
    await other.disconnect()
    assert [line["event"] for line in lines] == ["postgres_refuses", "postgres_takes_again"]


async def test_a_connection_stays_for_the_next_statement_until_it_is_cut(
    database: Database, beside: asyncpg.Connection
) -> None:
    first = await database.fetchval("select pg_backend_pid()")
    assert await database.fetchval("select pg_backend_pid()") == first
    await beside.execute("select pg_terminate_backend($1)", first)
    while database.queue.open:
        await asyncio.sleep(0)
    assert await database.fetchval("select pg_backend_pid()") != first
    assert (database.queue.lent, database.queue.open) == (0, 1)


async def test_a_connection_that_nobody_needs_goes_back_to_the_pool(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "KEPT_SECONDS", 0.0)
    await asyncio.gather(*(database.execute("select pg_sleep(0.05)") for _ in range(3)))
    pool = database._pool._backend._pool
    assert database.queue.open == 3
    while pool.get_idle_size() < 2:
        await database.fetchval("select 1")
    assert (database.queue.lent, database.queue.open) == (0, 3)


async def test_a_connection_goes_through_the_pool_now_and_then(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "KEPT_STATEMENTS", 3)
    pool = database._pool._backend._pool
    idle = []
    await settled(database)
    for _ in range(6):
        await database.fetchval("select 1")
        idle.append(pool.get_idle_size())
    assert sorted(idle) == [0, 0, 0, 0, 1, 1]
