"""Run by a test as a process of its own, which reads the log and is killed at one step."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any

from app.spine.db import Database
from app.spine.log import handling, reading
from app.spine.log.change import Change
from app.spine.log.reader import Reader
from app.spine.log.readers import Readers
from app.spine.log.tail import Tail
from app.values.postgres_address import PostgresAddress

STEPS = ("never", "leased", "read", "handling", "handled", "recording", "recorded", "setting aside")
POISON = 3
"""The seq that nobody can deal with, in the step that sets aside."""


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def after(function: Any, then: Any, *, skip: int = 0) -> Any:
    """Return the function, with something that happens when it has returned for the `skip` + 1st time."""
    left = skip

    async def called(*arguments: Any, **named: Any) -> Any:
        nonlocal left
        result = await function(*arguments, **named)
        if left == 0:
            then()
        left -= 1
        return result

    return called


async def main(url: str, step: str, count: int) -> None:
    """Note each change in a table, and die around the `count`th."""
    reading.LEASE_SECONDS = 0.5
    reading.ASK_SECONDS = 0.1
    inside: Any = handling
    inside.PAUSES_SECONDS = (0.01,)
    inside = reading
    db = Database(PostgresAddress.read(url), pool_size=3)
    await db.connect()
    seen = 0

    async def handle(change: Change) -> None:
        nonlocal seen
        seen += 1
        if step == "handling" and seen == count:
            die()
        if step == "setting aside" and change.seq == POISON:
            raise RuntimeError("for the test")
        await db.execute(
            "insert into effects (id, conversation_id, lane, seq) values ($1, $2, $3, $4)",
            change.id,
            change.conversation_id,
            change.lane,
            change.seq,
        )
        if step == "handled" and seen == count:
            die()

    if step == "leased":
        inside.take_lease = after(inside.take_lease, die)
    if step == "read":
        inside.select_changes = after(inside.select_changes, die)
    if step == "recording":
        # In mid-air: nobody knows whether it was committed.
        record = inside.record_cursor

        async def recorded(*arguments: Any) -> Any:
            task = asyncio.ensure_future(record(*arguments))
            await asyncio.sleep(0)
            if arguments[3] != arguments[4]:
                die()
            return await task

        inside.record_cursor = recorded
    if step == "recorded":
        inside.record_cursor = after(inside.record_cursor, die, skip=1)
    if step == "setting aside":
        inside = handling
        inside.insert_set_aside = after(inside.insert_set_aside, die)
    tail = Tail(db)
    readers = Readers(db, tail)
    readers.add(Reader(name="test", handle=handle))
    watching = asyncio.create_task(tail.run())
    readers.start()
    await watching


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
