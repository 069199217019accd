"""Messages and what happens to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, json

from app.protocol.contents import Content, NewText, TextContent
from app.protocol.entries import Entry
from app.protocol.wire import FRAME_BYTES, Event, LaneName, RequestId, Seq, TalkRequest
from app.values.text import Emoji, emoji


class NewMessage(Struct, kw_only=True):
    """A message before it is stored, as its sender wants it: one value from the request to the log's draft."""

    content: NewText
    lane: LaneName = "public"
    reply_to: Seq | UnsetType = UNSET
    """The message of the same lane that this one answers."""
    seen_seq: Seq | UnsetType = UNSET
    """An agent's answer: the last `seq` they have seen. A colleague's message after it makes the answer `stale`."""
    team_seen_seq: Seq | UnsetType = UNSET
    """The same of the notes."""


class SendMessage(NewMessage, TalkRequest, kw_only=True, tag="send_message"):
    id: RequestId
    conversation_id: UUID
    client_msg_id: UUID


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


class SendAck(Event, tag="ack"):
    re: RequestId
    conversation_id: UUID
    client_msg_id: UUID
    message_id: UUID
    seq: int
    created_at: datetime
    duplicate: bool


class MessageReceived(Entry, kw_only=True, tag="message_received"):
    content: Content
    reply_to: int | UnsetType = UNSET


def fitting(messages: Sequence[MessageReceived]) -> list[MessageReceived]:
    """Return the newest of these messages, as many as fit into a frame beside other things, oldest first."""
    room, kept = FRAME_BYTES // 2, []
    for message in reversed(messages):
        room -= len(json.encode(message))
        if room < 0:
            break
        kept.append(message)
    return kept[::-1]


class MessageEdited(Entry, kw_only=True, tag="message_edited"):
    target_seq: int
    content: TextContent


class MessageDeleted(Entry, kw_only=True, tag="message_deleted"):
    target_seq: int


class ReactionChanged(Entry, kw_only=True, tag="reaction_changed"):
    target_seq: int
    emoji: str
    on: bool


Requests = SendMessage | EditMessage | DeleteMessage | React
Entries = MessageReceived | MessageEdited | MessageDeleted | ReactionChanged
Events = SendAck
