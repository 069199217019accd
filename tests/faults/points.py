"""Named points at which a server kills itself, and mechanisms that can be taken out of it.

All of it is put into the product from here, by a process that only the tests start: the product has no switch for it,
so no setting, file or request can turn it on.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from itertools import count
from typing import Any

from app.desk.inbox.feed import Feed
from app.desk.inbox.returning import Returning
from app.spine.broker import Broker
from app.spine.db import Database
from app.spine.frame import Burst, Frame
from app.spine.log import entries, journal
from app.spine.log.entries import Verdict
from app.spine.log.entry import Appended, Draft
from app.spine.rooms.filler import Filler
from app.spine.rooms.room import Follower, LiveLane, Room
from app.spine.rooms.rooms import Rooms
from app.spine.rooms.states import Subject
from app.spine.server.direct import DirectSocket
from app.spine.sockets.connection import Connection
from app.spine.sockets.pump import Pump
from app.talk.presence.leases import Leases

POINTS = ("before_commit", "after_commit", "before_hint", "mid_pump", "mid_resume")
TAKE_OUT = "FAULTS_TAKE_OUT"
"""By this variable the tests tell a server of theirs what to do without."""
MECHANISMS = ("sweep", "holes", "list", "dirty", "duplicates", "resume", "room")
"""Mechanisms that `take_out` knows; without room, a socket takes every second frame. Dedup and the row lock are
Postgres's work; see mutations.py."""

armed: dict[str, int] = {}
"""Times that each point may still be passed, the last one being fatal."""
resuming: ContextVar[bool] = ContextVar("resuming", default=False)


def passing(point: str) -> None:
    """Die here, if this is the time."""
    if point in armed:
        armed[point] -= 1
        if armed[point] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def put_in_points() -> None:
    """Let the product pass by every point of `POINTS`."""
    append = entries.append_entries
    publish, turn = Broker.publish, Pump._turn
    welcome, enter = Connection._welcome, Connection.enter

    async def append_entries(db: Database, drafts: Sequence[Draft]) -> list[Verdict]:
        passing("before_commit")
        verdicts = await append(db, drafts)
        passing("after_commit")
        return verdicts

    def publish_hints(self: Broker, batch: list[Appended]) -> None:
        if batch:
            passing("before_hint")
        publish(self, batch)

    async def pump_once(self: Pump, follower: Follower) -> None:
        cursor = follower.cursor
        await turn(self, follower)
        if follower.cursor > cursor:
            passing("mid_pump")

    async def welcome_back(self: Connection, request: Any) -> None:
        resuming.set(True)
        await welcome(self, request)
        resuming.set(False)

    def enter_room(self: Connection, room: Room, cursors: tuple[int, ...]) -> None:
        enter(self, room, cursors)
        if resuming.get():
            passing("mid_resume")

    replacements: list[tuple[Any, str, Callable[..., Any]]] = [
        (journal, "append_entries", append_entries),
        (Broker, "publish", publish_hints),
        (Pump, "_turn", pump_once),
        (Connection, "_welcome", welcome_back),
        (Connection, "enter", enter_room),
    ]
    for owner, name, replacement in replacements:
        assert hasattr(owner, name)
        setattr(owner, name, replacement)


def take_out(mechanism: str) -> None:
    """Switch a mechanism off, to see whether the referee notices."""

    async def no_sweep(self: object) -> None:
        pass

    def no_fill(self: Filler, lane: LiveLane) -> None:
        pass

    def no_dirty_set(self: Pump, subject: Subject, frame: Frame) -> None:
        self._socket.write(frame)

    tell_news = Rooms.tell_news

    def no_duplicates(self: Rooms, batch: list[Appended]) -> None:
        tell_news(self, [appended for appended in batch if not appended.duplicate])

    async def no_return(self: Returning, changes: object) -> None:
        pass

    async def no_deadline(self: Leases, *, with_dead: bool) -> None:
        pass

    write, turns = DirectSocket.write, count()

    def no_room(self: DirectSocket, frame: Frame | Burst) -> bool:
        return next(turns) % 2 == 0 and write(self, frame)

    lists = (Feed, "_sweep", no_sweep)
    replacements: dict[str, list[tuple[type, str, Callable[..., Any]]]] = {
        # The sweep of the lists heals the rooms too whose rows it reads.
        "sweep": [(Filler, "_sweep", no_sweep), lists],
        "holes": [(Filler, "fill", no_fill)],
        "list": [lists],
        "dirty": [(Pump, "tell", no_dirty_set)],
        "duplicates": [(Rooms, "tell_news", no_duplicates)],
        "room": [(DirectSocket, "write", no_room)],
        "resume": [(Returning, "bring", no_return)],
        "due": [(Leases, "_take_due", no_deadline)],
    }
    for owner, name, replacement in replacements[mechanism]:
        assert hasattr(owner, name)
        setattr(owner, name, replacement)
