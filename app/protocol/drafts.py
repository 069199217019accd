"""Drafts: texts that an agent has begun, told to their own tabs and devices alone."""

from __future__ import annotations

from uuid import UUID

from app.protocol.wire import Event, LaneName


class DraftChanged(Event, tag="draft_changed"):
    """Read one's own draft of this lane anew; its text is not told, for it is nobody's but its author's."""

    conversation_id: UUID
    lane: LaneName
    version: int
    """The larger one wins, over all drafts."""
    client_msg_id: UUID
    """The message that it will be, or was to be."""
    is_there: bool
    """False: it was emptied, or its message has been stored."""


Events = DraftChanged
