"""Bring one connection up to date as fast as its peer reads: entries page by page, and the newest of each state."""

from __future__ import annotations

import asyncio
from contextvars import Context, copy_context
from uuid import UUID

import structlog

from app.errors import Retryable
from app.spine.frame import Frame
from app.spine.rooms.filler import Filler
from app.spine.rooms.room import Follower
from app.spine.rooms.states import States, StatesLost, Subject
from app.spine.sockets.close_codes import INSUFFICIENT, INTERNAL, SLOW, Closing
from app.spine.sockets.socket import Socket, SocketClosed

log = structlog.get_logger()

SLOW_SECONDS = 10.0
"""Seconds in which a reader takes nothing before we close with 4001; it resumes from where it was."""
PAUSE_SECONDS = 0.2
"""Pause between two tries to read a page while Postgres is away."""


class Pump:
    """One task for all that a connection lacks; while it lacks nothing, there is no task.

    Nothing is pumped before `begin`: the first frame that a client gets is the answer to its first.
    """

    __slots__ = ("_behind", "_context", "_filler", "_relief", "_socket", "_states", "_task")

    def __init__(self, socket: Socket, filler: Filler) -> None:
        self._socket = socket
        self._filler = filler
        self._behind: dict[Follower, None] = {}
        self._states = States()
        self._relief = asyncio.Event()
        self._context: Context | None = None
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Pump from now on, in the context of the caller, which names the connection in logs."""
        self._context = copy_context()
        self._wake()

    @property
    def begun(self) -> bool:
        return self._context is not None

    def add(self, follower: Follower) -> None:
        """Pump a follower from its cursor to the head."""
        self._behind[follower] = None
        self._wake()

    def tell(self, subject: Subject, frame: Frame) -> None:
        """Write a state, or when the peer can take it the newest that there is then."""
        if not self.begun or subject in self._states or not self._socket.write(frame):
            self._states.put(subject, frame)
            self._wake()

    def tell_last(self, subject: Subject, frame: Frame) -> None:
        """Write a state after all that wait; it tells that they were written."""
        if not self.begun or self._states or not self._socket.write(frame):
            self._states.put_last(subject, frame)
            self._wake()

    async def room_for_states(self) -> None:
        """Wait until there is room for more states to wait, or nothing is pumped any more."""
        while self.begun and self._states.is_full:
            self._relief.clear()
            await self._relief.wait()

    def forget(self, conversation_id: UUID) -> None:
        """Tell no states of a conversation any longer that was left."""
        if self._states:
            self._states.forget(conversation_id)

    def forget_rows(self) -> None:
        """Tell no rows of the list any longer that is not followed."""
        if self._states:
            self._states.forget_rows()

    def _wake(self) -> None:
        # The caller may be another connection's task, in another context.
        if self._task is None and self.begun and (self._behind or self._states):
            self._task = asyncio.create_task(self._run(), context=self._context)

    def remove(self, follower: Follower) -> None:
        """Pump it no more; not being pumped is fine."""
        self._behind.pop(follower, None)

    def stop(self) -> None:
        self._behind.clear()
        self._states.clear()
        self._context = None
        self._relief.set()
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
            # Taking turns, so that neither keeps the other waiting for good.
            entries_next = True
            while self._behind or self._states:
                await self.drained()
                follower = next(iter(self._behind), None)
                if follower is not None and (entries_next or not self._states):
                    await self._turn(follower)
                    entries_next = False
                else:
                    self._states.flush(self._socket.write)
                    self._relief.set()
                    entries_next = True
        except SocketClosed:
            pass
        except StatesLost:
            await self._cut(SLOW, "too slow")
        except Closing as closing:
            await self._cut(closing.code, closing.reason)
        except Exception:
            # A connection that nobody pumps looks alive, and its client would wait for ever.
            log.exception("pump_failed")
            await self._socket.close(INTERNAL, "internal error")
        finally:
            self._task = None

    async def _cut(self, code: int, reason: str) -> None:
        log.info("connection_cut", reason=reason)
        await self._socket.close(code, reason)

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
