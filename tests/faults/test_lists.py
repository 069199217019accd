"""A conversation that was stored is on every desk, whoever died before telling of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.faults.client import Client
from tests.faults.ending import read_ending
from tests.faults.engines import OwnEngines
from tests.faults.history import Acked
from tests.faults.load import settle, spread
from tests.faults.people import PUBLIC
from tests.faults.postgres_faults import postgres_answer_lost
from tests.faults.referee import events, judge
from tests.faults.server import Server
from tests.faults.stage import Stage, stage

GUARD_SECONDS = 60.0
HEALED_SECONDS = 10.0
"""A guard on a busy machine; the sweep takes one second."""


def server_of(here: Stage, client: Client) -> Server:
    return next(server for server in here.servers if server.name == client.server)


async def acked(here: Stage, client: Client, client_msg_id: str) -> None:
    async with asyncio.timeout(GUARD_SECONDS):
        while not any(
            ack.client == client.name and ack.client_msg_id == client_msg_id
            for ack in events(here.history, Acked)
        ):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("repeated", [False, True], ids=["acked", "repeated"])
async def test_a_first_message_is_on_every_desk_though_its_server_died_while_redis_stood_still(
    mortal_engines: OwnEngines, tmp_path: Path, *, repeated: bool
) -> None:
    async with stage(mortal_engines, tmp_path, seed=4, servers=2, conversations=2, agents=2) as here:
        await say_and_die(here, repeated=repeated)
        assert await settle(here, seconds=HEALED_SECONDS)
        assert judge(here.history, await read_ending(here)) == []


async def say_and_die(here: Stage, *, repeated: bool) -> None:
    """Let a server acknowledge a first message while Redis stands still, and die."""
    here.fill(clients=4)
    await spread(here)
    customer, agent = next(here.strangers())
    server, place = server_of(here, customer), customer.person.places[0]
    assert agent.inbox is not None
    assert place[0] not in agent.inbox.rows
    with here.engines.frozen("valkey"):
        client_msg_id = customer.say(place, "Anyone there?")
        await acked(here, customer, client_msg_id)
        await server.kill()
    if repeated:
        # As a browser does that never heard of the ack.
        customer.say((place[0], PUBLIC), "Anyone there?", client_msg_id)


async def test_a_first_message_whose_commit_was_not_answered_is_on_every_desk(
    mortal_engines: OwnEngines, tmp_path: Path
) -> None:
    async with stage(mortal_engines, tmp_path, seed=5, servers=2, conversations=4, agents=2) as here:
        here.fill(clients=6)
        await spread(here)
        for client in here.clients:
            client.say(client.person.places[0], "Anyone there?")
        await postgres_answer_lost(here, 1.0)
        assert await settle(here, seconds=GUARD_SECONDS)
        assert judge(here.history, await read_ending(here)) == []
