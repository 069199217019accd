"""Entries of the log, before they are written and after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

import structlog
from msgspec import UNSET, MsgspecError, Struct, json

from app.protocol import (
    Content,
    ConversationEvent,
    Happening,
    LaneName,
    LogEntry,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    ReactionChanged,
    Sender,
    TextContent,
    UnknownContent,
    UnknownEntry,
    decode_happening,
    encode_happening,
)
from app.spine.frame import Frame
from app.values.uuid7 import uuid7

log = structlog.get_logger()


class Lane(IntEnum):
    """The part that the customer sees, and the part that only the team sees; each with a `seq` of its own."""

    PUBLIC = 0
    TEAM = 1

    @classmethod
    def named(cls, name: LaneName) -> Lane:
        return cls.TEAM if name == "team" else cls.PUBLIC


class Draft(Struct, kw_only=True):
    """An entry that waits to be appended. Postgres gives it its `seq` and its time."""

    conversation_id: UUID
    lane: Lane = Lane.PUBLIC
    type: str = "message_received"
    sender: Sender
    client_msg_id: UUID
    message_id: UUID
    target_seq: int | None = None
    body: bytes
    """The fields that are this type's own, as JSON; for a message its content."""
    seen_seq: int | None = None
    """The last `seq` of the public lane that an agent had seen, who does not want to answer beside a colleague."""
    team_seen_seq: int | None = None

    @classmethod
    def of_event(
        cls,
        conversation_id: UUID,
        happening: Happening,
        *,
        sender: Sender,
        lane: Lane = Lane.PUBLIC,
        client_msg_id: UUID | None = None,
    ) -> Draft:
        """Return the `conversation_event` that tells of it."""
        return cls(
            conversation_id=conversation_id,
            lane=lane,
            type="conversation_event",
            sender=sender,
            client_msg_id=client_msg_id or uuid7(),
            message_id=uuid7(),
            body=encode_happening(happening),
        )


class Reaction(Struct):
    """The body of a `reaction_changed`."""

    emoji: str
    on: bool


class Appended(Struct, kw_only=True):
    """An entry after its commit."""

    conversation_id: UUID
    lane: Lane
    seq: int
    entry: LogEntry
    frame: Frame
    duplicate: bool = False
    """It was there already: a retry, to be answered but not delivered again."""
    bot: str | None = None
    """The bot that should answer it, if one should."""
    newcomer: bool = False
    """An agent wrote it who has not been in this conversation before."""


decode_known_content: Callable[[bytes | str], Content] = json.Decoder(Content).decode
decode_text: Callable[[bytes | str], TextContent] = json.Decoder(TextContent).decode
decode_reaction: Callable[[bytes | str], Reaction] = json.Decoder(Reaction).decode


def decode_content(body: bytes | str) -> Content:
    """Return a message's content; one that this version cannot read is unknown, and no trouble for its neighbours."""
    try:
        return decode_known_content(body)
    except MsgspecError:
        return UnknownContent()


def make_entry(
    type: str,
    *,
    conversation_id: UUID,
    lane: int,
    seq: int,
    message_id: UUID,
    client_msg_id: UUID,
    sender: Sender,
    target_seq: int | None,
    body: bytes | str,
    created_at: datetime,
) -> LogEntry:
    """Build the event that clients receive from the columns of a row.

    One that this version cannot read, for a newer one or somebody's hand has written it, is passed on as unknown.
    """
    common: dict[str, Any] = {
        "conversation_id": conversation_id,
        "seq": seq,
        "lane": "team" if lane == Lane.TEAM else UNSET,
        "message_id": message_id,
        "client_msg_id": client_msg_id,
        "sender": sender,
        "created_at": created_at,
    }
    try:
        match type:
            case "message_received":
                return MessageReceived(
                    content=decode_content(body),
                    reply_to=UNSET if target_seq is None else target_seq,
                    **common,
                )
            case "message_edited":
                return MessageEdited(target_seq=target_seq or 0, content=decode_text(body), **common)
            case "message_deleted":
                return MessageDeleted(target_seq=target_seq or 0, **common)
            case "reaction_changed":
                reaction = decode_reaction(body)
                return ReactionChanged(
                    target_seq=target_seq or 0, emoji=reaction.emoji, on=reaction.on, **common
                )
            case "conversation_event":
                happening = decode_happening(body)
                return ConversationEvent(event=happening.event, data=happening, **common)
    except MsgspecError:
        log.warning("entry_unreadable", type=type, conversation=str(conversation_id), seq=seq)
    return UnknownEntry(**common)
