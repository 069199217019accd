"""`python -m bench.load`: read an order from standard input, carry it out, write the result to standard output."""

from __future__ import annotations

import asyncio
import gc
import sys

import msgspec
import uvloop

from bench.load.durable import durable
from bench.load.fanout import fanout
from bench.load.run import Order, Run

SCENARIOS = {"fanout": fanout, "durable": durable}


def main() -> None:
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    # A pause of ours would look like a slow server; what lives here is freed with the process.
    gc.disable()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(SCENARIOS[order.scenario](Run(order)))
    sys.stdout.buffer.write(msgspec.json.encode(result))


if __name__ == "__main__":
    main()
