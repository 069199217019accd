"""Append to the log, many entries at a time.

A few statements are at Postgres at once, each for conversations of its own. While all writers are busy, or few have
come beside many that are under way, what arrives waits and goes in the next statement together. So a lone message
waits for nothing, and the cost of a commit is shared by as many as come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from time import monotonic
from typing import TypeAlias
from uuid import UUID

import structlog
from msgspec import Struct

from app.errors import (
    ConversationClosed,
    FiresideError,
    Forbidden,
    IdempotencyConflict,
    Internal,
    Invalid,
    NotFound,
    RateLimited,
    Retryable,
    Silenced,
    Stale,
    Unavailable,
)
from app.spine.db import Database
from app.spine.frame import Frame
from app.spine.hearers import Hearers, guarded
from app.spine.log.budgets import Budgets
from app.spine.log.entries import Verdict, append_entries
from app.spine.log.entry import Appended, Draft, make_entry
from app.spine.log.fair_queue import FairQueue

log = structlog.get_logger()

BATCH = 256
"""Entries in one statement at most: enough to share a commit, little enough to keep its locks short."""
QUEUE = 10_000
"""Drafts that may wait; with Postgres away for `PATIENCE_SECONDS`, what comes beyond is refused at once."""
BATCH_BYTES = 256 * 1024
"""Bytes in one statement at most: some 10 ms of Postgres, so that nobody waits long for somebody else's."""
QUEUE_BYTES = 64 * 1024 * 1024
"""Bytes that may wait; what comes beyond is refused at once."""
SENDER_BYTES = 1024 * 1024
"""Bytes of one sender that may wait, for the queue is for everybody."""
WRITERS = 4
"""Statements that are at Postgres at once. It writes the commits of all that wait for the disk in one go, and while it
does, this process answers and takes in the next."""
SHARE = 2
"""Divisor: a statement goes beside others when half as many drafts wait as are at Postgres. For fewer its price is too
high, for when those are answered, many come."""
HOLD_SECONDS = 0.01
"""Seconds after the last statement in which few wait for many; then something hangs, and they go all the same."""
TURNS = 3
"""Turns of the loop until what is said in answer is here: one writes to the sockets, one reads, and in one the
connections hand it in."""
PATIENCE_SECONDS = 2.0
"""Seconds a draft is retried while Postgres is away, before its sender is told to try again."""
PAUSE_SECONDS = 0.1
"""Pause between two tries while Postgres is away."""

Answer: TypeAlias = Callable[[Appended | FiresideError], None]


class Waiting(Struct):
    draft: Draft
    answer: Answer
    since: float

    def tell(self, result: Appended | FiresideError) -> None:
        """Answer; a sender that cannot be told is nobody else's trouble."""
        guarded(self.answer, result)


