"""A room against its model: a follower is sent its lane from its cursor on, once and in order, whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    precondition,
    rule,
)

from app.spine.frame import Burst, Frame
from app.spine.log.entry import Lane
from app.spine.rooms.room import RING, RING_BYTES, Follower, Room
from app.spine.rooms.states import Subject

LANES = st.sampled_from([Lane.PUBLIC, Lane.TEAM])


class Reader:
    """A connection with a buffer that can be full; what it was written is noted by lane."""

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        self.full = False
        self.since: tuple[int, ...] = ()
        self.written: dict[Lane, list[int]] = {}
        self.signals = 0
        self.behind: dict[Follower, None] = {}

    def write(self, frame: Frame | Burst) -> bool:
        if self.full:
            return False
        for payload in frame.payloads:
            if payload == b"signal":
                self.signals += 1
            else:
                lane, seq = payload.split(b":")
                self.written[Lane(int(lane))].append(int(seq))
        return True

    def tell(self, subject: Subject, frame: Frame) -> None:
        self.write(frame)

    def fall_behind(self, follower: Follower) -> None:
        self.behind[follower] = None


def frames(lane: Lane, first: int, last: int) -> Sequence[Frame]:
    return [Frame(b"%d:%d" % (lane, seq)) for seq in range(first, last + 1)]


class RoomMachine(RuleBasedStateMachine):
    """Postgres is a number per lane; hints of what it holds come late, doubled, out of order, or not at all."""

    readers = Bundle("readers")

    def __init__(self) -> None:
        super().__init__()
        self.room = Room(UUID(int=1))
        self.stored = [0, 0]
        self.started = False
        self.inside: list[Reader] = []
        self.count = 0

    @rule(lane=LANES, count=st.integers(1, 3))
    def append(self, lane: Lane, count: int) -> None:
        """Entries are committed; nobody tells the room."""
        self.stored[lane] += count

    @rule(lane=LANES, count=st.sampled_from([1, 2, RING, 3 * RING]), told=st.booleans())
    def append_here(self, lane: Lane, count: int, *, told: bool) -> None:
        first = self.stored[lane] + 1
        self.stored[lane] += count
        if told:
            self.room.lanes[lane].offer(first, frames(lane, first, self.stored[lane]))

    @rule(lane=LANES, data=st.data())
    def hear(self, lane: Lane, data: st.DataObject) -> None:
        """A hint of anything that was ever committed, however often it was told before."""
        if self.stored[lane]:
            first = data.draw(st.integers(1, self.stored[lane]))
            last = data.draw(st.integers(first, min(first + 3, self.stored[lane])))
            self.room.lanes[lane].offer(first, frames(lane, first, last))

    @rule()
    def sweep(self) -> None:
        if self.started:
            for lane in self.room.lanes:
                lane.start(self.stored[lane.number])

    @rule(lane=LANES, size=st.integers(1, 5))
    def fill(self, lane: Lane, size: int) -> None:
        """A page is read from Postgres where there is a hole."""
        live = self.room.lanes[lane]
        if live.hole:
            last = min(live.head + size, self.stored[lane])
            live.offer(live.head + 1, frames(lane, live.head + 1, last))

    @rule(target=readers, agent=st.booleans(), full=st.booleans(), data=st.data())
    def join(self, data: st.DataObject, *, agent: bool, full: bool) -> Reader:
        """Somebody joins, from the head that Postgres has or from before it."""
        self.open()
        self.count += 1
        reader = Reader(self.count)
        reader.full = full
        self.inside.append(reader)
        self.enter(reader, [data.draw(st.integers(0, head)) for head in self.stored[: 2 if agent else 1]])
        return reader

    @rule(reader=readers, data=st.data())
    def join_again(self, reader: Reader, data: st.DataObject) -> None:
        self.open()
        self.enter(reader, [data.draw(st.integers(0, head)) for head in self.stored[: len(reader.since)]])

    def open(self) -> None:
        self.started = True
        for lane in self.room.lanes:
            lane.start(self.stored[lane.number])

    def enter(self, reader: Reader, cursors: list[int]) -> None:
        reader.since = tuple(cursors)
        reader.written = {lane: [] for lane in Lane}
        reader.behind.clear()
        self.room.enter(reader, cursors)

    @rule(reader=consumes(readers))
    def leave(self, reader: Reader) -> None:
        before = [len(seqs) for seqs in reader.written.values()]
        self.inside.remove(reader)
        self.room.leave(reader)
        self.room.leave(reader)
        for lane in self.room.lanes:
            self.append_here(lane.number, 1, told=True)
        assert [len(seqs) for seqs in reader.written.values()] == before

    @rule(reader=readers, full=st.booleans())
    def stall(self, reader: Reader, *, full: bool) -> None:
        reader.full = full

    @rule(reader=readers, size=st.integers(1, 5))
    def pump(self, reader: Reader, size: int) -> None:
        """The connection's pump has its turn: from the ring, or a page of Postgres."""
        if reader.behind:
            follower = next(iter(reader.behind))
            del reader.behind[follower]
            self.pump_once(follower, size)
            if follower.behind:
                reader.behind[follower] = None

    def pump_once(self, follower: Follower, size: int) -> None:
        lane, cursor = follower.lane, follower.cursor
        page = lane.frames_after(cursor)
        if page is None:
            page = frames(lane.number, cursor + 1, min(cursor + size, self.stored[lane.number]))
        follower.take(cursor + 1, page)

    @rule(reader=readers, data=st.data())
    def take_anything(self, reader: Reader, data: st.DataObject) -> None:
        """A page that was asked for long ago arrives."""
        for follower in self.room.members[reader]:
            lane = follower.lane.number
            if self.stored[lane]:
                first = data.draw(st.integers(1, self.stored[lane]))
                follower.take(first, frames(lane, first, min(first + 5, self.stored[lane])))

    @rule(data=st.data())
    @precondition(lambda self: self.inside)
    def signal(self, data: st.DataObject) -> None:
        before = {reader: reader.signals for reader in self.inside}
        except_user_id = data.draw(st.integers(0, self.count))
        self.room.signal(Frame(b"signal"), except_user_id=except_user_id)
        for reader, signals in before.items():
            heard = not reader.full and reader.user_id != except_user_id
            assert reader.signals == signals + heard

    @invariant()
    def what_was_written_is_the_log_from_the_cursor_on(self) -> None:
        for reader in self.inside:
            for lane, seqs in reader.written.items():
                since = reader.since[lane] if lane < len(reader.since) else 0
                assert seqs == list(range(since + 1, since + 1 + len(seqs)))
                assert lane < len(reader.since) or not seqs

    @invariant()
    def who_is_short_of_the_head_asks_to_be_pumped(self) -> None:
        for reader in self.inside:
            for follower in self.room.members[reader]:
                assert not follower.behind or follower in reader.behind

    @invariant()
    def the_room_never_runs_ahead_of_the_log(self) -> None:
        for lane in self.room.lanes:
            assert lane.head <= lane.known <= self.stored[lane.number]
            assert len(lane.ring) <= 2 * RING

    def teardown(self) -> None:
        """In the end, with holes filled and readers reading, everyone has everything."""
        if not self.started:
            return
        self.sweep()
        for lane in Lane:
            while self.room.lanes[lane].hole:
                self.fill(lane, 100)
        for reader in self.inside:
            reader.full = False
            while reader.behind:
                self.pump(reader, 100)
        self.what_was_written_is_the_log_from_the_cursor_on()
        for reader in self.inside:
            for lane, since in zip(Lane, reader.since, strict=False):
                assert len(reader.written[lane]) == self.stored[lane] - since


RoomMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestRoom = RoomMachine.TestCase


def test_a_room_is_unused_when_nobody_is_in_it_or_on_the_way() -> None:
    room, reader, unused = Room(UUID(int=1)), Reader(1), []
    steps: list[Callable[[], None]] = [
        lambda: None,
        lambda: setattr(room, "pins", 1),
        lambda: room.enter(reader, (0,)),
        lambda: setattr(room, "pins", 0),
        lambda: room.leave(reader),
    ]
    for step in steps:
        step()
        unused.append(room.unused)
    assert unused == [True, False, False, False, True]


ERASED = [
    b'{"type":"message_edited","conversation_id":"1"}',
    b'{"type":"message_deleted","conversation_id":"1"}',
]


@pytest.mark.parametrize("erasing", ERASED)
@pytest.mark.parametrize("size", [1, 3])
def test_a_text_that_was_taken_away_is_not_in_the_ring_whichever_way_that_came(
    erasing: bytes, size: int
) -> None:
    lane = Room(UUID(int=1)).lanes[Lane.PUBLIC]
    lane.start(0)
    lane.offer(1, frames(Lane.PUBLIC, 1, 5))
    change = [Frame(erasing), *frames(Lane.PUBLIC, 7, 5 + size)]
    lane.offer(6, change)
    assert lane.frames_after(4) is None
    assert lane.frames_after(5) == change


def test_nothing_is_handed_out_of_the_ring_while_something_is_missing() -> None:
    lane = Room(UUID(int=1)).lanes[Lane.PUBLIC]
    lane.start(0)
    lane.offer(1, frames(Lane.PUBLIC, 1, 5))
    assert lane.frames_after(3) == lane.ring[-2:]
    lane.start(6)
    assert lane.frames_after(3) is None


def test_a_ring_of_the_longest_messages_is_bounded_in_bytes() -> None:
    lane = Room(UUID(int=1)).lanes[Lane.PUBLIC]
    lane.start(0)
    for seq in range(1, 1000):
        lane.offer(seq, [Frame(b"x" * (seq * 7919 % 60_000))])
        assert sum(len(frame.wire) for frame in lane.ring) <= 2 * RING_BYTES
        assert lane.ring
        assert lane.frames_after(seq - 1) == lane.ring[-1:]
