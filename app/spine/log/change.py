"""News from the tail of the log: that an entry was added, and a page of such entries."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from app.protocol import LogEntry
from app.spine.log.entry import Lane
from app.spine.log.position import Bookmark


class Change(Struct, frozen=True, kw_only=True):
    """An entry that was added to the log."""

    id: UUID
    """The same whenever the change is repeated: whoever has dealt with this id is done with it."""
    conversation_id: UUID
    lane: Lane
    seq: int
    type: str


class EventPage(Struct, kw_only=True):
    """Entries of all conversations, in the order of commits."""

    is_gone: bool = False
    """The entries after the bookmark are not known: they were cleared, or the bookmark is of another log."""
    items: list[tuple[UUID, LogEntry]] = []
    next: Bookmark
