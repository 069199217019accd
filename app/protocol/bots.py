"""Replies that are growing."""

from __future__ import annotations

from uuid import UUID

from msgspec import UNSET, UnsetType

from app.protocol.contents import Format
from app.protocol.wire import Event, Sender


class MessageStreaming(Event, tag="message_streaming"):
    conversation_id: UUID
    client_msg_id: UUID
    sender: Sender
    text: str
    format: Format | UnsetType = UNSET


Events = MessageStreaming
