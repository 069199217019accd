"""A reply that grows while it is read."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing

from app.bots.bot import Bot, BotFailed, BotSilent, Markdown, Turn
from app.bots.thoughts import Spoken
from app.values.text import TEXT_CHARS, is_blank

CONTROL = {code: None for code in range(32) if chr(code) not in "\t\n"}
"""Characters that nobody wants in a message, NUL among them, which Postgres cannot store."""

SURROGATE = re.compile("[\ud800-\udfff]")
HIGH_SURROGATE = re.compile("[\ud800-\udbff]$")


class Growing:
    """Reads one reply. `text` is what there is of it; what does not fit into a message is cut off."""

    def __init__(self, bot: Bot, turn: Turn, timeout_seconds: float) -> None:
        self._bot = bot
        self._turn = turn
        self._timeout_seconds = timeout_seconds
        self._spoken = Spoken()
        self.is_markdown = False
        self._half = ""
        """The first half of a surrogate pair, whose second half is in the next piece."""

    @property
    def text(self) -> str:
        """The reply so far, without thoughts, and without blanks around it."""
        return self._spoken.text.lstrip()[:TEXT_CHARS].rstrip()

    async def read(self) -> None:
        """Read to the end. After it, a text without words is a silence that the bot means.

        Raises:
            BotFailed: The time is over, or the bot has failed, twice if a second try was worth it.
        """
        try:
            async with (
                asyncio.timeout(self._timeout_seconds),
                aclosing(retried(self._bot, self._turn)) as pieces,
            ):
                async for piece in pieces:
                    self._take(piece)
                    if len(self._spoken.text.lstrip()) >= TEXT_CHARS:
                        return
        except TimeoutError as error:
            raise BotFailed(f"no reply within {self._timeout_seconds:g} s", reason="timeout") from error
        except BotSilent:
            self._spoken = Spoken()
            return
        self._end()

    def _take(self, piece: str) -> None:
        """Add a piece, well-formed and without control characters."""
        self.is_markdown = self.is_markdown or isinstance(piece, Markdown)
        piece = self._half + piece
        self._half = piece[-1:] if HIGH_SURROGATE.search(piece) else ""
        self._feed(piece[: len(piece) - len(self._half)])

    def _feed(self, text: str) -> None:
        if SURROGATE.search(text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        self._spoken.feed(text.translate(CONTROL))

    def _end(self) -> None:
        self._feed(self._half)
        self._spoken.close()
        if self._spoken.is_thinking:
            raise BotFailed("it ended in the middle of its thoughts")
        if is_blank(self.text):
            raise BotFailed("it ended without words")


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
