"""What can happen to clients, servers, Redis and Postgres. Each fault begins, lasts and heals itself.

A fault's name is its function's. `length` is in seconds: how long an outage lasts where its length is a choice.
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

import asyncpg
import redis.asyncio

from tests.faults.hints import Mishap
from tests.faults.points import POINTS
from tests.faults.proxy import Link
from tests.faults.stage import Stage

Fault: TypeAlias = Callable[[Stage, float], Awaitable[None]]
SHARE = 0.4
"""Of the connections, where a fault strikes some."""


def some_links(stage: Stage) -> list[Link]:
    return [link for link in stage.front.links if stage.rng.random() < SHARE]


async def pause(stage: Stage, least: float = 0.05, most: float = 0.4) -> None:
    await asyncio.sleep(stage.rng.uniform(least, most))


# --- the network between clients and servers


async def cut(stage: Stage, length: float) -> None:
    """Connections are reset: what was on its way in either direction is gone."""
    for _ in range(4):
        for link in some_links(stage):
            link.cut()
        await pause(stage)


async def cut_before_send(stage: Stage, length: float) -> None:
    """What clients say gets lost, then the connection does."""
    links = some_links(stage)
    for link in links:
        link.near.mode = "lose"
    await pause(stage, 0.3, 0.6)
    for link in links:
        link.cut()


async def cut_before_ack(stage: Stage, length: float) -> None:
    """What clients say arrives, and they never hear of it."""
    links = some_links(stage)
    for link in links:
        link.swallow_answers()
    await pause(stage, 0.3, 0.6)
    for link in links:
        link.cut()


async def finish(stage: Stage, length: float) -> None:
    """A middlebox ends connections in good order, without a close frame."""
    for link in some_links(stage):
        link.finish()
    await pause(stage)


async def half_close(stage: Stage, length: float) -> None:
    for link in some_links(stage):
        link.half_close()
    await pause(stage)


async def black_hole(stage: Stage, length: float) -> None:
    """Half-open TCP: both sides believe in a connection that carries nothing, until a heartbeat is missed."""
    for link in some_links(stage):
        link.black_hole()
    await pause(stage)


async def delay(stage: Stage, length: float) -> None:
    links = list(stage.front.links)
    for link in links:
        link.near.delay, link.far.delay = stage.rng.uniform(0, 0.3), stage.rng.uniform(0, 0.3)
    await asyncio.sleep(length)
    for link in links:
        # Cut, for what is on its way must not be overtaken.
        link.cut()


async def sleep(stage: Stage, length: float) -> None:
    """Laptops sleep for longer than a heartbeat may take, and wake up."""
    for client in stage.rng.sample(stage.clients, len(stage.clients) // 4):
        client.line.sleep(6 + stage.rng.random())
    await asyncio.sleep(7)


async def throttle(stage: Stage, length: float) -> None:
    """Background tabs run now and then, but often enough to stay."""
    for client in stage.rng.sample(stage.clients, len(stage.clients) // 4):
        client.line.sleep(stage.rng.uniform(1, 2.5))
    await asyncio.sleep(2.5)


async def storm(stage: Stage, length: float) -> None:
    """Everyone is cut at once, and comes back at once."""
    for _ in range(2):
        stage.front.cut_all()
        await pause(stage, 0.2, 0.8)


# --- servers


async def kill(stage: Stage, length: float) -> None:
    await stage.rng.choice(stage.servers).kill()


def kill_at(point: str) -> Fault:
    async def fault(stage: Stage, length: float) -> None:
        server = stage.rng.choice(stage.servers)
        dying = asyncio.create_task(server.kill_at(point, stage.rng.randint(1, 3)))
        while not dying.done():
            # Some points are passed only by those who come back, and all only where somebody is.
            await asyncio.wait((dying,), timeout=0.3)
            if not dying.done():
                for link in some_links(stage):
                    link.cut()
        dying.result()

    fault.__name__ = f"kill_{point}"
    fault.__doc__ = f"A server is killed at the point `{point}`."
    return fault


async def freeze(stage: Stage, length: float) -> None:
    """A server stands still, and goes on later with what it believed before."""
    server = stage.rng.choice(stage.servers)
    server.send_signal(signal.SIGSTOP)
    await asyncio.sleep(length)
    server.send_signal(signal.SIGCONT)


async def deploy(stage: Stage, length: float) -> None:
    """All servers are restarted, one after the other."""
    for server in stage.servers:
        assert await server.restart() == 0


# --- Redis


async def redis_kill(stage: Stage, length: float) -> None:
    await stage.engines.end("valkey")
    await pause(stage)
    await stage.engines.begin("valkey")
    await pause(stage, 0.5, 1)


async def redis_down(stage: Stage, length: float) -> None:
    await stage.engines.end("valkey")
    await asyncio.sleep(length)
    await stage.engines.begin("valkey")


async def redis_freeze(stage: Stage, length: float) -> None:
    """No error ever reaches a subscriber of a Redis that was stopped."""
    with stage.engines.frozen("valkey"):
        await asyncio.sleep(max(2.0, length))


async def redis_unsubscribe(stage: Stage, length: float) -> None:
    """The subscribers' connections are killed; redis-py subscribes anew without a word."""
    async with redis.asyncio.Redis.from_url(stage.engines.redis_url) as client:
        for _ in range(4):
            await client.client_kill_filter(_type="pubsub")
            await pause(stage)


