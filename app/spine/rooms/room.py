"""A conversation's live side in one process. No I/O: what happened goes in, frames for the followers come out.

Each lane knows its head, keeps a short ring of its latest frames, and has followers. A follower is a cursor: the last
`seq` that its connection was sent. Live delivery, joining, resuming and catching up after being slow all come down to
moving a cursor towards the head, one `seq` at a time, so nothing can be skipped, doubled or reordered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from app.spine.frame import Burst, Frame
from app.spine.log.entry import Lane
from app.spine.rooms.seen import team_mark
from app.spine.rooms.states import Subject

RING = 32
"""Frames kept per lane, at least and up to twice: what a reload or a short stall misses in a busy conversation."""
RING_BYTES = 256 * 1024
"""Bytes kept per lane: of the longest messages a ring holds a few."""
BURST_BYTES = 256 * 1024
"""The most that is written to one reader at once: one that turns out to take nothing keeps no more than that."""
UNKNOWN = -1
ERASING = (b'{"type":"message_edited"', b'{"type":"message_deleted"')
"""The beginnings of frames that take a text away from an entry before."""


class Sink(Protocol):
    """A connection, as far as a room needs it."""

    @property
    def user_id(self) -> int: ...

    def write(self, frame: Frame | Burst) -> bool:
        """Write unless the reader is slow; say whether it was written. Never waits."""
        ...

    def tell(self, subject: Subject, frame: Frame) -> None:
        """Write a state; to a slow reader later, and then the newest of its subject. Never waits."""
        ...

    def fall_behind(self, follower: Follower) -> None:
        """Ask to be pumped: the follower's cursor is short of the head."""
        ...


class StatesSink(Sink, Protocol):
    """A connection that is told many states, and how far it has been told."""

    def tell_last(self, subject: Subject, frame: Frame) -> None:
        """Write a state after all that wait, for it tells that they were written. Never waits."""
        ...

    async def room_for_states(self) -> None:
        """Wait until the reader has taken enough for more states to wait, or is gone."""
        ...


class Follower:
    """One connection on one lane of a room."""

    __slots__ = ("cursor", "lane", "sink")

    def __init__(self, sink: Sink, lane: LiveLane, cursor: int) -> None:
        self.sink = sink
        self.lane = lane
        self.cursor = cursor

    @property
    def behind(self) -> bool:
        return self.cursor < self.lane.head

    def take(self, first: int, frames: Sequence[Frame]) -> None:
        """Write what comes next of the frames from `first` on, as one burst; what it has already is passed over.

        A slow reader gets nothing, and stays behind.
        """
        due = at_once(frames[self.cursor + 1 - first :]) if first <= self.cursor + 1 else ()
        if due and self.sink.write(burst(due)):
            self.cursor += len(due)


def at_once(frames: Sequence[Frame]) -> Sequence[Frame]:
    """Return as many of the frames as may wait for one reader, at least the first."""
    size = 0
    for count, frame in enumerate(frames):
        size += len(frame.wire)
        if size > BURST_BYTES and count:
            return frames[:count]
    return frames


def burst(frames: Sequence[Frame]) -> Frame | Burst:
    return frames[0] if len(frames) == 1 else Burst(frames)


