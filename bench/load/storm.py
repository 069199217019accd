"""Everybody is cut off at once and comes back at once: how long until each has what it missed."""

from __future__ import annotations

import asyncio
import random
import time

import msgspec
import picows

from bench.load.client import Client, Person, connect, connect_all
from bench.load.run import Result, Run

ATTEMPTS = 6
ATTEMPT_SECONDS = 30.0


async def storm(run: Run) -> Result:
    """Connect, cut, and come back resuming; the time counts from the cut."""
    clients = run.customers(int(run.options["connections"]))
    await connect_all(clients)
    before = run.window.used()
    began = time.perf_counter()
    for client in clients:
        client.cut()
    back = await asyncio.gather(*(come_back(run, client.person) for client in clients))
    took = [one.seconds_since(began) for one in back if one.client is not None]
    ended = max((one.at for one in back), default=began)
    usage = run.window.usage_since(before, ended - began)
    return Result(
        figures={
            "connections": len(clients),
            "per_second": len(took) / (ended - began),
            "mean_seconds": sum(took) / max(1, len(took)),
            "worst_seconds": max(took, default=0.0),
            "resumed_share": len(took) / len(clients),
            "dropped_share": sum(one.attempts > 1 for one in back) / len(clients),
        },
        count=len(clients),
        usage=usage,
    )


class Return(msgspec.Struct):
    client: Client | None
    at: float
    attempts: int

    def seconds_since(self, began: float) -> float:
        return self.at - began


async def come_back(run: Run, person: Person) -> Return:
    """Try until it works, as the clients do: with a pause that grows, and is drawn anew each time."""
    resuming = msgspec.structs.replace(person, since=0)
    for attempt in range(1, ATTEMPTS + 1):
        client = run.client(resuming)
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                await connect(client)
            return Return(client, time.perf_counter(), attempt)
        except (OSError, picows.WSError, TimeoutError, asyncio.CancelledError):
            await asyncio.sleep(random.uniform(0, 0.5 * 2**attempt))
    return Return(None, time.perf_counter(), ATTEMPTS)