async def redis_flush(stage: Stage, length: float) -> None:
    async with redis.asyncio.Redis.from_url(stage.engines.redis_url) as client:
        await client.flushall()
    await pause(stage)


def hints(mishap: Mishap, share: float = 1.0) -> Fault:
    async def fault(stage: Stage, length: float) -> None:
        stage.hints.mishaps, stage.hints.share = (mishap,), share
        await asyncio.sleep(length)
        stage.hints.mishaps = ()

    fault.__name__ = f"hints_{mishap}"
    fault.__doc__ = f"Redis delivers what was published, but: {mishap}."
    return fault


# --- Postgres


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


# --- several at once


def together(*faults: Fault) -> Fault:
    async def fault(stage: Stage, length: float) -> None:
        async with asyncio.TaskGroup() as group:
            for each in faults:
                group.create_task(begin(each, stage, length))

    fault.__name__ = "+".join(name_of(each) for each in faults)
    fault.__doc__ = "At the same time."
    return fault


async def begin(fault: Fault, stage: Stage, length: float) -> None:
    await pause(stage, 0, 0.3)
    await fault(stage, length)


def name_of(fault: Fault) -> str:
    return fault.__name__


def shuffled(faults: list[Fault], rng: random.Random) -> list[Fault]:
    return rng.sample(faults, len(faults))


ALONE: list[Fault] = [
    cut,
    cut_before_send,
    cut_before_ack,
    finish,
    half_close,
    black_hole,
    delay,
    sleep,
    throttle,
    storm,
    kill,
    *(kill_at(point) for point in POINTS),
    freeze,
    deploy,
    redis_kill,
    redis_down,
    redis_freeze,
    redis_unsubscribe,
    redis_flush,
    hints("lose"),
    hints("double"),
    hints("overtake", 0.5),
    postgres_restart,
    postgres_down,
    postgres_terminate,
    postgres_answer_lost,
    postgres_locked,
    postgres_exhausted,
]
COMBINED: list[Fault] = [
    together(deploy, storm),
    together(redis_kill, kill),
    together(postgres_restart, storm),
    together(postgres_answer_lost, cut_before_ack),
    together(hints("lose", 0.5), redis_unsubscribe, cut),
    together(redis_down, deploy),
]
FAULTS: dict[str, Fault] = {name_of(fault): fault for fault in ALONE + COMBINED}
