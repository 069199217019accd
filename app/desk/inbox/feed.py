"""The live list of conversations: each change once, to the agents who follow an inbox."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from app.desk.conversations.service import Conversations
from app.errors import Retryable
from app.protocol import Conversation, ConversationUpdated, InboxFilters, TypingIndicator
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.frame import Frame
from app.spine.log.entry import Lane
from app.spine.log.heads import select_changed
from app.spine.rooms.room import Sink
from app.spine.rooms.rooms import Rooms
from app.spine.sweep import Sweep

FLUSH_SECONDS = 0.1
"""Time in which a conversation is told of at most once, however much is written in it."""
BATCH = 200
CHANGED = 20_000
"""Changed conversations that may wait; what comes beyond is left to the sweep, which does not go on without it."""


class Feed:
    """The followers of each inbox, and the conversations that have changed since the last flush."""

    def __init__(self, db: Database, broker: Broker, rooms: Rooms, conversations: Conversations) -> None:
        self._db = db
        self._broker = broker
        self._rooms = rooms
        self._conversations = conversations
        self._followers: dict[Sink, InboxFilters] = {}
        self._changed: dict[UUID, None] = {}
        self._some = asyncio.Event()
        self._told: dict[UUID, int] = {}
        """The versions told last, so that the sweep repeats nothing."""
        self._snapshot: str | None = None
        """The transactions that Postgres had committed when the sweep last looked."""
        self.sweep = Sweep(broker, self._sweep)
        """Asks Postgres which conversations have changed, whoever changed them."""

    def follow(self, sink: Sink, filters: InboxFilters) -> None:
        self._followers[sink] = filters
        self._some.set()

    def unfollow(self, sink: Sink) -> None:
        self._followers.pop(sink, None)

    def forget(self) -> None:
        """The log was replaced: what was told of it is void, and its transactions are others."""
        self._snapshot = None
        self._told.clear()

    def entry_appended(self, conversation_id: UUID, _sender_id: int, _lane: Lane) -> None:
        """Note that a conversation has an entry more."""
        self.touch(conversation_id)

    def touch(self, conversation_id: UUID) -> bool:
        """Note that a conversation has changed, for the followers in this process; say whether it was noted.

        Whoever begins to follow reads the list after that, so for nobody there is nothing to note.
        """
        if not self._followers:
            return True
        if conversation_id not in self._changed and len(self._changed) >= CHANGED:
            return False
        self._changed[conversation_id] = None
        self._some.set()
        return True

    def take(self, body: bytes) -> None:
        """The same, heard from another process."""
        self.touch(UUID(bytes=body))

    def touch_everywhere(self, conversation_id: UUID) -> None:
        """The same for all processes: for changes that no entry of the log tells of."""
        self.touch(conversation_id)
        self._broker.notify("conversation", conversation_id.bytes)

    def typing(self, indicator: TypingIndicator) -> None:
        """Show in the list that a customer types."""
        if indicator.role == "customer":
            frame = Frame.of(indicator)
            for sink in self._outside(indicator.conversation_id):
                sink.write(frame)

    def customer_presence(self, frame: Frame, user_id: int) -> None:
        """Show in the list that a customer comes or goes."""
        inside = {sink for room in self._rooms.of_customer(user_id) for sink in room.members}
        for sink in self._followers:
            if sink not in inside:
                sink.tell(user_id, frame)

    def _outside(self, conversation_id: UUID) -> Iterator[Sink]:
        """Yield the followers of the list who are not in the room, where they would hear it twice."""
        room = self._rooms.get(conversation_id)
        return (sink for sink in self._followers if room is None or sink not in room.members)

    async def run(self) -> None:
        """Tell what has changed, until cancelled."""
        while True:
            await self._some.wait()
            self._some.clear()
            await asyncio.sleep(FLUSH_SECONDS)
            while self._changed:
                batch = list(islice(self._changed, BATCH))
                for conversation_id in batch:
                    # Before it is read: what changes meanwhile has to be told too.
                    del self._changed[conversation_id]
                try:
                    conversations = await self._conversations.rows(batch)
                except Retryable:
                    self._changed |= dict.fromkeys(batch)
                    await asyncio.sleep(1)
                    continue
                for conversation in conversations:
                    self._tell(conversation)

    async def _sweep(self) -> None:
        """Note what was committed since the last look: its hint may be lost, and its process dead."""
        changed, snapshot = await select_changed(self._db, self._snapshot)
        if all(self.touch(found) for found, version in changed if self._told.get(found) != version):
            self._snapshot = snapshot

    def _tell(self, conversation: Conversation) -> None:
        self._told.pop(conversation.id, None)
        self._told[conversation.id] = conversation.version
        if len(self._told) > CHANGED:
            del self._told[next(iter(self._told))]
        frame = Frame.of(ConversationUpdated(conversation))
        for sink, filters in self._followers.items():
            if filters.inbox_id is None or filters.inbox_id == conversation.inbox_id:
                sink.tell(conversation.id, frame)
