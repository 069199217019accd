"""Waiting for what nothing announces."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx2

PAUSE_SECONDS = 0.02
"""Pause between two looks, which leaves the machine to those we wait for."""


async def until(holds: Callable[[], Awaitable[object]]) -> None:
    """Return when the condition holds."""
    while not await holds():
        await asyncio.sleep(PAUSE_SECONDS)


async def shown(rest: httpx2.AsyncClient, figure: str) -> None:
    """Return when the server shows this line among its figures."""

    async def holds() -> bool:
        return f"\n{figure}\n" in (await rest.get("/metrics")).text

    await until(holds)
