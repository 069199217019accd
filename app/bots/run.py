"""One message on its way to a reply, and everyone in this process who waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID, uuid5

from app.bots.store import Question
from app.protocol import MessageReceived, MessageStreaming

REPLIES = UUID("5c3a9f0e-6c5f-4b8e-9d0a-2f6d1b7e4a31")
HANDOVERS = UUID("a4d8e7b2-1f09-4c63-8e5d-90b3c6f2d715")


class Run:
    """The one run of a bot for one message, shared by all who asked for it.

    The ids of what it appends follow from the message's id, so any number of runs, in any number of
    processes, leave one reply or one handover in the log.
    """

    def __init__(self, question: Question) -> None:
        self.question = question
        self.reply_id = uuid5(REPLIES, str(question.message_id))
        self.handover_id = uuid5(HANDOVERS, str(question.message_id))
        self.latest: MessageStreaming | None = None
        self.reply: MessageReceived | None = None
        self.fault: Exception | None = None
        """The fault of ours that has ended it."""
        self._finished = False
        self._changed = asyncio.Event()

    def show(self, streaming: MessageStreaming) -> None:
        """Tell the waiting how far the reply has grown."""
        self.latest = streaming
        self._wake()

    def finish(self, reply: MessageReceived | None) -> None:
        """Tell the waiting the end: the reply in the log, or None for silence. Only the first end counts."""
        if not self._finished:
            self.reply = reply
            self._finished = True
            self._wake()

    async def follow(self) -> AsyncGenerator[MessageStreaming | MessageReceived, None]:
        """Yield the reply as it grows, newest states only, and at last the message, if there is one."""
        shown: MessageStreaming | None = None
        while True:
            changed = self._changed
            if self._finished:
                if self.reply is not None:
                    yield self.reply
                return
            if self.latest is not None and self.latest is not shown:
                shown = self.latest
                yield shown
            else:
                await changed.wait()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
