"""Many conversations, each with one message on its way: how many a second are stored, acked and delivered."""

from __future__ import annotations

import asyncio
import time

from bench.load.client import Client, connect_all
from bench.load.run import Result, Run

DRAIN_SECONDS = 15.0


async def durable(run: Run) -> Result:
    """A customer and an agent in each conversation; the customer sends the next message when the last is acked."""
    count = int(run.options["conversations"])
    pairs = run.pairs(count)
    clients = [client for pair in pairs for client in pair]
    await connect_all(clients, run.url)
    talk = Talk()
    for client in clients:
        client.delivered = talk.delivered
        client.acked = talk.acked
    for customer, _agent in pairs:
        for _ in range(int(run.options.get("in_flight", 1))):
            talk.say(customer)
    await asyncio.sleep(run.warm_up)
    acks, usage = await run.window.measure(run.seconds, lambda: talk.acks)
    talk.stopped = True
    sent = sum(customer.sent for customer, _ in pairs)
    deadline = time.monotonic() + DRAIN_SECONDS
    while (talk.acks < sent or talk.deliveries < 2 * sent) and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    return Result(
        figures={
            "per_second": acks / usage.seconds,
            "acked_share": talk.acks / sent,
            "delivered_share": talk.deliveries / (2 * sent),
        },
        count=acks,
        usage=usage,
    )


class Talk:
    def __init__(self) -> None:
        self.acks = 0
        self.deliveries = 0
        self.stopped = False

    def say(self, client: Client) -> None:
        client.say(client.person.conversations[0], 0)

    def acked(self, client: Client, payload: bytes) -> None:
        self.acks += 1
        if not self.stopped:
            client.say(client.person.conversations[0], 0)

    def delivered(self, client: Client, payload: bytes) -> None:
        self.deliveries += 1
