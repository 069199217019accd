"""What a socket writes to its transport, and when: on a transport that keeps each write."""

from __future__ import annotations

import asyncio

from app.spine.frame import Burst, Frame
from app.spine.server.direct import CLOSE, HELD_BYTES, HIGH_BYTES, DirectSocket

SMALL = [Frame(b'{"number":%d}' % number) for number in range(4)]
LARGE = Frame(b"x" * HELD_BYTES)


class Wire(asyncio.Transport):
    """Takes writes as uvloop's transport does: one system call each, until it is full."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.takes = True
        self.is_cut = False
        self.protocol: asyncio.BaseProtocol
        self._waiting = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.is_cut
        self.writes.append(bytes(data))
        if not self.takes:
            self._waiting += len(data)
            if self._waiting > HIGH_BYTES:
                self.protocol.pause_writing()

    def is_closing(self) -> bool:
        return self.is_cut

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...
    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...
    def abort(self) -> None: ...
    def close(self) -> None: ...


def connected() -> tuple[DirectSocket, Wire]:
    socket, wire = DirectSocket(), Wire()
    socket.take_over(wire)
    return socket, wire


def masked(opcode: int, payload: bytes) -> bytes:
    return bytes((0x80 | opcode, 0x80 | len(payload))) + bytes(4) + payload


async def end_of_turn() -> None:
    await asyncio.sleep(0)


async def test_what_comes_in_one_turn_is_one_write_in_its_order() -> None:
    socket, wire = connected()
    socket.write(SMALL[0])
    socket.send(SMALL[1])
    socket.write(Burst(SMALL[2:]))
    assert wire.writes == []
    await end_of_turn()
    assert wire.writes == [b"".join(frame.wire for frame in SMALL)]


async def test_each_turn_has_its_own_write() -> None:
    socket, wire = connected()
    for frame in SMALL:
        socket.write(frame)
        await end_of_turn()
    assert wire.writes == [frame.wire for frame in SMALL]


async def test_a_large_one_is_written_at_once_after_what_was_held() -> None:
    socket, wire = connected()
    socket.write(SMALL[0])
    socket.write(LARGE)
    assert wire.writes == [SMALL[0].wire, LARGE.wire]
    await end_of_turn()
    assert len(wire.writes) == 2


async def test_no_more_is_held_than_the_bound() -> None:
    socket, wire = connected()
    written = 0
    while not wire.writes:
        socket.send(SMALL[0])
        written += len(SMALL[0].wire)
    assert written <= HELD_BYTES + len(SMALL[0].wire)
    await end_of_turn()
    assert b"".join(wire.writes) == SMALL[0].wire * (written // len(SMALL[0].wire))


async def test_a_reader_that_takes_nothing_is_slow_within_the_turn() -> None:
    socket, wire = connected()
    wire.takes = False
    written = 0
    while socket.write(SMALL[0]):
        written += len(SMALL[0].wire)
    assert written <= HIGH_BYTES + 2 * HELD_BYTES
    assert not socket.writable


async def test_what_is_owed_goes_before_the_close_frame() -> None:
    socket, wire = connected()
    socket.send(SMALL[0])
    closing = asyncio.create_task(socket.close(4001, "too slow"))
    await end_of_turn()
    assert wire.writes[0] == SMALL[0].wire
    assert wire.writes[1][0] == CLOSE
    socket.send(SMALL[1])
    socket.lost()
    await closing
    assert len(wire.writes) == 2


async def test_what_is_owed_goes_before_the_answer_to_a_close_frame() -> None:
    socket, wire = connected()
    socket.send(SMALL[0])
    socket.data_received(masked(8, b""))
    assert wire.writes[0] == SMALL[0].wire
    assert wire.writes[1][0] == CLOSE


async def test_pings_that_come_together_are_answered_in_one_write() -> None:
    socket, wire = connected()
    socket.data_received(masked(9, b"a") * 3)
    await end_of_turn()
    assert len(wire.writes) == 1
    assert wire.writes[0].count(b"a") == 3


async def test_a_peer_that_was_cut_within_the_turn_is_written_nothing_and_the_others_are() -> None:
    (cut, cut_wire), (other, wire) = connected(), connected()
    cut.write(SMALL[0])
    other.write(SMALL[0])
    cut_wire.is_cut = True
    await end_of_turn()
    assert cut_wire.writes == []
    assert wire.writes == [SMALL[0].wire]


async def test_a_transport_that_fails_keeps_nothing_from_the_others() -> None:
    (broken, broken_wire), (other, wire) = connected(), connected()
    broken.write(SMALL[0])
    other.write(SMALL[0])
    del broken_wire.writes
    await end_of_turn()
    assert wire.writes == [SMALL[0].wire]


def test_a_loop_that_ended_within_a_turn_holds_up_no_other() -> None:
    async def write() -> Wire:
        socket, wire = connected()
        socket.write(SMALL[0])
        return wire

    async def write_and_wait() -> Wire:
        wire = await write()
        await end_of_turn()
        return wire

    asyncio.run(write())
    assert asyncio.run(write_and_wait()).writes == [SMALL[0].wire]