class Journal:
    """The only writer of the log in this process.

    Writes belong to it and not to a connection: a client that leaves cannot cancel what is on its way to Postgres.
    """

    def __init__(self, db: Database, budgets: Budgets) -> None:
        self._db = db
        self._budgets = budgets
        self._queue: FairQueue[Waiting] = FairQueue()
        self._awake = asyncio.Event()
        self._line = asyncio.Lock()
        """The writers who are free; the first of them waits for the next batch."""
        self._busy: set[UUID] = set()
        """Conversations that a writer has. What comes for them waits, so that it can neither overtake nor wait at
        Postgres for their locks."""
        self._under_way = 0
        """Drafts that are at Postgres."""
        self._taken_at = 0.0
        """The time of the last batch, on the monotonic clock, in seconds."""
        self._idle = asyncio.Event()
        self._idle.set()
        self.appended = 0
        self.duplicates = 0
        self.offer: Hearers[[list[Appended]]] = Hearers()
        """Told of each batch after its commit, before the senders are answered: the rooms of this process."""
        self.publish: Hearers[[list[Appended]]] = Hearers()
        """Told of what is new after the senders were answered: the hint for the other processes."""
        self.news: Hearers[[list[Appended]]] = Hearers()
        """Told last, of the whole batch: whoever does something about an entry, a repeated one included, for the
        process that appended it first may have died before it told anyone."""

    def submit(self, draft: Draft, answer: Answer) -> None:
        """Queue a draft; `answer` is called once, with the entry after its commit or with why there is none.

        A sender's drafts keep their order. Different senders take turns by bytes.

        Raises:
            Unavailable: The queue is full.
            RateLimited: Too much of this sender waits, or their budget is used up.
        """
        if len(self._queue) >= QUEUE or self._queue.bytes >= QUEUE_BYTES:
            raise Unavailable("Too much is waiting to be stored. Try again in a moment.", retry_after_ms=1000)
        sender = turn_of(draft)
        if self._queue.bytes_of(sender) >= SENDER_BYTES:
            raise RateLimited(
                "Too much of yours is waiting to be stored. Try again in a moment.", retry_after_ms=1000
            )
        self._budgets.take(draft)
        self._queue.put(Waiting(draft, answer, monotonic()), sender, len(draft.body))
        self._idle.clear()
        if draft.conversation_id not in self._busy:
            self._awake.set()

    async def append(self, draft: Draft) -> Appended:
        """Append one draft and return it after its commit.

        Cancellation abandons the answer, not the write. Raises what `append_entries` can say, and `Unavailable` or
        `Timeout` when Postgres cannot; the same draft may then be appended again, whatever became of the first.
        """
        future: asyncio.Future[Appended | FiresideError] = asyncio.get_running_loop().create_future()

        def answer(result: Appended | FiresideError) -> None:
            if not future.done():
                future.set_result(result)

        self.submit(draft, answer)
        result = await future
        if isinstance(result, FiresideError):
            raise result
        return result

    @property
    def waiting(self) -> int:
        """The number of drafts that are not yet on their way."""
        return len(self._queue)

    async def idle(self) -> None:
        """Wait until nothing is queued or on its way."""
        await self._idle.wait()

    async def write(self) -> None:
        """Append what is queued, one statement at a time, until cancelled: one of the writers."""
        while True:
            async with self._line:
                batch = await self._next()
                places = {waiting.draft.conversation_id for waiting in batch}
                self._busy |= places
                self._under_way += len(batch)
                self._taken_at = monotonic()
            if self._under_way > SHARE:
                asyncio.get_running_loop().call_later(HOLD_SECONDS, self._awake.set)
            try:
                await self._append(batch)
                if len(places) < len(batch):
                    await self._gather()
            finally:
                self._busy -= places
                self._under_way -= len(batch)
                self._awake.set()

    async def _next(self) -> list[Waiting]:
        """Wait for drafts of conversations that no writer has."""
        while True:
            # No key twice, for a statement does not see its own inserts.
            if self._pays and (batch := self._queue.take(BATCH, BATCH_BYTES, key_of, self._is_free)):
                return batch
            if not self._queue and not self._busy:
                self._idle.set()
            self._awake.clear()
            await self._awake.wait()

    @property
    def _pays(self) -> bool:
        """Whether what waits is worth a statement now."""
        return len(self._queue) * SHARE >= self._under_way or monotonic() - self._taken_at >= HOLD_SECONDS

    def _is_free(self, waiting: Waiting) -> bool:
        return waiting.draft.conversation_id not in self._busy

    async def _gather(self) -> None:
        """Let those who were just answered go on, before what came too late for the last batch is appended.

        In a busy conversation there is always such a message. Appended alone, it makes the others too late for it:
        twice the statements, and twice the writes to everyone there.
        """
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def _append(self, batch: list[Waiting]) -> None:
        drafts = [waiting.draft for waiting in batch]
        patience = min(waiting.since for waiting in batch) + PATIENCE_SECONDS
        retried = False
        while True:
            try:
                verdicts = await append_entries(self._db, drafts)
            except Retryable as error:
                if monotonic() > patience:
                    self._refuse(batch, error)
                    return
                retried = True
                # Trying again is safe whatever became of the first try: it would be found as a duplicate.
                await asyncio.sleep(PAUSE_SECONDS)
            except Exception as error:  # noqa: BLE001 - whatever it was, it is told to those who asked.
                if len(batch) == 1:
                    batch[0].tell(why_not(drafts[0], error))
                    return
                # One of them is poison. Halves find it in a few statements, and the others go on together.
                middle = len(batch) // 2
                await self._append(batch[:middle])
                await self._append(batch[middle:])
                return
            else:
                self._conclude(batch, verdicts, retried=retried)
                return

    def _refuse(self, batch: list[Waiting], error: Retryable) -> None:
        # The drafts behind are refused with it: one that went through would overtake what its sender has to repeat.
        behind = self._queue.clear()
        for waiting in batch:
            waiting.tell(error)
        for waiting in behind:
            waiting.tell(Unavailable(error.message, retry_after_ms=error.retry_after_ms))

    def _conclude(self, batch: list[Waiting], verdicts: list[Verdict], *, retried: bool) -> None:
        results = [outcome(waiting.draft, verdict) for waiting, verdict in zip(batch, verdicts, strict=True)]
        appended = [result for result in results if isinstance(result, Appended)]
        duplicates = sum(entry.duplicate for entry in appended)
        self.duplicates += duplicates
        self.appended += len(appended) - duplicates
        self.offer.tell(appended)
        for waiting, result in zip(batch, results, strict=True):
            waiting.tell(result)
        # After a second try, what looks like a duplicate may be our own first try, of which nobody has heard.
        self.publish.tell([entry for entry in appended if retried or not entry.duplicate])
        self.news.tell(appended)


