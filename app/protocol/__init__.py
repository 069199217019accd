"""Every event of protocol version 1, in both directions: a file a noun, and here their sums.

`WidgetRequest` and `AdminRequest` are what a client may say; `ServerEvent` is what it may hear. Both are closed:
the decoders know nothing else, so a service cannot be reached by an event of the other surface.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import msgspec

from app.protocol import (
    bots,
    bulk,
    canned,
    connection,
    conversation_events,
    drafts,
    entries,
    inbox,
    labels,
    marks,
    messages,
    notifications,
    preferences,
    presence,
    rooms,
    teams,
    typing,
    viewers,
    views,
)
from app.protocol.bots import MessageStreaming
from app.protocol.bulk import BulkAction, BulkActionUpdated
from app.protocol.canned import CannedRepliesChanged
from app.protocol.connection import (
    Authenticate,
    Authenticated,
    ErrorEvent,
    Goodbye,
    Limits,
    Ping,
    Pong,
    Reconnected,
    RefreshAck,
    RefreshToken,
    Resumed,
    ServerPing,
    ServerPong,
    Since,
    TokenExpiring,
    User,
)
from app.protocol.contents import (
    Content,
    DeletedContent,
    Format,
    Mention,
    NewText,
    Said,
    TextContent,
    UnknownContent,
)
from app.protocol.conversation_events import (
    AgentJoined,
    Assigned,
    BotHandover,
    ConversationEvent,
    CustomerChanged,
    EventName,
    FieldChange,
    HandoverReason,
    Happening,
    Happenings,
    LabelName,
    LabelsChanged,
    PriorityChanged,
    Snoozed,
    StatusChanged,
    TeamChanged,
    WakeCause,
    Woken,
    decode_happening,
    encode_happening,
)
from app.protocol.drafts import DraftChanged
from app.protocol.entries import Entry, UnknownEntry
from app.protocol.inbox import (
    Conversation,
    ConversationStatus,
    ConversationUpdated,
    FollowInbox,
    InboxAck,
    InboxCursor,
    InboxFilters,
    LastMessage,
    Person,
    Priority,
    TeamName,
    UnfollowInbox,
)
from app.protocol.labels import Colour, Label, LabelsUpdated
from app.protocol.marks import (
    Mark,
    MarkDelivered,
    MarkRead,
    MarkUnread,
    ReadState,
    ReadStateUpdated,
    ReceiptUpdated,
    read_state_updated,
)
from app.protocol.messages import (
    DeleteMessage,
    EditMessage,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    NewMessage,
    React,
    ReactionChanged,
    SendAck,
    SendMessage,
)
from app.protocol.notifications import (
    Notification,
    NotificationKind,
    NotificationsSeen,
    Notified,
    Verdict,
)
from app.protocol.preferences import PreferencesChanged
from app.protocol.presence import (
    Active,
    AgentHere,
    AgentHereUpdate,
    ChosenStatus,
    Presence,
    PresenceStatus,
    PresenceUpdate,
    SetPresence,
    TeamHere,
    presence_update,
)
from app.protocol.rooms import ConversationBegun, JoinAck, JoinConversation, LeaveConversation, Sync, SyncAck
from app.protocol.teams import TeamsChanged
from app.protocol.typing import Typing, TypingIndicator, TypingStart, TypingStop
from app.protocol.viewers import Looking, LookMode, ViewerChanged
from app.protocol.views import FollowViews, Predicate, UnfollowViews, View, ViewCounts, ViewId, ViewList
from app.protocol.wire import (
    FIRST_FRAME_BYTES,
    FRAME_BYTES,
    VERSION,
    Ack,
    DeskRequest,
    Echo,
    Epoch,
    Event,
    LaneName,
    Request,
    RequestId,
    Role,
    RowId,
    Sender,
    Seq,
    SpineRequest,
    Surface,
    TalkRequest,
)
from app.values.text import TEXT_CHARS

WidgetRequest = connection.Requests | rooms.Requests | messages.Requests | typing.Requests | marks.Requests
AdminRequest = (
    WidgetRequest
    | connection.AdminRequests
    | presence.AdminRequests
    | marks.AdminRequests
    | inbox.AdminRequests
    | views.AdminRequests
    | viewers.AdminRequests
)
LogEntry = messages.Entries | conversation_events.Entries | entries.Entries
ServerEvent = (
    connection.Events
    | rooms.Events
    | messages.Events
    | LogEntry
    | typing.Events
    | presence.Events
    | preferences.Events
    | bulk.Events
    | notifications.Events
    | canned.Events
    | drafts.Events
    | bots.Events
    | marks.Events
    | inbox.Events
    | labels.Events
    | views.Events
    | teams.Events
    | viewers.Events
)

decode_widget_request = msgspec.json.Decoder(WidgetRequest).decode
decode_admin_request = msgspec.json.Decoder(AdminRequest).decode
encode = msgspec.json.Encoder().encode

REQUEST_TYPES: Mapping[Surface, frozenset[str]] = {
    "widget": frozenset(struct.__struct_config__.tag for struct in get_args(WidgetRequest)),
    "admin": frozenset(struct.__struct_config__.tag for struct in get_args(AdminRequest)),
}
SIGNALS = frozenset(
    struct.__struct_config__.tag for struct in get_args(AdminRequest) if "id" not in struct.__struct_fields__
)
"""Requests without an `id`: nothing answers them."""

__all__ = [
    "FIRST_FRAME_BYTES",
    "FRAME_BYTES",
    "REQUEST_TYPES",
    "SIGNALS",
    "TEXT_CHARS",
    "VERSION",
    "Ack",
    "Active",
    "AdminRequest",
    "AgentHere",
    "AgentHereUpdate",
    "AgentJoined",
    "Assigned",
    "Authenticate",
    "Authenticated",
    "BotHandover",
    "BulkAction",
    "BulkActionUpdated",
    "CannedRepliesChanged",
    "ChosenStatus",
    "Colour",
    "Content",
    "Conversation",
    "ConversationBegun",
    "ConversationEvent",
    "ConversationStatus",
    "ConversationUpdated",
    "CustomerChanged",
    "DeleteMessage",
    "DeletedContent",
    "DeskRequest",
    "DraftChanged",
    "Echo",
    "EditMessage",
    "Entry",
    "Epoch",
    "ErrorEvent",
    "Event",
    "EventName",
    "FieldChange",
    "FollowInbox",
    "FollowViews",
    "Format",
    "Goodbye",
    "HandoverReason",
    "Happening",
    "Happenings",
    "InboxAck",
    "InboxCursor",
    "InboxFilters",
    "JoinAck",
    "JoinConversation",
    "Label",
    "LabelName",
    "LabelsChanged",
    "LabelsUpdated",
    "LaneName",
    "LastMessage",
    "LeaveConversation",
    "Limits",
    "LogEntry",
    "LookMode",
    "Looking",
    "Mark",
    "MarkDelivered",
    "MarkRead",
    "MarkUnread",
    "Mention",
    "MessageDeleted",
    "MessageEdited",
    "MessageReceived",
    "MessageStreaming",
    "NewMessage",
    "NewText",
    "Notification",
    "NotificationKind",
    "NotificationsSeen",
    "Notified",
    "Person",
    "Ping",
    "Pong",
    "Predicate",
    "PreferencesChanged",
    "Presence",
    "PresenceStatus",
    "PresenceUpdate",
    "Priority",
    "PriorityChanged",
    "React",
    "ReactionChanged",
    "ReadState",
    "ReadStateUpdated",
    "ReceiptUpdated",
    "Reconnected",
    "RefreshAck",
    "RefreshToken",
    "Request",
    "RequestId",
    "Resumed",
    "Role",
    "RowId",
    "Said",
    "SendAck",
    "SendMessage",
    "Sender",
    "Seq",
    "ServerEvent",
    "ServerPing",
    "ServerPong",
    "SetPresence",
    "Since",
    "Snoozed",
    "SpineRequest",
    "StatusChanged",
    "Surface",
    "Sync",
    "SyncAck",
    "TalkRequest",
    "TeamChanged",
    "TeamHere",
    "TeamName",
    "TeamsChanged",
    "TextContent",
    "TokenExpiring",
    "Typing",
    "TypingIndicator",
    "TypingStart",
    "TypingStop",
    "UnfollowInbox",
    "UnfollowViews",
    "UnknownContent",
    "UnknownEntry",
    "User",
    "Verdict",
    "View",
    "ViewCounts",
    "ViewId",
    "ViewList",
    "ViewerChanged",
    "WakeCause",
    "WidgetRequest",
    "Woken",
    "decode_admin_request",
    "decode_happening",
    "decode_widget_request",
    "encode",
    "encode_happening",
    "presence_update",
    "read_state_updated",
]
