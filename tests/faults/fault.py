"""A fault, and what several of them need."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from tests.faults.proxy import Link
from tests.faults.stage import Stage

Fault: TypeAlias = Callable[[Stage, float], Awaitable[None]]
"""It begins, lasts and heals itself. The number is how long an outage lasts, in seconds, where that is a choice."""
SHARE = 0.4
"""Of the connections, where a fault strikes some."""


def name_of(fault: Fault) -> str:
    return fault.__name__


def named(name: str, purpose: str, fault: Fault) -> Fault:
    """Give a fault that was made to measure its name."""
    fault.__name__, fault.__doc__ = name, purpose
    return fault


def some_links(stage: Stage) -> list[Link]:
    return [link for link in stage.front.links if stage.rng.random() < SHARE]


async def pause(stage: Stage, least: float = 0.05, most: float = 0.4) -> None:
    await asyncio.sleep(stage.rng.uniform(least, most))
