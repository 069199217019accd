"""Every event of protocol version 1, in both directions: one closed union for each surface.

`WidgetRequest` and `AdminRequest` are what a client may say; `ServerEvent` is what it may hear.
The decoders know nothing else, so a service cannot be reached by an event of the other surface.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from app.errors import FiresideError
from app.values.text import (
    NOT_BLANK,
    STATUS_CHARS,
    TEXT_CHARS,
    Emoji,
    Line,
    MessageText,
    emoji,
    line,
    message_text,
)

VERSION = 1
Role = Literal["customer", "agent", "bot", "system"]
Surface = Literal["admin", "widget"]
FRAME_BYTES = 64 * 1024
"""The largest frame in either direction."""
FIRST_FRAME_BYTES = 8 * 1024
"""The largest frame before authentication."""

RequestId = Annotated[str, Meta(max_length=128)] | int
Echo = str | int | float | None
"""A value that is given back as it came. Nothing nested: one that could just be read might not be writable again."""
Seq = Annotated[int, Meta(ge=0, le=2**53 - 1)]
LaneName = Literal["public", "team"]
Epoch = Annotated[str, Meta(max_length=64, pattern="^[0-9a-f]+$")]
"""The log that a `seq` belongs to: another one after a restore, or a failover that lost something."""
PresenceStatus = Literal["online", "away", "busy", "offline"]
ConversationStatus = Literal["open", "closed"]


class TextContent(Struct, frozen=True, tag_field="type", tag="text"):
    text: str


class DeletedContent(Struct, frozen=True, tag_field="type", tag="deleted"):
    """The remains of a message that its sender or an admin has deleted."""


class UnknownContent(Struct, frozen=True, tag_field="type", tag="unknown"):
    """A stand-in for content that this version cannot read, because a newer one has written it."""


Content = TextContent | DeletedContent | UnknownContent


Said = Annotated[
    MessageText, Meta(extra_json_schema={"minLength": 1, "maxLength": TEXT_CHARS, "pattern": NOT_BLANK})
]


class NewText(Struct, frozen=True, tag_field="type", tag="text"):
    """A text before it is stored."""

    text: Said

    def __post_init__(self) -> None:
        message_text(self.text)


class Since(Struct, frozen=True):
    """A client's place in a conversation: the last `seq` it has applied, per lane."""

    since: Seq
    team_since: Seq | UnsetType = UNSET
    epoch: Epoch | UnsetType = UNSET
    message_id: UUID | UnsetType = UNSET
    """Of the entry at `since`."""
    team_message_id: UUID | UnsetType = UNSET


class Request(Struct, tag_field="type"):
    pass


class SpineRequest(Request):
    """Answered by the spine: a way into rooms, and the line itself."""


class TalkRequest(Request):
    """Answered by `app/talk`."""


class DeskRequest(Request):
    """Answered by `app/desk`."""


class Authenticate(SpineRequest, tag="authenticate"):
    id: RequestId
    token: Annotated[str, Meta(max_length=4096)]
    v: int
    client: Any = None
    resume: Annotated[dict[UUID, Since], Meta(max_length=1000)] | None = None


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


class SendMessage(TalkRequest, tag="send_message"):
    id: RequestId
    conversation_id: UUID
    client_msg_id: UUID
    content: NewText
    lane: LaneName = "public"


class TypingStart(TalkRequest, tag="typing_start"):
    conversation_id: UUID


class TypingStop(TalkRequest, tag="typing_stop"):
    conversation_id: UUID


class Sync(SpineRequest, tag="sync"):
    id: RequestId
    conversation_id: UUID
    since: Seq
    lane: LaneName = "public"


class MarkDelivered(TalkRequest, tag="mark_delivered"):
    conversation_id: UUID
    seq: Seq


class MarkRead(TalkRequest, tag="mark_read"):
    conversation_id: UUID
    seq: Seq


class EditMessage(TalkRequest, tag="edit_message"):
    id: RequestId
    conversation_id: UUID
    client_msg_id: UUID
    target_seq: Seq
    content: NewText
    lane: LaneName = "public"


class DeleteMessage(TalkRequest, tag="delete_message"):
    id: RequestId
    conversation_id: UUID
    client_msg_id: UUID
    target_seq: Seq
    lane: LaneName = "public"


class React(TalkRequest, tag="react"):
    id: RequestId
    conversation_id: UUID
    client_msg_id: UUID
    target_seq: Seq
    emoji: Emoji
    on: bool
    lane: LaneName = "public"

    def __post_init__(self) -> None:
        self.emoji = emoji(self.emoji)


class Pong(SpineRequest, tag="pong"):
    t: Echo = None


