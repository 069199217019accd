"""The bodies that REST takes and gives, beside the protocol's own structs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from app.desk.conversations.cursors import PATTERN
from app.protocol import (
    Conversation,
    ConversationStatus,
    Epoch,
    LaneName,
    LogEntry,
    MessageReceived,
    NewText,
    Presence,
    Said,
    Seq,
    User,
)
from app.values.text import message_text

NO_NUL = r"^[^\x00]*$"
UserId = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Token = Annotated[str, Meta(min_length=1, max_length=4096)]
MAX_KEY_CHARS = 255


class Login(Struct, frozen=True):
    email: Annotated[str, Meta(min_length=1, max_length=254, pattern=NO_NUL)]
    password: Annotated[str, Meta(min_length=1, max_length=1024)]


class AgentUser(Struct, frozen=True, kw_only=True):
    id: int
    name: str
    email: str
    role: Literal["agent"] = "agent"
    is_admin: bool


class SignedIn(Struct, frozen=True):
    """A short access token; the refresh token is in a cookie that scripts cannot read."""

    access_token: str
    expires_at: datetime
    expires_in: int
    """Seconds; for clients whose clock is wrong."""
    user: AgentUser


class SessionRequest(Struct, frozen=True):
    inbox: Annotated[str, Meta(min_length=1, max_length=64, pattern=NO_NUL)]
    """The inbox's public key."""
    identity: str | None = None
    """JWT by which the website vouches for its customer; HS256 with the inbox's secret, `sub` and `exp`.

    An empty one is none. Any other fault of it is in the answer's `reason`.
    """


class InboxAppearance(Struct, frozen=True):
    name: str
    welcome: str
    colour: str | None
    agents_online: bool


class SessionOpened(Struct, frozen=True):
    session_token: str
    user: User
    conversation_id: UUID
    inbox: InboxAppearance
    is_identified: bool
    """A website has vouched for this customer. Show such a session on no page that does not vouch again."""


class ConversationFilter(Struct, frozen=True):
    status: ConversationStatus | UnsetType = UNSET
    before: Annotated[str, Meta(pattern=PATTERN)] | UnsetType = UNSET
    """The `next` of the page before."""
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class ConversationPage(Struct, frozen=True):
    """Conversations, newest activity first."""

    items: list[Conversation]
    next: str | None


class ConversationChange(Struct, frozen=True):
    status: ConversationStatus | UnsetType = UNSET
    assignee_id: UserId | UnsetType | None = UNSET


class HistoryFilter(Struct, frozen=True):
    before: Seq | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    lane: LaneName = "public"


class EventFilter(Struct, frozen=True):
    since: Seq = 0
    wait: Annotated[float, Meta(ge=0, le=55)] = 25
    """Seconds to wait when there is nothing yet."""
    lane: LaneName = "public"
    epoch: Epoch | UnsetType = UNSET
    """Of the entries that you have. Where it is another one by now, nothing is waited for."""


class EntryPage(Struct, frozen=True):
    """Entries of the log, oldest first, and the lane's head at the same moment."""

    items: list[LogEntry]
    head: int
    epoch: str = ""
    """The log they are of; another one means that what you have is void, whatever the numbers."""


class NewMessage(Struct, frozen=True):
    client_msg_id: UUID
    content: NewText
    lane: LaneName = "public"


class MessageStored(Struct, frozen=True):
    """The message is committed. A repetition gets the same answer, with `duplicate`."""

    conversation_id: UUID
    client_msg_id: UUID
    message_id: UUID
    seq: int
    created_at: datetime
    duplicate: bool


class AgentRow(Struct, frozen=True):
    id: int
    name: str
    email: str
    is_admin: bool
    presence: Presence


class AgentList(Struct, frozen=True):
    items: list[AgentRow]


class InboxRow(Struct, frozen=True):
    id: int
    key: str
    name: str
    origins: list[str]
    bot: str


class InboxList(Struct, frozen=True):
    items: list[InboxRow]


class ChatHeaders(Struct, frozen=True):
    idempotency_key: Annotated[str, Meta(max_length=MAX_KEY_CHARS)] | UnsetType = UNSET


class ChatFields(Struct, frozen=True, kw_only=True):
    """Give `conversation_id`, or the customer's session token as `session_id`."""

    message: Said
    conversation_id: UUID | UnsetType = UNSET
    session_id: Token | UnsetType = UNSET
    client_msg_id: UUID | UnsetType = UNSET
    """Makes a retry safe; so does an Idempotency-Key header."""
    stream: bool = False
    """Answer in server-sent events while the reply grows."""

    def __post_init__(self) -> None:
        message_text(self.message)


ChatRequest = Annotated[
    ChatFields,
    Meta(extra_json_schema={"oneOf": [{"required": ["conversation_id"]}, {"required": ["session_id"]}]}),
]


class ChatReply(Struct, frozen=True):
    """The customer's message and the bot's reply, if it gave one."""

    conversation_id: UUID
    message: MessageReceived
    reply: MessageReceived | None
