"""The live list of conversations: each change once, to the agents who follow an inbox and may see it."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Iterable
from contextlib import suppress
from itertools import islice
from typing import TypeVar
from uuid import UUID

from app.desk.conversations.service import Conversations
from app.desk.inbox.store import select_hidden_conversations, select_hidden_customers
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

Key = TypeVar("Key")
Value = TypeVar("Value")
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
        self._typing: dict[UUID, Frame] = {}
        self._presences: dict[int, Frame] = {}
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
        """Show in the list that a customer types, unless too much is waiting to be shown."""
        if indicator.role == "customer" and self._followers and len(self._typing) < CHANGED:
            self._typing[indicator.conversation_id] = Frame.of(indicator)
            self._some.set()

    def customer_presence(self, frame: Frame, user_id: int) -> None:
        """Show in the list that a customer comes or goes."""
        if self._followers:
            self._presences[user_id] = frame
            self._some.set()

    async def run(self) -> None:
        """Tell what has changed, until cancelled."""
        while True:
            await self._some.wait()
            self._some.clear()
            await asyncio.sleep(FLUSH_SECONDS)
            while self._changed or self._typing or self._presences:
                await self._flush_rows(taken(self._changed))
                await self._flush_typing(taken(self._typing))
                await self._flush_presences(taken(self._presences))

    async def _flush_rows(self, batch: dict[UUID, None]) -> None:
        if not batch:
            return
        followers = self._now_following()
        try:
            conversations = await self._conversations.rows(list(batch))
            hidden = await select_hidden_conversations(self._db, batch, agents(followers))
        except Retryable:
            self._changed |= batch
            await asyncio.sleep(1)
            return
        for conversation in conversations:
            self._note_told(conversation)
            frame = Frame.of(ConversationUpdated(conversation))
            for sink in followers:
                filters = self._followers.get(sink)
                is_wanted = filters is not None and filters.inbox_id in (None, conversation.inbox_id)
                if is_wanted and (conversation.id, sink.user_id) not in hidden:
                    sink.tell(conversation.id, frame)

    async def _flush_typing(self, batch: dict[UUID, Frame]) -> None:
        """Write who types; what fails is forgotten."""
        if not batch:
            return
        followers = self._now_following()
        with suppress(Retryable):
            hidden = await select_hidden_conversations(self._db, batch, agents(followers))
            for conversation_id, frame in batch.items():
                room = self._rooms.get(conversation_id)
                inside: Container[Sink] = room.members if room is not None else ()
                for sink in followers:
                    if (conversation_id, sink.user_id) not in hidden and self._is_outside(sink, inside):
                        sink.write(frame)

    async def _flush_presences(self, batch: dict[int, Frame]) -> None:
        if not batch:
            return
        followers = self._now_following()
        try:
            hidden = await select_hidden_customers(self._db, batch, agents(followers))
        except Retryable:
            self._presences = batch | self._presences
            await asyncio.sleep(1)
            return
        for user_id, frame in batch.items():
            inside = {sink for room in self._rooms.of_customer(user_id) for sink in room.members}
            for sink in followers:
                if (user_id, sink.user_id) not in hidden and self._is_outside(sink, inside):
                    sink.tell(user_id, frame)

    def _now_following(self) -> list[Sink]:
        """Return those to ask for and to tell; whoever comes while Postgres is asked reads the list after that."""
        return list(self._followers)

    def _is_outside(self, sink: Sink, inside: Container[Sink]) -> bool:
        """Tell whether a follower is still one, and not in the room, where they would hear it twice."""
        return sink in self._followers and sink not in inside

    async def _sweep(self) -> None:
        """Note what was committed since the last look: its hint may be lost, and its process dead."""
        changed, snapshot = await select_changed(self._db, self._snapshot)
        if all(self.touch(found) for found, version in changed if self._told.get(found) != version):
            self._snapshot = snapshot

    def _note_told(self, conversation: Conversation) -> None:
        self._told.pop(conversation.id, None)
        self._told[conversation.id] = conversation.version
        if len(self._told) > CHANGED:
            del self._told[next(iter(self._told))]


def taken(waiting: dict[Key, Value]) -> dict[Key, Value]:
    """Take the next few out, before they are looked up: what changes meanwhile has to be told too."""
    return {key: waiting.pop(key) for key in list(islice(waiting, BATCH))}


def agents(followers: Iterable[Sink]) -> set[int]:
    """Return whose sockets these are."""
    return {sink.user_id for sink in followers}
