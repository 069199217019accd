"""States that wait for a slow reader: the newest of each, in turn, and what tells of all of them after them."""

from __future__ import annotations

import asyncio
from typing import Any, cast
from uuid import UUID

import pytest

from app.spine.frame import Burst, Frame
from app.spine.rooms import states as states_module
from app.spine.sockets.pump import Pump

ROW, OTHER = UUID(int=1), UUID(int=2)
CURSOR = "cursor"


class Slow:
    """A socket that takes nothing until it is opened."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self._opened = asyncio.Event()

    @property
    def writable(self) -> bool:
        return self._opened.is_set()

    def write(self, frame: Frame | Burst) -> bool:
        if self.writable:
            self.written += frame.payloads
        return self.writable

    async def drained(self) -> None:
        await self._opened.wait()

    def open(self) -> None:
        self._opened.set()


def pump_of(socket: Slow) -> Pump:
    pump = Pump(cast(Any, socket), cast(Any, None))
    pump.begin()
    return pump


async def pumped(pump: Pump) -> None:
    if pump._task is not None:
        await pump._task


async def test_a_cursor_is_written_after_every_row_that_it_tells_of() -> None:
    socket = Slow()
    pump = pump_of(socket)
    pump.tell(ROW, Frame(b"row"))
    pump.tell_last(CURSOR, Frame(b"cursor 1"))
    pump.tell(OTHER, Frame(b"other"))
    pump.tell(ROW, Frame(b"newer row"))
    socket.open()
    # The rows wait still, though the socket could take this.
    pump.tell_last(CURSOR, Frame(b"cursor 2"))
    assert socket.written == []
    await pumped(pump)
    assert socket.written == [b"newer row", b"other", b"cursor 2"]


async def test_whoever_has_many_to_tell_waits_until_the_reader_takes_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(states_module, "FULL_BYTES", 3)
    socket = Slow()
    pump = pump_of(socket)
    await pump.room_for_states()
    pump.tell(ROW, Frame(b"row"))
    waiting = asyncio.create_task(pump.room_for_states())
    await asyncio.sleep(0)
    assert not waiting.done()
    socket.open()
    await waiting
    assert socket.written == [b"row"]


async def test_nobody_waits_for_a_reader_who_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states_module, "FULL_BYTES", 3)
    pump = pump_of(Slow())
    pump.tell(ROW, Frame(b"row"))
    waiting = asyncio.create_task(pump.room_for_states())
    await asyncio.sleep(0)
    pump.stop()
    await waiting
