"""One room, many sockets: how many deliveries a second one writer can cause."""

from __future__ import annotations

import asyncio
import time

from bench.load.client import Client, connect_all
from bench.load.counter import Counter
from bench.load.run import Result, Run
from bench.load.until import until

DRAIN_SECONDS = 15.0


async def fanout(run: Run) -> Result:
    """Keep `in_flight` messages on their way to all members; when one has reached all of them, send the next."""
    members = int(run.options["members"])
    clients = run.room(members)
    await connect_all(clients)
    room = Room(clients[0], members)
    for client in clients:
        Counter.takes_over(client, room.delivered)
    for _ in range(int(run.options["in_flight"])):
        room.say()
    await asyncio.sleep(run.warm_up)
    deliveries, usage = await run.window.measure(run.seconds, lambda: room.deliveries)
    await room.end()
    return Result(
        figures={
            "per_second": deliveries / usage.seconds,
            "delivered_share": room.deliveries / (room.writer.sent * members),
        },
        count=deliveries,
        usage=usage,
    )


class Room:
    def __init__(self, writer: Client, members: int) -> None:
        self.writer = writer
        self.deliveries = 0
        self._members = members
        self._next_at = members
        self._ended = False

    def say(self) -> None:
        self.writer.say(self.writer.person.conversations[0], time.perf_counter_ns())

    def delivered(self, count: int) -> None:
        self.deliveries += count
        while self.deliveries >= self._next_at and not self._ended:
            self._next_at += self._members
            self.say()

    async def end(self) -> None:
        """Send no more, and wait for what is on its way, within a bound."""
        self._ended = True
        await until(lambda: self.deliveries >= self.writer.sent * self._members, DRAIN_SECONDS)
