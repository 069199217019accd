"""An agent who watches thousands of conversations at once: how soon the list shows what happens in them."""

from __future__ import annotations

import asyncio
import time

from bench.load.client import connect_all
from bench.load.latency import latency_figures
from bench.load.rate import Arrivals, send
from bench.load.run import Result, Run


async def inbox(run: Run) -> Result:
    """Customers write in turn; one agent has joined none of their conversations and follows the inbox."""
    customers = run.customers(int(run.options["conversations"]))
    agent = run.watcher()
    await connect_all([agent, *customers])
    arrivals = Arrivals()
    agent.listed = agent.delivered = arrivals.delivered
    sending = asyncio.create_task(
        send(customers, run.options["per_second"], run.warm_up + run.seconds, types=False)
    )
    await asyncio.sleep(run.warm_up)
    measured_from = time.perf_counter_ns()
    count, usage = await run.window.measure(run.seconds, lambda: len(arrivals.latencies))
    sent = await sending
    await arrivals.drained(sent)
    return Result(
        figures={
            "connections": len(customers) + 1,
            "delivered_share": seen(arrivals) / sent,
            **latency_figures(arrivals.since(measured_from)),
        },
        count=count,
        usage=usage,
    )


def seen(arrivals: Arrivals) -> int:
    """Count messages, not frames: a list may show the same state twice."""
    return len({meant_at for meant_at, _ in arrivals.latencies})
