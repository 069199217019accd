"""Marks: the last entry that someone has received, and the last that they have read."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from app.protocol.wire import Event, Role, Seq, TalkRequest


class MarkDelivered(TalkRequest, tag="mark_delivered"):
    conversation_id: UUID
    seq: Seq


class MarkRead(TalkRequest, tag="mark_read"):
    conversation_id: UUID
    seq: Seq


class Mark(Struct):
    """The last entries of the public lane that one user has received and read."""

    user_id: int
    role: Role
    delivered_seq: int
    read_seq: int


class ReceiptUpdated(Mark, Event, kw_only=True, tag="receipt_updated"):
    conversation_id: UUID


Requests = MarkDelivered | MarkRead
Events = ReceiptUpdated
