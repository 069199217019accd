"""Durable readers: features that must hear of every entry, whatever dies in between.

A reader is a cursor over the tail of the log, kept in Postgres. One process at a time reads for it, under a lease; when
it dies another goes on from the cursor. A change that was dealt with and not recorded comes again under the same id.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from app.errors import Retryable
from app.spine.db import Database
from app.spine.log.reader import Reader
from app.spine.log.reading import Reading
from app.spine.log.tail import Tail


class Readers:
    """The readers of this process. Each process has all of them, and holds the leases of some."""

    def __init__(self, db: Database, tail: Tail) -> None:
        self._db = db
        self._tail = tail
        self.readings: list[Reading] = []
        self._tasks: list[asyncio.Task[None]] = []

    def add(self, reader: Reader) -> None:
        self.readings.append(Reading(self._db, self._tail, reader))

    def start(self) -> None:
        self._tasks = [asyncio.create_task(reading.run(), name=reading.name) for reading in self.readings]

    async def stop(self) -> None:
        """End what is under way, record what is done, and give the leases back."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for reading in self.readings:
            with suppress(Retryable):  # They end by themselves, too.
                await reading.release()

    def forget(self) -> None:
        """The log was replaced: what was read of it is void, and the cursors are those of the new one."""
        for reading in self.readings:
            reading.forget()