class SetPresence(TalkRequest, tag="set_presence"):
    id: RequestId
    status: PresenceStatus
    text: Annotated[Line, Meta(max_length=STATUS_CHARS)] | None = None
    """Empty is none."""

    def __post_init__(self) -> None:
        if self.text:
            line(self.text, "status text", STATUS_CHARS)


class InboxFilters(Struct, frozen=True):
    inbox_id: int | None = None


class FollowInbox(DeskRequest, tag="follow_inbox"):
    id: RequestId
    filters: InboxFilters | None = None


class UnfollowInbox(DeskRequest, tag="unfollow_inbox"):
    id: RequestId


class RefreshToken(SpineRequest, tag="refresh_token"):
    id: RequestId
    token: Annotated[str, Meta(max_length=4096)]


class Ping(SpineRequest, tag="ping"):
    """A client's own question whether the line still holds; answered by a `pong` with the same `t`."""

    t: Echo = None


WidgetRequest = (
    Authenticate
    | JoinConversation
    | LeaveConversation
    | SendMessage
    | TypingStart
    | TypingStop
    | Sync
    | MarkDelivered
    | MarkRead
    | EditMessage
    | DeleteMessage
    | React
    | Ping
    | Pong
)
AdminRequest = WidgetRequest | SetPresence | FollowInbox | UnfollowInbox | RefreshToken

decode_widget_request = msgspec.json.Decoder(WidgetRequest).decode
decode_admin_request = msgspec.json.Decoder(AdminRequest).decode


class Sender(Struct, frozen=True):
    id: int
    role: Role
    name: str


class User(Struct, frozen=True, kw_only=True):
    """The identity a socket was given, as `authenticated` tells it."""

    id: int
    role: Role
    name: str
    is_admin: bool | UnsetType = UNSET


class Limits(Struct, frozen=True):
    frame_bytes: int = FRAME_BYTES
    text_chars: int = TEXT_CHARS


class Mark(Struct, frozen=True):
    """How far one user has received and read the public lane."""

    user_id: int
    role: Role
    delivered_seq: int
    read_seq: int


class Presence(Struct, frozen=True, kw_only=True):
    user_id: int
    role: Role
    name: str | UnsetType = UNSET
    status: PresenceStatus
    text: str | UnsetType = UNSET
    last_seen: datetime | None
    version: int
    """Milliseconds since the epoch at the last change; the larger one wins."""


class AgentHere(Struct, frozen=True, kw_only=True):
    """An agent's presence, as far as a customer sees it."""

    user_id: int
    role: Role
    name: str | UnsetType = UNSET
    status: Literal["online", "offline"]
    last_seen: None = None
    """For clients that expect it; when an agent has left is the team's business."""
    version: int


class Typing(Struct, frozen=True, kw_only=True):
    user_id: int
    user_name: str
    role: Role
    is_typing: bool
    expires_in_ms: int


class LastMessage(Struct, frozen=True):
    seq: int
    sender: Sender
    content: Content
    created_at: datetime


class Person(Struct, frozen=True, kw_only=True):
    id: int
    name: str
    role: Role
    email: str | None = None
    online: bool | UnsetType = UNSET
    """Of a customer, for the team: whether they were here when this was written; `presence_update` tells the rest."""


class Conversation(Struct, frozen=True, kw_only=True):
    """A row of an inbox's list."""

    id: UUID
    inbox_id: int
    version: int
    """Grows with every change; the larger one wins."""
    status: ConversationStatus
    customer: Person
    assignee: Person | None
    last_message: LastMessage | None
    last_seq: int
    team_last_seq: int
    unread: int
    """Messages of the customer that no agent has read; shared by the team."""
    updated_at: datetime
    created_at: datetime


class Event(Struct, tag_field="type"):
    pass


class Resumed(Struct, frozen=True, kw_only=True):
    status: Literal["ok", "reset", "forbidden"]
    head: int | UnsetType = UNSET
    team_head: int | UnsetType = UNSET
    epoch: str | UnsetType = UNSET
    marks: list[Mark] | UnsetType = UNSET
    """With `typing`, what a join would tell. Left out where the frame would get too large: join for it."""
    typing: list[Typing] | UnsetType = UNSET


class Authenticated(Event, kw_only=True, tag="authenticated"):
    re: RequestId
    v: int
    connection_id: str
    user: User
    heartbeat_ms: int
    timeout_ms: int
    token_expires_at: datetime | UnsetType = UNSET
    epoch: str = ""
    limits: Limits = Limits()


class Reconnected(Authenticated, kw_only=True, tag="reconnected"):
    conversations: Mapping[UUID, Resumed]


class Ack(Event, tag="ack"):
    re: RequestId


class SendAck(Event, tag="ack"):
    re: RequestId
    conversation_id: UUID
    client_msg_id: UUID
    message_id: UUID
    seq: int
    created_at: datetime
    duplicate: bool


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


