"""Run by a test as a process of its own, which asks the bot and is killed while it waits."""

from __future__ import annotations

import asyncio
import sys

import msgspec

from app.bots import asker
from app.settings import Settings
from app.spine.log import reading
from tests.bots.process import open_process


async def main(database_url: str, redis_url: str, openai_base_url: str) -> None:
    asker.LEASE_SECONDS = reading.LEASE_SECONDS = 1.5
    settings = msgspec.structs.replace(
        Settings(),
        database_url=database_url,
        redis_url=redis_url,
        openai_base_url=openai_base_url,
        openai_model="llama",
    )
    async with open_process(settings) as process:
        talk = await process.open_talk("openai")
        await process.say(talk, "Do you ship?")
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
