"""Read how a run has ended: the log in Postgres, and what the history endpoint says of it."""

from __future__ import annotations

import asyncio
import json

import asyncpg

from tests.faults.entries import entry_of
from tests.faults.history import Ending, Entry, Place
from tests.faults.http import ask
from tests.faults.inbox import select_rows
from tests.faults.load import expected, readings, select_heads, select_states, sights
from tests.faults.people import TEAM, Person
from tests.faults.stage import Stage

PAGE = 100
AT_ONCE = 8
ANSWER_SECONDS = 10.0


async def read_ending(stage: Stage, *, with_histories: bool = True) -> Ending:
    """Read the log, and each lane's history once as somebody who may see it."""
    connection = await asyncpg.connect(stage.database_url)
    try:
        heads = await select_heads(connection)
        listed = await select_rows(connection)
        states = await select_states(connection)
        rows = [entry_of_row(row) for row in await connection.fetch("select * from entries")]
    finally:
        await connection.close()
    readers: dict[Place, Person] = {}
    for person in [*stage.cast.agents, *stage.cast.customers]:
        readers.update(dict.fromkeys(person.places, person))
    slots = asyncio.Semaphore(AT_ONCE)

    async def read(place: Place, person: Person) -> tuple[tuple[str, Place], list[Entry]]:
        async with slots:
            return (f"user {person.user_id}", place), await read_history(stage, person, place)

    found = await asyncio.gather(*(read(*reader) for reader in readers.items() if with_histories))
    return Ending(
        rows=rows,
        heads=heads,
        histories=dict(found),
        visible=stage.cast.visible,
        positions={client.name: dict(client.positions) for client in stage.tabs},
        listed=listed,
        lists={name: dict(inbox.rows) for name, inbox in stage.inboxes.items()},
        marks=states.marks,
        readings=states.readings,
        told_readings=readings(stage),
        presences=states.presences,
        seen=sights(stage),
        expected=expected(stage),
    )


def entry_of_row(row: asyncpg.Record) -> Entry:
    return Entry(
        place=(str(row["conversation_id"]), row["lane"]),
        seq=row["seq"],
        type=row["type"],
        sender_id=row["sender_id"],
        client_msg_id=str(row["client_msg_id"]),
        message_id=str(row["message_id"]),
        body=json.loads(row["body"]).get("text", ""),
    )


async def read_history(stage: Stage, person: Person, place: Place) -> list[Entry]:
    """Page through a lane as a client does that scrolls up to its beginning."""
    conversation_id, lane = place
    path = f"/chat/conversations/{conversation_id}/messages?limit={PAGE}&lane={'team' if lane == TEAM else 'public'}"
    entries: list[Entry] = []
    while not entries or entries[0].seq > 1:
        before = f"&before={entries[0].seq}" if entries else ""
        status, body = await ask(stage.front.port, path + before, token=person.token, seconds=ANSWER_SECONDS)
        assert status == 200, f"history of {place}: {status} {body!r}"
        page = [entry_of(item) for item in json.loads(body)["items"]]
        if not page:
            break
        entries = page + entries
    return entries
