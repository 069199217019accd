"""A TCP proxy that can misbehave: cut, stall, lose, delay and half-close, one connection or all of them."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, TypeAlias

Target: TypeAlias = tuple[str, int] | Path
"""An address to pass connections on to: host and port, or the path of a Unix socket."""
Targets: TypeAlias = Callable[[], Iterator[tuple[str, Target]]]
"""Gives the targets to try for a new connection, the best first, each with its name."""
Filter: TypeAlias = Callable[[bytes], bytes]
CONNECT_SECONDS = 1.0


class End(asyncio.Protocol):
    """One side of a link; what it receives goes to the other side, as far as the link lets it through."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.transport: Any = None
        self.other: End
        self.mode: Literal["pass", "lose"] = "pass"
        self.delay = 0.0
        """Seconds that each piece from here takes; order is kept."""
        self.filter: Filter | None = None
        self._early: list[bytes] = []
        self._has_ended = False
        """Nothing more goes out on this side; what was delayed behind the end is lost."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._link.connected(self)
        # A cut must look like one: with this, `abort` sends a reset.
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        if self._link.is_over:
            transport.abort()
        elif self.other.transport is not None:
            for data in self.other._early:
                transport.write(data)

    def data_received(self, data: bytes) -> None:
        if self.mode == "lose":
            return
        if self.filter is not None:
            data = self.filter(data)
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self._deliver, data)
        else:
            self._deliver(data)

    def _deliver(self, data: bytes) -> None:
        if self.other.transport is None:
            self._early.append(data)
        elif not self.other._has_ended and not self.other.transport.is_closing():
            self.other.transport.write(data)

    def end(self) -> None:
        """Tell this side that no more will come."""
        if self.transport is not None and self.transport.can_write_eof() and not self.transport.is_closing():
            self._has_ended = True
            # Reset meanwhile, it has ended already.
            with suppress(OSError):
                self.transport.write_eof()

    def eof_received(self) -> bool:
        if self.mode == "pass":
            self.other.end()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        self._link.lost(self)

    def pause_writing(self) -> None:
        if self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other.transport is not None and not self.other.transport.is_closing():
            self.other.transport.resume_reading()


class Link:
    """One connection through the proxy: `near` faces who connected, `far` the target."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self.near, self.far = End(self), End(self)
        self.near.other, self.far.other = self.far, self.near
        self.target = ""
        self.is_black = False
        self.is_over = False
        """No target took it, or one side was gone before the other was there."""
        self._near_port = 0

    def connected(self, end: End) -> None:
        peer = end.transport.get_extra_info("peername")
        if end is self.near and peer:
            self._near_port = int(peer[1])
            self._proxy.by_near_port[self._near_port] = self

    def cut(self) -> None:
        """Reset both sides."""
        for end in (self.near, self.far):
            if end.transport is not None:
                end.transport.abort()

    def finish(self) -> None:
        """End both sides in the orderly way of TCP, but without a word of the protocol above it."""
        for end in (self.near, self.far):
            if end.transport is not None:
                no_linger = struct.pack("ii", 0, 0)
                end.transport.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, no_linger
                )
                end.transport.close()

    def half_close(self) -> None:
        """Tell the near side that no more will come, while the far side knows nothing."""
        self.far.mode = "lose"
        self.near.end()

    def black_hole(self) -> None:
        """Let nothing through any more, neither data nor the news that the other side is gone."""
        self.is_black = True
        self.near.mode = self.far.mode = "lose"

    def swallow_answers(self) -> None:
        """Pass on what goes to the target, and lose what comes back."""
        self.far.mode = "lose"

    def lost(self, end: End) -> None:
        if end is self.near and self._proxy.by_near_port.get(self._near_port) is self:
            del self._proxy.by_near_port[self._near_port]
        other = end.other.transport
        gone = other is None or other.is_closing()
        self.is_over = other is None
        if gone or not self.is_black:
            self._proxy.links.discard(self)
        if not gone and not self.is_black:
            other.close()


class Proxy:
    """Listens on a free port of loopback and passes connections on."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._server: asyncio.Server | None = None
        self._connecting: set[asyncio.Task[None]] = set()
        self.links: set[Link] = set()
        self.by_near_port: dict[int, Link] = {}
        self.on_link: Callable[[Link], None] = lambda link: None
        """Called with each new link, to arm it with a fault."""
        self.is_open = True
        """False refuses what is new, as a host that is down does."""

    async def start(self) -> None:
        self._server = await asyncio.get_running_loop().create_server(
            self._accept, "127.0.0.1", 0, backlog=4096
        )

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    def link_of(self, near_port: int) -> Link | None:
        """Return the link of the client whose own port this is."""
        return self.by_near_port.get(near_port)

    def cut_all(self) -> None:
        for link in list(self.links):
            link.cut()

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for link in list(self.links):
            link.is_black = False
            link.cut()
        for task in list(self._connecting):
            task.cancel()
        await asyncio.gather(*self._connecting, return_exceptions=True)
        await self._server.wait_closed()

    def _accept(self) -> End:
        link = Link(self)
        self.links.add(link)
        task = asyncio.get_running_loop().create_task(self._connect(link))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)
        return link.near

    async def _connect(self, link: Link) -> None:
        loop = asyncio.get_running_loop()
        for name, target in self._targets() if self.is_open else ():
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    if isinstance(target, Path):
                        await loop.create_unix_connection(lambda: link.far, str(target))
                    else:
                        await loop.create_connection(lambda: link.far, *target)
            except (OSError, TimeoutError):
                continue
            link.target = name
            self.on_link(link)
            return
        link.is_over = True
        link.cut()
        self.links.discard(link)
