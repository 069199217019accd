"""A change of many conversations at once, as the agent who asked for it is told."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from app.protocol.wire import Event

BulkState = Literal["collecting", "running", "done", "cancelled", "undoing", "undone"]


class BulkAction(Struct, frozen=True, kw_only=True):
    id: UUID
    state: BulkState
    version: int
    """Grows with every change; the larger one wins."""
    total: int
    """Conversations that it is about."""
    changed: int
    skipped: int
    """Those that it left alone, each for a reason that can be read."""
    undone: int
    kept: int
    """Those that were changed again since, and so were not undone."""
    created_at: datetime


class BulkActionUpdated(Event, tag="bulk_action_updated"):
    action: BulkAction


Events = BulkActionUpdated
