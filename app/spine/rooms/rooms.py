"""The rooms that are followed in this process: entering them, and delivering to them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from msgspec import json, structs

from app.errors import NotFound
from app.protocol import ReceiptUpdated
from app.protocol import encode as encode_event
from app.spine.batch import Batch
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.frame import Frame
from app.spine.hints import Hint, RoomSignal
from app.spine.identity import Reader
from app.spine.log.entry import Appended, Lane
from app.spine.log.heads import NOTHING, Claim, Door, Knock, select_doors
from app.spine.rooms.filler import Filler
from app.spine.rooms.news import News
from app.spine.rooms.room import LiveLane, Room, Sink
from app.spine.rooms.seen import grown, team_mark
from app.spine.rooms.waiters import Waiters

log = structlog.get_logger()

RECEIPT = "receipt_updated"
decode_receipt = json.Decoder(ReceiptUpdated).decode


class Rooms:
    """All rooms of this process, by conversation."""

    def __init__(self, db: Database, broker: Broker, news: News) -> None:
        self._db = db
        self._news = news
        self._broker = broker
        self._rooms: dict[UUID, Room] = {}
        self._by_customer: dict[int, dict[UUID, Room]] = {}
        self._by_agent: dict[int, set[Room]] = {}
        self._doors: Batch[Knock, Door] = Batch(partial(select_doors, db))
        self.filler = Filler(db, broker, self)
        self._waiters = Waiters()
        self._releases: Counter[int] = Counter()
        """By user, how often those were let go who waited."""

    def __len__(self) -> int:
        return len(self._rooms)

    def __iter__(self) -> Iterator[Room]:
        return iter(self._rooms.values())

    def get(self, conversation_id: UUID) -> Room | None:
        return self._rooms.get(conversation_id)

    def of_customer(self, user_id: int) -> list[Room]:
        return list(self._by_customer.get(user_id, {}).values())

    def with_agent(self, user_id: int) -> list[Room]:
        return list(self._by_agent.get(user_id, ()))

    # --- entering

    async def pin(self, reader: Reader, conversation_id: UUID, claim: Claim = NOTHING) -> tuple[Room, Door]:
        """Return the room and what its door tells, for someone who may see the conversation.

        The room is pinned: pass it on to `unpin` when done, or after a connection has entered it.

        Raises:
            NotFound: There is no such conversation, or not for this reader.
        """
        room = self._rooms.get(conversation_id)
        if room is None:
            # It is there before Postgres is asked, so that no hint in between goes unheard.
            room = self._rooms[conversation_id] = Room(conversation_id)
        room.pins += 1
        try:
            door = await self.authorise(reader, conversation_id, claim)
        except BaseException:
            self.unpin(room)
            raise
        self._news.epoch.tell(door.epoch)
        if not self._holds(room):
            # It was a room of a log that is gone.
            return await self.pin(reader, conversation_id, claim)
        room.customer_id = door.customer_id
        self._by_customer.setdefault(door.customer_id, {})[conversation_id] = room
        self._add_agents(room, door.agents)
        if not room.members:
            room.team_mark = grown(room.team_mark, team_mark(door.marks))
        self.filler.advance(room, (door.last_seq, door.team_last_seq))
        return room, door

    def forget(self) -> None:
        """Forget all rooms, for they are of a log that was replaced; whoever is in them has to come back."""
        self._rooms.clear()
        self._by_customer.clear()
        self._by_agent.clear()
        self._waiters.wake_all()

    def unpin(self, room: Room) -> None:
        """Give back a room that `pin` has returned."""
        room.pins -= 1
        self._drop_if_unused(room)

    def leave(self, room: Room, sink: Sink) -> None:
        room.leave(sink)
        self._drop_if_unused(room)

    def _drop_if_unused(self, room: Room) -> None:
        if room.unused and self._holds(room):
            del self._rooms[room.conversation_id]
            theirs = self._by_customer.get(room.customer_id)
            if theirs is not None:
                theirs.pop(room.conversation_id, None)
                if not theirs:
                    del self._by_customer[room.customer_id]
            for user_id in room.agents:
                rooms = self._by_agent[user_id]
                rooms.discard(room)
                if not rooms:
                    del self._by_agent[user_id]

    async def authorise(self, reader: Reader, conversation_id: UUID, claim: Claim = NOTHING) -> Door:
        """Return the door of a conversation that this reader may see.

        Raises:
            NotFound: There is none, or not for this reader.
        """
        door = await self._doors.load(Knock(conversation_id, reader.kind, reader.id, claim))
        if door is None:
            raise NotFound("There is no such conversation.")
        return door

    def tell_agent(self, conversation_id: UUID, user_id: int) -> None:
        """Let every process know that an agent has a part in the conversation."""
        self._add_agent(conversation_id, user_id)
        self._broker.notify("agent", conversation_id.bytes + user_id.to_bytes(4, "big"))

    def take_agent(self, body: bytes) -> None:
        """The same, heard from another process."""
        self._add_agent(UUID(bytes=body[:16]), int.from_bytes(body[16:], "big"))

    def _add_agent(self, conversation_id: UUID, user_id: int) -> None:
        room = self._rooms.get(conversation_id)
        if room is not None and user_id not in room.agents:
            self._add_agents(room, {user_id})
            self._news.agent.tell(room, user_id)

    def _add_agents(self, room: Room, user_ids: set[int]) -> None:
        for user_id in user_ids - room.agents:
            room.agents.add(user_id)
            self._by_agent.setdefault(user_id, set()).add(room)

    # --- delivering

    def offer(self, batch: list[Appended]) -> None:
        """Take what this process has appended, to the followers here.

        A repeated entry is only heard of: its text may have been edited or deleted since it came first, so whoever does
        not have it yet gets it from the log.
        """
        for appended in batch:
            room = self._rooms.get(appended.conversation_id) if appended.duplicate else None
            if room is not None:
                self._hear(room.lanes[appended.lane], appended.seq)
        self._offer(
            (appended.conversation_id, appended.lane, appended.seq, appended.frame)
            for appended in batch
            if not appended.duplicate
        )

    def _hear(self, lane: LiveLane, seq: int) -> None:
        """Note that the log has an entry."""
        lane.known = max(lane.known, seq)
        if lane.hole:
            self.filler.fill(lane)
        self.wake(lane.room)

    def tell_news(self, batch: list[Appended]) -> None:
        """Tell who wants to know of it what this process has appended."""
        for appended in batch:
            self._news.appended.tell(appended)
            self._news.entry.tell(appended.conversation_id, appended.entry.sender.id, appended.lane)

    def take_hints(self, hints: list[Hint]) -> None:
        """Take what other processes have appended, to the followers here."""
        entries = [(UUID(bytes=hint.conversation_id), hint) for hint in hints]
        self._offer(
            (conversation_id, Lane(hint.lane), hint.seq, Frame(hint.payload))
            for conversation_id, hint in entries
            if conversation_id in self._rooms
        )
        for conversation_id, hint in entries:
            self._news.entry.tell(conversation_id, hint.sender_id, Lane(hint.lane))

    def _offer(self, entries: Iterable[tuple[UUID, Lane, int, Frame]]) -> None:
        """Offer entries to their lanes, those in a row together: a follower gets them in one write."""
        rows: dict[LiveLane, tuple[int, list[Frame]]] = {}
        for conversation_id, lane_number, seq, frame in entries:
            room = self._rooms.get(conversation_id)
            if room is None:
                continue
            lane = room.lanes[lane_number]
            row = rows.get(lane)
            if row is None:
                rows[lane] = seq, [frame]
            elif seq == row[0] + len(row[1]):
                row[1].append(frame)
            else:
                # Not in a row: something is missing between them, or this is a repeat.
                lane.known = max(lane.known, seq)
        for lane, (first, frames) in rows.items():
            lane.offer(first, frames)
            if lane.hole:
                self.filler.fill(lane)
            self.wake(lane.room)

    # --- signals and waiting

    def signal(self, conversation_id: UUID, event: Any, *, except_user_id: int = 0) -> None:
        """Send a signal to everyone in the room, on all processes, but to the sockets of one user."""
        payload = encode_event(event)
        self.signal_here(conversation_id, Frame(payload), except_user_id=except_user_id)
        self._broker.signal(
            conversation_id, event.__struct_config__.tag, payload, except_user_id=except_user_id
        )

    def signal_here(self, conversation_id: UUID, frame: Frame, *, except_user_id: int = 0) -> None:
        room = self._rooms.get(conversation_id)
        if room is not None:
            room.signal(frame, except_user_id=except_user_id)

    def tell(self, receipt: ReceiptUpdated) -> None:
        """Tell everyone in the room, on all processes, how far a user has received and read."""
        payload = encode_event(receipt)
        self._tell_here(receipt, Frame(payload))
        self._broker.signal(receipt.conversation_id, RECEIPT, payload, of_user_id=receipt.user_id)

    def _tell_here(self, receipt: ReceiptUpdated, frame: Frame) -> None:
        conversation_id = receipt.conversation_id
        room = self._rooms.get(conversation_id)
        if room is None:
            return
        seen: Frame | None = frame
        if receipt.role == "agent":
            team = grown(room.team_mark, receipt)
            news = team != room.team_mark
            seen = (
                Frame.of(ReceiptUpdated(*structs.astuple(team), conversation_id=conversation_id))
                if news
                else None
            )
            room.team_mark = team
        room.tell((conversation_id, receipt.user_id), frame, to_customer=seen)

    def take_signal(self, signal: RoomSignal) -> None:
        """Hand on a signal of another process."""
        conversation_id, frame = UUID(bytes=signal.conversation_id), Frame(signal.payload)
        if conversation_id not in self._rooms:
            return
        if signal.event == RECEIPT:
            self._tell_here(decode_receipt(signal.payload), frame)
        else:
            self.signal_here(conversation_id, frame, except_user_id=signal.except_user_id)

    async def wait_beyond(
        self, reader: Reader, conversation_id: UUID, lane: Lane, since: int, timeout: float
    ) -> None:
        """Return when the lane has an entry after `since`, or after `timeout` seconds.

        Raises:
            NotFound: There is no such conversation, or not for this reader.
        """
        seen = self._releases[reader.id]
        room, _ = await self.pin(reader, conversation_id)

        def is_over() -> bool:
            has_news = room.lanes[lane].known > since
            return has_news or not self._holds(room) or self._releases[reader.id] != seen

        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await self._waiters.wait_until(room, is_over)
        finally:
            self.unpin(room)

    def _holds(self, room: Room) -> bool:
        return self._rooms.get(room.conversation_id) is room

    def release_readers(self, user_ids: Collection[int]) -> None:
        """Let these users go who wait for an entry: they may have lost sight of it."""
        self._releases.update(user_ids)
        self._waiters.wake_all()

    def release(self) -> None:
        """Let everyone who waits go, for this process leaves."""
        self._waiters.release()

    def wake(self, room: Room) -> None:
        """Let those who wait for an entry in this room look again."""
        self._waiters.wake(room)
