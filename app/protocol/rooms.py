"""Ways into a conversation, and out of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from msgspec import UNSET, UnsetType

from app.protocol.marks import Mark
from app.protocol.presence import AgentHere, Presence
from app.protocol.typing import Typing
from app.protocol.wire import Epoch, Event, LaneName, RequestId, Seq, SpineRequest


class JoinConversation(SpineRequest, tag="join_conversation"):
    id: RequestId
    conversation_id: UUID
    since: Seq | None = None
    team_since: Seq | None = None
    epoch: Epoch | None = None
    message_id: UUID | None = None
    """Of the entry at `since`."""
    team_message_id: UUID | None = None


class LeaveConversation(SpineRequest, tag="leave_conversation"):
    id: RequestId
    conversation_id: UUID


class Sync(SpineRequest, tag="sync"):
    id: RequestId
    conversation_id: UUID
    since: Seq
    lane: LaneName = "public"


class JoinAck(Event, kw_only=True, tag="ack"):
    re: RequestId
    conversation_id: UUID
    status: Literal["ok", "reset"] = "ok"
    head: int
    team_head: int | UnsetType = UNSET
    epoch: str
    marks: list[Mark]
    presence: Sequence[Presence | AgentHere]
    typing: list[Typing]


class SyncAck(Event, tag="ack"):
    re: RequestId
    conversation_id: UUID
    head: int


class ConversationBegun(Event, tag="conversation_begun"):
    """For a customer: they have begun another conversation, in this tab or elsewhere."""

    conversation_id: UUID


Requests = JoinConversation | LeaveConversation | Sync
Events = JoinAck | SyncAck | ConversationBegun
