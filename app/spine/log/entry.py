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
)
from app.spine.frame import Frame

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
decode_fields: Callable[[bytes | str], dict[str, Any]] = json.Decoder(dict[str, Any]).decode


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
                return MessageReceived(content=decode_content(body), **common)
            case "message_edited":
                return MessageEdited(target_seq=target_seq or 0, content=decode_text(body), **common)
            case "message_deleted":
                return MessageDeleted(target_seq=target_seq or 0, **common)
            case "reaction_changed":
                return ReactionChanged(target_seq=target_seq or 0, **decode_fields(body), **common)
            case "conversation_event":
                return ConversationEvent(**decode_fields(body), **common)
    except (TypeError, MsgspecError):
        log.warning("entry_unreadable", type=type, conversation=str(conversation_id), seq=seq)
    return UnknownEntry(**common)
