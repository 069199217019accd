"""A connection that heals itself, as protocol.md and the browsers' client do it."""

from __future__ import annotations

import asyncio
import random
from typing import Any, Literal, Protocol

import msgspec

from tests.faults.http2 import Http2Wire
from tests.faults.wire import ABNORMAL, Wire
from tests.wires import HttpVersion

HANDSHAKE_SECONDS = 5.0
SLACK_SECONDS = 4.0
"""Seconds by which a heartbeat may be later than promised."""
LONGEST_WAIT_SECONDS = 1.0
"""A browser waits up to 20 s; here the faults follow one another more quickly."""
RESTART = 1012
encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(dict[str, Any]).decode


class Owner(Protocol):
    """The client whose connection it is."""

    def credentials(self) -> dict[str, Any]:
        """Return the `authenticate` frame for a new connection."""
        ...

    def opened(self, frame: dict[str, Any]) -> None: ...
    def received(self, frame: dict[str, Any]) -> None: ...
    def closed(self, code: int, reason: str) -> None: ...


class Line:
    """Connects, authenticates, answers heartbeats, notices silence, waits and comes back."""

    def __init__(
        self,
        owner: Owner,
        surface: Literal["admin", "widget"],
        port: int,
        rng: random.Random,
        http: HttpVersion = "http/1.1",
    ) -> None:
        self._owner = owner
        self._path = f"/ws/{surface}"
        self._port = port
        self._rng = rng
        self._wire_of = Wire if http == "http/1.1" else Http2Wire
        self._wire: Wire | None = None
        self._attempt: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._failures = 0
        self._leave_after = 0.0
        self._silence = HANDSHAKE_SECONDS
        self._heard_at = 0.0
        self._why = ""
        """Our own reason for dropping the connection."""
        self._ended: asyncio.Future[None] | None = None
        self.is_open = False
        self.is_leaving = False
        """The server has said goodbye: it takes nothing in any more."""

    def start(self) -> None:
        self._attempt = asyncio.get_running_loop().create_task(self._connect())

    async def stop(self) -> None:
        """End the connection, if there is one, and do not come back."""
        self._ended = asyncio.get_running_loop().create_future()
        if self._timer is not None:
            self._timer.cancel()
        if self._attempt is not None:
            self._attempt.cancel()
            await asyncio.wait((self._attempt,))
        if self._wire is not None and self._wire.is_connected:
            self._wire.abort()
            await self._ended

    @property
    def near_port(self) -> int:
        """The port by which a proxy knows this connection; 0 while there is none."""
        return self._wire.port if self._wire is not None and self._wire.is_connected else 0

    def send(self, frame: dict[str, Any]) -> None:
        if self.is_open and self._wire is not None:
            self._wire.send(encode(frame))

    def drop(self) -> None:
        """Break the connection off and come back."""
        if self._wire is not None and self._wire.is_connected:
            self._wire.abort()

    def sleep(self, seconds: float) -> None:
        """Read nothing for a while: a laptop asleep, a throttled tab, a reader who does not read."""
        wire = self._wire
        if wire is not None and wire.is_connected:
            wire.stop_reading()
            asyncio.get_running_loop().call_later(seconds, wire.go_on_reading)

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        self._silence, self._heard_at, self._leave_after = HANDSHAKE_SECONDS, loop.time(), 0.0
        self.is_leaving = False
        wire = self._wire = self._wire_of(self._path, self._authenticate, self._received, self._closed)
        try:
            await loop.create_connection(lambda: wire, "127.0.0.1", self._port)
        except OSError as error:
            self._closed(ABNORMAL, repr(error))
            return
        self._watch()

    def _authenticate(self) -> None:
        assert self._wire is not None
        self._wire.send(encode(self._owner.credentials()))

    def _watch(self) -> None:
        """One timer a connection: each frame only notes its time."""
        loop = asyncio.get_running_loop()
        left = self._heard_at + self._silence - loop.time()
        if left > 0:
            self._timer = loop.call_later(left, self._watch)
        else:
            self._why = f"{self._silence} s of silence: "
            self.drop()

    def _received(self, payload: bytes) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        frame = decode(payload)
        match frame["type"]:
            case "authenticated" | "reconnected":
                self._silence = frame["heartbeat_ms"] / 1000 + SLACK_SECONDS
                self.is_open, self._failures = True, 0
                self._owner.opened(frame)
            case "ping":
                self.send({"type": "pong", "t": frame["t"]})
            case "goodbye":
                self.is_leaving, self._leave_after = True, frame["after_ms"] / 1000
            case _:
                self._owner.received(frame)

    def _closed(self, code: int, reason: str) -> None:
        reason, self._why = self._why + reason, ""
        self._wire, self.is_open = None, False
        if self._timer is not None:
            self._timer.cancel()
        if self._ended is not None:
            self._ended.set_result(None)
            return
        self._owner.closed(code, reason)
        wait = min(LONGEST_WAIT_SECONDS, 0.05 * 2**self._failures) * self._rng.random()
        self._failures += 1
        if code == RESTART:
            wait = self._leave_after
        self._timer = asyncio.get_running_loop().call_later(wait, self.start)
