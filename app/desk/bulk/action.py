"""A bulk action on its way, and what is to become of each of its conversations. No I/O."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from msgspec import Struct

from app.desk.conversations.changing import ConversationChange
from app.protocol import BulkAction, Happening
from app.protocol.views import Predicate
from app.spine.log.entry import Lane

STEP = 100
"""Conversations in one transaction: some ten milliseconds of locks, with other appends in between."""
MOST = 200_000
"""Conversations of one action; beyond them the view is to be narrowed."""

Why = Literal["gone", "other_view", "as_wanted", "labels", "target", "changed_since"]
"""The reason why a conversation was left alone: it is not there for the agent, belongs to the view no longer, was so
already, would have too many labels, may not be seen by whoever was to have it, or was changed again by somebody."""


class Job(Struct, frozen=True, kw_only=True):
    action: BulkAction
    user_id: int
    change: ConversationChange
    predicate: Predicate | None

    @property
    def is_undo(self) -> bool:
        return self.action.state == "undoing"


class Waiting(Struct, frozen=True, kw_only=True):
    """A conversation whose turn it is."""

    id: UUID
    version: int | None
    """None: it is not there for the agent."""
    belongs: bool
    back: ConversationChange | None
    since: frozenset[str]
    """The events that came after it was changed."""


class Outcome(Struct, frozen=True, kw_only=True):
    """The end that a conversation is to have, if it is still as it was read."""

    id: UUID
    version: int | None
    state: Literal["changed", "skipped", "undone", "kept"]
    why: Why | None = None
    back: ConversationChange | None = None
    happenings: tuple[tuple[Happening, Lane], ...] = ()
