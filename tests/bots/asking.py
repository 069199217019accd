"""Asking a bot as the product does, without a conversation around it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from app.bots.bot import Bot, Turn
from app.bots.catalogue import Catalogue
from app.bots.growing import Growing
from app.settings import Settings
from tests.bots.dialects import TURN


@asynccontextmanager
async def open_bot(name: str, settings: Settings) -> AsyncIterator[Bot]:
    catalogue = Catalogue(settings)
    try:
        yield catalogue.get(name)
    finally:
        await catalogue.close()


async def pieces_of(name: str, settings: Settings, turn: Turn = TURN) -> list[str]:
    """The reply in the pieces in which the bot says it, without empty ones."""
    async with open_bot(name, settings) as bot, aclosing(bot.reply(turn)) as pieces:
        return [piece async for piece in pieces if piece]


async def reply_of(name: str, settings: Settings, turn: Turn = TURN) -> str:
    """The whole reply, with its time limit and its second try."""
    async with open_bot(name, settings) as bot:
        growing = Growing(bot, turn, settings.bot_timeout_seconds)
        await growing.read()
        return growing.text
