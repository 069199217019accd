"""Requests that are held until a room has news: the long polls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.spine.rooms.room import Room


class Waiters:
    """An event for each that waits, by room. An entry costs nothing where nobody waits."""

    def __init__(self) -> None:
        self._events: dict[Room, set[asyncio.Event]] = {}
        self._released = False

    async def wait_until(self, room: Room, holds: Callable[[], bool]) -> None:
        """Return when the condition holds, which is looked at each time the room is woken; or upon `release`."""
        changed = asyncio.Event()
        self._events.setdefault(room, set()).add(changed)
        try:
            while not holds() and not self._released:
                await changed.wait()
                changed.clear()
        finally:
            self._events[room].discard(changed)
            if not self._events[room]:
                del self._events[room]

    def wake(self, room: Room) -> None:
        """Let those who wait in this room look again."""
        for changed in self._events.get(room, ()):
            changed.set()

    def wake_all(self) -> None:
        for room in self._events:
            self.wake(room)

    def release(self) -> None:
        """Let everyone go, from now on at once."""
        self._released = True
        self.wake_all()
