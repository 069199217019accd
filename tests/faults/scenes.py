"""Scenes in which a list or a presence could become stale, and the mechanism that each needs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.faults.client import Client
from tests.faults.ending import read_ending
from tests.faults.engines import OwnEngines
from tests.faults.load import LOOK_SECONDS, Restless, come_to_rest, settle, spread, talking
from tests.faults.referee import judge
from tests.faults.stage import Stage, stage
from tests.faults.test_lists import acked, say_and_die

GUARD_SECONDS = 60.0
END_SECONDS = 4.0
HEALED_SECONDS = 4.0
"""Four sweeps: what is not right by then, with nothing broken any more, does not become so by itself."""


def agents_of(here: Stage) -> list[Client]:
    return [client for client in here.clients if client.inbox is not None]


async def status_of(here: Stage, client: Client, status: str) -> None:
    """Wait until Postgres has this status of a client's user."""
    connection = await asyncpg.connect(here.database_url)
    try:
        async with asyncio.timeout(GUARD_SECONDS):
            while status != await connection.fetchval(
                "select status from user_presence where user_id = $1", client.person.user_id
            ):
                await asyncio.sleep(0.05)
    finally:
        await connection.close()


async def everyone_is_in(here: Stage) -> None:
    """Wait until everyone has a socket, and each agent the list with a cursor."""
    async with asyncio.timeout(GUARD_SECONDS):
        while not all(
            client.line.is_open and (client.inbox is None or (client.inbox.is_read and client.inbox.cursor))
            for client in here.clients
        ):
            await asyncio.sleep(0.05)


async def return_to_a_changed_list(here: Stage) -> None:
    """Agents are away while each customer writes; one stays, and by their cursor no later look tells of it again."""
    here.fill(clients=6)
    await everyone_is_in(here)
    stays, *away = agents_of(here)
    assert stays.inbox
    cursor = stays.inbox.cursor
    for agent in away:
        await agent.leave()
    for customer in here.clients:
        if customer.inbox is None:
            await acked(here, customer, customer.say(customer.person.places[0], "Still there?"))
    async with asyncio.timeout(GUARD_SECONDS):
        while stays.inbox.cursor == cursor:
            await asyncio.sleep(0.05)
    for agent in away:
        agent.come()
    async with asyncio.timeout(GUARD_SECONDS):
        while not all(agent.inbox and agent.inbox.resumed for agent in away):
            await asyncio.sleep(0.05)


async def read_slowly(here: Stage) -> None:
    """No socket has room for more than every second frame."""
    here.fill(clients=6)
    # Not until all is quiet: without the dirty set it need not become so.
    await everyone_is_in(here)
    async with talking(here, messages_per_second=40):
        await asyncio.sleep(2)


async def miss_an_arrival(here: Stage) -> None:
    """A customer comes while Redis is away, so no other process is told."""
    here.fill(clients=6)
    await spread(here)
    # One on each server, so that somebody is elsewhere, wherever the customer comes in.
    while len({agent.server for agent in agents_of(here)}) < 2:
        agents_of(here)[0].line.drop()
        await asyncio.sleep(LOOK_SECONDS)
        await come_to_rest(here)
    customer = here.clients[0]
    await acked(here, customer, customer.say(customer.person.places[0], "Hello"))
    await customer.leave()
    await status_of(here, customer, "offline")
    await come_to_rest(here)
    await here.engines.end("valkey")
    try:
        customer.come()
        await status_of(here, customer, "online")
        async with asyncio.timeout(GUARD_SECONDS):
            while not customer.line.is_open:
                await asyncio.sleep(0.05)
    finally:
        await here.engines.begin("valkey")


async def repeat_what_a_dead_server_took(here: Stage) -> None:
    await say_and_die(here, repeated=True)


async def wait_for_deadlines(here: Stage) -> None:
    """A status ends and an agent turns idle, though the server that knew of it was killed."""
    here.fill(clients=6)
    await spread(here)
    busy, idle, *_ = agents_of(here)
    busy.choose("busy", seconds=END_SECONDS)
    idle.rest()
    await status_of(here, busy, "busy")
    await here.rng.choice(here.servers).kill()
    async with asyncio.timeout(GUARD_SECONDS):
        while not busy.has_ended or not busy.is_chosen:
            await asyncio.sleep(LOOK_SECONDS)


@dataclass(frozen=True)
class Scene:
    play: Callable[[Stage], Awaitable[None]]
    needed: str
    """The mechanism of the product without which the referee finds something."""
    broken_rule: str
    servers: int = 2
    beside: str = ""
    """A mechanism taken out in any case: it would do the same work a second later, or is room in the sockets."""


SCENES = {
    "resume": Scene(return_to_a_changed_list, "resume", "stale_lists", servers=1),
    "dirty set": Scene(read_slowly, "dirty", "stale_lists", beside="room"),
    "sweep": Scene(miss_an_arrival, "list", "stale_presences"),
    "deadlines": Scene(wait_for_deadlines, "due", "wrong_presences"),
    "duplicates": Scene(repeat_what_a_dead_server_took, "duplicates", "stale_lists", beside="list"),
}


async def findings_of(scene: Scene, engines: OwnEngines, directory: Path, *, is_whole: bool) -> set[str]:
    """Play a scene, with or without what it needs; return the rules that the referee finds broken."""
    without = ",".join(filter(None, [scene.beside, "" if is_whole else scene.needed]))
    async with stage(
        engines, directory, seed=2, servers=scene.servers, conversations=4, agents=3, without=without
    ) as here:
        # Without it a scene may not even come to its end, on a busy machine; the referee says whether that is why.
        with suppress(*() if is_whole else (Restless, TimeoutError)):
            await scene.play(here)
        await settle(here, seconds=GUARD_SECONDS if is_whole else HEALED_SECONDS)
        return {found.rule for found in judge(here.history, await read_ending(here, with_histories=False))}
