"""The live list of conversations: each change once, to the agents who follow an inbox."""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog

from app.broker import Broker
from app.db import Database
from app.errors import Retryable
from app.frame import Frame
from app.protocol import Conversation, ConversationUpdated, InboxFilters, TypingIndicator
from app.services.filler import SUSPECT_SWEEP_SECONDS
from app.services.room import Sink
from app.services.rooms import Rooms
from app.store.conversations import select_conversations_by_id
from app.store.heads import select_changed_since

log = structlog.get_logger()

FLUSH_SECONDS = 0.1
"""A conversation is told of at most once in this time, however much is written in it."""
BATCH = 200
CHANGED = 20_000
"""Changed conversations that may wait; who follows reads the list again after a gap."""
LOOK_BACK_SECONDS = 10.0
"""What changed so recently is told again when Redis was deaf."""


class Feed:
    """Who follows which inbox, and which conversations have changed since the last flush."""

    def __init__(self, db: Database, broker: Broker, rooms: Rooms) -> None:
        self._db = db
        self._broker = broker
        self._rooms = rooms
        self._followers: dict[Sink, InboxFilters] = {}
        self._changed: dict[UUID, None] = {}
        self._some = asyncio.Event()
        rooms.on_entry.append(lambda conversation_id, _sender_id: self.touch(conversation_id))
        broker.on_notice["conversation"] = lambda body: self.touch(UUID(bytes=body))

    def follow(self, sink: Sink, filters: InboxFilters) -> None:
        self._followers[sink] = filters
        self._some.set()

    def unfollow(self, sink: Sink) -> None:
        self._followers.pop(sink, None)

    def touch(self, conversation_id: UUID) -> None:
        """Note that a conversation has changed, for the followers in this process."""
        if self._followers and len(self._changed) < CHANGED:
            self._changed[conversation_id] = None
            self._some.set()

    def touch_everywhere(self, conversation_id: UUID) -> None:
        """The same for all processes: for changes that no entry of the log tells of."""
        self.touch(conversation_id)
        self._broker.notify("conversation", conversation_id.bytes)

    def typing(self, indicator: TypingIndicator) -> None:
        """Show in the list that a customer types."""
        if indicator.role == "customer":
            self._tell_outside(indicator.conversation_id, Frame.of(indicator))

    def customer_presence(self, frame: Frame, user_id: int) -> None:
        """Show in the list that a customer comes or goes."""
        for room in self._rooms.of_customer(user_id):
            self._tell_outside(room.conversation_id, frame)
            return
        for sink in self._followers:
            sink.write(frame)

    def _tell_outside(self, conversation_id: UUID, frame: Frame) -> None:
        """Tell the followers of the list who are not in the room, where they would hear it twice."""
        room = self._rooms.get(conversation_id)
        for sink in self._followers:
            if room is None or sink not in room.members:
                sink.write(frame)

    async def run(self) -> None:
        """Tell what has changed, until cancelled."""
        while True:
            await self._some.wait()
            self._some.clear()
            await asyncio.sleep(FLUSH_SECONDS)
            while self._changed:
                batch = list(self._changed)[:BATCH]
                for conversation_id in batch:
                    del self._changed[conversation_id]
                try:
                    conversations = await select_conversations_by_id(self._db, batch)
                except Retryable:
                    for conversation_id in batch:
                        self.touch(conversation_id)
                    await asyncio.sleep(1)
                    continue
                for conversation in conversations:
                    self._tell(conversation)

    async def look_back(self) -> None:
        """While Redis is deaf, ask Postgres what other processes have changed, until cancelled."""
        while True:
            await asyncio.sleep(SUSPECT_SWEEP_SECONDS * 5)
            if self._broker.suspect and self._followers:
                await self.catch_up()

    async def catch_up(self) -> None:
        """Tell again what has changed lately: hints of it may have been lost."""
        try:
            for conversation_id in await select_changed_since(self._db, LOOK_BACK_SECONDS):
                self.touch(conversation_id)
        except Retryable as error:
            log.debug("feed_look_back_failed", error=error.message)

    def _tell(self, conversation: Conversation) -> None:
        frame = Frame.of(ConversationUpdated(conversation))
        for sink, filters in self._followers.items():
            if filters.inbox_id is None or filters.inbox_id == conversation.inbox_id:
                sink.write(frame)
