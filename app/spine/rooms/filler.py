"""Read from the log what no hint told: holes, pages for those who are behind, and a sweep over all heads."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Protocol
from uuid import UUID

import structlog

from app.errors import Retryable
from app.protocol import LogEntry
from app.spine.batch import Batch
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.frame import Frame
from app.spine.log.entries import select_pages
from app.spine.log.entry import Lane
from app.spine.log.heads import select_newer_heads
from app.spine.rooms.room import LiveLane, Room
from app.spine.sweep import SUSPECT_SWEEP_SECONDS, Sweep
from app.spine.tasks import Tasks

log = structlog.get_logger()

SWEEP_BATCH = 500
"""Rooms in one statement of a sweep; between two the other work gets its turn."""
FILLS = 16
"""Holes filled at the same time, so that a return of Redis does not take every connection of the pool."""


class Filled(Protocol):
    """The rooms, as far as the filler needs them."""

    def __iter__(self) -> Iterator[Room]: ...
    def get(self, conversation_id: UUID) -> Room | None: ...
    def wake(self, room: Room) -> None: ...


class Filler:
    """Brings the rooms of this process up to the log."""

    def __init__(self, db: Database, broker: Broker, rooms: Filled) -> None:
        self._db = db
        self._rooms = rooms
        self._pages: Batch[tuple[UUID, Lane, int], Sequence[Frame]] = Batch(self._load_pages, size=100)
        self._tasks = Tasks()
        self._fills: dict[LiveLane, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(FILLS)
        self.sweep = Sweep(broker, self._sweep)
        """Compares the heads of all rooms with Postgres."""
        self.filled = 0
        """Entries read because no hint told of them."""

    def fill(self, lane: LiveLane) -> None:
        """Read what is missing between the head and what was heard of; one task per lane at most."""
        if lane not in self._fills:
            task = self._fills[lane] = self._tasks.spawn(self._fill(lane))
            task.add_done_callback(lambda _: self._fills.pop(lane, None))

    async def _fill(self, lane: LiveLane) -> None:
        room = lane.room
        while lane.hole and not room.unused:
            head = lane.head
            try:
                async with self._slots:
                    page = await self.page(lane, head)
            except Retryable:
                await asyncio.sleep(SUSPECT_SWEEP_SECONDS)
                continue
            if page:
                lane.offer(head + 1, page)
            self.filled += len(page)
            self._rooms.wake(room)
            if lane.head == head:
                log.error("log_hole", conversation=str(room.conversation_id), lane=lane.number, after=head)
                lane.known = head
                return

    async def page(self, lane: LiveLane, cursor: int) -> Sequence[Frame]:
        """Return the frames that follow `cursor`; whoever asks for the same at the same time gets the same ones.

        Raises:
            Unavailable, Timeout: Postgres does not answer.
        """
        return await self._pages.load((lane.room.conversation_id, lane.number, cursor)) or ()

    async def _load_pages(
        self, keys: list[tuple[UUID, Lane, int]]
    ) -> dict[tuple[UUID, Lane, int], Sequence[Frame]]:
        pages = await select_pages(self._db, keys)
        return {key: [Frame.of(entry) for entry in in_a_row(key[2], page)] for key, page in pages.items()}

    async def _sweep(self) -> None:
        rooms = [room for room in self._rooms if room.opened]
        for start in range(0, len(rooms), SWEEP_BATCH):
            known = [
                (room.conversation_id, room.lanes[Lane.PUBLIC].known, room.lanes[Lane.TEAM].known)
                for room in rooms[start : start + SWEEP_BATCH]
            ]
            for conversation_id, *heads in await select_newer_heads(self._db, known):
                room = self._rooms.get(conversation_id)
                if room is not None:
                    self.advance(room, heads)

    def advance(self, room: Room, heads: Sequence[int]) -> None:
        """Take in where Postgres has the heads of a room's lanes, and fill what that shows to be missing."""
        for lane, head in zip(room.lanes, heads, strict=True):
            lane.start(head)
            if lane.hole:
                self.fill(lane)


def in_a_row(cursor: int, page: list[LogEntry]) -> Iterator[LogEntry]:
    """Yield the entries as far as they follow the cursor without a hole, as they must."""
    for seq, entry in enumerate(page, cursor + 1):
        if entry.seq != seq:
            return
        yield entry
