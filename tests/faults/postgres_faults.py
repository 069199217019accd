"""Faults of Postgres, and of the way to it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from tests.faults.fault import pause
from tests.faults.stage import Stage


async def postgres_restart(stage: Stage, length: float) -> None:
    """An immediate restart: no good-byes, and recovery from the write-ahead log."""
    await stage.engines.end("postgres", signal.SIGQUIT)
    await stage.engines.begin("postgres")


async def postgres_down(stage: Stage, length: float) -> None:
    await stage.engines.end("postgres", signal.SIGINT)
    await asyncio.sleep(length)
    await stage.engines.begin("postgres")


async def postgres_terminate(stage: Stage, length: float) -> None:
    """Backends are terminated in the middle of whatever they do."""
    async with directly(stage) as connection:
        for _ in range(5):
            await connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'fireside'"
            )
            await pause(stage, 0.05, 0.3)


async def postgres_answer_lost(stage: Stage, length: float) -> None:
    """Connections are lost between a commit and its answer: whether it was stored is unknown."""
    for _ in range(3):
        links = list(stage.postgres.links)
        for link in links:
            link.swallow_answers()
        await pause(stage, 0.1, 0.3)
        for link in links:
            link.cut()
        await pause(stage, 0.1, 0.3)


async def postgres_locked(stage: Stage, length: float) -> None:
    """Somebody else's session holds the rows that every message has to lock."""
    async with directly(stage) as connection, connection.transaction():
        await connection.execute("select 1 from conversation_heads for update")
        await asyncio.sleep(length)


async def postgres_exhausted(stage: Stage, length: float) -> None:
    """There is no connection left for whoever needs a new one."""
    taken: list[asyncpg.Connection] = []
    with suppress(asyncpg.TooManyConnectionsError):
        while True:
            taken.append(await asyncpg.connect(stage.database_url))
    stage.postgres.cut_all()
    await asyncio.sleep(length)
    for connection in taken:
        connection.terminate()


@asynccontextmanager
async def directly(stage: Stage) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(stage.database_url)
    try:
        yield connection
    finally:
        connection.terminate()
