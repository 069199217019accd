"""UUIDs that sort by time (RFC 9562, section 5.7), so that new rows go to the end of an index."""

from __future__ import annotations

import os
import time
from uuid import UUID

POOL_BYTES = 10 * 1024
"""Random bytes fetched at once: asking the kernel for each id costs more than all the rest of it."""


class _Random:
    """Random bytes for many ids, taken ten at a time. Not for secrets: an id need not be unguessable."""

    __slots__ = ("_at", "_pool")

    def __init__(self) -> None:
        self._pool = b""
        self._at = 0

    def take(self) -> int:
        if self._at >= len(self._pool):
            self._pool, self._at = os.urandom(POOL_BYTES), 0
        self._at += 10
        return int.from_bytes(self._pool[self._at - 10 : self._at], "big")


_random = _Random()


def uuid7() -> UUID:
    """Return a new version 7 UUID: 48 bits of Unix time in milliseconds, then 74 random ones."""
    random = _random.take()
    value = (time.time_ns() // 1_000_000 & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | (random >> 68) << 64 | 0b10 << 62 | random & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=value)