class RefreshAck(Event, tag="ack"):
    re: RequestId
    token_expires_at: datetime


class ErrorEvent(Event, kw_only=True, tag="error"):
    re: RequestId | UnsetType = UNSET
    code: str
    message: str
    retryable: bool
    retry_after_ms: int | UnsetType = UNSET

    @classmethod
    def of(cls, error: FiresideError, request_id: RequestId | None) -> ErrorEvent:
        """Return how a request with this id is told of an error, or the connection of one that is no request's."""
        return cls(
            re=UNSET if request_id is None else request_id,
            code=error.code,
            message=error.message,
            retryable=error.retryable,
            retry_after_ms=UNSET if error.retry_after_ms is None else error.retry_after_ms,
        )


class Entry(Event, kw_only=True):
    """A row of the log, as everyone who may see its lane receives it, exactly once and in order."""

    conversation_id: UUID
    seq: int
    lane: Literal["team"] | UnsetType = UNSET
    message_id: UUID
    client_msg_id: UUID
    sender: Sender
    created_at: datetime


class MessageReceived(Entry, kw_only=True, tag="message_received"):
    content: Content


class MessageEdited(Entry, kw_only=True, tag="message_edited"):
    target_seq: int
    content: TextContent


class MessageDeleted(Entry, kw_only=True, tag="message_deleted"):
    target_seq: int


class ReactionChanged(Entry, kw_only=True, tag="reaction_changed"):
    target_seq: int
    emoji: str
    on: bool


EventName = Literal["agent_joined", "assigned", "status_changed", "bot_handover"]


class ConversationEvent(Entry, kw_only=True, tag="conversation_event"):
    event: EventName
    data: dict[str, Any]


class UnknownEntry(Entry, tag="unknown"):
    """A stand-in for an entry that this version cannot read: its number counts, and people learn that it is there."""


LogEntry = (
    MessageReceived | MessageEdited | MessageDeleted | ReactionChanged | ConversationEvent | UnknownEntry
)


class TypingIndicator(Event, tag="typing_indicator"):
    conversation_id: UUID
    user_id: int
    user_name: str
    role: Role
    is_typing: bool
    expires_in_ms: int


class PresenceUpdate(Event, kw_only=True, tag="presence_update"):
    user_id: int
    role: Role
    name: str | UnsetType = UNSET
    status: PresenceStatus
    text: str | UnsetType = UNSET
    last_seen: datetime | None
    version: int


class AgentHereUpdate(Event, kw_only=True, tag="presence_update"):
    """The same for a customer."""

    user_id: int
    role: Role
    name: str | UnsetType = UNSET
    status: Literal["online", "offline"]
    last_seen: None = None
    version: int


class MessageStreaming(Event, tag="message_streaming"):
    conversation_id: UUID
    client_msg_id: UUID
    sender: Sender
    text: str


class ReceiptUpdated(Event, tag="receipt_updated"):
    conversation_id: UUID
    user_id: int
    role: Role
    delivered_seq: int
    read_seq: int


class ConversationUpdated(Event, tag="conversation_updated"):
    conversation: Conversation


class ServerPing(Event, tag="ping"):
    t: int
    heads: Mapping[UUID, int]


class ServerPong(Event, tag="pong"):
    t: Echo


class TokenExpiring(Event, tag="token_expiring"):
    expires_at: datetime


class Goodbye(Event, tag="goodbye"):
    reason: str
    after_ms: int


ServerEvent = (
    Authenticated
    | Reconnected
    | Ack
    | SendAck
    | JoinAck
    | SyncAck
    | RefreshAck
    | ErrorEvent
    | LogEntry
    | TypingIndicator
    | PresenceUpdate
    | AgentHereUpdate
    | MessageStreaming
    | ReceiptUpdated
    | ConversationUpdated
    | ServerPing
    | ServerPong
    | TokenExpiring
    | Goodbye
)

encode = msgspec.json.Encoder().encode

SIGNALS = frozenset({"typing_start", "typing_stop", "mark_delivered", "mark_read", "ping", "pong"})
"""Requests without an `id`: nothing answers them."""
REQUEST_TYPES: Mapping[Surface, frozenset[str]] = {
    "widget": frozenset(struct.__struct_config__.tag for struct in get_args(WidgetRequest)),
    "admin": frozenset(struct.__struct_config__.tag for struct in get_args(AdminRequest)),
}


def presence_update(presence: Presence | AgentHere) -> PresenceUpdate | AgentHereUpdate:
    """Return the state as the event that tells of it."""
    event = PresenceUpdate if isinstance(presence, Presence) else AgentHereUpdate
    return event(**msgspec.structs.asdict(presence))
