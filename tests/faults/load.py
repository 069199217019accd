"""The work of the clients while faults happen, and the moment when everything is quiet again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import asyncpg

from tests.faults.client import Client
from tests.faults.history import Place, Reading, Row
from tests.faults.inbox import reading_of, select_rows
from tests.faults.outbox import Item
from tests.faults.people import PUBLIC, TEAM
from tests.faults.stage import Stage

LOOK_SECONDS = 0.1
ENTER_SECONDS = 60.0
TEXTS = ("Good morning", "Guten Tag, äöü", "👋🏽 hello", "مرحبا", "a\u202etrick", "x" * 3000, "<b>bold</b>")

STATUSES = ("automatic", "online", "away", "busy")


class Restless(Exception):
    """Nobody does anything any more, and still not everyone has what there is: it says what is missing."""


async def talk(stage: Stage, *, messages_per_second: float, with_states: bool) -> None:
    """Have somebody say something, again and again, until cancelled; with states, read and choose a status too."""
    rng, said = stage.rng, 0
    while True:
        await asyncio.sleep(rng.expovariate(messages_per_second))
        client = rng.choice(stage.clients)
        said += 1
        say_something(stage, client, f"{said} {rng.choice(TEXTS)}")
        if rng.random() < 0.1:
            client.type_something(client.person.places[0][0])
        if with_states and rng.random() < 0.2:
            client.read(client.person.places[0][0])
        if with_states and rng.random() < 0.05 and client.person.surface == "admin":
            client.unread(client.person.places[0][0])
        if with_states and rng.random() < 0.02 and client.person.surface == "admin":
            client.choose(rng.choice(STATUSES), seconds=rng.choice([None, 1.5]))
        if with_states and rng.random() < 0.02 and client.person.surface == "admin":
            rng.choice([client.rest, client.stir])()
        if rng.random() < 0.05:
            client.trespass(foreign_place(stage, client, rng))


def say_something(stage: Stage, client: Client, body: str) -> None:
    place = stage.rng.choice(client.person.places)
    client_msg_id = client.say(place, body)
    # Two tabs that share an outbox send the same item.
    for twin in stage.twins_of(client):
        twin.say(place, body, client_msg_id)
    for poller in stage.pollers:
        if poller.person is client.person:
            poller.share(Item(place, client_msg_id, body))


def foreign_place(stage: Stage, client: Client, rng: random.Random) -> Place:
    """Return a lane that this person may not see: another's, or the team's of their own."""
    everything = {
        (conversation, lane) for conversation in stage.cast.conversations for lane in (PUBLIC, TEAM)
    }
    foreign = everything - stage.cast.visible[client.person.user_id]
    return rng.choice(sorted(foreign)) if foreign else ("00000000-0000-7000-8000-000000000000", PUBLIC)


@asynccontextmanager
async def talking(
    stage: Stage, *, messages_per_second: float = 40, with_states: bool = True
) -> AsyncIterator[None]:
    """Talk for the time of the block."""
    task = asyncio.create_task(talk(stage, messages_per_second=messages_per_second, with_states=with_states))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))
        if not task.cancelled():
            task.result()


async def settle(stage: Stage, *, seconds: float = 20.0) -> bool:
    """Wait until every message is acked and every client stands at the heads; give up after `seconds`."""
    return not await rest(stage, seconds)


async def come_to_rest(stage: Stage) -> None:
    """Wait until everything is quiet.

    Raises:
        Restless: It does not become so.
    """
    if missing := await rest(stage, ENTER_SECONDS):
        raise Restless("; ".join(missing))


async def rest(stage: Stage, seconds: float) -> list[str]:
    """Wait until everything is quiet, for `seconds` at most; return what was still missing then."""
    missing = ["Postgres has not answered"]
    connection = await asyncpg.connect(stage.database_url)
    try:
        async with asyncio.timeout(seconds):
            while missing:
                heads, rows = await select_heads(connection), await select_rows(connection)
                missing = [*unrest(stage, heads, rows, await select_states(connection))]
                if missing:
                    await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        pass
    finally:
        await connection.close()
    return missing


async def spread(stage: Stage) -> None:
    """Wait until everyone is in, and each conversation has clients on both servers: else there is nothing to break.

    Raises:
        Restless: Everyone is not in.
    """
    while True:
        await come_to_rest(stage)
        for conversation_id in stage.cast.conversations:
            theirs = [client for client in stage.clients if (conversation_id, PUBLIC) in client.person.places]
            if len({client.server for client in theirs}) < 2:
                theirs[0].line.drop()
                await asyncio.sleep(LOOK_SECONDS)
                break
        else:
            return


def unrest(stage: Stage, heads: dict[Place, int], rows: dict[str, Row], states: States) -> Iterator[str]:
    """Go through what is not yet as it must become, in words."""
    for client in stage.clients:
        if not (client.line.is_open or client.is_away):
            yield f"{client.name} is not connected"
        if client.person.user_id not in states.here and not client.is_away:
            # A crash of Postgres has taken the leases, and until they are back presence is what it was before.
            yield f"{client.name} has no lease"
        if not client.is_chosen:
            yield f"{client.name} has no answer to the status it chose"
        if not client.has_ended:
            yield f"{client.name} has a status that has yet to end"
        if client.put_back is not None:
            yield f"{client.name} has no answer to putting {client.put_back} back"
        for place, seq in client.marks.items():
            kept = states.marks.get((place, client.person.user_id), 0)
            if kept < seq:
                yield f"{client.name} has read {place} up to {seq}, kept is {kept}"
    for tab in stage.tabs:
        if len(tab.outbox):
            yield f"{tab.name} has {len(tab.outbox)} messages without an ack"
        for place in tab.person.places:
            if tab.positions.get(place) != heads[place]:
                yield f"{tab.name} stands at {tab.positions.get(place)} of {heads[place]} in {place}"
    for name, inbox in stage.inboxes.items():
        if not inbox.is_read:
            yield f"{name} has not read the list"
        elif inbox.rows != rows:
            yield f"{name} has a list of {len(inbox.rows)} rows that is not the one of {len(rows)}"
    for user_id, status in expected(stage).items():
        if states.presences.get(user_id) != status:
            yield f"user {user_id} is kept as {states.presences.get(user_id)}, not as {status}"
    for (name, agent_id), told in readings(stage).items():
        for (conversation_id, user_id), reading in states.readings.items():
            if user_id == agent_id and told.get(conversation_id, Reading()) != reading:
                yield f"{name} knows {told.get(conversation_id)} of {conversation_id}, kept is {reading}"
    for name, sight in sights(stage).items():
        for user_id, status in sight.items():
            if states.presences.get(user_id, "offline") != status:
                yield f"{name} sees user {user_id} as {status}, kept is {states.presences.get(user_id)}"


def expected(stage: Stage) -> dict[int, str]:
    """Return the status that everyone must have: with a tab the chosen one, and without offline."""
    statuses = {client.person.user_id: "offline" for client in stage.clients}
    here = [client for client in stage.clients if not client.is_away]
    return statuses | {client.person.user_id: client.status for client in here}


def sights(stage: Stage) -> dict[str, dict[int, str]]:
    """Return how each agent's tab sees everyone it knows of."""
    return {client.name: client.sight for client in stage.clients if client.inbox and not client.is_away}


