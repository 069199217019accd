"""A WebSocket as a connection needs it, whatever server carries it. Implementations are in `app/spine/server/`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from app.spine.frame import Burst, Frame


class SocketClosed(Exception):
    """The socket is gone: the peer closed it, the network broke, or we did."""


class Socket(Protocol):
    async def receive(self) -> str | bytes:
        """Return the next message: text as `str`, a binary one as `bytes`.

        Cancellation loses nothing.

        Raises:
            SocketClosed
        """
        ...

    def send(self, frame: Frame) -> None:
        """Write a frame, however full the buffer is. For what is bounded by what the peer asked. Never waits."""
        ...

    def write(self, frame: Frame | Burst) -> bool:
        """Write a frame, or a burst of them, unless the reader is slow; say whether it was written. Never waits."""
        ...

    @property
    def writable(self) -> bool:
        """Whether the reader keeps up."""
        ...

    async def drained(self) -> None:
        """Wait until the reader has caught up.

        Raises:
            SocketClosed
        """
        ...

    async def close(self, code: int, reason: str = "") -> None:
        """Say goodbye with a close frame, wait a moment for the peer's, and free the connection in any case."""
        ...


Accept = Callable[[], Awaitable[Socket]]
"""Answers the upgrade, and gives the socket that it has become."""
