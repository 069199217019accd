"""Faults of Redis, and of what it delivers."""

from __future__ import annotations

import asyncio

import redis.asyncio

from tests.faults.fault import Fault, named, pause
from tests.faults.hints import Mishap
from tests.faults.stage import Stage


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

    return named(f"hints_{mishap}", f"Redis delivers what was published, but: {mishap}.", fault)
