"""The description of a feature that must hear of every entry."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from app.spine.log.change import Change

Handle: TypeAlias = Callable[[Change], Awaitable[None]]
Choose: TypeAlias = Callable[[Sequence[Change]], Awaitable[Collection[UUID]]]


async def choose_all(changes: Sequence[Change]) -> Collection[UUID]:
    return {change.id for change in changes}


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A feature that is told of every change at least once, and of those in one conversation in their order."""

    name: str
    """The name of its cursor, for good: another name begins anew."""
    handle: Handle
    """Deals with one change. If it raises, it is called again; see docs/readers.md for how often."""
    choose: Choose = choose_all
    """The ids of those changes of a page that are worth handling, for a reader that passes over most."""
    delay_seconds: float = 0.0
    """Age at which a change is read."""
    try_seconds: float = 60.0
    """Seconds one call may take."""
    at_once: int = 16
    """Conversations whose changes are handled at the same time."""
