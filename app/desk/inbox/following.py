"""One follower of the list."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from app.desk.inbox.cursor import Cursor
from app.protocol import Conversation, InboxCursor, InboxFilters
from app.spine.frame import Frame
from app.spine.rooms.room import StatesSink

CURSOR = "inbox_cursor"


@dataclass(eq=False)
class Following:
    sink: StatesSink
    filters: InboxFilters
    is_behind: bool = False
    """Whether it has still to be told of what it has missed: a cursor would tell that nothing is missing."""
    returning: asyncio.Task[None] | None = None
    """Tells it of that."""

    def wants(self, conversation: Conversation) -> bool:
        return self.filters.inbox_id in (None, conversation.inbox_id)

    def tell_cursor(self, cursor: Cursor) -> None:
        """Tell how far it has been told, behind all that it has not read yet."""
        if not self.is_behind:
            text = str(cursor._replace(inbox_id=self.filters.inbox_id))
            self.sink.tell_last(CURSOR, Frame.of(InboxCursor(text)))
