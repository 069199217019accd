"""Rows that somebody has changed by hand: told, not skipped, and nobody else's trouble."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.faults.client import Client
from tests.faults.engines import OwnEngines
from tests.faults.history import Closed, Received
from tests.faults.load import settle
from tests.faults.postgres_faults import directly
from tests.faults.referee import events
from tests.faults.stage import Stage, stage

GUARD_SECONDS = 60.0
INSUFFICIENT = 4002
LONG = 100
"""More than a room keeps in memory, so that who comes anew is served from Postgres."""


@pytest_asyncio.fixture
async def here(mortal_engines: OwnEngines, tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(mortal_engines, tmp_path, seed=5, servers=1, conversations=2, agents=1) as found:
        found.fill(clients=3)
        for number in range(LONG):
            for client in found.clients[:2]:
                client.say(client.person.places[0], f"message {number}")
        assert await settle(found, seconds=GUARD_SECONDS)
        yield found


async def change(here: Stage, client: Client, statement: str, seq: int) -> None:
    async with directly(here) as connection:
        await connection.execute(
            f"{statement} where conversation_id = $1 and lane = 0 and seq = $2",
            client.person.places[0][0],
            seq,
        )


async def read_anew(client: Client) -> None:
    """Have a client come back that has nothing, as after its storage was wiped."""
    client.positions = dict.fromkeys(client.person.places, 0)
    client.line.drop()


async def closed_with(here: Stage, client: Client, code: int) -> None:
    async with asyncio.timeout(GUARD_SECONDS):
        while not any(
            event.client == client.name and event.code == code for event in events(here.history, Closed)
        ):
            await asyncio.sleep(0.02)


async def test_a_reader_is_stopped_before_a_row_that_is_missing(here: Stage) -> None:
    victim, bystander = here.clients[:2]
    await change(here, victim, "delete from entries", 40)
    since = len(here.history.events)
    for client in (victim, bystander):
        await read_anew(client)
    await closed_with(here, victim, INSUFFICIENT)
    received = [event for event in here.history.events[since:] if isinstance(event, Received)]
    assert max(event.entry.seq for event in received if event.client == victim.name) == 39
    # The other conversation, read in the same moment, is whole.
    async with asyncio.timeout(GUARD_SECONDS):
        while bystander.positions[bystander.person.places[0]] < LONG:
            await asyncio.sleep(0.02)


async def test_words_that_were_changed_are_read_as_they_now_are(here: Stage) -> None:
    client = here.clients[0]
    await change(here, client, """update entries set body = '{"type": "text", "text": "changed"}'""", 40)
    since = len(here.history.events)
    await read_anew(client)
    assert await settle(here, seconds=GUARD_SECONDS)
    read = {
        event.entry.seq: event.entry.body
        for event in here.history.events[since:]
        if isinstance(event, Received) and event.client == client.name
    }
    assert list(read) == list(range(1, LONG + 1))
    assert read[40] == "changed"
