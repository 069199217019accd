"""Changes that a reader has read from the tail and not yet dealt with, and how far its cursor may go."""

from __future__ import annotations

from collections import deque

from app.spine.log.position import Position

UNDONE = 1_000
"""Changes at work or waiting for their conversation's turn."""
SPAN = 50_000
"""Changes from the cursor to the last one read: what is repeated at most after a crash."""


class Window:
    """Changes are done in any order; the cursor stands before the first that is not."""

    def __init__(self, cursor: Position) -> None:
        self.cursor = cursor
        self.read = cursor
        """The last position that was read."""
        self._order: deque[Position] = deque()
        self._done: set[Position] = set()

    @property
    def is_full(self) -> bool:
        return len(self._order) >= SPAN or len(self._order) - len(self._done) >= UNDONE

    def add(self, position: Position) -> None:
        """Note a change that was read."""
        self.read = position
        self._order.append(position)

    def finish(self, position: Position) -> None:
        """Note that a change is done."""
        self._done.add(position)
        while self._order and self._order[0] in self._done:
            self.cursor = self._order.popleft()
            self._done.discard(self.cursor)
