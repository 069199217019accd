"""The bot that says what it hears: to try out an installation without an account anywhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from app.bots.bot import Turn


class EchoBot:
    async def reply(self, turn: Turn) -> AsyncGenerator[str, None]:
        yield turn.text
