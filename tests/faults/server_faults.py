"""Faults of servers."""

from __future__ import annotations

import asyncio
import signal

from tests.faults.fault import Fault, named, some_links
from tests.faults.stage import Stage


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

    return named(f"kill_{point}", f"A server is killed at the point `{point}`.", fault)


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