class LiveLane:
    """One lane of a room: the head, the latest frames, and who follows."""

    __slots__ = ("_ring_bytes", "followers", "head", "known", "number", "ring", "room")

    def __init__(self, room: Room, number: Lane) -> None:
        self.room = room
        self.number = number
        self.head = UNKNOWN
        """The last `seq` up to which everything was offered here."""
        self.known = UNKNOWN
        """The highest `seq` heard of; above the head there is a hole to fill."""
        self.ring: list[Frame] = []
        self._ring_bytes = 0
        self.followers: set[Follower] = set()

    @property
    def hole(self) -> bool:
        return self.head != UNKNOWN and self.known > self.head

    def start(self, head: int) -> None:
        """Set the head for the first time, or note that Postgres has it at `head`."""
        if self.head == UNKNOWN:
            self.head = head
        self.known = max(self.known, head)

    def offer(self, first: int, frames: Sequence[Frame]) -> None:
        """Take entries in a row, the first of which is `first`.

        Those that come next go to every follower, old ones are dropped, later ones tell of a hole.
        """
        last = first + len(frames) - 1
        self.known = max(self.known, last)
        before = self.head
        if before == UNKNOWN or not first <= before + 1 <= last:
            return
        fresh = frames[before + 1 - first :]
        self.head = last
        self._keep(fresh)
        first_part = at_once(fresh)
        written, reached = burst(first_part), before + len(first_part)
        for follower in self.followers:
            if follower.cursor == before and follower.sink.write(written):
                follower.cursor = reached
            if follower.cursor < last:
                follower.sink.fall_behind(follower)

    def _keep(self, frames: Sequence[Frame]) -> None:
        ring = self.ring
        for frame in frames:
            if frame.payload.startswith(ERASING):
                # By whichever way it came: what it has taken away is not handed out again.
                ring.clear()
                self._ring_bytes = 0
            ring.append(frame)
            self._ring_bytes += len(frame.wire)
        if len(ring) > 2 * RING or self._ring_bytes > 2 * RING_BYTES:
            del ring[:-RING]
            self._ring_bytes = sum(len(frame.wire) for frame in ring)
            while self._ring_bytes > RING_BYTES:
                self._ring_bytes -= len(ring.pop(0).wire)

    def frames_after(self, cursor: int) -> Sequence[Frame] | None:
        """Return the frames after `cursor` up to the head, or None if they have to be read from the log.

        So they have where the ring does not reach back so far, and while there is a hole: what is missing may take
        away a text that the ring still has.
        """
        if self.hole:
            return None
        missing = self.head - cursor
        return self.ring[-missing:] if 0 < missing <= len(self.ring) else None


class Room:
    """The lanes of one conversation, the connections in it, and the agents who have a part in it."""

    __slots__ = ("agents", "conversation_id", "customer_id", "lanes", "members", "pins", "team_mark")

    def __init__(self, conversation_id: UUID) -> None:
        self.conversation_id = conversation_id
        self.lanes = (LiveLane(self, Lane.PUBLIC), LiveLane(self, Lane.TEAM))
        self.members: dict[Sink, tuple[Follower, ...]] = {}
        self.pins = 0
        """Holders who need the room to stay: a join that is on its way, a long poll."""
        self.agents: set[int] = set()
        """Agents whose presence the customer sees."""
        self.customer_id = 0
        self.team_mark = team_mark(())
        """The team's mark: how far it has received and read, as the customer sees it."""

    @property
    def opened(self) -> bool:
        """Whether its heads are known."""
        return self.lanes[Lane.PUBLIC].head != UNKNOWN

    @property
    def unused(self) -> bool:
        return not self.members and not self.pins

    def enter(self, sink: Sink, cursors: Sequence[int]) -> None:
        """Let a connection follow, from one cursor per lane that it may see. Entering again moves its cursors."""
        self.leave(sink)
        followers = tuple(
            Follower(sink, lane, cursor) for lane, cursor in zip(self.lanes, cursors, strict=False)
        )
        self.members[sink] = followers
        for follower in followers:
            follower.lane.followers.add(follower)
            if follower.behind:
                sink.fall_behind(follower)

    def leave(self, sink: Sink) -> None:
        """Forget a connection; not being in the room is fine."""
        for follower in self.members.pop(sink, ()):
            follower.lane.followers.discard(follower)

    def tell(self, subject: Subject, frame: Frame, *, to_customer: Frame | None) -> None:
        """Tell everyone of a state, the slow ones later; the customer of what they see of it, if anything."""
        for sink in self.members:
            if sink.user_id != self.customer_id:
                sink.tell(subject, frame)
            elif to_customer is not None:
                sink.tell(subject, to_customer)

    def signal(self, frame: Frame, *, except_user_id: int = 0) -> None:
        """Write a signal to everyone who can take it now; the slow ones miss it."""
        for sink in self.members:
            if sink.user_id != except_user_id:
                sink.write(frame)
