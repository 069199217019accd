"""Marks: how far everyone has received and read. A mark only grows, so the newest wins and many become one write."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from uuid import UUID

import structlog

from app.errors import NotFound, Retryable
from app.protocol import ReadState
from app.spine.db import Database
from app.spine.hearers import Hearers
from app.spine.latest import keep
from app.spine.rooms.rooms import Rooms
from app.talk.marks.store import UNKNOWN, Progress, select_read_states, upsert_marks, upsert_unread

log = structlog.get_logger()

FLUSH_SECONDS = 0.1
"""Marks gathered for one statement: reading a page of messages is one write, not fifty."""
WAITING = 50_000
"""Marks that may wait while Postgres is away; clients mark again with the next message."""
TOLD = 20_000
"""Read states kept as they were told last, so that the sweep repeats few of them."""


class Marks:
    """Collects marks, writes them together, and tells the rooms what grew."""

    def __init__(self, db: Database, rooms: Rooms) -> None:
        self._db = db
        self._rooms = rooms
        self._waiting: dict[tuple[UUID, int], Progress] = {}
        self._told: dict[tuple[UUID, int], ReadState] = {}
        self._some = asyncio.Event()
        self.on_read: Hearers[[UUID]] = Hearers()
        """Told when an agent has read in a conversation: its unread count may have changed."""
        self.on_state: Hearers[[int, ReadState]] = Hearers()
        """Told what an agent has read, for all sockets of theirs."""
        self.on_missed: Hearers[[int, ReadState]] = Hearers()
        """The same of what another process has written, for those of this one."""

    def mark(
        self,
        conversation_id: UUID,
        user_id: int,
        *,
        delivered_seq: int = 0,
        read_seq: int = 0,
        team_read_seq: int = 0,
        version: int = UNKNOWN,
    ) -> None:
        """Raise marks. Never waits; past `WAITING` they are dropped."""
        key = (conversation_id, user_id)
        if key in self._waiting or len(self._waiting) < WAITING:
            progress = Progress(delivered_seq, read_seq, team_read_seq, version)
            self._waiting[key] = self._waiting.get(key, Progress()).with_more(progress)
            self._some.set()

    async def mark_unread(self, conversation_id: UUID, agent_id: int, seq: int) -> ReadState:
        """Put a conversation back as unread for an agent, from an entry on.

        Raises:
            NotFound: There is no such conversation, or not for them.
        """
        # What the agent read until now was before this, whenever it is written.
        await self.flush()
        state = await upsert_unread(self._db, conversation_id, agent_id, seq)
        if state is None:
            raise NotFound("There is no such conversation.")
        self._tell(agent_id, state)
        return state

    async def states(self, agent_id: int, conversation_ids: Sequence[UUID]) -> list[ReadState]:
        """Return how far an agent has read these; one that they never read or do not see is left out."""
        return await select_read_states(self._db, agent_id, conversation_ids)

    async def run(self) -> None:
        """Write what was marked, until cancelled."""
        while True:
            await self._some.wait()
            await asyncio.sleep(FLUSH_SECONDS)
            self._some.clear()
            if not await self.flush():
                await asyncio.sleep(1)

    async def flush(self) -> bool:
        """Write what waits now; say whether that could be."""
        marks, self._waiting = self._waiting, {}
        if not marks:
            return True
        try:
            grown = await upsert_marks(self._db, marks)
        except Retryable:
            for (conversation_id, user_id), progress in marks.items():
                self.mark(conversation_id, user_id, **progress._asdict())
            return False
        for receipt, state in grown:
            self._rooms.tell(receipt)
            if state is not None:
                self._tell(receipt.user_id, state)
                self.on_read.tell(receipt.conversation_id)
        return True

    def tell_missed(self, states: Iterable[tuple[int, ReadState]]) -> None:
        """Tell here what was committed anywhere since the last look: its notice may be lost, and its process dead."""
        for agent_id, state in states:
            if self._note_told(agent_id, state):
                self.on_missed.tell(agent_id, state)

    def forget(self) -> None:
        """The log was replaced, and the versions begin anew."""
        self._told.clear()

    def _tell(self, agent_id: int, state: ReadState) -> None:
        if self._note_told(agent_id, state):
            self.on_state.tell(agent_id, state)

    def _note_told(self, agent_id: int, state: ReadState) -> bool:
        """Note what is told; say whether it is anything else than before."""
        key = (state.conversation_id, agent_id)
        before = self._told.get(key)
        keep(self._told, key, state, most=TOLD)
        return before != state
