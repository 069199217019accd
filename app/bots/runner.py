"""The bots at work: which messages they answer, in what order, how many at once, and who takes up the rest."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any
from uuid import UUID

import structlog

from app.bots.asker import Asker
from app.bots.run import Run
from app.bots.store import Question
from app.errors import Retryable
from app.protocol import MessageReceived, MessageStreaming
from app.settings import Settings
from app.spine.db import Database
from app.spine.log.entry import Appended
from app.spine.log.journal import Journal
from app.spine.rooms.rooms import Rooms
from app.spine.tasks import Tasks
from app.talk.typing.service import Typists

log = structlog.get_logger()

AT_ONCE = 64
"""Conversations that are answered at the same time."""
QUEUE = 1_000
"""Messages that may wait for their turn; beyond, and after the time that a bot has, people take over."""
CONVERSATION_QUEUE = 50
"""The same for one conversation, so that one customer cannot take the bots from all others. A message beyond it gets no
reply of its own; the bot sees it when it answers the latest."""
GRACE_SECONDS = 1.0
"""Seconds that a stop gives to replies that are nearly done; the others are asked for again elsewhere."""


class Bots:
    """The bots of this process. One conversation is answered one message at a time, in order."""

    def __init__(
        self, db: Database, journal: Journal, rooms: Rooms, typists: Typists, settings: Settings
    ) -> None:
        self._asker = Asker(db, journal, rooms, typists, settings)
        self._patience_seconds = settings.bot_timeout_seconds
        self._places = asyncio.Semaphore(AT_ONCE)
        self._runs: dict[UUID, Run] = {}
        self._waiting: dict[UUID, deque[Run]] = {}
        self._tasks = Tasks()
        self._stopping = False

    async def stop(self, grace_seconds: float = GRACE_SECONDS) -> None:
        """Finish what is finished soon; the rest goes back to the other processes, unanswered."""
        self._stopping = True
        await self._tasks.end(grace_seconds)
        await self._asker.close()

    def offer(self, appended: Appended) -> None:
        """Take a new entry; if a bot should answer it, one will. Never waits, never fails."""
        if appended.bot is not None and not appended.duplicate:
            self._begin(question_of(appended, appended.bot))

    async def answer(self, question: Question) -> None:
        """Answer a message that was left behind; return when its turn is over, whatever the bot has made of it.

        Raises:
            Exception: A fault of ours, which may be there at every try.
        """
        run = self._begin(question)
        async with aclosing(run.follow()) as states:
            async for _ in states:
                pass
        if run.fault is not None:
            raise run.fault

    async def reply_to(self, appended: Appended) -> MessageReceived | None:
        """Wait for the reply to a message, be it in the log already, on its way, or still to be asked for.

        None means silence: the bot has nothing to say, or people answer. Cancellation leaves the run alone.

        Raises:
            Retryable: Postgres is away.
        """
        reply = None
        async with aclosing(self.follow(appended)) as states:
            async for state in states:
                reply = state if isinstance(state, MessageReceived) else None
        return reply

    async def follow(self, appended: Appended) -> AsyncGenerator[MessageStreaming | MessageReceived, None]:
        """Yield the reply to a message as it grows, and at last the entry in the log; see `reply_to`."""
        run = self._runs.get(appended.entry.message_id)
        if run is None and appended.duplicate:
            # The first try may have been answered by any process, and the bot be silent since.
            reply = await self._asker.find_reply(Run(question_of(appended, "")))
            if reply is not None:
                yield reply
                return
        if run is None and appended.bot is not None:
            run = self._begin(question_of(appended, appended.bot))
        if run is None:
            return
        async with aclosing(run.follow()) as states:
            async for state in states:
                yield state

    def _begin(self, question: Question) -> Run:
        """Return the one run for a message, begun if it is not yet."""
        run = self._runs.get(question.message_id)
        if run is not None:
            return run
        run = Run(question)
        waiting = self._waiting.get(question.conversation_id, ())
        if self._stopping or len(waiting) >= CONVERSATION_QUEUE or len(self._runs) >= 2 * QUEUE:
            # Even handing over takes its time. If this stays the latest message, it is found in the log.
            run.finish(None)
            return run
        self._runs[question.message_id] = run
        if isinstance(waiting, deque):
            waiting.append(run)
        elif len(self._runs) > QUEUE:
            self._tasks.spawn(self._conclude(run, self._refuse(run)))
        else:
            self._waiting[question.conversation_id] = deque([run])
            self._tasks.spawn(self._serve(question.conversation_id))
        return run

    async def _serve(self, conversation_id: UUID) -> None:
        """Answer what waits in one conversation."""
        waiting = self._waiting[conversation_id]
        try:
            while waiting:
                await self._conclude(waiting[0], self._answer(waiting[0]))
                waiting.popleft()
        finally:
            del self._waiting[conversation_id]
            for run in waiting:
                self._finish(run, None)

    async def _answer(self, run: Run) -> MessageReceived | None:
        try:
            async with asyncio.timeout(self._patience_seconds):
                await self._places.acquire()
        except TimeoutError:
            await self._refuse(run)
            return None
        try:
            return await self._asker.answer(run)
        finally:
            self._places.release()

    async def _refuse(self, run: Run) -> None:
        log.warning(
            "bots_overloaded", conversation=str(run.question.conversation_id), waiting=len(self._runs)
        )
        await self._asker.hand_over(run, "limit")

    async def _conclude(self, run: Run, work: Coroutine[Any, Any, MessageReceived | None]) -> None:
        """Tell those who wait for a run what came of it, whatever that is."""
        reply = None
        try:
            reply = await work
        except Retryable as error:
            # Nothing says that it is answered, so it is found in the log.
            log.warning("bot_interrupted", conversation=str(run.question.conversation_id), why=error.message)
        except Exception as fault:
            log.exception("bot_run_failed", conversation=str(run.question.conversation_id))
            run.fault = fault
        finally:
            self._finish(run, reply)

    def _finish(self, run: Run, reply: MessageReceived | None) -> None:
        self._runs.pop(run.question.message_id, None)
        run.finish(reply)


def question_of(appended: Appended, bot: str) -> Question:
    return Question(
        conversation_id=appended.conversation_id,
        message_id=appended.entry.message_id,
        seq=appended.seq,
        bot=bot,
    )
