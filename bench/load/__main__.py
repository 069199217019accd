"""`python -m bench.load`: read an order from standard input, carry it out, write the result to standard output."""

from __future__ import annotations

import asyncio
import gc
import sys

import msgspec
import uvloop

from bench.load.durable import durable
from bench.load.fanout import fanout
from bench.load.idle import idle
from bench.load.inbox import inbox
from bench.load.many import many
from bench.load.rate import rate
from bench.load.run import Order, Run
from bench.load.storm import storm

SCENARIOS = {each.__name__: each for each in (fanout, durable, many, rate, storm, idle, inbox)}


def main() -> None:
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    # A pause of ours would look like a slow server; what lives here is freed with the process.
    gc.disable()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(SCENARIOS[order.scenario](Run(order)))
    sys.stdout.buffer.write(msgspec.json.encode(result))


if __name__ == "__main__":
    main()
