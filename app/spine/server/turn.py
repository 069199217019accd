"""The writes of one turn of the loop, held until its end, so that each socket gets them in one system call.

A transport of uvloop writes at once. A sender's own message and its ack would be two calls, and a call costs more than
everything else that is done for a delivery.
"""

from __future__ import annotations

import asyncio
from typing import Protocol
from weakref import WeakKeyDictionary

import structlog

log = structlog.get_logger()


class Holder(Protocol):
    def flush(self) -> None:
        """Write what is held, if anything."""
        ...


class Turn:
    """The holders of this turn of a loop. The loop does not wait before they have flushed."""

    __slots__ = ("_holders",)

    def __init__(self) -> None:
        self._holders: list[Holder] = []

    def add(self, holder: Holder, loop: asyncio.AbstractEventLoop) -> None:
        """Flush a holder when everything has run that is due in this turn."""
        if not self._holders:
            loop.call_soon(self._end)
        self._holders.append(holder)

    def _end(self) -> None:
        holders, self._holders = self._holders, []
        for holder in holders:
            try:
                holder.flush()
            except Exception:
                # One socket's fault keeps nothing from the others.
                log.exception("write_failed")


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, Turn] = WeakKeyDictionary()


def turn_of(loop: asyncio.AbstractEventLoop) -> Turn:
    """Return the turn that all sockets of a loop share."""
    turn = _turns.get(loop)
    if turn is None:
        turn = _turns[loop] = Turn()
    return turn
