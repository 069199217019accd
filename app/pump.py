"""Bring the followers of one connection that are behind to their heads, page by page, as fast as the peer reads."""

from __future__ import annotations

import asyncio

import structlog

from app.close_codes import INSUFFICIENT, INTERNAL, SLOW, Closing
from app.errors import Retryable
from app.services.filler import Filler
from app.services.room import Follower
from app.socket import Socket, SocketClosed

log = structlog.get_logger()

SLOW_SECONDS = 10.0
"""A reader that takes nothing for so long is closed; it resumes from where it was."""
PAUSE_SECONDS = 0.2
"""Between two tries to read a page while Postgres is away."""


class Pump:
    """One task for all followers of a connection that are behind; while none is, there is no task."""

    __slots__ = ("_behind", "_filler", "_socket", "_task")

    def __init__(self, socket: Socket, filler: Filler) -> None:
        self._socket = socket
        self._filler = filler
        self._behind: dict[Follower, None] = {}
        self._task: asyncio.Task[None] | None = None

    def add(self, follower: Follower) -> None:
        """Pump a follower from its cursor to the head."""
        self._behind[follower] = None
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def remove(self, follower: Follower) -> None:
        """Pump it no more; not being pumped is fine."""
        self._behind.pop(follower, None)

    def stop(self) -> None:
        self._behind.clear()
        if self._task is not None:
            self._task.cancel()

    async def drained(self) -> None:
        """Wait until the peer keeps up.

        Raises:
            Closing: It takes nothing.
            SocketClosed
        """
        if not self._socket.writable:
            try:
                async with asyncio.timeout(SLOW_SECONDS):
                    await self._socket.drained()
            except TimeoutError:
                raise Closing(SLOW, "too slow") from None

    async def _run(self) -> None:
        try:
            while self._behind:
                await self.drained()
                follower = next(iter(self._behind), None)
                if follower is not None:
                    await self._turn(follower)
        except SocketClosed:
            pass
        except Closing as closing:
            log.info("connection_cut", reason=closing.reason)
            await self._socket.close(closing.code, closing.reason)
        except Exception:
            # A connection that nobody pumps looks alive, and its client would wait for ever.
            log.exception("pump_failed")
            await self._socket.close(INTERNAL, "internal error")
        finally:
            self._task = None

    async def _turn(self, follower: Follower) -> None:
        """Write one page, and let the next follower have its turn."""
        lane, cursor = follower.lane, follower.cursor
        if cursor >= lane.head:
            self.remove(follower)
            return
        frames = lane.frames_after(cursor)
        if frames is None:
            try:
                frames = await self._filler.page(lane, cursor)
            except Retryable:
                await asyncio.sleep(PAUSE_SECONDS)
                return
            if follower not in lane.followers:
                # It left, or joined anew from elsewhere, while the page was read.
                self.remove(follower)
                return
            if not frames and follower.cursor == cursor:
                room = str(lane.room.conversation_id)
                log.error("log_hole", conversation=room, lane=lane.number, after=cursor)
                raise Closing(INSUFFICIENT, "the log has a hole")
        follower.take(cursor + 1, frames)
        self.remove(follower)
        if follower.behind and follower in lane.followers:
            self._behind[follower] = None
