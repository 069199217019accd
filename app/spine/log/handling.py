"""Changes on their way to a feature: tried until they are done or set aside, in order within a conversation."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import TypeVar
from uuid import UUID

import structlog
from msgspec import Struct

from app.errors import Retryable
from app.spine.db import Database
from app.spine.log.change import Change
from app.spine.log.position import Position
from app.spine.log.reader import Reader
from app.spine.log.set_aside import delete_set_aside, insert_set_aside
from app.spine.log.tail import SWEEP_SECONDS
from app.spine.log.window import Window

log = structlog.get_logger()

Result = TypeVar("Result")

PAUSES_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Pauses before each further try of a change that fails; after the last it is set aside."""
LATER_PAUSE_SECONDS = 5.0
"""Pause before a further try where nothing is wrong with the change itself."""
LATER_SECONDS = 3600.0
"""Seconds in which a handler may ask for another try because a service that it needs is away; later ones count."""
ERROR_CHARS = 500
"""Length of the error that is kept with a change that was set aside."""


class LeaseLost(Exception):
    """Another process reads for this reader, or the log was replaced."""


class Item(Struct, frozen=True):
    """A change that waits for its conversation's turn."""

    change: Change
    position: Position | None
    """None of one that was put back: the cursor is past it."""


class Tally(Struct):
    """Calls of a reader's handler in this process."""

    handled: int = 0
    failed: int = 0


class Handling:
    """All that is under way while one lease lasts."""

    def __init__(self, db: Database, reader: Reader, holder: UUID, window: Window, tally: Tally) -> None:
        self._db = db
        self._reader = reader
        self._holder = holder
        self._window = window
        self._tally = tally
        self._places = asyncio.Semaphore(reader.at_once)
        self._lines: dict[UUID, deque[Item]] = {}
        self._put_back: set[UUID] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.held_until = 0.0
        """End of the lease on the loop's clock, a little earlier than Postgres has it."""
        self.is_void = False
        """The lease is gone, or what was read."""
        self.moved = asyncio.Event()
        """Set when a change is done."""

    def void(self) -> None:
        self.is_void = True
        self.moved.set()

    def put_back(self, changes: list[Change]) -> None:
        """Take changes once more that were set aside."""
        for change in changes:
            if change.id not in self._put_back:
                self._put_back.add(change.id)
                self.queue(change, None)

    def queue(self, change: Change, position: Position | None) -> None:
        """Let a change wait for those before it in its conversation."""
        item = Item(change, position)
        line = self._lines.get(change.conversation_id)
        if line is not None:
            line.append(item)
            return
        self._lines[change.conversation_id] = deque([item])
        task = asyncio.create_task(self._serve(change.conversation_id), context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, conversation_id: UUID) -> None:
        """Deal with what waits in one conversation, in its order."""
        line = self._lines[conversation_id]
        try:
            while line:
                await self._deal_with(line[0])
                item = line.popleft()
                if item.position is not None:
                    self._window.finish(item.position)
                self.moved.set()
            del self._lines[conversation_id]
        except LeaseLost:
            self.void()
        except Exception:
            log.exception("reader_failed", reader=self._reader.name)
            self.void()

    async def _deal_with(self, item: Item) -> None:
        """Have a change handled, or set it aside when all tries are used up."""
        change = item.change
        pauses = iter(PAUSES_SECONDS)
        tries, loop = 0, asyncio.get_running_loop()
        later_until = loop.time() + LATER_SECONDS
        while (error := await self._try(change)) is not None:
            self._tally.failed += 1
            is_later = isinstance(error, Retryable) and loop.time() < later_until
            pause: float | None = LATER_PAUSE_SECONDS
            if not is_later and not self._db.outages.lost:
                tries += 1
                pause = next(pauses, None)
            log.warning(
                "change_not_handled",
                reader=self._reader.name,
                change=str(change.id),
                tries=tries,
                error=repr(error),
            )
            if pause is None:
                await self._set_aside(change, tries, error)
                break
            await asyncio.sleep(pause)
        else:
            if item.position is None:
                await self._forget_set_aside(change)
        self._put_back.discard(change.id)

    async def _try(self, change: Change) -> Exception | None:
        """Have a change handled once; return what went wrong, if something did."""
        async with self._places:
            while asyncio.get_running_loop().time() >= self.held_until:  # noqa: ASYNC110
                # Until the lease is renewed, or this is cancelled.
                await asyncio.sleep(SWEEP_SECONDS)
            try:
                async with asyncio.timeout(self._reader.try_seconds):
                    await self._reader.handle(change)
            except Exception as error:  # noqa: BLE001 - whatever it was, it is kept with the change.
                return error
        self._tally.handled += 1
        return None

    async def _set_aside(self, change: Change, tries: int, error: Exception) -> None:
        words = f"{type(error).__name__}: {error}"[:ERROR_CHARS].replace("\0", "")
        words = words.encode(errors="replace").decode()
        log.error("change_set_aside", reader=self._reader.name, change=str(change.id), error=words)
        kept = await self._persist(
            lambda: insert_set_aside(
                self._db, self._reader.name, self._holder, change, tries=tries, error=words
            )
        )
        if not kept:
            raise LeaseLost

    async def _forget_set_aside(self, change: Change) -> None:
        await self._persist(lambda: delete_set_aside(self._db, self._reader.name, change.id))

    async def _persist(self, write: Callable[[], Awaitable[Result]]) -> Result:
        """Write until Postgres takes it."""
        while True:
            try:
                return await write()
            except Retryable:
                await asyncio.sleep(SWEEP_SECONDS)

    async def end(self) -> None:
        """End what is under way: whoever reads next begins it anew."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
