"""A constant rate of messages, whatever the server does: how long each takes to the other side."""

from __future__ import annotations

import asyncio
import time

from bench.load.client import Client, connect_all, mark_of
from bench.load.latency import latency_figures
from bench.load.run import Result, Run
from bench.load.until import until

TICK_SECONDS = 0.001
DRAIN_SECONDS = 10.0


async def rate(run: Run) -> Result:
    """Customers write in turn, announced by their typing; the time counts from when a message was due."""
    pairs = run.pairs(int(run.options["conversations"]))
    await connect_all([client for pair in pairs for client in pair])
    arrivals = Arrivals()
    for customer, agent in pairs:
        customer.lost = agent.lost = arrivals.lost
        agent.delivered = arrivals.delivered
    writers = [customer for customer, _ in pairs]
    sending = asyncio.create_task(
        send(writers, run.options["per_second"], run.warm_up + run.seconds, types=True)
    )
    await asyncio.sleep(run.warm_up)
    measured_from = time.perf_counter_ns()
    count, usage = await run.window.measure(run.seconds, lambda: len(arrivals.latencies))
    sent = await sending
    await arrivals.drained(sent)
    return Result(
        figures={
            "connections": 2 * len(pairs),
            "delivered_share": len(arrivals.latencies) / sent,
            "dropped_share": arrivals.dropped / (2 * len(pairs)),
            **latency_figures(arrivals.since(measured_from)),
        },
        count=count,
        usage=usage,
    )


async def send(writers: list[Client], per_second: float, seconds: float, *, types: bool) -> int:
    """Send at a fixed rate, late ones at once; return how many were sent."""
    began, sent, total = time.perf_counter_ns(), 0, int(per_second * seconds)
    interval = 1e9 / per_second
    while sent < total:
        due = min(total, int((time.perf_counter_ns() - began) / interval))
        while sent < due:
            writer = writers[sent % len(writers)]
            conversation_id = writer.person.conversations[0]
            if types:
                writer.type(conversation_id)
            writer.say(conversation_id, began + int(sent * interval))
            sent += 1
        await asyncio.sleep(TICK_SECONDS)
    return sent


class Arrivals:
    """When messages were due and how long they took, in nanoseconds."""

    def __init__(self) -> None:
        self.latencies: list[tuple[int, int]] = []
        self.dropped = 0

    def delivered(self, client: Client, payload: bytes) -> None:
        if meant_at := mark_of(payload):
            self.latencies.append((meant_at, time.perf_counter_ns() - meant_at))

    def lost(self, client: Client) -> None:
        self.dropped += 1

    async def drained(self, sent: int) -> None:
        await until(lambda: len(self.latencies) >= sent, DRAIN_SECONDS)

    def since(self, began: int) -> list[int]:
        return [latency for meant_at, latency in self.latencies if meant_at >= began]
