"""The resources a server holds, and whether it gives them back."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TypeAlias

import asyncpg
import redis.asyncio

from tests.faults.stage import Stage

Measures: TypeAlias = dict[str, dict[str, int]]
EMPTY_SECONDS = 20.0
LOOK_SECONDS = 0.2
ROOM = {"connections": 0, "rooms": 0, "kilobytes": 24_000, "fds": 12, "tasks": 8, "postgres": 24, "redis": 12}
"""Room above the baseline in which a measure shows no leak: pools that breathe, and an allocator that keeps."""
KILOBYTES_KEPT = 60
"""Bytes that the allocator keeps of each client that was there at the same time; they grow with their number only."""


async def what_stays(stage: Stage, before: Measures, *, clients: int) -> list[str]:
    """Return what servers still hold when all clients have left; half-open connections end with a missed heartbeat."""
    with suppress(TimeoutError):
        async with asyncio.timeout(EMPTY_SECONDS):
            while what_grew(before, await measure(stage), clients=clients):
                await asyncio.sleep(LOOK_SECONDS)
    return what_grew(before, await measure(stage), clients=clients)


async def measure(stage: Stage) -> Measures:
    """Count what each server holds, and what all of them hold at the engines."""
    counts = await asyncio.gather(*(server.counts() for server in stage.servers))
    found = {server.name: count for server, count in zip(stage.servers, counts, strict=True)}
    connection = await asyncpg.connect(stage.database_url)
    try:
        at_postgres = await connection.fetchval(
            "select count(*) from pg_stat_activity where application_name = 'fireside'"
        )
    finally:
        await connection.close()
    async with redis.asyncio.Redis.from_url(stage.engines.redis_url) as client:
        at_redis = len(await client.client_list()) - 1
    return {**found, "engines": {"postgres": at_postgres, "redis": at_redis}}


def what_grew(before: Measures, after: Measures, *, clients: int) -> list[str]:
    """Return each measure that stands further above its baseline than `ROOM` allows, after so many clients."""
    room = {**ROOM, "kilobytes": ROOM["kilobytes"] + clients * KILOBYTES_KEPT}
    return [
        f"{who} has {after[who][what]} {what}, it had {count}"
        for who, counts in before.items()
        for what, count in counts.items()
        if what in room and after[who][what] > count + room[what]
    ]
