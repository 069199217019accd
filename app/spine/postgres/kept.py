"""Connections that the pool has lent and that stay lent from one statement to the next.

To lend and take back costs four times what asking for a row costs: a lock, a proxy, and a task that gives the
connection back. So the pool lends, and here they are kept, the one used last on top; what is not used goes back.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

import asyncpg
from msgspec import Struct

KEPT_SECONDS = 60.0
"""Seconds a connection may lie unused before it goes back to the pool, which closes it after as long again."""
KEPT_STATEMENTS = 1_000
"""Statements before a connection goes through the pool once, which replaces one that has served long."""


class Lent(Struct, eq=False):
    """A connection of the pool."""

    holder: Any
    """The means of `databases` to give it back."""
    raw: Any
    """The connection itself, as asyncpg's pool lends it."""
    statements: int = 0
    used_at: float = 0.0
    """The end of its last statement, on the monotonic clock."""

    @property
    def is_cut(self) -> bool:
        """Whether it has ended while it was kept."""
        try:
            return bool(self.raw.is_closed())
        except asyncpg.InterfaceError:  # The pool knows already, and has taken it back.
            return True


class Kept:
    """Connections between two statements. Whoever has one gives it back by one of two ways: `keep` or `give_back`."""

    def __init__(self, make_holder: Callable[[], Any]) -> None:
        self._make_holder = make_holder
        self._kept: list[Lent] = []
        self._closed = False

    def take_kept(self) -> Lent | None:
        """Return a connection at once, if one is here that nobody has cut."""
        if self._kept and not self._kept[-1].is_cut:
            return self._kept.pop()
        return None

    async def take(self) -> Lent:
        """Return a connection, of the pool if none is kept. Raises what opening one raises."""
        while self._kept:
            lent = self._kept.pop()
            if not lent.is_cut:
                return lent
            await self.give_back(lent)
        holder = self._make_holder()
        await holder.acquire()
        return Lent(holder, holder.raw_connection)

    async def keep(self, lent: Lent) -> None:
        """Keep a connection whose statement was answered."""
        lent.statements += 1
        lent.used_at = now = monotonic()
        if self._closed or lent.statements >= KEPT_STATEMENTS:
            await self.give_back(lent)
            return
        self._kept.append(lent)
        if now - self._kept[0].used_at > KEPT_SECONDS:
            await self.give_back(self._kept.pop(0))

    async def give_back(self, lent: Lent) -> None:
        """Let the pool have a connection, which closes what is spoiled."""
        await lent.holder.release()

    async def close(self) -> None:
        """Keep none from now on."""
        self._closed = True
        while self._kept:
            await self.give_back(self._kept.pop())
