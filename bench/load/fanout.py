"""One room, many sockets: how many deliveries a second one writer can cause."""

from __future__ import annotations

import asyncio
import time

from bench.load.client import Client, connect_all
from bench.load.run import Result, Run

DRAIN_SECONDS = 15.0


async def fanout(run: Run) -> Result:
    """Keep `in_flight` messages on their way to all members; who has all of one sends the next."""
    members = int(run.options["members"])
    clients = run.room(members)
    await connect_all(clients, run.url)
    room = Room(clients[0], run.people.customers[0].conversations[0], members)
    for client in clients:
        client.delivered = room.delivered
    for _ in range(int(run.options["in_flight"])):
        room.say()
    await asyncio.sleep(run.warm_up)
    deliveries, usage = await run.window.measure(run.seconds, lambda: room.deliveries)
    room.stopped = True
    expected = room.sender.sent * members
    deadline = time.monotonic() + DRAIN_SECONDS
    while room.deliveries < expected and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    return Result(
        figures={"per_second": deliveries / usage.seconds, "delivered_share": room.deliveries / expected},
        count=deliveries,
        usage=usage,
    )


class Room:
    def __init__(self, sender: Client, conversation_id: str, members: int) -> None:
        self.sender = sender
        self.conversation_id = conversation_id
        self.members = members
        self.deliveries = 0
        self.next_at = members
        self.stopped = False

    def say(self) -> None:
        self.sender.say(self.conversation_id, time.perf_counter_ns())

    def delivered(self, client: Client, payload: bytes) -> None:
        self.deliveries += 1
        if self.deliveries >= self.next_at and not self.stopped:
            self.next_at += self.members
            self.say()
