"""States that one reader has still to be sent: the newest of each, and never more than fits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias
from uuid import UUID

from app.spine.frame import Burst, Frame

Subject: TypeAlias = UUID | int | tuple[UUID, int] | str | tuple[str] | tuple[str, UUID]
"""Of what a state tells: a conversation's row in the list, a user's presence, a user's marks in a conversation, by its
name how far the reader has been told of the list, or by a name alone, or one of a conversation, what a feature tells of
itself."""
MOST_BYTES = 1024 * 1024
"""Waiting states of one reader, some thousand rows of the list; past it the reader is closed and reads anew."""

FULL_BYTES = MOST_BYTES // 4
"""Waiting states at which whoever has many to tell waits, so that what happens meanwhile fits too."""


class StatesLost(Exception):
    """More was to be told than is kept for one reader."""


class States:
    """A dirty set: whatever changes twice before the reader takes it is sent once, as it is then."""

    __slots__ = ("_bytes", "_frames", "_lost")

    def __init__(self) -> None:
        self._frames: dict[Subject, Frame] = {}
        self._bytes = 0
        self._lost = False

    def __bool__(self) -> bool:
        return bool(self._frames) or self._lost

    def __contains__(self, subject: Subject) -> bool:
        return subject in self._frames

    def put(self, subject: Subject, frame: Frame) -> None:
        """Keep the newest of a subject; it keeps its place in the row."""
        known = self._frames.get(subject)
        self._bytes += len(frame.payload) - (len(known.payload) if known else 0)
        self._frames[subject] = frame
        if self._bytes > MOST_BYTES:
            self.clear()
            self._lost = True

    def put_last(self, subject: Subject, frame: Frame) -> None:
        """Keep the newest of a subject that says something of all that became due before it."""
        if subject in self._frames:
            self._remove(subject)
        self.put(subject, frame)

    @property
    def is_full(self) -> bool:
        return self._bytes >= FULL_BYTES

    def flush(self, write: Callable[[Frame | Burst], bool]) -> None:
        """Write what the reader takes, in the order in which it became due.

        Raises:
            StatesLost: Some are kept no longer, so the reader has to read everything anew.
        """
        if self._lost:
            raise StatesLost
        for subject, frame in list(self._frames.items()):
            if not write(frame):
                return
            self._remove(subject)

    def forget(self, conversation_id: UUID) -> None:
        """Keep nobody's marks in a conversation any longer: the reader has left it."""
        for subject in list(self._frames):
            if isinstance(subject, tuple) and subject[0] == conversation_id:
                self._remove(subject)

    def forget_rows(self) -> None:
        """Keep no rows of the list any longer: the reader does not follow it."""
        for subject in list(self._frames):
            if isinstance(subject, UUID | str):
                self._remove(subject)

    def clear(self) -> None:
        self._frames.clear()
        self._bytes = 0

    def _remove(self, subject: Subject) -> None:
        self._bytes -= len(self._frames.pop(subject).payload)