def readings(stage: Stage) -> dict[tuple[str, int], dict[str, Reading]]:
    """Return the knowledge that each agent's tab has of its agent's reading."""
    return {
        (client.name, client.person.user_id): dict(client.inbox.readings)
        for client in stage.clients
        if client.inbox and not client.is_away
    }


class States(NamedTuple):
    """Marks, presences and those who hold a lease, as Postgres has them."""

    marks: dict[tuple[Place, int], int]
    readings: dict[tuple[str, int], Reading]
    presences: dict[int, str]
    here: set[int]


async def select_states(connection: asyncpg.Connection) -> States:
    marks = await connection.fetch("select m.*, u.role from marks m join users u on u.id = m.user_id")
    presences = await connection.fetch("select user_id, status from user_presence")
    here = await connection.fetch("select user_id from presence_leases where left_at is null")
    return States(
        {
            ((str(row["conversation_id"]), lane), row["user_id"]): row[column]
            for row in marks
            for lane, column in ((PUBLIC, "read_seq"), (TEAM, "team_read_seq"))
        },
        {
            (str(row["conversation_id"]), row["user_id"]): reading_of(row)
            for row in marks
            if row["role"] == "agent"
        },
        {row["user_id"]: row["status"] for row in presences},
        {row["user_id"] for row in here},
    )


async def select_heads(connection: asyncpg.Connection) -> dict[Place, int]:
    heads: dict[Place, int] = {}
    for row in await connection.fetch("select * from conversation_heads"):
        heads[str(row["conversation_id"]), PUBLIC] = row["last_seq"]
        heads[str(row["conversation_id"]), TEAM] = row["team_last_seq"]
    return heads
