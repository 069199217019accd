"""The same number of messages on their way, in few conversations or in many."""

from __future__ import annotations

import asyncio

from bench.load.client import Client, connect_all
from bench.load.durable import Talk
from bench.load.run import Result, Run

SOCKETS = 100


async def many(run: Run) -> Result:
    """Agents with the same number of conversations each; what one writes goes round them."""
    count = int(run.options["conversations"])
    agents = run.agents(min(SOCKETS, count), count)
    await connect_all(agents, at_once=8)
    talk = Rounds()
    for agent in agents:
        agent.acked, agent.delivered = talk.acked, talk.delivered
        for _ in range(int(run.options["in_flight"]) // len(agents)):
            talk.say(agent)
    await asyncio.sleep(run.warm_up)
    acks, usage = await run.window.measure(run.seconds, lambda: talk.acks)
    await talk.end(agents, members=1)
    return Result(
        figures={"per_second": acks / usage.seconds, **talk.shares(agents, members=1)},
        count=acks,
        usage=usage,
    )


class Rounds(Talk):
    def say(self, client: Client) -> None:
        conversations = client.person.conversations
        client.say(conversations[client.sent % len(conversations)], 0)
