"""Faults between clients and servers."""

from __future__ import annotations

import asyncio

from tests.faults.fault import pause, some_links
from tests.faults.proxy import Filter, Link
from tests.faults.stage import Stage


async def cut(stage: Stage, length: float) -> None:
    """Connections are reset: what was on its way in either direction is gone."""
    for _ in range(4):
        for link in some_links(stage):
            link.cut()
        await pause(stage)


async def cut_before_send(stage: Stage, length: float) -> None:
    """The clients' frames get lost, then the connection does."""
    links = some_links(stage)
    for link in links:
        link.near.mode = "lose"
    await pause(stage, 0.3, 0.6)
    for link in links:
        link.cut()


async def cut_mid_send(stage: Stage, length: float) -> None:
    """Connections break off in the middle of what clients say."""
    links = some_links(stage)
    for link in links:
        link.near.filter = breaking_off(link)
    await pause(stage, 1, 2)
    for link in links:
        link.near.filter = None


def breaking_off(link: Link) -> Filter:
    """Let half of the next piece through, and have the connection end in good order behind it."""

    def half(data: bytes) -> bytes:
        link.near.filter = lambda rest: b""
        asyncio.get_running_loop().call_soon(link.finish)
        return data[: len(data) // 2]

    return half


async def cut_before_ack(stage: Stage, length: float) -> None:
    """The clients' frames arrive, and they never hear of it."""
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
