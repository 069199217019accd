"""Clients that are a burden: one never answers a heartbeat, one asks and asks and never reads what it is told."""

from __future__ import annotations

import asyncio
import random
import socket
from collections import Counter
from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

from tests.faults.people import TEAM, Person
from tests.faults.server import Server
from tests.faults.wire import Wire

Habit: TypeAlias = Literal["mute", "deaf"]
HABITS: tuple[Habit, ...] = ("mute", "deaf")
AGAIN_SECONDS = 0.2
ASK_SECONDS = 0.2
RECEIVE_BUFFER = 4096
AT_LATEST: dict[Habit, float] = {"mute": 20.0, "deaf": 60.0}
"""Past this, a server has not got rid of it: thrice a heartbeat's patience, and a standstill of the server's. A client
that does not read is not read either once the kernels keep no more for it, and misses its heartbeat then."""
encode = msgspec.json.Encoder().encode


class Burden:
    """It goes to a server itself, so that no fault of the network ends it, and comes back whenever it is let go of."""

    def __init__(
        self,
        person: Person,
        habit: Habit,
        servers: list[Server],
        rng: random.Random,
        complain: Callable[[str, str], None],
    ) -> None:
        self.habit: Habit = habit
        self.endings: Counter[int] = Counter()
        """Times that it was let go of, by close code; a client that does not read learns none, which is 1006."""
        self._person = person
        self._servers = servers
        self._rng = rng
        self._complain = complain
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._live())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def _live(self) -> None:
        while True:
            port = self._rng.choice(self._servers).port
            if port:
                await self._come_once(port)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _come_once(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[int] = loop.create_future()
        line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        line.setblocking(False)  # noqa: FBT003
        if self.habit == "deaf":
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        wire = Wire(
            f"/ws/{self._person.surface}",
            lambda: self._begin(wire),
            lambda payload: None,
            lambda code, reason: ended.set_result(code),
        )
        try:
            await loop.sock_connect(line, ("127.0.0.1", port))
            await loop.create_connection(lambda: wire, sock=line)
        except OSError:
            line.close()
            return
        began = loop.time()
        try:
            while not ended.done():
                if loop.time() - began > AT_LATEST[self.habit]:
                    self._complain(
                        "burden", f"who is {self.habit} is still there after {AT_LATEST[self.habit]:.0f} s"
                    )
                    return
                await asyncio.wait((ended,), timeout=ASK_SECONDS)
                if self.habit == "deaf" and not ended.done():
                    self._ask(wire)
            self.endings[ended.result()] += 1
        finally:
            if not ended.done():
                wire.abort()

    def _begin(self, wire: Wire) -> None:
        wire.send(encode({"type": "authenticate", "id": 0, "token": self._person.token, "v": 1}))
        self._ask(wire)
        if self.habit == "deaf":
            wire.stop_reading()

    def _ask(self, wire: Wire) -> None:
        """Ask for all that was ever said."""
        for number, (conversation_id, lane) in enumerate(self._person.places):
            since = {"team_since" if lane == TEAM else "since": 0}
            wire.send(
                encode(
                    {"type": "join_conversation", "id": number, "conversation_id": conversation_id, **since}
                )
            )
