"""Append to the log, many entries at a time.

While one statement is at Postgres, what arrives waits and goes in the next one together. There is no timer, so a lone
message waits for nothing, and the cost of a commit is shared by as many as come.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import TypeAlias

import structlog
from msgspec import Struct

from app.db import Database
from app.errors import (
    ConversationClosed,
    FiresideError,
    Forbidden,
    IdempotencyConflict,
    Internal,
    NotFound,
    Retryable,
    Silenced,
    Unavailable,
)
from app.frame import Frame
from app.hearers import Hearers, guarded
from app.log import Appended, Draft, make_entry
from app.store.entries import Verdict, append_entries

log = structlog.get_logger()

BATCH = 256
"""Entries in one statement at most: enough to share a commit, little enough to keep its locks short."""
QUEUE = 10_000
"""Drafts that may wait; with Postgres away for `PATIENCE_SECONDS`, what comes beyond is refused at once."""
PATIENCE_SECONDS = 2.0
"""How long a draft is retried while Postgres is away, before its sender is told to try again."""
PAUSE_SECONDS = 0.1
"""Between two tries while Postgres is away."""

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

    def __init__(self, db: Database) -> None:
        self._db = db
        self._queue: deque[Waiting] = deque()
        self._awake = asyncio.Event()
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

        Drafts keep their order.

        Raises:
            Unavailable: The queue is full.
        """
        if len(self._queue) >= QUEUE:
            raise Unavailable("Too much is waiting to be stored. Try again in a moment.", retry_after_ms=1000)
        self._queue.append(Waiting(draft, answer, monotonic()))
        self._idle.clear()
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
        """How many drafts are not yet on their way."""
        return len(self._queue)

    async def idle(self) -> None:
        """Wait until nothing is queued or on its way."""
        await self._idle.wait()

    async def run(self) -> None:
        """Append what is queued, one statement at a time, until cancelled."""
        while True:
            if not self._queue:
                self._idle.set()
                self._awake.clear()
                await self._awake.wait()
            await self._append(self._take())

    def _take(self) -> list[Waiting]:
        """Take the next batch: the oldest first, and no key twice, for a statement does not see its own inserts."""
        batch: list[Waiting] = []
        held: list[Waiting] = []
        keys = set()
        while self._queue and len(batch) < BATCH:
            waiting = self._queue.popleft()
            draft = waiting.draft
            key = (draft.client_msg_id, draft.sender.id, draft.conversation_id)
            if key in keys:
                held.append(waiting)
            else:
                keys.add(key)
                batch.append(waiting)
        self._queue.extendleft(reversed(held))
        return batch

    async def _append(self, batch: list[Waiting]) -> None:
        drafts = [waiting.draft for waiting in batch]
        patience = batch[0].since + PATIENCE_SECONDS
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
            except Exception:
                if len(batch) == 1:
                    log.exception("append_failed", type=drafts[0].type)
                    batch[0].tell(
                        Internal("The message could not be stored. Nothing was lost; try again later.")
                    )
                    return
                # One of them is poison. Alone, each gets the answer that it deserves.
                for waiting in batch:
                    await self._append([waiting])
                return
            else:
                self._conclude(batch, verdicts, retried=retried)
                return

    def _refuse(self, batch: list[Waiting], error: Retryable) -> None:
        # What waits behind is refused with it: if it went through, it would overtake what its sender has to repeat.
        behind, self._queue = list(self._queue), deque()
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


def outcome(draft: Draft, verdict: Verdict) -> Appended | FiresideError:
    """Translate what Postgres said of a draft."""
    try:
        return _outcome(draft, verdict)
    except Exception:
        # Whoever waits must hear something, and the others of the batch their own.
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
        case "silenced":
            return Silenced("An agent has taken over this conversation.")
        case _:
            return NotFound("There is no such conversation or message.")