def key_of(waiting: Waiting) -> Hashable:
    """Return what makes a draft the same as one before."""
    draft = waiting.draft
    return draft.client_msg_id, draft.sender.id, draft.conversation_id


def turn_of(draft: Draft) -> Hashable:
    """Return whose turn it is: a customer's, or that of an agent or bot in one of their many conversations."""
    sender = draft.sender
    return sender.id if sender.role == "customer" else (sender.id, draft.conversation_id)


def why_not(draft: Draft, error: Exception) -> FiresideError:
    """Return what the sender of a draft is told that was refused alone."""
    if isinstance(error, FiresideError):
        # Its text is at fault, not we: a line for the operator, whatever comes, and no traceback to fill a disk with.
        log.warning("append_refused", type=draft.type, code=error.code)
        return error
    log.error("append_failed", type=draft.type, exc_info=error)
    return Internal("The message could not be stored. Nothing was lost; try again later.")


def outcome(draft: Draft, verdict: Verdict) -> Appended | FiresideError:
    """Translate what Postgres said of a draft."""
    try:
        return _outcome(draft, verdict)
    except Exception:
        # The sender must hear something, and the others of the batch their own.
        log.exception("entry_not_understood", type=draft.type)
        return Internal("It was stored, but cannot be shown. This is our fault; it was logged.")


def _outcome(draft: Draft, verdict: Verdict) -> Appended | FiresideError:
    match verdict.verdict:
        case "new" | "duplicate":
            entry = make_entry(
                draft.type,
                conversation_id=draft.conversation_id,
                lane=draft.lane,
                seq=verdict.seq,
                message_id=verdict.message_id,
                client_msg_id=draft.client_msg_id,
                sender=draft.sender,
                target_seq=draft.target_seq,
                body=draft.body,
                created_at=verdict.created_at,
            )
            duplicate = verdict.verdict == "duplicate"
            return Appended(
                conversation_id=draft.conversation_id,
                lane=draft.lane,
                seq=verdict.seq,
                entry=entry,
                frame=Frame.of(entry),
                duplicate=duplicate,
                bot=verdict.bot,
                newcomer=bool(verdict.newcomer),
            )
        case "conflict":
            return IdempotencyConflict("This client_msg_id was used for another content. Make a new one.")
        case "forbidden":
            return Forbidden("Only who wrote a message, or an admin, may change it.")
        case "closed":
            return ConversationClosed("This conversation is closed. Reopen it or start a new one.")
        case "stale":
            return Stale("A colleague has written meanwhile. Read it, then send again.", verdict.missed)
        case "too_many":
            return Invalid("A message has at most twenty kinds of reactions. Take one that is there.")
        case "silenced":
            return Silenced("An agent has taken over this conversation.")
        case _:
            return NotFound("There is no such conversation or message.")
