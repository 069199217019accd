"""The live list of conversations: each change once, to the agents who follow an inbox and may see it.

A follower who was away names the cursor told last, and `Returning` brings what has changed since. A cursor says that
everything before it has been told, so it is told last: after what waits here, and after what waits for a reader.
"""

from __future__ import annotations

import asyncio
from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from typing import TypeVar
from uuid import UUID

from app.desk.conversations.service import Conversations
from app.desk.inbox.cursor import Cursor, read_cursor
from app.desk.inbox.followers import Followers
from app.desk.inbox.returning import Returning
from app.desk.inbox.store import (
    Changes,
    select_changes,
    select_facets_before,
    select_hidden_conversations,
    select_hidden_customers,
    select_sees_others,
)
from app.desk.inbox.wanted import Wanted
from app.desk.views.facets import Facets
from app.errors import Retryable
from app.protocol import Conversation, ConversationUpdated, ReadState, TypingIndicator, ViewerChanged
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.frame import Frame
from app.spine.hearers import Hearers
from app.spine.latest import keep
from app.spine.log.entry import Lane
from app.spine.rooms.room import Sink, StatesSink
from app.spine.rooms.rooms import Rooms
from app.spine.sweep import Sweep
from app.spine.tasks import Tasks
from app.talk.presence.service import Presences

Key = TypeVar("Key")
Value = TypeVar("Value")
FLUSH_SECONDS = 0.1
"""Seconds in which a conversation is told of at most once, however much is written in it."""
BATCH = 200
CHANGED = 20_000
"""Changed conversations that may wait; what comes beyond is left to the sweep, which does not go on without it."""
MISSED = 5_000
"""Rows that a follower who comes back is told of; where more have changed, reading the list anew is cheaper."""


