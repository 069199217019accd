"""What happens to a conversation around its messages."""

from __future__ import annotations

from typing import Any, Literal

from app.protocol.entries import Entry

EventName = Literal["agent_joined", "assigned", "status_changed", "bot_handover"]


class ConversationEvent(Entry, kw_only=True, tag="conversation_event"):
    event: EventName
    data: dict[str, Any]


Entries = ConversationEvent
