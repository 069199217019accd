"""A row of the log. The events that rows tell are in the files of their nouns."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import UNSET, UnsetType

from app.protocol.wire import Event, Sender


class Entry(Event, kw_only=True):
    """A row of the log, as everyone who may see its lane receives it, exactly once and in order."""

    conversation_id: UUID
    seq: int
    lane: Literal["team"] | UnsetType = UNSET
    message_id: UUID
    client_msg_id: UUID
    sender: Sender
    created_at: datetime


class UnknownEntry(Entry, tag="unknown"):
    """A stand-in for an entry that this version cannot read: its number counts, and people learn that it is there."""


Entries = UnknownEntry
