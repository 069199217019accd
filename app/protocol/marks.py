"""Marks: the last entry that someone has received, and the last that they have read."""

from __future__ import annotations

from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, structs

from app.protocol.wire import Event, LaneName, RequestId, Role, Seq, TalkRequest


class MarkDelivered(TalkRequest, tag="mark_delivered"):
    conversation_id: UUID
    seq: Seq


class MarkRead(TalkRequest, tag="mark_read"):
    conversation_id: UUID
    seq: Seq
    lane: LaneName = "public"
    version: Seq | UnsetType = UNSET
    """The `version` of the `read_state` known when the reading began: what was put back as unread later stays so."""


class MarkUnread(TalkRequest, tag="mark_unread"):
    id: RequestId
    conversation_id: UUID
    seq: Seq
    """The entry of the public lane from which on it is unread."""


class Mark(Struct):
    """The last entries of the public lane that one user has received and read."""

    user_id: int
    role: Role
    delivered_seq: int
    read_seq: int
    team_read_seq: int | UnsetType = UNSET
    """Of an agent, for the team: the last entry of the team lane that they have read."""


class ReceiptUpdated(Mark, Event, kw_only=True, tag="receipt_updated"):
    conversation_id: UUID


class ReadState(Struct, kw_only=True):
    """The reading of one agent in a conversation, with what they have put back as unread; theirs alone."""

    conversation_id: UUID
    read_seq: int
    """The last entry of the public lane that they have read. It only grows, and so does the next."""
    team_read_seq: int
    unread_from: int | None
    """The entry from which on it is unread whatever was read, null where nothing was put back."""
    version: int
    """Grows with every change of `unread_from`; the larger one wins."""


class ReadStateUpdated(ReadState, Event, kw_only=True, tag="read_state"):
    pass


def read_state_updated(state: ReadState) -> ReadStateUpdated:
    return ReadStateUpdated(**structs.asdict(state))


Requests = MarkDelivered | MarkRead
AdminRequests = MarkUnread
Events = ReceiptUpdated | ReadStateUpdated
