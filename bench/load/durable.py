"""Many conversations, each with messages on their way: how many a second are stored, acked and delivered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bench.load.client import Client, connect_all
from bench.load.run import Result, Run
from bench.load.until import until

DRAIN_SECONDS = 15.0


async def durable(run: Run) -> Result:
    """A customer and an agent in each conversation; the customer sends the next message when the last is acked."""
    pairs = run.pairs(int(run.options["conversations"]))
    await connect_all([client for pair in pairs for client in pair])
    customers = [customer for customer, _ in pairs]
    talk = Talk()
    for customer, agent in pairs:
        customer.acked = talk.acked
        customer.delivered = agent.delivered = talk.delivered
        talk.say(customer)
    await asyncio.sleep(run.warm_up)
    acks, usage = await run.window.measure(run.seconds, lambda: talk.acks)
    await talk.end(customers, members=2)
    return Result(
        figures={"per_second": acks / usage.seconds, **talk.shares(customers, members=2)},
        count=acks,
        usage=usage,
    )


class Talk:
    """Counts, and answers each ack with the next message until it is ended."""

    def __init__(self) -> None:
        self.acks = 0
        self.deliveries = 0
        self._ended = False

    def say(self, client: Client) -> None:
        client.say(client.person.conversations[0], 0)

    def acked(self, client: Client, payload: bytes) -> None:
        self.acks += 1
        if not self._ended:
            self.say(client)

    def delivered(self, client: Client, payload: bytes) -> None:
        self.deliveries += 1

    async def end(self, writers: Sequence[Client], *, members: int) -> None:
        """Send no more, and wait for what is on its way, within a bound."""
        self._ended = True
        sent = sum(writer.sent for writer in writers)
        await until(lambda: self.acks >= sent and self.deliveries >= members * sent, DRAIN_SECONDS)

    def shares(self, writers: Sequence[Client], *, members: int) -> dict[str, float]:
        sent = sum(writer.sent for writer in writers)
        return {"acked_share": self.acks / sent, "delivered_share": self.deliveries / (members * sent)}
