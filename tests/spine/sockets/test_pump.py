"""Connections against a model: each is sent its lanes from its cursors on, once and in order, whatever comes between.

Rooms, filler, connections and pumps are the real ones. Only what lies beyond them is played: sockets that fill up,
hints that get lost, and the pages of Postgres, which arrive late and in any order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.errors import Unavailable
from app.settings import Settings
from app.spine.broker import Broker
from app.spine.frame import Burst, Frame
from app.spine.hints import Hint
from app.spine.identity import Identity
from app.spine.log.entry import Lane
from app.spine.rooms import room
from app.spine.rooms.news import News
from app.spine.rooms.room import RING, Room
from app.spine.rooms.rooms import Rooms
from app.spine.sockets.connection import Connection
from app.spine.sockets.pump import PAUSE_SECONDS, Pump
from app.spine.sockets.socket import SocketClosed
from app.values.redis_address import RedisAddress
from tests.spine.rooms.test_room import LANES, frames

ROOM = UUID(int=1)
PEERS = st.integers(0, 2)
TURNS = st.integers(0, 2)
STEPS = 40
"""Too few for the clock to reach the time after which a slow reader is closed, at a pause for each."""


@pytest.fixture(autouse=True, scope="module")
def _bursts_of_a_few_frames() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "BURST_BYTES", 50)
        yield


class Loop(asyncio.SelectorEventLoop):
    """A loop whose clock is moved by hand."""

    now = 0.0

    def time(self) -> float:
        return self.now


class Peer:
    """A connection, its socket that takes so many writes and is full then, and what was written to it."""

    def __init__(self, spine: Any, *, agent: bool) -> None:
        self.lanes = list(Lane)[: 2 if agent else 1]
        self.since: dict[Lane, int] = {}
        """The `seq` it goes on from, by lane; empty while it is not in the room."""
        self.written: dict[Lane, list[int]] = {lane: [] for lane in Lane}
        self.closed = False
        self.asked = 0
        """Times that the connection tried its luck since the loop began to turn."""
        self._space = 3
        self._emptied = asyncio.Event()
        ada = Identity(user_id=1, role="agent", name="Ada")
        self.connection = Connection(cast(Any, self), spine, "admin", ada, cast(Any, None))
        self.connection._pump.begin()

    def read(self, space: int) -> None:
        self._space = space
        self._emptied.set()

    def write(self, frame: Frame | Burst) -> bool:
        if not self.writable:
            return False
        self._space -= 1
        for payload in frame.payloads:
            lane, seq = payload.split(b":")
            self.written[Lane(int(lane))].append(int(seq))
        return True

    @property
    def writable(self) -> bool:
        self.asked += 1
        assert self.asked < 1000, "the pump turns for ever"
        return self._space > 0

    async def drained(self) -> None:
        while not self._space:
            self._emptied.clear()
            await self._emptied.wait()

    async def close(self, code: int, reason: str = "") -> None:
        self.closed = True


class Page:
    """A page that somebody waits for, from Postgres."""

    def __init__(self, lane: Lane, cursor: int) -> None:
        self.lane = lane
        self.cursor = cursor
        self.arrival: asyncio.Future[Sequence[Frame]] = asyncio.get_running_loop().create_future()


class PumpMachine(RuleBasedStateMachine):
    """One conversation; the log is a number per lane. Tasks run only where a rule lets the loop turn."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = Loop()
        self.stored = [0, 0]
        self.pages: list[Page] = []
        broker = Broker(RedisAddress(), process_id=bytes(16))
        news = News()
        self.rooms = Rooms(cast(Any, None), broker, news)
        self.rooms.filler._pages = cast(Any, self)
        self.spine = SimpleNamespace(settings=Settings(), rooms=self.rooms, news=news)
        self.room = self.rooms._rooms[ROOM] = Room(ROOM)
        self.room.pins = 1
        with self.in_the_loop():
            self.everyone = [Peer(self.spine, agent=agent) for agent in (True, True, False)]

    # --- Postgres

    async def load(self, key: tuple[UUID, Lane, int]) -> Sequence[Frame]:
        page = Page(key[1], key[2])
        self.pages.append(page)
        return await page.arrival

    @rule(which=st.integers(0), size=st.integers(1, 5), turns=TURNS)
    def answer(self, which: int, size: int, turns: int) -> None:
        """Any page arrives, as the log is by now."""
        if not self.pages:
            return
        page = self.pages.pop(which % len(self.pages))
        last = min(page.cursor + size, self.stored[page.lane])
        page.arrival.set_result(frames(page.lane, page.cursor + 1, last))
        self.turn(turns)

    @rule(which=st.integers(0))
    def fail(self, which: int) -> None:
        """Instead of a page comes an error, and later the time to ask again."""
        if not self.pages:
            return
        page = self.pages.pop(which % len(self.pages))
        page.arrival.set_exception(Unavailable("Postgres is away."))
        self.turn(2)
        self.loop.now += PAUSE_SECONDS

    # --- the log

    @rule(lane=LANES, count=st.sampled_from([1, 2, RING, 3 * RING]), told=st.booleans(), turns=TURNS)
    def append(self, lane: Lane, count: int, turns: int, *, told: bool) -> None:
        first = self.stored[lane] + 1
        self.stored[lane] += count
        if told:
            self.tell(lane, range(first, first + count))
        self.turn(turns)

    @rule(lane=LANES, data=st.data())
    def hear(self, lane: Lane, data: st.DataObject) -> None:
        """Hints of anything that was ever committed, however often it was told before."""
        if self.stored[lane]:
            self.tell(lane, data.draw(st.lists(st.integers(1, self.stored[lane]), min_size=1, max_size=3)))

    @rule(lane=LANES, count=st.integers(1, 3))
    def hear_what_is_missing(self, lane: Lane, count: int) -> None:
        """The hints for which a page may be on its way come after all."""
        head = max(self.room.lanes[lane].head, 0)
        self.tell(lane, range(head + 1, min(head + count, self.stored[lane]) + 1))

    def tell(self, lane: Lane, seqs: Sequence[int]) -> None:
        hints = [Hint(ROOM.bytes, lane, seq, 0, *frames(lane, seq, seq)[0].payloads) for seq in seqs]
        with self.in_the_loop():
            self.rooms.take_hints(hints)

    @rule()
    def sweep(self) -> None:
        with self.in_the_loop():
            self.rooms.filler.advance(self.room, self.stored)

    # --- connections

    @rule(which=PEERS, turns=TURNS, data=st.data())
    def enter(self, which: int, turns: int, data: st.DataObject) -> None:
        """It joins, or joins anew, from the head that Postgres has or from before it."""
        self.sweep()
        peer = self.everyone[which]
        peer.since = {lane: data.draw(st.integers(0, self.stored[lane])) for lane in peer.lanes}
        peer.written = {lane: [] for lane in Lane}
        self.room.pins += 1
        with self.in_the_loop():
            peer.connection.enter(self.room, tuple(peer.since.values()))
        self.turn(turns)

    @rule(which=PEERS, turns=TURNS)
    def leave(self, which: int, turns: int) -> None:
        peer = self.everyone[which]
        peer.since = {}
        peer.written = {lane: [] for lane in Lane}
        with self.in_the_loop():
            peer.connection.leave(ROOM)
        self.turn(turns)

    @rule(which=PEERS, space=st.integers(0, 3), turns=TURNS)
    def read(self, which: int, space: int, turns: int) -> None:
        with self.in_the_loop():
            self.everyone[which].read(space)
        self.turn(turns)

    # --- the loop

    def turn(self, count: int) -> None:
        for peer in self.everyone:
            peer.asked = 0
        for _ in range(count):
            self.loop.run_until_complete(asyncio.sleep(0))

    @contextmanager
    def in_the_loop(self) -> Iterator[None]:
        """Do something as one of the loop's callbacks does it: nobody else has a turn in between."""
        asyncio._set_running_loop(self.loop)
        try:
            yield
        finally:
            asyncio._set_running_loop(None)

    # --- what holds

    @invariant()
    def each_was_written_its_lanes_from_its_cursors_on(self) -> None:
        for peer in self.everyone:
            for lane, seqs in peer.written.items():
                first = peer.since[lane] + 1 if lane in peer.since else 1
                assert seqs == list(range(first, first + len(seqs)))

    @invariant()
    def who_is_not_in_the_room_is_written_nothing(self) -> None:
        assert all(lane in peer.since or not peer.written[lane] for peer in self.everyone for lane in Lane)

    @invariant()
    def nobody_is_closed(self) -> None:
        assert not any(peer.closed for peer in self.everyone)

    @rule()
    def rest(self) -> None:
        """Once all pages have come and all have read, nobody in the room lacks anything."""
        self.sweep()
        for peer in self.everyone:
            with self.in_the_loop():
                peer.read(1_000_000)
        self.turn(10)
        for _ in range(2 * sum(self.stored)):
            for page in self.pages:
                last = min(page.cursor + 100, self.stored[page.lane])
                page.arrival.set_result(frames(page.lane, page.cursor + 1, last))
            self.pages.clear()
            self.turn(10)
            if not self.pages:
                break
        assert not self.pages, "the same page is asked for again and again"
        self.each_was_written_its_lanes_from_its_cursors_on()
        self.who_is_not_in_the_room_is_written_nothing()
        self.nobody_is_closed()
        for peer in self.everyone:
            for lane, since in peer.since.items():
                assert len(peer.written[lane]) == self.stored[lane] - since, "somebody was left behind"

    def teardown(self) -> None:
        try:
            self.rest()
        finally:
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.turn(3)
            self.loop.close()


PumpMachine.TestCase.settings = settings(
    max_examples=300,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=True,
    # Looking for the shortest way to a failure takes a minute; leave this out to have it.
    phases=(Phase.generate,),
)
TestPump = PumpMachine.TestCase


async def test_a_pump_works_in_the_context_of_its_connection_whoever_wakes_it() -> None:
    """Its logs carry the connection's id, and not that of whoever wrote what its reader cannot take."""
    connection: ContextVar[str] = ContextVar("connection")
    seen = []

    class Full:
        writable = False

        def write(self, frame: Frame | Burst) -> bool:
            return False

        async def drained(self) -> None:
            seen.append(connection.get())
            raise SocketClosed

    pump = Pump(cast(Any, Full()), cast(Any, None))
    connection.set("k_reader")
    pump.begin()
    connection.set("k_writer")
    pump.tell(7, Frame(b"state"))
    await asyncio.sleep(0)
    assert seen == ["k_reader"]