class Feed:
    """The followers of each inbox, and the conversations that have changed since the last flush."""

    def __init__(
        self,
        db: Database,
        broker: Broker,
        rooms: Rooms,
        conversations: Conversations,
        presence: Presences,
    ) -> None:
        self._db = db
        self._broker = broker
        self._rooms = rooms
        self._conversations = conversations
        self._presence = presence
        self.followers = Followers()
        self._tasks = Tasks()
        self._changed: dict[UUID, None] = {}
        self._signals: dict[tuple[UUID, int], Frame] = {}
        """By conversation and agent, 0 for its customer: who types there, or looks at it."""
        self._presences: dict[int, Frame] = {}
        self._some = asyncio.Event()
        self._told: dict[UUID, int] = {}
        """The versions told last, so that the sweep repeats nothing."""
        self._snapshot: str | None = None
        """The transactions that Postgres had committed when the sweep last looked."""
        self._told_all: str | None = None
        """A snapshot before which nothing has changed that is still to be told."""
        self.on_read_states: Hearers[[list[tuple[int, ReadState]]]] = Hearers()
        """Told what agents have read since the sweep last looked, with whose it is."""
        self.sweep = Sweep(broker, self._sweep)
        """Asks Postgres which conversations have changed, whoever changed them."""

    def follow(self, sink: StatesSink, wanted: Wanted) -> Cursor | None:
        """Tell a connection of this part from now on; return the cursor of one who reads the list after this."""
        self.followers.add(sink, wanted)
        return self.followers.cursor_for(wanted)

    def unfollow(self, sink: Sink) -> None:
        self.followers.remove(sink)

    async def resume(self, sink: StatesSink, wanted: Wanted, since: str) -> Changes | None:
        """Follow as one who was told up to a cursor; return what to `bring`, or None if the list is to be read anew.

        Raises:
            Retryable: Postgres is away.
        """
        following = self.followers.add(sink, wanted, is_behind=True)
        missed = await self._missed(sink.user_id, wanted, since)
        following.is_behind = missed is not None
        return missed

    async def _missed(self, agent_id: int, wanted: Wanted, since: str) -> Changes | None:
        cursor = read_cursor(since)
        if cursor is None or not cursor.covers(wanted.inbox_id, wanted.digest):
            return None
        if await select_sees_others(self._db, agent_id, cursor.snapshot):
            return None
        changes = await select_changes(self._db, cursor.snapshot, limit=MISSED + 1, agent_id=agent_id)
        missed = (changes.conversations, changes.users, changes.read_states)
        too_much = max(len(kind) for kind in missed) > MISSED
        return None if too_much or changes.is_void or changes.epoch != cursor.epoch else changes

    def bring(self, sink: Sink, changes: Changes) -> None:
        """Tell a follower what it has missed, as fast as it reads."""
        following = self.followers.get(sink)
        if following is None:
            return  # It has ended meanwhile.
        returning = Returning(self._db, following, self._conversations, self._presence, self._told)

        async def bring() -> None:
            await returning.bring(changes)
            following.is_behind = False
            # The next look's, and not that of the changes: what was read here may have crossed what was told to all.
            self.followers.want_cursor()

        following.returning = self._tasks.spawn(bring())

    def forget(self) -> None:
        """The log was replaced: what was told of it is void, and its transactions are others."""
        self._snapshot = self._told_all = None
        self.followers.forget()
        self._told.clear()

    def entry_appended(self, conversation_id: UUID, _sender_id: int, _lane: Lane) -> None:
        """Note that a conversation has an entry more."""
        self.touch(conversation_id)

    def touch(self, conversation_id: UUID) -> bool:
        """Note that a conversation has changed, for the followers in this process; say whether it was noted.

        Whoever begins to follow reads the list after that, so for nobody there is nothing to note.
        """
        if not self.followers:
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
        if indicator.role == "customer":
            self._signal((indicator.conversation_id, 0), indicator)

    def viewer(self, viewer: ViewerChanged) -> None:
        """Show in the list that an agent looks at a conversation, unless too much is waiting to be shown."""
        self._signal((viewer.conversation_id, viewer.user_id), viewer)

    def _signal(self, of: tuple[UUID, int], event: TypingIndicator | ViewerChanged) -> None:
        if self.followers and len(self._signals) < CHANGED:
            self._signals[of] = Frame.of(event)
            self._some.set()

    def customer_presence(self, frame: Frame, user_id: int) -> None:
        """Show in the list that a customer comes or goes."""
        if self.followers:
            self._presences[user_id] = frame
            self._some.set()

    async def run(self) -> None:
        """Tell what has changed, until cancelled."""
        while True:
            await self._some.wait()
            self._some.clear()
            await asyncio.sleep(FLUSH_SECONDS)
            due, seen = self.followers.due, self._snapshot
            if not await self._flush():
                continue
            self._told_all = seen
            if due is not None and self.followers.may_tell():
                self.followers.tell(due)

    async def _flush(self) -> bool:
        """Tell what waits now; return whether all of it was told."""
        rows, signals, presences = list(self._changed), list(self._signals), list(self._presences)
        is_told = True
        while rows or signals or presences:
            is_told &= await self._flush_rows(taken(self._changed, rows))
            await self._flush_signals(taken(self._signals, signals))
            is_told &= await self._flush_presences(taken(self._presences, presences))
        return is_told

    async def _flush_rows(self, batch: dict[UUID, None]) -> bool:
        if not batch:
            return True
        followers = self._now_following()
        try:
            conversations = await self._conversations.rows(list(batch))
            hidden = await select_hidden_conversations(self._db, batch, agents(followers))
            before = await self._facets_before(batch)
        except Retryable:
            self._again(self._changed, batch)
            await asyncio.sleep(1)
            return False
        for conversation in conversations:
            self._note_told(conversation)
            room = self._rooms.get(conversation.id)
            if room is not None and room.opened:
                # Postgres itself adds entries, such as when a message wakes its conversation: no hint tells of them.
                self._rooms.filler.advance(room, (conversation.last_seq, conversation.team_last_seq))
            frame = Frame.of(ConversationUpdated(conversation))
            for sink in followers:
                following = self.followers.get(sink)
                if (
                    following
                    and following.wants(conversation, None if before is None else before[conversation.id])
                    and (conversation.id, sink.user_id) not in hidden
                ):
                    sink.tell(conversation.id, frame)
        if self._has_come_since(followers):
            self._again(self._changed, batch)
        return True

    async def _facets_before(self, batch: Iterable[UUID]) -> Mapping[UUID, list[Facets]] | None:
        """Return what these were before their changes, for those who follow a view; None if nobody knows."""
        if self._told_all is None or not self.followers.has_views:
            return None
        return await select_facets_before(self._db, batch, since=self._told_all)

    async def _flush_signals(self, batch: dict[tuple[UUID, int], Frame]) -> None:
        """Write who types and who looks; what fails is forgotten."""
        if not batch:
            return
        followers = self._now_following()
        with suppress(Retryable):
            conversation_ids = {conversation_id for conversation_id, _ in batch}
            hidden = await select_hidden_conversations(self._db, conversation_ids, agents(followers))
            for (conversation_id, _), frame in batch.items():
                room = self._rooms.get(conversation_id)
                inside: Container[Sink] = room.members if room is not None else ()
                for sink in followers:
                    if (conversation_id, sink.user_id) not in hidden and self._is_outside(sink, inside):
                        sink.write(frame)

    async def _flush_presences(self, batch: dict[int, Frame]) -> bool:
        if not batch:
            return True
        followers = self._now_following()
        try:
            hidden = await select_hidden_customers(self._db, batch, agents(followers))
        except Retryable:
            self._again(self._presences, batch)
            await asyncio.sleep(1)
            return False
        for user_id, frame in batch.items():
            inside = {sink for room in self._rooms.of_customer(user_id) for sink in room.members}
            for sink in followers:
                if (user_id, sink.user_id) not in hidden and self._is_outside(sink, inside):
                    sink.tell(user_id, frame)
        if self._has_come_since(followers):
            self._again(self._presences, batch)
        return True

    def _again(self, waiting: dict[Key, Value], batch: dict[Key, Value]) -> None:
        """Tell these once more, and of what has changed meanwhile the newer."""
        for key, value in batch.items():
            waiting.setdefault(key, value)
        self._some.set()

    def _now_following(self) -> list[Sink]:
        """Return those to ask for and to tell."""
        return list(self.followers)

    def _has_come_since(self, followers: list[Sink]) -> bool:
        """Tell whether somebody follows who did not: they may have read the list before this was read."""
        return not set(self.followers) <= set(followers)

    def _is_outside(self, sink: Sink, inside: Container[Sink]) -> bool:
        """Tell whether a follower is still one, and not in the room, where they would hear it twice."""
        return sink in self.followers and sink not in inside

    async def _sweep(self) -> None:
        """Note what was committed since the last look: its hint may be lost, and its process dead."""
        changes = await select_changes(self._db, self._snapshot)
        await self._presence.tell_missed(changes.users)
        self.on_read_states.tell(changes.read_states)
        if all(
            self.touch(found) for found, version in changes.conversations if self._told.get(found) != version
        ):
            if self._snapshot is None:
                self._told_all = changes.snapshot
            self._snapshot = changes.snapshot
            self.followers.seen(Cursor(changes.epoch, None, changes.snapshot), has_changed=bool(changes))
        if self.followers.due is not None:
            self._some.set()

    def _note_told(self, conversation: Conversation) -> None:
        keep(self._told, conversation.id, conversation.version, most=CHANGED)


def taken(waiting: dict[Key, Value], keys: list[Key]) -> dict[Key, Value]:
    """Take the next few out, before they are looked up: what changes meanwhile has to be told too."""
    some = [key for key in keys[:BATCH] if key in waiting]
    del keys[:BATCH]
    return {key: waiting.pop(key) for key in some}


def agents(followers: Iterable[Sink]) -> set[int]:
    """Return whose sockets these are."""
    return {sink.user_id for sink in followers}
