"""One follower of the list."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from app.desk.inbox.cursor import Cursor
from app.desk.inbox.wanted import Wanted
from app.desk.views.facets import Facets
from app.protocol import Conversation, InboxCursor
from app.spine.frame import Frame
from app.spine.latest import keep
from app.spine.rooms.room import StatesSink

CURSOR = "inbox_cursor"
LEFT = 20_000
"""Conversations outside of a view that a follower was told of; after that one of them may be told once more."""


@dataclass(eq=False)
class Following:
    sink: StatesSink
    wanted: Wanted
    is_behind: bool = False
    """Whether it has still to be told of what it has missed: a cursor would tell that nothing is missing."""
    returning: asyncio.Task[None] | None = None
    """Tells it of that."""
    left: dict[UUID, None] = field(default_factory=dict)
    """Conversations that it was told do not belong to its view any more."""

    def wants(self, conversation: Conversation, before: Iterable[Facets] | None) -> bool:
        """Say whether to tell it of a change; `before` is what the conversation was, None where nobody knows.

        What leaves the view is told once more, and then not until it comes back.
        """
        if not self.wanted.is_in_inbox(conversation):
            return False
        if self.wanted.has(conversation):
            self.left.pop(conversation.id, None)
            return True
        if conversation.id in self.left or not self.wanted.had(before):
            return False
        keep(self.left, conversation.id, None, most=LEFT)
        return True

    def tell_cursor(self, cursor: Cursor) -> None:
        """Tell how far it has been told, behind all that it has not read yet."""
        if not self.is_behind:
            self.sink.tell_last(CURSOR, Frame.of(InboxCursor(str(self.wanted.cursor(cursor)))))
