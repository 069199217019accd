"""The end of the token that a connection has authenticated with."""

from __future__ import annotations

import time
from math import inf

WARNING_SECONDS = 60.0
"""Seconds before a token's end at which its renewal is asked for; of a shorter one half of what is left."""
GRACE_SECONDS = 25.0
"""Seconds after a token's end in which its renewal may still be on its way."""


class Expiry:
    """The time to ask for a renewal: never twice of one token, nor at once of one that was just made."""

    __slots__ = ("_ends_at", "_warn_at")

    def __init__(self, expires_at: float | None) -> None:
        """Watch a token that ends at this Unix time in seconds, or never."""
        self._ends_at = inf if expires_at is None else expires_at
        self._warn_at = self._ends_at - min(WARNING_SECONDS, (self._ends_at - time.time()) / 2)

    def is_near(self, now: float) -> bool:
        """Say, once, that it is time to warn."""
        if now <= self._warn_at:
            return False
        self._warn_at = inf
        return True

    def is_past(self, now: float) -> bool:
        return now > self._ends_at + GRACE_SECONDS
