"""A reply that grows while it is read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from app.protocol import TEXT_CHARS
from app.services.bots.bot import Bot, BotFailed, Turn

CONTROL = {code: None for code in range(32) if chr(code) not in "\t\n"}
"""Characters that nobody wants in a message, NUL among them, which Postgres cannot store."""


class Growing:
    """Reads one reply. `text` is what there is of it; what does not fit into a message is cut off."""

    def __init__(self, bot: Bot, turn: Turn, timeout_seconds: float) -> None:
        self._bot = bot
        self._turn = turn
        self._timeout_seconds = timeout_seconds
        self._text = ""

    @property
    def text(self) -> str:
        """The reply so far, without blanks around it."""
        return self._text[:TEXT_CHARS].strip()

    async def read(self) -> None:
        """Read to the end.

        Raises:
            BotFailed: The time is over, or the bot has failed, twice if a second try was worth it.
        """
        try:
            async with (
                asyncio.timeout(self._timeout_seconds),
                aclosing(retried(self._bot, self._turn)) as pieces,
            ):
                async for piece in pieces:
                    self._text = (self._text + piece.translate(CONTROL)).lstrip()
                    if len(self._text) >= TEXT_CHARS:
                        return
        except TimeoutError as error:
            raise BotFailed(f"no reply within {self._timeout_seconds:g} s", reason="timeout") from error


async def retried(bot: Bot, turn: Turn) -> AsyncGenerator[str, None]:
    """Yield a bot's reply; try twice if the first failed before it said anything and the second may not."""
    begun = False
    try:
        async with aclosing(bot.reply(turn)) as pieces:
            async for piece in pieces:
                begun = begun or bool(piece)
                yield piece
            return
    except BotFailed as failure:
        if begun or failure.retry_after is None:
            raise
        pause = failure.retry_after
    await asyncio.sleep(pause)
    async with aclosing(bot.reply(turn)) as pieces:
        async for piece in pieces:
            yield piece
