"""A place in the tail of the log: everything before it was read."""

from __future__ import annotations

from hashlib import blake2s
from typing import NamedTuple
from uuid import UUID

PATTERN = "^[0-9]{1,18}[.][0-9]{1,18}[.][0-9]{1,9}[.][0-9a-f]{8}$"
"""The form of a position in text, which is ours alone to read."""
NOTHING = "00000000"
"""The mark of a position at which no entry is."""


class Position(NamedTuple):
    """Of an entry: its transaction, counted on over clusters, its append's number, and its place in the append."""

    xact: int = 0
    n: int = 0
    place: int = 0


class Bookmark(NamedTuple):
    """A position that leaves the house: with a mark by which its entry is known when it comes back."""

    position: Position
    mark: str = NOTHING

    def __str__(self) -> str:
        return f"{self.position.xact}.{self.position.n}.{self.position.place}.{self.mark}"


def read_bookmark(text: str) -> Bookmark:
    """Return what was written as `text`, which has been checked against `PATTERN`."""
    xact, n, place, mark = text.rstrip("\n").split(".")  # To `$` in a pattern a last line break is nothing.
    return Bookmark(Position(int(xact), int(n), int(place)), mark)


def mark_of(conversation_id: UUID, lane: int, seq: int) -> str:
    """Return the mark of an entry. After a log was put back, another entry is at the same position."""
    return blake2s(conversation_id.bytes + bytes([lane]) + seq.to_bytes(8, "big"), digest_size=4).hexdigest()
