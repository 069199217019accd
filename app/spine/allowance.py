"""Allowances for things that may happen so often, as plain arithmetic: no timers, no queues, one number each."""

from __future__ import annotations

from msgspec import Struct

from app.protocol import Surface
from app.settings import Settings

PERIOD_SECONDS = 10.0
"""The time in which a limit's count may be used up, at once or spread; it refills evenly."""

ROUNDING_SECONDS = 1e-4
"""Seconds that are no wait: without them, the last of three thirds of a period would be refused."""


class Allowance:
    """A count for each period (GCRA: the generic cell rate algorithm). A count of 0 allows everything."""

    __slots__ = ("_earned_at", "_interval", "_seconds")

    def __init__(self, count: int, seconds: float = PERIOD_SECONDS) -> None:
        self._interval = seconds / count if count else 0.0
        self._seconds = seconds
        self._earned_at = 0.0

    def take(self, now: float, cost: int = 1) -> float:
        """Use `cost`; return 0, or the seconds to wait when too little is left. `now` is monotonic, in seconds."""
        earned_at = max(self._earned_at, now) + self._interval * cost
        wait = earned_at - now - self._seconds
        if wait > ROUNDING_SECONDS:
            return wait
        self._earned_at = earned_at
        return 0.0

    def is_whole(self, now: float) -> bool:
        """Say whether nothing of it is used, so that a new one would be the same."""
        return self._earned_at <= now

    def give_back(self, cost: int = 1) -> None:
        """Undo a `take`: what it was for did not happen, or is not what is counted."""
        self._earned_at -= self._interval * cost


class Allowances(Struct):
    """The allowances of one connection."""

    frames: Allowance
    sends: Allowance
    joins: Allowance
    typing: Allowance
    bytes: Allowance


def allowances(settings: Settings, surface: Surface) -> Allowances:
    """Return fresh allowances; a widget is anybody's, an admin app is one of ours."""
    limits = settings.limits.of(surface)
    return Allowances(
        frames=Allowance(limits.frames),
        sends=Allowance(limits.sends),
        joins=Allowance(limits.joins),
        typing=Allowance(limits.typing),
        bytes=Allowance(limits.bytes),
    )
