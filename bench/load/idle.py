"""Sockets that are in and silent: what each costs in memory."""

from __future__ import annotations

import asyncio

from bench.load.client import connect_all
from bench.load.run import Result, Run


async def idle(run: Run) -> Result:
    """Compare the server's resident memory before the first socket and after the last has settled."""
    # The caches and code that the first connections load are not theirs.
    first = run.customers(50)
    await connect_all(first)
    await asyncio.sleep(run.warm_up)
    before = run.window.memory()
    clients = run.customers(int(run.options["connections"]) + 50)[50:]
    await connect_all(clients)
    _, usage = await run.window.measure(run.seconds, lambda: 0)
    grown = run.window.memory() - before
    return Result(
        figures={
            "connections": len(clients),
            "kilobytes": grown / len(clients) / 1024,
            "idle_cpu": usage.server / usage.seconds,
        },
        count=len(clients),
        usage=usage,
    )
