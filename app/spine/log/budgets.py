"""Budgets of bytes to write: for one customer, in a short time and in a day, and for one conversation.

Counted in each process, in memory: it is the process's Postgres, disk and memory that they protect.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from math import ceil

from app.errors import RateLimited
from app.settings import Settings
from app.spine.allowance import PERIOD_SECONDS, Allowance
from app.spine.log.entry import Draft

DAY_SECONDS = 86_400.0
SWEEP_AT = 1_000
"""Allowances kept before those that are whole again are dropped."""


class Budget:
    """An allowance of bytes for each key."""

    def __init__(self, size: int, seconds: float) -> None:
        self._size = size
        self._seconds = seconds
        self._allowances: dict[Hashable, Allowance] = {}
        self._sweep_at = SWEEP_AT

    def __len__(self) -> int:
        return len(self._allowances)

    def take(self, key: Hashable, size: int, now: float) -> float:
        """Use `size` bytes of what `key` may; return 0, or the seconds to wait. `now` is monotonic, in seconds."""
        allowance = self._allowances.get(key)
        if allowance is None:
            if len(self._allowances) >= self._sweep_at:
                self._sweep(now)
            allowance = self._allowances[key] = Allowance(self._size, self._seconds)
        return allowance.take(now, size)

    def give_back(self, key: Hashable, size: int) -> None:
        """Undo a `take` of just now."""
        self._allowances[key].give_back(size)

    def _sweep(self, now: float) -> None:
        """Drop what is whole again. As many as are left may come before the next time, so each pays a little."""
        self._allowances = {key: each for key, each in self._allowances.items() if not each.is_whole(now)}
        self._sweep_at = max(SWEEP_AT, 2 * len(self._allowances))


class Budgets:
    """The budgets of everything that is written into the log."""

    def __init__(self, settings: Settings) -> None:
        self._budgets = [
            (Budget(size, seconds), key)
            for size, seconds, key in (
                (settings.limits.customer_bytes, PERIOD_SECONDS, sender_of),
                (settings.limits.customer_day_bytes, DAY_SECONDS, sender_of),
                (settings.limits.conversation_bytes, PERIOD_SECONDS, conversation_of),
            )
            if size
        ]

    def take(self, draft: Draft) -> None:
        """Count a draft. Agents and bots are ours, and are not counted.

        Raises:
            RateLimited: With the time to wait.
        """
        if draft.sender.role != "customer":
            return
        now, size = time.monotonic(), len(draft.body)
        for count, (budget, key) in enumerate(self._budgets):
            wait = budget.take(key(draft), size, now)
            if wait:
                # Nothing was written: a client that tries again as told must not use up its day by that.
                for charged, its_key in self._budgets[:count]:
                    charged.give_back(its_key(draft), size)
                raise RateLimited(
                    "That is too much text in a short time. Wait, then send the rest.",
                    retry_after_ms=ceil(wait * 1000),
                )


def sender_of(draft: Draft) -> Hashable:
    return draft.sender.id


def conversation_of(draft: Draft) -> Hashable:
    return draft.conversation_id
